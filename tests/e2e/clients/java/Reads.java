// Reads: one row, ranges in both directions, versions, times, column ranges, wide rows.

import com.alicloud.openservices.tablestore.model.*;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Collectors;

final class Reads {
    private static final String T = "Reads";
    private static final PrimaryKey LOWEST = Service.key(PrimaryKeyValue.INF_MIN, PrimaryKeyValue.INF_MIN);
    private static final PrimaryKey HIGHEST = Service.key(PrimaryKeyValue.INF_MAX, PrimaryKeyValue.INF_MAX);

    static void run() {
        Checks.part("rows to read", Reads::fill);
        Checks.part("columns to get", Reads::columnsToGet);
        Checks.part("column ranges", Reads::columnRange);
        Checks.part("versions read", Reads::versions);
        Checks.part("range reads", Reads::ranges);
        Checks.part("iterators", Reads::iterators);
        Checks.part("refused reads", Reads::refuse);
    }

    private static RangeRowQueryCriteria criteria(String table, PrimaryKey from, PrimaryKey to, Direction direction, int limit) {
        RangeRowQueryCriteria criteria = new RangeRowQueryCriteria(table);
        criteria.setInclusiveStartPrimaryKey(from);
        criteria.setExclusiveEndPrimaryKey(to);
        criteria.setDirection(direction);
        criteria.setMaxVersions(1);
        if (limit > 0) criteria.setLimit(limit);
        return criteria;
    }

    /** Every row of the range, page by page. */
    static List<Row> range(String table, PrimaryKey from, PrimaryKey to, Direction direction, int limit) {
        List<Row> rows = new ArrayList<>();
        for (PrimaryKey next = from; next != null;) {
            GetRangeResponse page = Service.client.getRange(new GetRangeRequest(criteria(table, next, to, direction, limit)));
            if (limit > 0) Checks.holds("a page within its limit", page.getRows().size() <= limit);
            rows.addAll(page.getRows());
            next = page.getNextStartPrimaryKey();
        }
        return rows;
    }

    private static PrimaryKey at(int i) {
        return Service.key(String.format("r%02d", i / 5), i);
    }

    private static List<PrimaryKey> keys(List<Row> rows) {
        return rows.stream().map(Row::getPrimaryKey).collect(Collectors.toList());
    }

    private static List<PrimaryKey> keys(int from, int to) {
        List<PrimaryKey> keys = new ArrayList<>();
        for (int i = from; i < to; i++) keys.add(at(i));
        return keys;
    }

    private static List<PrimaryKey> reversed(List<PrimaryKey> keys) {
        List<PrimaryKey> reversed = new ArrayList<>(keys);
        Collections.reverse(reversed);
        return reversed;
    }

    private static void fill() {
        Service.create(T, 5);
        BatchWriteRowRequest request = new BatchWriteRowRequest();
        for (int i = 0; i < 50; i++) request.addRowChange(Service.put(T, at(i), "a", i, "b", "text " + i, "c", i / 2.0, "d", i % 2 == 0));
        Checks.same("fifty rows", Service.client.batchWriteRow(request).isAllSucceed(), true);
    }

    private static List<String> named(SingleRowQueryCriteria criteria) {
        Row row = Service.read(criteria);
        return row == null ? null : Arrays.stream(row.getColumns()).map(Column::getName).collect(Collectors.toList());
    }

    private static void columnsToGet() {
        SingleRowQueryCriteria two = Service.criteria(T, at(3));
        two.addColumnsToGet(new String[] {"c", "a", "missing"});
        Checks.same("two columns", named(two), Arrays.asList("a", "c"));
        SingleRowQueryCriteria none = Service.criteria(T, at(3));
        none.addColumnsToGet("missing");
        Checks.same("none of the named columns: no row", named(none), null);
        SingleRowQueryCriteria key = Service.criteria(T, at(3));
        key.addColumnsToGet("part");
        Checks.same("a key column keeps the row", named(key), Collections.emptyList());
        RangeRowQueryCriteria range = criteria(T, LOWEST, HIGHEST, Direction.FORWARD, 0);
        range.addColumnsToGet("missing");
        Checks.same("a range of rows without the column", Service.client.getRange(new GetRangeRequest(range)).getRows().size(), 0);
    }

    private static void columnRange() {
        SingleRowQueryCriteria middle = Service.criteria(T, at(3));
        middle.setStartColumn("b");
        middle.setEndColumn("d");
        Checks.same("from a column to another, which is left out", named(middle), Arrays.asList("b", "c"));
        SingleRowQueryCriteria from = Service.criteria(T, at(3));
        from.setStartColumn("bb");
        Checks.same("from where a column would be", named(from), Arrays.asList("c", "d"));
        SingleRowQueryCriteria to = Service.criteria(T, at(3));
        to.setEndColumn("c");
        Checks.same("up to a column", named(to), Arrays.asList("a", "b"));
        RangeRowQueryCriteria range = criteria(T, at(0), at(2), Direction.FORWARD, 0);
        range.setStartColumn("c");
        Row first = Service.client.getRange(new GetRangeRequest(range)).getRows().get(0);
        Checks.same("in a range too", Service.columns(first), Service.wanted("c", 0.0, "d", true));
    }

    private static void versions() {
        PrimaryKey key = Service.key("versions", 1);
        long base = System.currentTimeMillis() - 60_000;
        RowPutChange change = new RowPutChange(T, key);
        for (int i = 0; i < 5; i++) change.addColumn("v", Service.value(i), base + i);
        Service.send(change);
        SingleRowQueryCriteria two = Service.criteria(T, key);
        two.setMaxVersions(2);
        Checks.same("the newest two", Writes.cells(Service.read(two), "v", base), Arrays.asList("4@4", "3@3"));
        SingleRowQueryCriteria times = new SingleRowQueryCriteria(T, key);
        times.setTimeRange(new TimeRange(base + 1, base + 3));
        Checks.same("a time range, its end left out", Writes.cells(Service.read(times), "v", base), Arrays.asList("2@2", "1@1"));
        SingleRowQueryCriteria exact = new SingleRowQueryCriteria(T, key);
        exact.setTimestamp(base + 2);
        Checks.same("one time", Writes.cells(Service.read(exact), "v", base), Arrays.asList("2@2"));
        SingleRowQueryCriteria both = Service.criteria(T, key);
        both.setTimeRange(new TimeRange(base, base + 4));
        Checks.same("the newest of a time range", Writes.cells(Service.read(both), "v", base), Arrays.asList("3@3"));
        Service.send(new RowDeleteChange(T, key));
    }

    private static void ranges() {
        for (int limit : new int[] {0, 1, 7, 50, 5000}) {
            Checks.same("all, forward, by " + limit, keys(range(T, LOWEST, HIGHEST, Direction.FORWARD, limit)), keys(0, 50));
            Checks.same("all, backward, by " + limit, keys(range(T, HIGHEST, LOWEST, Direction.BACKWARD, limit)), reversed(keys(0, 50)));
        }
        Checks.same("the start is in, the end is not", keys(range(T, at(10), at(20), Direction.FORWARD, 0)), keys(10, 20));
        Checks.same("backward too", keys(range(T, at(20), at(10), Direction.BACKWARD, 3)), reversed(keys(11, 21)));
        Checks.same("one partition", keys(range(T, Service.key("r03", PrimaryKeyValue.INF_MIN), Service.key("r03", PrimaryKeyValue.INF_MAX),
                Direction.FORWARD, 2)), keys(15, 20));
        Checks.same("from beyond the last", range(T, Service.key("z", 0), HIGHEST, Direction.FORWARD, 0).size(), 0);
        GetRangeResponse page = Service.client.getRange(new GetRangeRequest(criteria(T, LOWEST, HIGHEST, Direction.FORWARD, 10)));
        Checks.same("the next key", page.getNextStartPrimaryKey(), at(10));
        Checks.holds("a range costs read units", page.getConsumedCapacity().getCapacityUnit().getReadCapacityUnit() >= 1);
        Checks.same("columns of a range", Service.columns(page.getRows().get(9)), Service.wanted("a", 9, "b", "text 9", "c", 4.5, "d", false));
        PrimaryKey negative = Service.key("order", -1);
        Service.send(Service.put(T, negative, "a", 1));
        Service.send(Service.put(T, Service.key("order", Long.MIN_VALUE), "a", 1));
        Service.send(Service.put(T, Service.key("order", Long.MAX_VALUE), "a", 1));
        Service.send(Service.put(T, Service.key("order", 0), "a", 1));
        List<Row> rows = range(T, Service.key("order", PrimaryKeyValue.INF_MIN), Service.key("order", PrimaryKeyValue.INF_MAX), Direction.FORWARD, 0);
        Checks.same("integers in their order", rows.stream().map(row -> row.getPrimaryKey().getPrimaryKeyColumn("sub").getValue().asLong())
                .toArray(), new Object[] {Long.MIN_VALUE, -1L, 0L, Long.MAX_VALUE});
    }

    private static void iterators() {
        RangeIteratorParameter parameter = new RangeIteratorParameter(criteria(T, at(0), at(50), Direction.FORWARD, 0));
        parameter.setBufferSize(8);
        parameter.setMaxCount(20);
        int count = 0;
        for (Iterator<Row> rows = Service.client.createRangeIterator(parameter); rows.hasNext(); count++)
            if (!rows.next().getPrimaryKey().equals(at(count))) break;
        Checks.same("the SDK's iterator over 20 rows", count, 20);
        PrimaryKey key = Service.key("wide", 1);
        RowPutChange wide = new RowPutChange(T, key);
        for (int i = 0; i < 1000; i++) wide.addColumn(String.format("c%04d", i), Service.value(i));
        Service.send(wide);
        WideColumnIterator cells = Service.client.createWideColumnIterator(new GetRowRequest(Service.criteria(T, key)));
        int next = 0;
        while (cells.hasNextColumn() && cells.nextColumn().getValue().asLong() == next) next++;
        Checks.same("the SDK's iterator over 1,000 columns", next, 1000);
    }

    private static void refuse() {
        Checks.refused("forward from the end", "OTSParameterInvalid", 400, "Begin key must less than end key in FORWARD",
                () -> range(T, HIGHEST, LOWEST, Direction.FORWARD, 0));
        Checks.refused("backward from the start", "OTSParameterInvalid", 400, "Begin key must more than end key in BACKWARD",
                () -> range(T, at(1), at(2), Direction.BACKWARD, 0));
        Checks.refused("an empty range", "OTSParameterInvalid", 400, "Begin key must less than end key in FORWARD",
                () -> range(T, at(1), at(1), Direction.FORWARD, 0));
        Checks.refused("a row without a version condition", "OTSParameterInvalid", 400, "No version condition is specified.",
                () -> Service.read(new SingleRowQueryCriteria(T, at(1))));
        RangeRowQueryCriteria none = new RangeRowQueryCriteria(T);
        none.setInclusiveStartPrimaryKey(LOWEST);
        none.setExclusiveEndPrimaryKey(HIGHEST);
        Checks.refused("a range without a version condition", "OTSParameterInvalid", 400, "No version condition is specified.",
                () -> Service.client.getRange(new GetRangeRequest(none)));
        Checks.refused("a range of a missing table", "OTSObjectNotExist", 404, "Requested table does not exist.",
                () -> range("missing", LOWEST, HIGHEST, Direction.FORWARD, 0));
        Checks.refused("a range with a wrong key", "OTSInvalidPK", 400,
                () -> range(T, Service.keyOf("part", 1, "sub", 1), HIGHEST, Direction.FORWARD, 0));
    }
}
