// OldSeries: the Java SDK of the Java connector, which knows tags as one text only, against the emulator:
// OldSeries ENDPOINT ID SECRET INSTANCE. Every check that fails is printed; the last line is the count of checks.

import com.alicloud.openservices.tablestore.TimeseriesClient;
import com.alicloud.openservices.tablestore.model.*;
import com.alicloud.openservices.tablestore.model.timeseries.*;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;

public final class OldSeries {
    private static TimeseriesClient client;

    public static void main(String[] arguments) {
        client = new TimeseriesClient(arguments[0], arguments[1], arguments[2], arguments[3]);
        Checks.part("the old SDK", OldSeries::run);
        client.shutdown();
        System.out.println(Checks.count);
        System.exit(Checks.failed == 0 ? 0 : 1);
    }

    /** Names and values of tags in turn. */
    private static TimeseriesKey key(String measurement, String source, String... tags) {
        TreeMap<String, String> map = new TreeMap<>();
        for (int i = 0; i < tags.length; i += 2) map.put(tags[i], tags[i + 1]);
        return new TimeseriesKey(measurement, source, map);
    }

    private static TimeseriesRow point(TimeseriesKey key, long us, Object value) {
        TimeseriesRow row = new TimeseriesRow(key, us);
        row.addField("v", value instanceof Long ? ColumnValue.fromLong((Long) value) : ColumnValue.fromString((String) value));
        return row;
    }

    private static List<String> read(TimeseriesKey key) {
        GetTimeseriesDataRequest request = new GetTimeseriesDataRequest("old");
        request.setTimeseriesKey(key);
        request.setTimeRange(0, 1000);
        List<String> read = new ArrayList<>();
        for (TimeseriesRow row : client.getTimeseriesData(request).getRows())
            read.add(row.getTimeseriesKey().getTags() + " " + row.getTimeInUs() + " " + row.getFields().get("v"));
        return read;
    }

    private static List<TimeseriesMeta> query(String source) {
        QueryTimeseriesMetaRequest request = new QueryTimeseriesMetaRequest("old");
        request.setCondition(new DataSourceMetaQueryCondition(MetaQuerySingleOperator.OP_EQUAL, source));
        return client.queryTimeseriesMeta(request).getTimeseriesMetas();
    }

    private static void run() {
        client.createTimeseriesTable(new CreateTimeseriesTableRequest(new TimeseriesTableMeta("old", new TimeseriesTableOptions(-1))));
        TimeseriesKey tagged = key("cpu", "h", "region", "hangzhou", "os", "linux"), bare = key("cpu", "h"), text = key("cpu", "t", "k", "值 ,[]");
        PutTimeseriesDataRequest request = new PutTimeseriesDataRequest("old");
        request.addRows(Arrays.asList(point(tagged, 1, 5L), point(tagged, 2, "x"), point(bare, 3, 6L), point(text, 4, 7L)));
        Checks.holds("all were put", client.putTimeseriesData(request).isAllSuccess());
        Checks.same("tags as a text are tags", read(tagged), Arrays.asList("{os=linux, region=hangzhou} 1 5", "{os=linux, region=hangzhou} 2 x"));
        Checks.same("no tags", read(bare), Arrays.asList("{} 3 6"));
        Checks.same("a value with all that may be in one", read(text), Arrays.asList("{k=值 ,[]} 4 7"));
        Checks.same("another series", read(key("cpu", "h", "os", "linux")), Collections.emptyList());
        Checks.same("the key of a series", query("t").get(0).getTimeseriesKey(), text);
        TimeseriesMeta meta = new TimeseriesMeta(text);
        meta.setAttributes(Collections.singletonMap("owner", "me"));
        UpdateTimeseriesMetaRequest update = new UpdateTimeseriesMetaRequest("old");
        update.setMetas(Arrays.asList(meta));
        Checks.holds("attributes are set", client.updateTimeseriesMeta(update).isAllSuccess());
        Checks.same("attributes", query("t").get(0).getAttributes().toString(), "{owner=me}");
        Checks.same("one series, whichever form its key came in", query("t").size(), 1);
        client.deleteTimeseriesTable(new DeleteTimeseriesTableRequest("old"));
    }
}
