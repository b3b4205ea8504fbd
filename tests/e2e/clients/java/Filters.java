// Filters: single, composite and pagination, in GetRow, GetRange and BatchGetRow.

import static com.alicloud.openservices.tablestore.model.filter.SingleColumnValueFilter.CompareOperator.*;

import com.alicloud.openservices.tablestore.model.*;
import com.alicloud.openservices.tablestore.model.filter.*;
import com.alicloud.openservices.tablestore.model.filter.CompositeColumnValueFilter.LogicOperator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

final class Filters {
    private static final String T = "Filters";

    static void run() {
        Checks.part("rows to filter", Filters::fill);
        Checks.part("filters", Filters::single);
        Checks.part("composite filters", Filters::composite);
        Checks.part("filters and versions", Filters::versions);
        Checks.part("pagination", Filters::pagination);
        Checks.part("filters in ranges", Filters::ranges);
    }

    private static void fill() {
        Service.create(T, 3);
        for (int i = 0; i < 20; i++) {
            RowPutChange row = Service.put(T, Service.key("f", i), "n", i, "s", "s" + i % 5, "d", i / 4.0, "b", i % 2 == 0);
            if (i % 3 == 0) row.addColumn("third", Service.value(i));
            Service.send(row);
        }
    }

    private static SingleColumnValueFilter when(String column, SingleColumnValueFilter.CompareOperator operator, Object value) {
        return new SingleColumnValueFilter(column, operator, Service.value(value)).setPassIfMissing(false);
    }

    /** The numbers of the rows that pass, by GetRange over all. */
    private static List<Long> passing(Filter filter) {
        List<Long> numbers = new ArrayList<>();
        RangeRowQueryCriteria criteria = new RangeRowQueryCriteria(T);
        criteria.setExclusiveEndPrimaryKey(Service.key("f", PrimaryKeyValue.INF_MAX));
        criteria.setMaxVersions(1);
        criteria.setFilter(filter);
        for (PrimaryKey next = Service.key("f", PrimaryKeyValue.INF_MIN); next != null;) {
            criteria.setInclusiveStartPrimaryKey(next);
            GetRangeResponse page = Service.client.getRange(new GetRangeRequest(criteria));
            for (Row row : page.getRows()) numbers.add(row.getPrimaryKey().getPrimaryKeyColumn("sub").getValue().asLong());
            next = page.getNextStartPrimaryKey();
        }
        return numbers;
    }

    private static List<Long> numbers(long... numbers) {
        List<Long> list = new ArrayList<>();
        for (long number : numbers) list.add(number);
        return list;
    }

    private static boolean passes(int row, Filter filter) {
        SingleRowQueryCriteria criteria = Service.criteria(T, Service.key("f", row));
        criteria.setFilter(filter);
        return Service.read(criteria) != null;
    }

    private static void single() {
        Checks.same("equal, in GetRow", passes(7, when("n", EQUAL, 7)), true);
        Checks.same("equal, not, in GetRow", passes(7, when("n", EQUAL, 8)), false);
        Checks.same("equal", passing(when("n", EQUAL, 7)), numbers(7));
        Checks.same("not equal", passing(when("b", NOT_EQUAL, true)).size(), 10);
        Checks.same("greater", passing(when("n", GREATER_THAN, 17)), numbers(18, 19));
        Checks.same("greater or equal", passing(when("d", GREATER_EQUAL, 4.5)), numbers(18, 19));
        Checks.same("less", passing(when("n", LESS_THAN, 2)), numbers(0, 1));
        Checks.same("less or equal, text", passing(when("s", LESS_EQUAL, "s0")), numbers(0, 5, 10, 15));
        Checks.same("missing columns do not pass", passing(when("third", GREATER_EQUAL, 12)), numbers(12, 15, 18));
        Checks.same("missing columns pass", passing(when("third", GREATER_EQUAL, 0).setPassIfMissing(true)).size(), 20);
        SingleRowQueryCriteria narrow = Service.criteria(T, Service.key("f", 7));
        narrow.addColumnsToGet(new String[] {"n", "s"});
        narrow.setFilter(when("n", EQUAL, 7));
        Checks.same("a filter and columns to get", Service.columns(Service.read(narrow)), Service.wanted("n", 7, "s", "s2"));
        Checks.same("a row that passes is whole", Service.columns(T, Service.key("f", 7)),
                Service.wanted("n", 7, "s", "s2", "d", 1.75, "b", false));
    }

    private static CompositeColumnValueFilter all(LogicOperator operator, ColumnValueFilter... parts) {
        CompositeColumnValueFilter filter = new CompositeColumnValueFilter(operator);
        for (ColumnValueFilter part : parts) filter.addFilter(part);
        return filter;
    }

    private static void composite() {
        ColumnValueFilter low = when("n", LESS_THAN, 6);
        ColumnValueFilter even = when("b", EQUAL, true);
        ColumnValueFilter s1 = when("s", EQUAL, "s1");
        Checks.same("and", passing(all(LogicOperator.AND, low, even)), numbers(0, 2, 4));
        Checks.same("or", passing(all(LogicOperator.OR, when("n", EQUAL, 3), when("n", EQUAL, 18))), numbers(3, 18));
        Checks.same("not", passing(all(LogicOperator.NOT, when("n", GREATER_THAN, 1))), numbers(0, 1));
        Checks.same("and of or and not", passing(all(LogicOperator.AND, all(LogicOperator.OR, low, s1), all(LogicOperator.NOT, even))),
                numbers(1, 3, 5, 11));
        Checks.same("three in an and", passing(all(LogicOperator.AND, low, even, s1)), numbers());
        ColumnValueFilter[] eleven = new ColumnValueFilter[11];
        Arrays.fill(eleven, low);
        Checks.refused("more than ten filters", "OTSParameterInvalid", 400, () -> passing(all(LogicOperator.AND, eleven)));
    }

    private static void versions() {
        PrimaryKey key = Service.key("versions", 1);
        long base = System.currentTimeMillis() - 60_000;
        RowPutChange row = new RowPutChange(T, key);
        for (int i = 1; i <= 3; i++) row.addColumn("v", Service.value(i), base + i);
        Service.send(row);
        SingleRowQueryCriteria criteria = Service.criteria(T, key);
        criteria.setMaxVersions(3);
        criteria.setFilter(when("v", EQUAL, 1));
        Checks.same("only the latest version counts", Service.read(criteria), null);
        criteria.setFilter(when("v", EQUAL, 3));
        Checks.same("the latest version passes, all come", Service.read(criteria).getColumn("v").size(), 3);
        criteria.setFilter(when("v", EQUAL, 1).setLatestVersionsOnly(false));
        Checks.holds("any version counts when asked for", Service.read(criteria) != null);
        Service.send(new RowDeleteChange(T, key));
    }

    private static void pagination() {
        PrimaryKey key = Service.key("wide", 1);
        RowPutChange wide = new RowPutChange(T, key);
        for (int i = 0; i < 30; i++) wide.addColumn(String.format("c%02d", i), Service.value(i));
        Service.send(wide);
        SingleRowQueryCriteria criteria = Service.criteria(T, key);
        criteria.setFilter(new ColumnPaginationFilter(5));
        Checks.same("the first five columns", Service.columns(Service.read(criteria)).keySet().toString(), "[c00, c01, c02, c03, c04]");
        criteria.setFilter(new ColumnPaginationFilter(3, 10));
        Checks.same("three columns from the tenth", Service.columns(Service.read(criteria)).keySet().toString(), "[c10, c11, c12]");
        criteria.setFilter(new ColumnPaginationFilter(5, 28));
        Checks.same("the last page", Service.columns(Service.read(criteria)).keySet().toString(), "[c28, c29]");
        criteria.setStartColumn("c20");
        criteria.setFilter(new ColumnPaginationFilter(2));
        Checks.same("pages of a column range", Service.columns(Service.read(criteria)).keySet().toString(), "[c20, c21]");
    }

    private static void ranges() {
        MultiRowQueryCriteria many = new MultiRowQueryCriteria(T);
        for (int i = 0; i < 6; i++) many.addRow(Service.key("f", i));
        many.setMaxVersions(1);
        many.setFilter(when("b", EQUAL, true));
        BatchGetRowRequest request = new BatchGetRowRequest();
        request.addMultiRowQueryCriteria(many);
        BatchGetRowResponse answer = Service.client.batchGetRow(request);
        Checks.same("a filter in BatchGetRow", answer.getBatchGetRowResult(T).stream().map(one -> one.getRow() != null).toArray(),
                new Object[] {true, false, true, false, true, false});
        RangeRowQueryCriteria backward = new RangeRowQueryCriteria(T);
        backward.setInclusiveStartPrimaryKey(Service.key("f", PrimaryKeyValue.INF_MAX));
        backward.setExclusiveEndPrimaryKey(Service.key("f", PrimaryKeyValue.INF_MIN));
        backward.setDirection(Direction.BACKWARD);
        backward.setMaxVersions(1);
        backward.setFilter(when("n", LESS_THAN, 2));
        Checks.same("a filter backward", Service.client.getRange(new GetRangeRequest(backward)).getRows().size(), 2);
    }
}
