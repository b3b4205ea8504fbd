// SeriesPoints: what is put is read back: types, ranges, order, pages, fields, what is refused, and the meta cache.

import com.alicloud.openservices.tablestore.TimeseriesClient;
import com.alicloud.openservices.tablestore.model.*;
import com.alicloud.openservices.tablestore.model.timeseries.*;
import com.google.common.cache.Cache;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;

final class SeriesPoints {
    private static final String T = Series.T;
    private static final long END = 4102444800000000L;

    static void run() {
        Checks.part("points of every type", SeriesPoints::types);
        Checks.part("ranges of points", SeriesPoints::ranges);
        Checks.part("pages of points", SeriesPoints::pages);
        Checks.part("fields to get", SeriesPoints::fields);
        Checks.part("keys of series", SeriesPoints::keys);
        Checks.part("rewriting a point", SeriesPoints::rewriting);
        Checks.part("refused points", SeriesPoints::refused);
        Checks.part("limits of points", SeriesPoints::limits);
        Checks.part("the meta cache", SeriesPoints::cache);
    }

    // ---- short forms ----

    private static GetTimeseriesDataRequest request(String table, TimeseriesKey key, long from, long to) {
        GetTimeseriesDataRequest request = new GetTimeseriesDataRequest(table);
        request.setTimeseriesKey(key);
        request.setTimeRange(from, to);
        return request;
    }

    private static List<String> read(GetTimeseriesDataRequest request) {
        return Series.texts(Series.client.getTimeseriesData(request).getRows());
    }

    /** All points of a series, over as many pages as there are. */
    static List<String> all(String table, TimeseriesKey key) {
        GetTimeseriesDataRequest request = request(table, key, 0, END);
        List<String> texts = new ArrayList<>();
        do {
            GetTimeseriesDataResponse answer = Series.client.getTimeseriesData(request);
            texts.addAll(Series.texts(answer.getRows()));
            request.setNextToken(answer.getNextToken());
        } while (request.getNextToken() != null);
        return texts;
    }

    private static List<Long> times(GetTimeseriesDataRequest request) {
        return Series.client.getTimeseriesData(request).getRows().stream().map(TimeseriesRow::getTimeInUs).collect(Collectors.toList());
    }

    // ---- checks ----

    private static void types() {
        TimeseriesKey key = Series.key("cpu", "host_0", "os", "linux", "region", "hangzhou");
        TimeseriesRow row = Series.point(key, 1704164645678000L, "f_int", 5, "f_dbl", 1.5, "f_bool", true, "f_str", "s", "f_bin", new byte[]{1, 2});
        TimeseriesRow edges = Series.point(key, 0, "i", Long.MIN_VALUE, "j", Long.MAX_VALUE, "d", -0.0, "e", Double.MIN_VALUE, "f", false,
                "s", "", "t", "数据 \u0000\" = ,", "b", new byte[0], "c", new byte[]{0, -1});
        Checks.holds("all were put", Series.put(T, row, edges).isAllSuccess());
        Checks.same("all types come back, the earlier point first", all(T, key), Series.texts(edges, row));
        Checks.same("no other series has them", all(T, Series.key("cpu", "host_0", "os", "linux")), Collections.emptyList());
    }

    private static void ranges() {
        TimeseriesKey key = Series.key("range", "");
        for (long us = 10; us <= 15; us++) Series.put(T, Series.point(key, us, "n", us));
        Checks.same("the beginning is in it, the end is not", times(request(T, key, 11, 14)), Arrays.asList(11L, 12L, 13L));
        GetTimeseriesDataRequest backward = request(T, key, 11, 14);
        backward.setBackward(true);
        Checks.same("backwards", times(backward), Arrays.asList(13L, 12L, 11L));
        Checks.same("a range between points", times(request(T, key, 16, 100)), Collections.emptyList());
        backward.setLimit(2);
        Checks.same("two from the end", times(backward), Arrays.asList(13L, 12L));
    }

    private static void pages() {
        TimeseriesKey key = Series.key("pages", "p");
        List<TimeseriesRow> rows = new ArrayList<>();
        for (int i = 0; i < 25; i++) rows.add(Series.point(key, i, "n", i));
        Series.put(T, rows.toArray(new TimeseriesRow[0]));
        for (boolean backward : new boolean[]{false, true}) {
            GetTimeseriesDataRequest request = request(T, key, 0, END);
            request.setBackward(backward);
            request.setLimit(10);
            List<Integer> sizes = new ArrayList<>();
            List<String> read = new ArrayList<>();
            do {
                GetTimeseriesDataResponse answer = Series.client.getTimeseriesData(request);
                sizes.add(answer.getRows().size());
                read.addAll(Series.texts(answer.getRows()));
                request.setNextToken(answer.getNextToken());
            } while (request.getNextToken() != null);
            if (backward) Collections.reverse(read);
            Checks.same("pages of ten", sizes, Arrays.asList(10, 10, 5));
            Checks.same("nothing twice, nothing lost", read, Series.texts(rows));
        }
        GetTimeseriesDataRequest broken = request(T, key, 0, END);
        broken.setNextToken(new byte[]{1, 2, 3});
        Checks.refused("a token that is none", "OTSParameterInvalid", 400, () -> read(broken));
    }

    private static void fields() {
        TimeseriesKey key = Series.key("fields", "f");
        Series.put(T, Series.point(key, 1, "a", 1, "b", "x", "c", 1.5), Series.point(key, 2, "a", 2));
        GetTimeseriesDataRequest request = request(T, key, 0, END);
        request.addFieldToGet("b", ColumnType.STRING);
        request.addFieldToGet("c", ColumnType.DOUBLE);
        Checks.same("only these fields", Series.client.getTimeseriesData(request).getRows().get(0).getFields().keySet().toString(), "[b, c]");
    }

    private static void keys() {
        TimeseriesKey[] keys = {Series.key("k", ""), Series.key("k", "s"), Series.key("k", "", "a", "b"), Series.key("k", "", "a", "b", "c", "d"),
                Series.key("ks", ""), Series.key("k", "", "a", "bc"), Series.key("测量", "源 \"=,", "t", "值 , ;[]")};
        for (int i = 0; i < keys.length; i++) Series.put(T, Series.point(keys[i], 1, "n", i));
        for (int i = 0; i < keys.length; i++)
            Checks.same("series " + i + " has its own point", all(T, keys[i]), Series.texts(Series.point(keys[i], 1, "n", i)));
    }

    private static void rewriting() {
        TimeseriesKey key = Series.key("again", "a");
        Series.put(T, Series.point(key, 1, "a", 1, "b", 2));
        Series.put(T, Series.point(key, 1, "b", 3.5));
        Checks.same("the new point is all there is", all(T, key), Series.texts(Series.point(key, 1, "b", 3.5)));
        Series.put(T, Series.point(key, 2, "x", 1), Series.point(key, 2, "x", 2));
        Checks.same("the later of one request", all(T, key).get(1), Series.text(Series.point(key, 2, "x", 2)));
    }

    /** Those that are refused, and whether the good neighbours are there. */
    private static void refusedRow(String name, TimeseriesRow bad) {
        TimeseriesKey key = Series.key("neighbours", name.replace(' ', '_'));
        TimeseriesRow before = Series.point(key, 1, "n", 1), after = Series.point(key, 2, "n", 2);
        PutTimeseriesDataResponse answer = Series.put(T, before, bad, after);
        Checks.same(name + ": one failed", answer.getFailedRows().size(), 1);
        Checks.same(name + ": its place", answer.getFailedRows().get(0).getIndex(), 1);
        Checks.same(name + ": its code", answer.getFailedRows().get(0).getError().getCode(), "OTSParameterInvalid");
        Checks.holds(name + ": words", !answer.getFailedRows().get(0).getError().getMessage().isEmpty());
        Checks.same(name + ": the others are there", all(T, key), Series.texts(before, after));
    }

    private static void refused() {
        TimeseriesKey key = Series.key("bad", "b");
        refusedRow("a field in upper case", Series.point(key, 1, "Bad", 1));
        refusedRow("a field that begins with a digit", Series.point(key, 1, "1a", 1));
        refusedRow("a reserved field", Series.point(key, 1, "_tags", 1));
        refusedRow("a field of 129 bytes", Series.point(key, 1, "x".repeat(129), 1));
        refusedRow("a measurement with a hash", Series.point(Series.key("a#b", ""), 1, "a", 1));
        refusedRow("a measurement of 129 bytes", Series.point(Series.key("x".repeat(129), ""), 1, "a", 1));
        refusedRow("a source of 257 bytes", Series.point(Series.key("m", "x".repeat(257)), 1, "a", 1));
        refusedRow("a time before 1970", Series.point(key, -1, "a", 1));
        refusedRow("no fields", Series.point(key, 1));
        Checks.same("nothing of them", all(T, key), Collections.emptyList());
    }

    private static void limits() {
        TimeseriesKey key = Series.key("many", "m");
        List<TimeseriesRow> rows = new ArrayList<>();
        for (int i = 0; i < 200; i++) rows.add(Series.point(key, i, "n", i));
        Checks.holds("200 rows", Series.put(T, rows.toArray(new TimeseriesRow[0])).isAllSuccess());
        rows.add(Series.point(key, 200, "n", 200));
        Checks.refused("201 rows", "OTSParameterInvalid", 400, () -> Series.put(T, rows.toArray(new TimeseriesRow[0])));
        Checks.same("all or nothing of those", all(T, key).size(), 200);
        TimeseriesRow wide = Series.point(key, 300, "n", 1);
        for (int i = 0; i < 1023; i++) wide.addField("f" + i, ColumnValue.fromLong(i));
        Checks.holds("1,024 fields", Series.put(T, wide).isAllSuccess());
        Checks.same("all of them", Series.client.getTimeseriesData(request(T, key, 300, 301)).getRows().get(0).getFields().size(), 1024);
        wide.addField("one_more", ColumnValue.fromLong(1));
        Checks.same("1,025 fields", Series.put(T, wide).getFailedRows().size(), 1);
    }

    @SuppressWarnings("unchecked")
    private static Cache<String, Long> cacheOf(TimeseriesClient client) throws Exception {
        Field field = TimeseriesClient.class.getDeclaredField("timeseriesMetaCache");
        field.setAccessible(true);
        return (Cache<String, Long>) field.get(client);
    }

    private static void cache() throws Exception {
        TimeseriesKey key = Series.key("cache", "c", "a", "b");
        TimeseriesKey ignored = Series.key("cache", "ignored");
        long before = System.currentTimeMillis() / 1000;
        Series.put(T, Series.point(key, 1, "n", 1));
        Long kept = cacheOf(Series.client).getIfPresent(key.buildMetaCacheKey(T));
        Checks.holds("the answer told the update time in seconds", kept != null && kept >= before - 1 && kept <= before + 60);
        Series.put(T, Series.point(key, 2, "n", 2));
        Checks.same("the time that was sent back is current", cacheOf(Series.client).getIfPresent(key.buildMetaCacheKey(T)), kept);
        PutTimeseriesDataRequest request = new PutTimeseriesDataRequest(T);
        request.addRow(Series.point(ignored, 1, "n", 1));
        request.setMetaUpdateMode(PutTimeseriesDataRequest.MetaUpdateMode.IGNORE);
        Checks.holds("a put that leaves the meta alone", Series.client.putTimeseriesData(request).isAllSuccess());
        Checks.same("no update time for it", cacheOf(Series.client).getIfPresent(ignored.buildMetaCacheKey(T)), null);
        Checks.same("but the point is there", all(T, ignored).size(), 1);
    }
}
