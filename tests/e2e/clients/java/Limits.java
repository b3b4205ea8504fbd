// Limits: the service's numbers, at the number and one above it.

import com.alicloud.openservices.tablestore.model.*;

final class Limits {
    private static final String T = "Limits";

    static void run() {
        Checks.part("limits table", () -> Service.create(T, 1));
        Checks.part("columns of a row", Limits::columns);
        Checks.part("bytes of a row", Limits::bytes);
        Checks.part("rows of a range", Limits::range);
        Checks.part("column names", Limits::names);
        Checks.part("tables", Limits::tables);
    }

    private static RowPutChange wide(PrimaryKey key, int columns) {
        RowPutChange change = new RowPutChange(T, key);
        for (int i = 0; i < columns; i++) change.addColumn(String.format("c%05d", i), Service.value(i));
        return change;
    }

    private static void columns() {
        PrimaryKey key = Service.key("wide", 1);
        Service.send(wide(key, 1024));
        Checks.same("1,024 columns in a row", Service.read(T, key).getColumns().length, 1024);
        String message = "The number of attribute columns exceeds the limit, limit count: 1024, column count: 1025.";
        Checks.refused("1,025 columns in a put", "OTSParameterInvalid", 400, message, () -> Service.send(wide(key, 1025)));
        RowUpdateChange update = new RowUpdateChange(T, key);
        for (int i = 0; i < 1025; i++) update.put("c" + i, Service.value(i));
        Checks.refused("1,025 columns in an update", "OTSParameterInvalid", 400, message, () -> Service.send(update));
        Service.send(Service.update(T, key, "one_more", 1));
        Checks.same("a row may grow beyond, by updates", Service.read(T, key).getColumns().length, 1025);
        SingleRowQueryCriteria many = Service.criteria(T, key);
        for (int i = 0; i < 1025; i++) many.addColumnsToGet("c" + i);
        Checks.refused("1,025 columns to get", "OTSParameterInvalid", 400, () -> Service.read(many));
    }

    private static void bytes() {
        PrimaryKey key = Service.key("bytes", 1);
        String two = "x".repeat(2 * 1024 * 1024 - 100);
        Service.send(Service.put(T, key, "a", two, "b", two));
        Checks.same("a row of nearly 4 MB", Service.read(T, key).getColumns().length, 2);
        Checks.refused("a row of more than 4 MB", "OTSParameterInvalid", 400, () -> Service.send(Service.put(T, key, "a", two, "b", two, "c", "x".repeat(1000))));
        String mb = "x".repeat(1024 * 1024);
        Checks.refused("a body of more than 5 MB", "OTSRequestBodyTooLarge", 413, "The size of POST data is too large.",
                () -> Service.send(Service.put(T, key, "a", mb, "b", mb, "c", mb, "d", mb, "e", mb, "f", mb)));
        Checks.same("what was refused changed nothing", Service.read(T, key).getColumns().length, 2);
        Service.send(new RowDeleteChange(T, key));
    }

    private static void range() {
        for (int from = 0; from < 5200; from += 200) {
            BulkImportRequest request = new BulkImportRequest(T);
            for (int i = from; i < from + 200; i++) request.addRowChange(Service.put(T, Service.key("many", i), "n", i));
            Service.client.bulkImport(request);
        }
        RangeRowQueryCriteria criteria = new RangeRowQueryCriteria(T);
        criteria.setInclusiveStartPrimaryKey(Service.key("many", PrimaryKeyValue.INF_MIN));
        criteria.setExclusiveEndPrimaryKey(Service.key("many", PrimaryKeyValue.INF_MAX));
        criteria.setMaxVersions(1);
        GetRangeResponse page = Service.client.getRange(new GetRangeRequest(criteria));
        Checks.same("5,000 rows a page", page.getRows().size(), 5000);
        Checks.same("and the next key", page.getNextStartPrimaryKey(), Service.key("many", 5000));
        Checks.same("5,200 in all", Reads.range(T, Service.key("many", PrimaryKeyValue.INF_MIN), Service.key("many", PrimaryKeyValue.INF_MAX),
                Direction.FORWARD, 0).size(), 5200);
        String mb = "x".repeat(1024 * 1024);
        for (int i = 0; i < 6; i++) Service.send(Service.put(T, Service.key("heavy", i), "v", mb));
        criteria.setInclusiveStartPrimaryKey(Service.key("heavy", PrimaryKeyValue.INF_MIN));
        criteria.setExclusiveEndPrimaryKey(Service.key("heavy", PrimaryKeyValue.INF_MAX));
        page = Service.client.getRange(new GetRangeRequest(criteria));
        Checks.holds("a page of about 4 MB: " + page.getRows().size(), page.getRows().size() >= 3 && page.getRows().size() <= 5
                && page.getNextStartPrimaryKey() != null);
    }

    private static void names() {
        PrimaryKey key = Service.key("names", 1);
        for (String name : new String[] {"#", "#abc", "a".repeat(256)})
            Checks.refused("column name " + name.substring(0, Math.min(9, name.length())), "OTSParameterInvalid", 400,
                    name.length() > 200 ? null : "Invalid column name: '" + name + "'.", () -> Service.send(Service.put(T, key, name, 1)));
        SingleRowQueryCriteria criteria = Service.criteria(T, key);
        criteria.addColumnsToGet("#");
        Checks.refused("column name # to get", "OTSParameterInvalid", 400, "Invalid column name: '#'.", () -> Service.read(criteria));
        Checks.refused("a put into #", "OTSParameterInvalid", 400, "Invalid table name: '#'.", () -> Service.send(Service.put("#", key, "a", 1)));
        Checks.refused("a read of 3t", "OTSParameterInvalid", 400, "Invalid table name: '3t'.", () -> Service.read("3t", key));
    }

    private static void tables() {
        int there = Service.client.listTable().getTableNames().size();
        for (int i = there; i < 64; i++) Service.create("Many" + i, 1);
        Checks.same("64 tables", Service.client.listTable().getTableNames().size(), 64);
        Checks.refused("a 65th table", "OTSQuotaExhausted", 403, () -> Service.create("One_too_many", 1));
        for (int i = there; i < 64; i++) Service.client.deleteTable(new DeleteTableRequest("Many" + i));
    }
}
