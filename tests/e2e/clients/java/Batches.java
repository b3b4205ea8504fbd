// Batches: BatchWriteRow, BatchGetRow and BulkImport, whole and with rows that fail.

import static com.alicloud.openservices.tablestore.model.RowExistenceExpectation.*;

import com.alicloud.openservices.tablestore.model.*;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

final class Batches {
    private static final String T = "Batches";

    static void run() {
        Checks.part("batch tables", () -> {
            Service.create(T, 1);
            Service.create("Batches2", 1);
        });
        Checks.part("batch write", Batches::write);
        Checks.part("batch write, returned", Batches::returned);
        Checks.part("atomic batch", Batches::atomic);
        Checks.part("batch get", Batches::get);
        Checks.part("bulk import", Batches::bulk);
        Checks.part("refused batches", Batches::refuse);
    }

    private static BatchWriteRowResponse send(RowChange... changes) {
        BatchWriteRowRequest request = new BatchWriteRowRequest();
        for (RowChange change : changes) request.addRowChange(change);
        return Service.client.batchWriteRow(request);
    }

    private static List<Boolean> fates(List<BatchWriteRowResponse.RowResult> results) {
        return results.stream().map(BatchWriteRowResponse.RowResult::isSucceed).collect(Collectors.toList());
    }

    private static RowChange[] puts(int from, int to) {
        RowChange[] puts = new RowChange[to - from];
        for (int i = from; i < to; i++) puts[i - from] = Service.put(T, Service.key("b", i), "n", i);
        return puts;
    }

    private static void write() {
        BatchWriteRowResponse all = send(puts(0, 200));
        Checks.same("200 puts", all.isAllSucceed() + " " + all.getSucceedRows().size(), "true 200");
        BatchWriteRowResponse mixed = send(Service.update(T, Service.key("b", 0), "n", "now text"),
                new RowDeleteChange(T, Service.key("b", 1)),
                Service.expecting(EXPECT_NOT_EXIST, null, Service.put(T, Service.key("b", 2), "n", "never")),
                Service.put("Batches2", Service.key("other", 1), "v", true),
                Service.expecting(EXPECT_EXIST, null, Service.put(T, Service.key("b", 500), "n", "never")));
        Checks.same("one table's fates", fates(mixed.getRowStatus(T)), Arrays.asList(true, true, false, false));
        Checks.same("the other's", fates(mixed.getRowStatus("Batches2")), Arrays.asList(true));
        Checks.same("a row's error", mixed.getRowStatus(T).get(2).getError().getCode(), "OTSConditionCheckFail");
        Checks.same("a row's units", mixed.getRowStatus(T).get(0).getConsumedCapacity().getCapacityUnit().getWriteCapacityUnit(), 1);
        Checks.same("updated", Service.columns(T, Service.key("b", 0)), Service.wanted("n", "now text"));
        Checks.same("deleted", Service.columns(T, Service.key("b", 1)), null);
        Checks.same("as it was", Service.columns(T, Service.key("b", 2)), Service.wanted("n", 2));
        Checks.same("in the other table", Service.columns("Batches2", Service.key("other", 1)), Service.wanted("v", true));
        Checks.same("not made", Service.columns(T, Service.key("b", 500)), null);
    }

    private static void returned() {
        RowPutChange key = Service.put(T, Service.key("returned", 1), "n", 1);
        key.setReturnType(ReturnType.RT_PK);
        RowUpdateChange counter = new RowUpdateChange(T, Service.key("returned", 2)).increment(new Column("n", Service.value(104)));
        counter.setReturnType(ReturnType.RT_AFTER_MODIFY);
        counter.addReturnColumn("n");
        List<BatchWriteRowResponse.RowResult> results = send(key, counter, Service.put(T, Service.key("returned", 3), "n", 3)).getRowStatus(T);
        Checks.same("the key of a row in a batch", results.get(0).getRow().getPrimaryKey(), Service.key("returned", 1));
        Checks.same("the counter of a row in a batch", Service.columns(results.get(1).getRow()), Service.wanted("n", 104));
        Checks.same("nothing unasked", results.get(2).getRow(), null);
    }

    private static BatchWriteRowResponse sendAtomic(RowChange... changes) {
        BatchWriteRowRequest request = new BatchWriteRowRequest();
        request.setAtomic(true);
        for (RowChange change : changes) request.addRowChange(change);
        return Service.client.batchWriteRow(request);
    }

    private static void atomic() {
        BatchWriteRowResponse one = sendAtomic(Service.put(T, Service.key("atomic", 1), "n", 1), Service.put(T, Service.key("atomic", 2), "n", 2));
        Checks.same("one partition, atomically", one.getSucceedRows().size(), 2);
        BatchWriteRowResponse two = sendAtomic(Service.put(T, Service.key("atomic", 3), "n", 3), Service.put(T, Service.key("other", 3), "n", 3));
        Checks.same("two partitions: all rows fail", two.getFailedRows().size(), 2);
        Checks.same("two partitions: why", two.getFailedRows().get(0).getError().getCode(), "OTSDataOutOfRange");
        Checks.same("two partitions: nothing is written", Service.columns(T, Service.key("atomic", 3)), null);
        BatchWriteRowResponse failed = sendAtomic(Service.put(T, Service.key("atomic", 4), "n", 4),
                Service.expecting(EXPECT_EXIST, null, Service.put(T, Service.key("atomic", 5), "n", 5)));
        Checks.same("a condition fails: all rows fail", failed.getSucceedRows().size(), 0);
        Checks.same("a condition fails: nothing is written", Service.columns(T, Service.key("atomic", 4)), null);
    }

    private static MultiRowQueryCriteria rows(String table, PrimaryKey... keys) {
        MultiRowQueryCriteria criteria = new MultiRowQueryCriteria(table);
        for (PrimaryKey key : keys) criteria.addRow(key);
        criteria.setMaxVersions(1);
        return criteria;
    }

    private static BatchGetRowResponse get(MultiRowQueryCriteria... criteria) {
        BatchGetRowRequest request = new BatchGetRowRequest();
        for (MultiRowQueryCriteria one : criteria) request.addMultiRowQueryCriteria(one);
        return Service.client.batchGetRow(request);
    }

    private static void get() {
        BatchGetRowResponse answer = get(rows(T, Service.key("b", 7), Service.key("b", 999), Service.key("b", 5)),
                rows("Batches2", Service.key("other", 1)));
        Checks.same("all succeed", answer.isAllSucceed(), true);
        List<BatchGetRowResponse.RowResult> first = answer.getBatchGetRowResult(T);
        Checks.same("in the order asked for", Service.columns(first.get(0).getRow()), Service.wanted("n", 7));
        Checks.same("no such row", first.get(1).isSucceed() + " " + first.get(1).getRow(), "true null");
        Checks.same("the key comes with it", first.get(2).getRow().getPrimaryKey(), Service.key("b", 5));
        Checks.same("of a second table", Service.columns(answer.getBatchGetRowResult("Batches2").get(0).getRow()), Service.wanted("v", true));
        Checks.same("units of a read", first.get(0).getConsumedCapacity().getCapacityUnit().getReadCapacityUnit(), 1);
        MultiRowQueryCriteria narrow = rows(T, Service.key("b", 7));
        narrow.addColumnsToGet("missing");
        Checks.same("without the named column: no row", get(narrow).getBatchGetRowResult(T).get(0).getRow(), null);
        PrimaryKey[] hundred = new PrimaryKey[100];
        for (int i = 0; i < 100; i++) hundred[i] = Service.key("b", i + 50);
        Checks.same("100 rows", get(rows(T, hundred)).getSucceedRows().stream().filter(one -> one.getRow() != null).count(), 100L);
        PrimaryKey[] more = Arrays.copyOf(hundred, 101);
        more[100] = Service.key("b", 3);
        Checks.refused("101 rows", "OTSParameterInvalid", 400, "Rows count exceeds the upper limit: 100.", () -> get(rows(T, more)));
        MultiRowQueryCriteria bare = new MultiRowQueryCriteria(T);
        bare.addRow(Service.key("b", 1));
        Checks.refused("no version condition", "OTSParameterInvalid", 400, "No version condition is specified while querying row.", () -> get(bare));
    }

    private static BulkImportResponse bulk(String table, RowChange... changes) {
        BulkImportRequest request = new BulkImportRequest(table);
        request.addRowChanges(new ArrayList<>(Arrays.asList(changes)));
        return Service.client.bulkImport(request);
    }

    private static String error(BulkImportResponse answer) {
        com.alicloud.openservices.tablestore.model.Error error = answer.getRowResults().get(0).getError();
        return error == null ? "imported" : error.getCode() + ": " + error.getMessage();
    }

    private static void bulk() {
        Service.create("Bulk", 1);
        RowChange[] many = new RowChange[200];
        for (int i = 0; i < 200; i++) many[i] = Service.put("Bulk", Service.key("k", i), "n", i, "s", "row " + i);
        BulkImportResponse all = bulk("Bulk", many);
        Checks.same("200 rows imported", all.isAllSucceed() + " " + all.getRowResults().size(), "true 200");
        Checks.same("units of an imported row", all.getRowResults().get(0).getConsumedCapacity().getCapacityUnit().getWriteCapacityUnit(), 1);
        Checks.same("an imported row", Service.columns("Bulk", Service.key("k", 77)), Service.wanted("n", 77, "s", "row 77"));
        RowUpdateChange update = Service.update("Bulk", Service.key("k", 1), "n", 100);
        update.deleteColumns("s");
        BulkImportResponse mixed = bulk("Bulk", Service.put("Bulk", Service.key("k", 0), "n", "put"), update,
                new RowDeleteChange("Bulk", Service.key("k", 2)));
        Checks.same("put, update and delete imported", mixed.isAllSucceed(), true);
        Checks.same("imported put", Service.columns("Bulk", Service.key("k", 0)), Service.wanted("n", "put"));
        Checks.same("imported update", Service.columns("Bulk", Service.key("k", 1)), Service.wanted("n", 100));
        Checks.same("imported delete", Service.columns("Bulk", Service.key("k", 2)), null);
        bulk("Bulk", Service.put("Bulk", Service.key("k", 3), "n", 1), Service.update("Bulk", Service.key("k", 3), "m", 2),
                Service.update("Bulk", Service.key("k", 3), "n", 3));
        Checks.same("one key three times, in order", Service.columns("Bulk", Service.key("k", 3)), Service.wanted("n", 3, "m", 2));
        Checks.same("import into a missing table: row by row", error(bulk("missing", Service.put("missing", Service.key("k", 1), "n", 1))),
                "OTSObjectNotExist: Requested table does not exist.");
        Checks.same("import of a key of the wrong type", error(bulk("Bulk", Service.put("Bulk", Service.key(1, 1), "n", 1))),
                "OTSInvalidPK: Validate PK type fail. Input: VT_INTEGER, Meta: VT_STRING.");
        Checks.refused("an import of nothing", "OTSParameterInvalid", 400, "No operation is specified for table: 'Bulk'.", () -> bulk("Bulk"));
        RowChange[] more = Arrays.copyOf(many, 201);
        more[200] = Service.put("Bulk", Service.key("k", 1000), "n", 1);
        Checks.refused("201 rows imported", "OTSParameterInvalid", 400, "Rows count exceeds the upper limit: 200.", () -> bulk("Bulk", more));
        Checks.same("nothing of a refused import", Service.columns("Bulk", Service.key("k", 1000)), null);
    }

    private static void refuse() {
        Checks.refused("201 rows", "OTSParameterInvalid", 400, "Rows count exceeds the upper limit: 200.", () -> send(puts(0, 201)));
        Checks.refused("a missing table in a batch", "OTSObjectNotExist", 404, "Requested table does not exist.",
                () -> send(Service.put("missing", Service.key("b", 1), "n", 1)));
        Checks.refused("a double that is not a number in a batch", "OTSParameterInvalid", 400,
                () -> send(Service.put(T, Service.key("b", 5), "n", 50), Service.put(T, Service.key("b", 6), "n", Double.NaN)));
        Checks.same("its neighbour is as it was", Service.columns(T, Service.key("b", 5)), Service.wanted("n", 5));
        Checks.refused("an empty batch", "OTSParameterInvalid", 400, "No row is specified in BatchWriteRow.", () -> send());
        String two = "x".repeat(2 * 1024 * 1024);
        Checks.refused("more than 4 MB", "OTSParameterInvalid", 400, () -> send(Service.put(T, Service.key("b", 5), "v", two),
                Service.put(T, Service.key("b", 6), "v", two), Service.put(T, Service.key("b", 7), "v", "x")));
    }
}
