// SeriesMeta: what is known about series: found by every condition, in pages, changed, deleted.

import static com.alicloud.openservices.tablestore.model.timeseries.MetaQuerySingleOperator.*;

import com.alicloud.openservices.tablestore.model.timeseries.*;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;

final class SeriesMeta {
    private static final String T = "SeriesMeta";

    static void run() {
        Checks.part("series", SeriesMeta::fill);
        Checks.part("conditions on series", SeriesMeta::conditions);
        Checks.part("trees of conditions", SeriesMeta::trees);
        Checks.part("pages of series", SeriesMeta::pages);
        Checks.part("attributes", SeriesMeta::attributes);
        Checks.part("refused attributes", SeriesMeta::refused);
        Checks.part("deleting series", SeriesMeta::delete);
    }

    // ---- short forms ----

    private static QueryTimeseriesMetaRequest request(MetaQueryCondition condition) {
        QueryTimeseriesMetaRequest request = new QueryTimeseriesMetaRequest(T);
        if (condition != null) request.setCondition(condition);
        request.setGetTotalHits(true);
        return request;
    }

    private static TimeseriesKey keyOf(int i) {
        return Series.key(i < 2 ? "cpu" : "mem", "h" + i, "dc", "d" + i % 2, "host", "h" + i);
    }

    /** The data sources of the series found, in order. */
    private static String found(MetaQueryCondition condition) {
        QueryTimeseriesMetaResponse answer = Series.client.queryTimeseriesMeta(request(condition));
        List<String> sources = new ArrayList<>();
        for (TimeseriesMeta meta : answer.getTimeseriesMetas()) sources.add(meta.getTimeseriesKey().getDataSource());
        Collections.sort(sources);
        Checks.same("total hits", answer.getTotalHits(), (long) sources.size());
        return String.join(" ", sources);
    }

    private static MetaQueryCondition tag(MetaQuerySingleOperator op, String name, String value) {
        return new TagMetaQueryCondition(op, name, value);
    }

    private static MetaQueryCondition all(MetaQueryCompositeOperator op, MetaQueryCondition... parts) {
        CompositeMetaQueryCondition composite = new CompositeMetaQueryCondition(op);
        for (MetaQueryCondition part : parts) composite.addSubCondition(part);
        return composite;
    }

    private static TimeseriesMeta meta(TimeseriesKey key, String... attributes) {
        TimeseriesMeta meta = new TimeseriesMeta(key);
        TreeMap<String, String> map = new TreeMap<>();
        for (int i = 0; i < attributes.length; i += 2) map.put(attributes[i], attributes[i + 1]);
        meta.setAttributes(map);
        return meta;
    }

    private static UpdateTimeseriesMetaResponse update(TimeseriesMeta... metas) {
        UpdateTimeseriesMetaRequest request = new UpdateTimeseriesMetaRequest(T);
        request.setMetas(Arrays.asList(metas));
        return Series.client.updateTimeseriesMeta(request);
    }

    private static TimeseriesMeta only(MetaQueryCondition condition) {
        List<TimeseriesMeta> metas = Series.client.queryTimeseriesMeta(request(condition)).getTimeseriesMetas();
        Checks.same("one series", metas.size(), 1);
        return metas.get(0);
    }

    // ---- checks ----

    private static void fill() {
        Series.create(T);
        Checks.same("no series at first", found(null), "");
        for (int i = 0; i < 4; i++) Series.put(T, Series.point(keyOf(i), 5, "n", i), Series.point(keyOf(i), 6, "n", i));
        Checks.same("a series for all its points", found(null), "h0 h1 h2 h3");
        PutTimeseriesDataRequest ignored = new PutTimeseriesDataRequest(T);
        ignored.addRow(Series.point(Series.key("cpu", "unknown"), 1, "n", 1));
        ignored.setMetaUpdateMode(PutTimeseriesDataRequest.MetaUpdateMode.IGNORE);
        Series.client.putTimeseriesData(ignored);
        Checks.same("a series whose meta was left alone is not found", found(null), "h0 h1 h2 h3");
        TimeseriesMeta meta = only(new DataSourceMetaQueryCondition(OP_EQUAL, "h1"));
        Checks.same("the key of a series", meta.getTimeseriesKey(), keyOf(1));
        Checks.same("no attributes", meta.getAttributes().size(), 0);
        Checks.holds("its update time", Math.abs(meta.getUpdateTimeInUs() - System.currentTimeMillis() * 1000) < 60_000_000L);
        QueryTimeseriesMetaRequest plain = new QueryTimeseriesMetaRequest(T);
        Checks.same("total hits that were not asked for", Series.client.queryTimeseriesMeta(plain).getTotalHits(), -1L);
    }

    private static void conditions() {
        Checks.same("measurement =", found(new MeasurementMetaQueryCondition(OP_EQUAL, "cpu")), "h0 h1");
        Checks.same("measurement prefix", found(new MeasurementMetaQueryCondition(OP_PREFIX, "m")), "h2 h3");
        Checks.same("measurement >", found(new MeasurementMetaQueryCondition(OP_GREATER_THAN, "cpu")), "h2 h3");
        Checks.same("measurement >=", found(new MeasurementMetaQueryCondition(OP_GREATER_EQUAL, "cpu")), "h0 h1 h2 h3");
        Checks.same("source <", found(new DataSourceMetaQueryCondition(OP_LESS_THAN, "h2")), "h0 h1");
        Checks.same("source <=", found(new DataSourceMetaQueryCondition(OP_LESS_EQUAL, "h2")), "h0 h1 h2");
        Checks.same("source prefix", found(new DataSourceMetaQueryCondition(OP_PREFIX, "")), "h0 h1 h2 h3");
        Checks.same("tag =", found(tag(OP_EQUAL, "dc", "d1")), "h1 h3");
        Checks.same("tag >", found(tag(OP_GREATER_THAN, "host", "h1")), "h2 h3");
        Checks.same("tag <=", found(tag(OP_LESS_EQUAL, "host", "h1")), "h0 h1");
        Checks.same("tag prefix", found(tag(OP_PREFIX, "dc", "d")), "h0 h1 h2 h3");
        Checks.same("a tag that none has", found(tag(OP_PREFIX, "zone", "")), "");
        long now = System.currentTimeMillis() * 1000;
        Checks.same("update time <", found(new UpdateTimeMetaQueryCondition(OP_LESS_THAN, now + 60_000_000L)), "h0 h1 h2 h3");
        Checks.same("update time >", found(new UpdateTimeMetaQueryCondition(OP_GREATER_THAN, now + 60_000_000L)), "");
        Checks.same("attribute", found(new AttributeMetaQueryCondition(OP_EQUAL, "owner", "x")), "");
        Checks.refused("a prefix of an update time", "OTSParameterInvalid", 400, () -> found(new UpdateTimeMetaQueryCondition(OP_PREFIX, 1)));
    }

    private static void trees() {
        MetaQueryCondition cpu = new MeasurementMetaQueryCondition(OP_EQUAL, "cpu");
        MetaQueryCondition odd = tag(OP_EQUAL, "dc", "d1");
        Checks.same("and", found(all(MetaQueryCompositeOperator.OP_AND, cpu, odd)), "h1");
        Checks.same("or", found(all(MetaQueryCompositeOperator.OP_OR, cpu, odd)), "h0 h1 h3");
        Checks.same("not", found(all(MetaQueryCompositeOperator.OP_NOT, cpu)), "h2 h3");
        Checks.same("nested", found(all(MetaQueryCompositeOperator.OP_AND, all(MetaQueryCompositeOperator.OP_NOT, odd),
                all(MetaQueryCompositeOperator.OP_OR, cpu, tag(OP_EQUAL, "host", "h2")))), "h0 h2");
        Checks.refused("not of two", "OTSParameterInvalid", 400, () -> found(all(MetaQueryCompositeOperator.OP_NOT, cpu, odd)));
        MetaQueryCondition deep = cpu;
        for (int i = 0; i < 30; i++) deep = all(MetaQueryCompositeOperator.OP_NOT, deep);
        MetaQueryCondition deepest = deep;
        Checks.refused("conditions too deep", "OTSParameterInvalid", 400, () -> found(deepest));
    }

    private static void pages() {
        QueryTimeseriesMetaRequest request = request(null);
        request.setLimit(3);
        QueryTimeseriesMetaResponse first = Series.client.queryTimeseriesMeta(request);
        Checks.same("a page of three", first.getTimeseriesMetas().size(), 3);
        Checks.same("all of them are counted", first.getTotalHits(), 4L);
        request.setNextToken(first.getNextToken());
        QueryTimeseriesMetaResponse second = Series.client.queryTimeseriesMeta(request);
        Checks.same("the rest", second.getTimeseriesMetas().size(), 1);
        Checks.same("the rest is counted like all", second.getTotalHits(), 4L);
        Checks.same("no more pages", second.getNextToken(), null);
        first.getTimeseriesMetas().addAll(second.getTimeseriesMetas());
        Checks.same("no series twice", first.getTimeseriesMetas().stream().map(TimeseriesMeta::getTimeseriesKey).distinct().count(), 4L);
        request.setNextToken(new byte[]{7});
        Checks.refused("a token that is none", "OTSParameterInvalid", 400, () -> Series.client.queryTimeseriesMeta(request));
    }

    private static void attributes() {
        long before = only(new DataSourceMetaQueryCondition(OP_EQUAL, "h0")).getUpdateTimeInUs();
        Checks.holds("attributes are set", update(meta(keyOf(0), "owner", "me", "a", "数据")).isAllSuccess());
        TimeseriesMeta meta = only(new AttributeMetaQueryCondition(OP_EQUAL, "owner", "me"));
        Checks.same("whose", meta.getTimeseriesKey(), keyOf(0));
        Checks.same("attributes", new TreeMap<>(meta.getAttributes()).toString(), "{a=数据, owner=me}");
        Checks.holds("an update is an update", meta.getUpdateTimeInUs() >= before);
        Series.put(T, Series.point(keyOf(0), 7, "n", 1));
        Checks.same("a put leaves attributes", only(new AttributeMetaQueryCondition(OP_PREFIX, "owner", "m")).getAttributes().size(), 2);
        update(meta(keyOf(0), "owner", "you"));
        Checks.same("an update replaces all", only(new DataSourceMetaQueryCondition(OP_EQUAL, "h0")).getAttributes().toString(), "{owner=you}");
        Checks.holds("a series that was not known", update(meta(Series.key("new", "h9"), "owner", "it")).isAllSuccess());
        Checks.same("is known now", found(new AttributeMetaQueryCondition(OP_GREATER_THAN, "owner", "a")), "h0 h9");
    }

    private static void refused() {
        UpdateTimeseriesMetaResponse answer = update(meta(keyOf(1), "a", "1"), meta(Series.key("a#b", ""), "a", "1"));
        Checks.same("one failed", answer.getFailedRows().size(), 1);
        Checks.same("its place", answer.getFailedRows().get(0).getIndex(), 1);
        Checks.same("its code", answer.getFailedRows().get(0).getError().getCode(), "OTSParameterInvalid");
        Checks.same("the other is done", found(new AttributeMetaQueryCondition(OP_EQUAL, "a", "1")), "h1");
        UpdateTimeseriesMetaRequest forbidden = new UpdateTimeseriesMetaRequest("_s2");
        forbidden.setMetas(Arrays.asList(meta(keyOf(1), "a", "1")));
        Checks.refused("attributes where they are forbidden", "OTSParameterInvalid", 400, () -> Series.client.updateTimeseriesMeta(forbidden));
    }

    private static void delete() {
        DeleteTimeseriesMetaRequest request = new DeleteTimeseriesMetaRequest(T);
        request.setTimeseriesKeys(Arrays.asList(keyOf(0), Series.key("no", "such")));
        Checks.holds("deleted, and what was not there", Series.client.deleteTimeseriesMeta(request).isAllSuccess());
        Checks.same("the others stay", found(null), "h1 h2 h3 h9");
        Checks.same("the points stay", SeriesPoints.all(T, keyOf(0)).size(), 3);
    }
}
