// Tables: their making, changing and going; indexes and defined columns; logical splits.

import static com.alicloud.openservices.tablestore.model.PrimaryKeyType.*;

import com.alicloud.openservices.tablestore.model.*;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;

final class Tables {
    static void run() {
        Checks.part("tables", Tables::makeAndShow);
        Checks.part("refused tables", Tables::refuse);
        Checks.part("update table", Tables::update);
        Checks.part("no updates allowed", Tables::updatesForbidden);
        Checks.part("indexes", Tables::indexes);
        Checks.part("refused indexes", Tables::refusedIndexes);
        Checks.part("defined columns", Tables::definedColumns);
        Checks.part("splits", Tables::splits);
        Checks.part("delete table", Tables::delete);
    }

    private static List<String> names() {
        List<String> names = new ArrayList<>(Service.client.listTable().getTableNames());
        Collections.sort(names);
        return names;
    }

    private static void makeAndShow() {
        Checks.same("no tables at first", names(), Collections.emptyList());
        TableMeta meta = Service.meta("Shown", "a", STRING, "b", INTEGER, "c", BINARY);
        meta.addPrimaryKeyColumn("d", INTEGER, PrimaryKeyOption.AUTO_INCREMENT);
        for (DefinedColumnType type : DefinedColumnType.values()) meta.addDefinedColumn("col_" + type, type);
        Service.client.createTable(new CreateTableRequest(meta, new TableOptions(86400, 7, 100000)));
        Service.create("_shown2", 1);
        Checks.same("the list of tables", names(), Arrays.asList("Shown", "_shown2"));
        DescribeTableResponse shown = Service.describe("Shown");
        Checks.same("name of the table", shown.getTableMeta().getTableName(), "Shown");
        Checks.same("primary key", shown.getTableMeta().getPrimaryKeyList(), meta.getPrimaryKeyList());
        Checks.same("auto-increment is shown", shown.getTableMeta().getPrimaryKeyList().get(3).getOption(),
                PrimaryKeyOption.AUTO_INCREMENT);
        Checks.same("defined columns", shown.getTableMeta().getDefinedColumnMap(), meta.getDefinedColumnMap());
        TableOptions options = shown.getTableOptions();
        Checks.same("time to live", options.getTimeToLive(), 86400);
        Checks.same("max versions", options.getMaxVersions(), 7);
        Checks.same("deviation", options.getMaxTimeDeviation(), 100000L);
        Checks.same("updates are allowed unless said otherwise", options.getAllowUpdate(), true);
        Checks.same("whole rows need not be updated", options.getUpdateFullRow(), false);
        Checks.same("deviation by default", Service.describe("_shown2").getTableOptions().getMaxTimeDeviation(), 86400L);
        CapacityUnit unit = shown.getReservedThroughputDetails().getCapacityUnit();
        Checks.same("reserved throughput", unit.getReadCapacityUnit() + unit.getWriteCapacityUnit(), 0);
        Checks.same("stream", shown.getStreamDetails().isEnableStream(), false);
        long now = System.currentTimeMillis() * 1000;
        Checks.holds("creation time in microseconds", Math.abs(shown.getCreationTime() - now) < 600_000_000L);
        CreateTableRequest paid = new CreateTableRequest(Service.meta("Paid", "a", STRING), new TableOptions(-1, 1),
                new ReservedThroughput(2, 3));
        Service.client.createTable(paid);
        unit = Service.describe("Paid").getReservedThroughputDetails().getCapacityUnit();
        Checks.same("throughput read", unit.getReadCapacityUnit(), 2);
        Checks.same("throughput write", unit.getWriteCapacityUnit(), 3);
    }

    private static void refuse() {
        Checks.refused("a name in use", "OTSObjectAlreadyExist", 409, "Requested table already exists.",
                () -> Service.create("Shown", 1));
        Checks.refused("describe a missing one", "OTSObjectNotExist", 404, "Requested table does not exist.",
                () -> Service.describe("missing"));
        Checks.refused("delete a missing one", "OTSObjectNotExist", 404, "Requested table does not exist.",
                () -> Service.client.deleteTable(new DeleteTableRequest("missing")));
        for (String name : new String[] {"0", "#", "中文", "T#", "3t", "-", "t-1", "a".repeat(256)}) {
            String message = "Invalid table name: '" + name + "'.";
            Checks.refused("table name " + name, "OTSParameterInvalid", 400, name.length() > 200 ? null : message,
                    () -> Service.create(name, 1));
        }
        Checks.refused("describe a bad name", "OTSParameterInvalid", 400, "Invalid table name: '3t'.",
                () -> Service.describe("3t"));
        String range = "The number of primary key columns must be in range: [1, 4].";
        Checks.refused("five key columns", "OTSParameterInvalid", 400, range,
                () -> Service.create(Service.meta("t", "a", STRING, "b", STRING, "c", STRING, "d", STRING, "e", STRING), 1));
        Checks.refused("time to live 0", "OTSParameterInvalid", 400, () -> Service.client.createTable(
                new CreateTableRequest(Service.meta("t", "a", STRING), options(0, 1))));
        Checks.refused("max versions 0", "OTSParameterInvalid", 400, () -> Service.client.createTable(
                new CreateTableRequest(Service.meta("t", "a", STRING), options(-1, 0))));
        Checks.same("a refused table is not there", names().contains("t"), false);
    }

    /** The SDK refuses bad numbers itself where it is built with them; where it does, the service is not asked. */
    private static TableOptions options(int timeToLive, int maxVersions) {
        TableOptions options = new TableOptions(-1, 1);
        try {
            options.setTimeToLive(timeToLive);
            options.setMaxVersions(maxVersions);
        } catch (IllegalArgumentException own) {
            throw new com.alicloud.openservices.tablestore.TableStoreException(own.getMessage(), null,
                    "OTSParameterInvalid", "the SDK's own check", 400);
        }
        return options;
    }

    private static void update() {
        Service.create("Updated", 1);
        UpdateTableRequest request = new UpdateTableRequest("Updated");
        TableOptions options = new TableOptions(864000, 5);
        options.setMaxTimeDeviation(200000);
        request.setTableOptionsForUpdate(options);
        TableOptions answered = Service.client.updateTable(request).getTableOptions();
        TableOptions shown = Service.describe("Updated").getTableOptions();
        Checks.same("answered time to live", answered.getTimeToLive(), 864000);
        Checks.same("answered max versions", answered.getMaxVersions(), 5);
        Checks.same("shown time to live", shown.getTimeToLive(), 864000);
        Checks.same("shown max versions", shown.getMaxVersions(), 5);
        Checks.same("shown deviation", shown.getMaxTimeDeviation(), 200000L);
        Service.create("Updated2", 4);
        UpdateTableRequest versions = new UpdateTableRequest("Updated2");
        TableOptions only = new TableOptions();
        only.setMaxVersions(2);
        versions.setTableOptionsForUpdate(only);
        Service.client.updateTable(versions);
        shown = Service.describe("Updated2").getTableOptions();
        Checks.same("what was not given stays", shown.getTimeToLive() + " " + shown.getMaxVersions(), "-1 2");
        UpdateTableRequest throughput = new UpdateTableRequest("Paid");
        throughput.setReservedThroughputForUpdate(new ReservedThroughput(5, 6));
        CapacityUnit unit = Service.client.updateTable(throughput).getReservedThroughputDetails().getCapacityUnit();
        Checks.same("throughput updated", unit.getReadCapacityUnit() + " " + unit.getWriteCapacityUnit(), "5 6");
        UpdateTableRequest missing = new UpdateTableRequest("missing");
        missing.setTableOptionsForUpdate(new TableOptions(-1, 1));
        Checks.refused("update a missing table", "OTSObjectNotExist", 404, () -> Service.client.updateTable(missing));
        Checks.refused("update nothing", "OTSParameterInvalid", 400,
                () -> Service.client.updateTable(new UpdateTableRequest("_shown2")));
    }

    private static void updatesForbidden() {
        TableOptions options = new TableOptions(-1, 1);
        options.setAllowUpdate(false);
        Service.client.createTable(new CreateTableRequest(Service.meta("Fixed", "part", STRING, "sub", INTEGER), options));
        Checks.same("no updates: shown", Service.describe("Fixed").getTableOptions().getAllowUpdate(), false);
        PrimaryKey key = Service.key("a", 1);
        Service.send(Service.put("Fixed", key, "v", 1));
        Checks.refused("no updates: UpdateRow", "OTSParameterInvalid", 400,
                () -> Service.send(Service.update("Fixed", key, "v", 2)));
        Checks.same("no updates: the row is as it was", Service.columns("Fixed", key), Service.wanted("v", 1));
    }

    private static IndexMeta index(String name, String key, String... columns) {
        IndexMeta index = new IndexMeta(name);
        if (key != null) index.addPrimaryKeyColumn(key);
        for (String column : columns) index.addDefinedColumn(column);
        return index;
    }

    private static TableMeta definedMeta(String name) {
        TableMeta meta = Service.meta(name, "part", STRING, "sub", INTEGER);
        meta.addDefinedColumn("d1", DefinedColumnType.STRING);
        meta.addDefinedColumn("d2", DefinedColumnType.INTEGER);
        return meta;
    }

    private static List<String> indexNames(String table) {
        return Service.describe(table).getIndexMeta().stream().map(IndexMeta::getIndexName).sorted()
                .collect(Collectors.toList());
    }

    private static void indexes() {
        CreateTableRequest request = new CreateTableRequest(definedMeta("Indexed"), new TableOptions(-1, 1));
        request.addIndex(index("by_d1", "d1", "d2"));
        Service.client.createTable(request);
        IndexMeta shown = Service.describe("Indexed").getIndexMeta().get(0);
        Checks.same("index name", shown.getIndexName(), "by_d1");
        Checks.holds("index key begins with what was asked", shown.getPrimaryKeyList().get(0).equals("d1"));
        Checks.same("index columns", shown.getDefinedColumnsList(), Arrays.asList("d2"));
        Checks.same("index type", shown.getIndexType(), IndexType.IT_GLOBAL_INDEX);
        Checks.same("index update mode", shown.getIndexUpdateMode(), IndexUpdateMode.IUM_ASYNC_INDEX);
        Checks.same("an index is not among the tables", names().contains("by_d1"), false);
        Service.client.createIndex(new CreateIndexRequest("Indexed", index("by_d2", "d2", "d1"), false));
        Checks.same("a second index", indexNames("Indexed"), Arrays.asList("by_d1", "by_d2"));
        Service.client.deleteIndex(new DeleteIndexRequest("Indexed", "by_d1"));
        Checks.same("one index dropped", indexNames("Indexed"), Arrays.asList("by_d2"));
        PrimaryKey key = Service.key("a", 1);
        Service.send(Service.put("Indexed", key, "d1", "x", "d2", 5, "free", true));
        Checks.same("a row of an indexed table", Service.columns("Indexed", key), Service.wanted("d1", "x", "d2", 5, "free", true));
        Checks.refused("drop a missing index", "OTSObjectNotExist", 404,
                () -> Service.client.deleteIndex(new DeleteIndexRequest("Indexed", "by_d1")));
        Checks.refused("index a missing table", "OTSObjectNotExist", 404, () -> Service.client.createIndex(
                new CreateIndexRequest("missing", index("by_x", "d1"), false)));
    }

    private static void refusedIndexes() {
        String range = "The number of primary key columns must be in range: [1, 4] in index.";
        Checks.refused("an index without a key", "OTSParameterInvalid", 400, range, () -> Service.client.createIndex(
                new CreateIndexRequest("Indexed", index("by_none", null, "d1"), false)));
        Checks.refused("an index of an unknown column", "OTSParameterInvalid", 400, () -> Service.client.createIndex(
                new CreateIndexRequest("Indexed", index("by_other", "other"), false)));
        CreateTableRequest versions = new CreateTableRequest(definedMeta("Versions_index"), new TableOptions(-1, 2));
        versions.addIndex(index("by_v", "d1"));
        Checks.refused("an index needs max versions 1", "OTSParameterInvalid", 400, () -> Service.client.createTable(versions));
        CreateTableRequest expiring = new CreateTableRequest(definedMeta("Expiring_index"), new TableOptions(86400, 1));
        expiring.addIndex(index("by_e", "d1"));
        Checks.refused("an index, a time to live and updates", "OTSParameterInvalid", 400,
                "Don't support allow update operation on table with index and ttl", () -> Service.client.createTable(expiring));
        TableMeta many = Service.meta("Many_index", "part", STRING);
        for (int i = 0; i < 6; i++) many.addDefinedColumn("d" + i, DefinedColumnType.STRING);
        CreateTableRequest six = new CreateTableRequest(many, new TableOptions(-1, 1));
        for (int i = 0; i < 6; i++) six.addIndex(index("many" + i, "d" + i));
        Checks.refused("six indexes", "OTSParameterInvalid", 400, "Number of index per table exceeds the quota:5.",
                () -> Service.client.createTable(six));
        TableMeta columns = Service.meta("Many_columns", "part", STRING);
        for (int i = 0; i < 33; i++) columns.addDefinedColumn("d" + i, DefinedColumnType.STRING);
        Checks.refused("33 defined columns", "OTSParameterInvalid", 400,
                "The number of defined columns must be in range: [0, 32].", () -> Service.create(columns, 1));
    }

    private static void definedColumns() {
        Service.create(definedMeta("Defined"), 1);
        AddDefinedColumnRequest add = new AddDefinedColumnRequest();
        add.setTableName("Defined");
        add.addDefinedColumn("d3", DefinedColumnType.DOUBLE);
        add.addDefinedColumn("d4", DefinedColumnType.BINARY);
        Service.client.addDefinedColumn(add);
        Checks.same("defined columns added", new TreeSet<>(Service.describe("Defined").getTableMeta().getDefinedColumnMap().keySet()).toString(),
                "[d1, d2, d3, d4]");
        DeleteDefinedColumnRequest drop = new DeleteDefinedColumnRequest();
        drop.setTableName("Defined");
        drop.addDefinedColumn("d1");
        Service.client.deleteDefinedColumn(drop);
        Checks.same("a defined column dropped", new TreeSet<>(Service.describe("Defined").getTableMeta().getDefinedColumnMap().keySet()).toString(),
                "[d2, d3, d4]");
    }

    private static void splits() {
        Service.create("Split", 1);
        PrimaryKey lowest = Service.key(PrimaryKeyValue.INF_MIN, PrimaryKeyValue.INF_MIN);
        PrimaryKey highest = Service.key(PrimaryKeyValue.INF_MAX, PrimaryKeyValue.INF_MAX);
        ComputeSplitsBySizeResponse one = Service.client.computeSplitsBySize(new ComputeSplitsBySizeRequest("Split", 1));
        Checks.same("an empty table is one split", one.getSplits().size(), 1);
        Checks.same("from the lowest key", one.getSplits().get(0).getLowerBound(), lowest);
        Checks.same("to the highest key", one.getSplits().get(0).getUpperBound(), highest);
        Checks.same("schema of the splits", one.getPrimaryKeySchema().size(), 2);
        Checks.same("splits cost a read", one.getConsumedCapacity().getCapacityUnit().getReadCapacityUnit(), 1);
        String value = "v".repeat(100_000);
        for (int i = 0; i < 60; i++) Service.send(Service.put("Split", Service.key(String.format("k%03d", i), i), "v", value));
        List<Split> splits = Service.client.computeSplitsBySize(new ComputeSplitsBySizeRequest("Split", 1, 1024 * 1024)).getSplits();
        Checks.holds("6 MB in splits of 1 MB: " + splits.size(), splits.size() >= 4 && splits.size() <= 9);
        Checks.same("the first begins at the lowest key", splits.get(0).getLowerBound(), lowest);
        Checks.same("the last ends at the highest key", splits.get(splits.size() - 1).getUpperBound(), highest);
        int rows = 0;
        for (int i = 0; i < splits.size(); i++) {
            if (i > 0) Checks.same("split " + i + " follows", splits.get(i).getLowerBound(), splits.get(i - 1).getUpperBound());
            rows += Reads.range("Split", splits.get(i).getLowerBound(), splits.get(i).getUpperBound(), Direction.FORWARD, 0).size();
        }
        Checks.same("the splits have every row once", rows, 60);
        Checks.refused("split size 0", "OTSParameterInvalid", 400, "The split_size should be greater than 0.",
                () -> Service.client.computeSplitsBySize(new ComputeSplitsBySizeRequest("Split", 0, 1024 * 1024)));
        Checks.refused("a split unit below 1 MB", "OTSParameterInvalid", 400,
                "The split_size_unit_in_byte should be greater equal than: 1048576",
                () -> Service.client.computeSplitsBySize(new ComputeSplitsBySizeRequest("Split", 1, 1000)));
        Checks.refused("splits of a missing table", "OTSObjectNotExist", 404,
                () -> Service.client.computeSplitsBySize(new ComputeSplitsBySizeRequest("missing", 1)));
    }

    private static void delete() {
        for (String name : names()) Service.client.deleteTable(new DeleteTableRequest(name));
        Checks.same("all tables deleted", names(), Collections.emptyList());
        Service.create("Shown", 1);
        Checks.same("a new table has the old name", Service.describe("Shown").getTableMeta().getPrimaryKeyList().size(), 2);
        Service.client.deleteTable(new DeleteTableRequest("Shown"));
    }
}
