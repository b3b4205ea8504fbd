// SeriesScan: all points of a table, whole or in splits, in pages, by time and by fields.

import com.alicloud.openservices.tablestore.model.ColumnType;
import com.alicloud.openservices.tablestore.model.timeseries.*;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

final class SeriesScan {
    private static final String T = "SeriesScan";

    static void run() {
        Checks.part("scan", SeriesScan::whole);
        Checks.part("pages of a scan", SeriesScan::pages);
        Checks.part("splits of a scan", SeriesScan::splits);
        Checks.part("a scan of many points", SeriesScan::many);
    }

    private static final List<TimeseriesRow> rows = new ArrayList<>();

    private static List<String> sorted(List<String> texts) {
        List<String> sorted = new ArrayList<>(texts);
        Collections.sort(sorted);
        return sorted;
    }

    /** All rows of a scan, over its pages. */
    private static List<String> scan(ScanTimeseriesDataRequest request, List<Integer> sizes) {
        List<String> texts = new ArrayList<>();
        do {
            ScanTimeseriesDataResponse answer = Series.client.scanTimeseriesData(request);
            texts.addAll(Series.texts(answer.getRows()));
            sizes.add(answer.getRows().size());
            request.setNextToken(answer.getNextToken());
        } while (request.getNextToken() != null);
        return sorted(texts);
    }

    private static List<String> scan(ScanTimeseriesDataRequest request) {
        return scan(request, new ArrayList<>());
    }

    private static void whole() {
        Series.create(T);
        Checks.same("an empty table", scan(new ScanTimeseriesDataRequest(T)), Collections.emptyList());
        for (int series = 0; series < 6; series++)
            for (int i = 0; i < 5; i++)
                rows.add(Series.point(Series.key(series % 2 == 0 ? "cpu" : "mem", "h" + series, "k", "v" + series), 100 + i, "n", i, "s", "x" + i));
        Series.put(T, rows.toArray(new TimeseriesRow[0]));
        Checks.same("every point", scan(new ScanTimeseriesDataRequest(T)), sorted(Series.texts(rows)));
        ScanTimeseriesDataRequest timed = new ScanTimeseriesDataRequest(T);
        timed.setTimeRange(101, 103);
        Checks.same("points of a time", scan(timed).size(), 12);
        ScanTimeseriesDataRequest fields = new ScanTimeseriesDataRequest(T);
        fields.addFieldToGet("s", ColumnType.STRING);
        Checks.holds("only these fields", scan(fields).stream().allMatch(text -> text.contains("{s=STRING x")));
        Checks.refused("no such table", "OTSObjectNotExist", 404, () -> scan(new ScanTimeseriesDataRequest("_none")));
    }

    private static void pages() {
        ScanTimeseriesDataRequest request = new ScanTimeseriesDataRequest(T);
        request.setLimit(12);
        List<Integer> sizes = new ArrayList<>();
        Checks.same("every point in pages", scan(request, sizes), sorted(Series.texts(rows)));
        Checks.same("pages of twelve", sizes, Arrays.asList(12, 12, 6));
        request.setNextToken(new byte[]{1, 2, 3});
        Checks.refused("a token that is none", "OTSParameterInvalid", 400, () -> scan(request));
    }

    private static List<TimeseriesScanSplitInfo> split(String measurement, int count) {
        SplitTimeseriesScanTaskRequest request = new SplitTimeseriesScanTaskRequest(T, count);
        if (measurement != null) request.setMeasurementName(measurement);
        return Series.client.splitTimeseriesScanTask(request).getSplitInfos();
    }

    private static List<String> scanned(List<TimeseriesScanSplitInfo> splits) {
        List<String> texts = new ArrayList<>();
        for (TimeseriesScanSplitInfo info : splits) {
            ScanTimeseriesDataRequest request = new ScanTimeseriesDataRequest(T);
            request.setSplitInfo(info);
            request.setLimit(4);
            texts.addAll(scan(request));
        }
        return sorted(texts);
    }

    private static void splits() {
        Checks.same("as many as were asked for", split(null, 3).size(), 3);
        Checks.same("every point once in all splits", scanned(split(null, 3)), sorted(Series.texts(rows)));
        Checks.same("one split", scanned(split(null, 1)).size(), 30);
        Checks.same("splits of a measurement", scanned(split("cpu", 2)).size(), 15);
        Checks.same("splits of no measurement", scanned(split("none", 2)).size(), 0);
        ScanTimeseriesDataRequest broken = new ScanTimeseriesDataRequest(T);
        broken.setSplitInfo(new TimeseriesScanSplitInfo(new byte[]{9, 9}));
        Checks.refused("a split that is none", "OTSParameterInvalid", 400, () -> scan(broken));
    }

    private static void many() {
        List<TimeseriesRow> batch = new ArrayList<>();
        for (int i = 0; i < 5200; i++) {
            batch.add(Series.point(Series.key("many", "h" + i % 7), i, "n", i));
            if (batch.size() == 200) {
                Series.put(T, batch.toArray(new TimeseriesRow[0]));
                batch.clear();
            }
        }
        List<Integer> sizes = new ArrayList<>();
        Checks.same("thousands of points", scan(new ScanTimeseriesDataRequest(T), sizes).size(), 5230);
        Checks.holds("in more than one answer", sizes.size() > 1);
    }
}
