// Series: the short forms that the checks of time series are written in, and their tables: making, showing, changing, going.

import com.alicloud.openservices.tablestore.SyncClient;
import com.alicloud.openservices.tablestore.TimeseriesClient;
import com.alicloud.openservices.tablestore.model.*;
import com.alicloud.openservices.tablestore.model.timeseries.*;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

final class Series {
    static final String T = "Series";
    static TimeseriesClient client;

    static void run() {
        client = new TimeseriesClient(Service.endpoint, Service.id, Service.secret, Service.instance, Service.settings());
        Checks.part("time-series tables", Series::tables);
        Checks.part("refused time-series tables", Series::refusedTables);
        SeriesPoints.run();
        SeriesMeta.run();
        SeriesScan.run();
        Checks.part("delete time-series tables", Series::delete);
        client.shutdown();
    }

    // ---- short forms ----

    static void create(String name) {
        client.createTimeseriesTable(new CreateTimeseriesTableRequest(new TimeseriesTableMeta(name)));
    }

    /** Names and values of tags in turn. */
    static TimeseriesKey key(String measurement, String source, String... tags) {
        Map<String, String> map = new TreeMap<>();
        for (int i = 0; i < tags.length; i += 2) map.put(tags[i], tags[i + 1]);
        return new TimeseriesKey(measurement, source, map);
    }

    /** Names and values of fields in turn. */
    static TimeseriesRow point(TimeseriesKey key, long us, Object... fields) {
        TimeseriesRow row = new TimeseriesRow(key, us);
        for (int i = 0; i < fields.length; i += 2) row.addField((String) fields[i], Service.value(fields[i + 1]));
        return row;
    }

    static PutTimeseriesDataResponse put(String table, TimeseriesRow... rows) {
        PutTimeseriesDataRequest request = new PutTimeseriesDataRequest(table);
        request.addRows(Arrays.asList(rows));
        return client.putTimeseriesData(request);
    }

    /** A point as text: everything in it, with types. */
    static String text(TimeseriesRow row) {
        Map<String, String> fields = new TreeMap<>();
        row.getFields().forEach((name, value) -> fields.put(name, Service.text(value)));
        TimeseriesKey key = row.getTimeseriesKey();
        return key.getMeasurementName() + " " + key.getDataSource() + " " + new TreeMap<>(key.getTags()) + " " + row.getTimeInUs() + " " + fields;
    }

    static List<String> texts(List<TimeseriesRow> rows) {
        return rows.stream().map(Series::text).collect(Collectors.toList());
    }

    static List<String> texts(TimeseriesRow... rows) {
        return texts(Arrays.asList(rows));
    }

    // ---- tables ----

    private static TimeseriesTableMeta shown(String name) {
        return client.describeTimeseriesTable(new DescribeTimeseriesTableRequest(name)).getTimeseriesTableMeta();
    }

    private static List<String> names() {
        List<String> names = new ArrayList<>(client.listTimeseriesTable().getTimeseriesTableNames());
        Collections.sort(names);
        return names;
    }

    private static void tables() {
        Checks.same("no time-series tables at first", names(), Collections.emptyList());
        create(T);
        client.createTimeseriesTable(new CreateTimeseriesTableRequest(new TimeseriesTableMeta("_s2", new TimeseriesTableOptions(86400))));
        Checks.same("the list of time-series tables", names(), Arrays.asList(T, "_s2"));
        Checks.same("name", shown(T).getTimeseriesTableName(), T);
        Checks.same("status", shown(T).getStatus(), "CREATED");
        Checks.same("kept for ever unless said otherwise", shown(T).getTimeseriesTableOptions().getTimeToLive(), -1);
        Checks.same("attributes may be updated unless said otherwise", shown(T).getTimeseriesMetaOptions().getAllowUpdateAttributes(), true);
        Checks.same("time to live", shown("_s2").getTimeseriesTableOptions().getTimeToLive(), 86400);
        client.updateTimeseriesTable(new UpdateTimeseriesTableRequest("_s2", new TimeseriesTableOptions(172800)));
        Checks.same("another time to live", shown("_s2").getTimeseriesTableOptions().getTimeToLive(), 172800);
        UpdateTimeseriesTableRequest update = new UpdateTimeseriesTableRequest("_s2");
        TimeseriesMetaOptions options = new TimeseriesMetaOptions();
        options.setAllowUpdateAttributes(false);
        update.setTimeseriesMetaOptions(options);
        client.updateTimeseriesTable(update);
        Checks.same("attributes are forbidden", shown("_s2").getTimeseriesMetaOptions().getAllowUpdateAttributes(), false);
        Checks.same("the rest stays", shown("_s2").getTimeseriesTableOptions().getTimeToLive(), 172800);
    }

    private static void refusedTables() {
        Checks.refused("made twice", "OTSObjectAlreadyExist", 409, () -> create(T));
        Checks.refused("a name of a data table", "OTSParameterInvalid", 400, () -> create("1"));
        Checks.refused("a name of 129 bytes", "OTSParameterInvalid", 400, () -> create("x".repeat(129)));
        Checks.refused("no such table", "OTSObjectNotExist", 404, () -> shown("_none"));
        TimeseriesTableMeta keyed = new TimeseriesTableMeta("_keyed");
        keyed.addTimeseriesKey("region");
        Checks.refused("custom keys", "OTSParameterInvalid", 400, () -> client.createTimeseriesTable(new CreateTimeseriesTableRequest(keyed)));
        SyncClient data = Service.client;
        Checks.refused("a put into a data table's name", "OTSObjectNotExist", 404, () -> put("_none", point(key("m", ""), 1, "a", 1)));
        Checks.refused("time series are no rows", "OTSParameterInvalid", 400,
                () -> data.describeTable(new DescribeTableRequest(T)));
    }

    private static void delete() {
        client.deleteTimeseriesTable(new DeleteTimeseriesTableRequest("_s2"));
        Checks.refused("a deleted table", "OTSObjectNotExist", 404, () -> shown("_s2"));
        for (String name : names()) client.deleteTimeseriesTable(new DeleteTimeseriesTableRequest(name));
        Checks.same("no time-series tables at the end", names(), Collections.emptyList());
        create(T);
        Checks.same("a table made again is empty", SeriesPoints.all(T, key("cpu", "h")), Collections.emptyList());
        client.deleteTimeseriesTable(new DeleteTimeseriesTableRequest(T));
    }
}
