// Transactions: local ones: what they see, what others see, commit, abort, conflicts.

import static com.alicloud.openservices.tablestore.model.PrimaryKeyType.*;

import com.alicloud.openservices.tablestore.model.*;

final class Transactions {
    private static final String T = "Transactions";
    private static final PrimaryKey PARTITION = Service.keyOf("part", "chengdu");

    static void run() {
        Checks.part("transaction table", () -> create(T, true));
        Checks.part("commit", Transactions::commit);
        Checks.part("abort", Transactions::abort);
        Checks.part("batches and ranges", Transactions::batches);
        Checks.part("conflicts", Transactions::conflicts);
        Checks.part("refused transactions", Transactions::refuse);
    }

    private static void create(String name, boolean enabled) {
        CreateTableRequest request = new CreateTableRequest(Service.meta(name, "part", STRING, "sub", INTEGER), new TableOptions(-1, 1));
        request.setLocalTxnEnabled(enabled);
        Service.client.createTable(request);
    }

    private static String start() {
        return Service.client.startLocalTransaction(new StartLocalTransactionRequest(T, PARTITION)).getTransactionID();
    }

    private static void commit(String transaction) {
        Service.client.commitTransaction(new CommitTransactionRequest(transaction));
    }

    private static void abort(String transaction) {
        Service.client.abortTransaction(new AbortTransactionRequest(transaction));
    }

    private static PrimaryKey key(int n) {
        return Service.key("chengdu", n);
    }

    private static void put(String transaction, PrimaryKey key, Object value) {
        PutRowRequest request = new PutRowRequest(Service.put(T, key, "v", value));
        request.setTransactionId(transaction);
        Service.client.putRow(request);
    }

    private static Object get(String transaction, int n) {
        GetRowRequest request = new GetRowRequest(Service.criteria(T, key(n)));
        request.setTransactionId(transaction);
        Row row = Service.client.getRow(request).getRow();
        return row == null ? null : row.getLatestColumn("v").getValue().getValue();
    }

    private static Object get(int n) {
        Row row = Service.read(T, key(n));
        return row == null ? null : row.getLatestColumn("v").getValue().getValue();
    }

    private static void commit() {
        Service.send(Service.put(T, key(1), "v", "before"));
        String transaction = start();
        Checks.holds("a transaction has an id", transaction != null && !transaction.isEmpty());
        put(transaction, key(1), "inside");
        put(transaction, key(2), "new");
        Checks.same("it sees its change", get(transaction, 1), "inside");
        Checks.same("it sees its new row", get(transaction, 2), "new");
        Checks.same("others do not see the change", get(1), "before");
        Checks.same("others do not see the row", get(2), null);
        commit(transaction);
        Checks.same("committed: the change", get(1), "inside");
        Checks.same("committed: the row", get(2), "new");
        Checks.refused("commit twice", "OTSSessionNotExist", 0, "Session not exist or may be timeout.", () -> commit(transaction));
    }

    private static void abort() {
        Service.send(Service.put(T, key(3), "v", "before"));
        String transaction = start();
        put(transaction, key(3), "inside");
        UpdateRowRequest update = new UpdateRowRequest(Service.update(T, key(4), "v", "updated"));
        update.setTransactionId(transaction);
        Service.client.updateRow(update);
        Checks.same("an update inside", get(transaction, 4), "updated");
        DeleteRowRequest delete = new DeleteRowRequest(new RowDeleteChange(T, key(1)));
        delete.setTransactionId(transaction);
        Service.client.deleteRow(delete);
        Checks.same("a deletion inside", get(transaction, 1), null);
        abort(transaction);
        Checks.same("aborted: the change", get(3), "before");
        Checks.same("aborted: the update", get(4), null);
        Checks.same("aborted: the deletion", get(1), "inside");
        Checks.refused("abort twice", "OTSSessionNotExist", 0, "Session not exist or may be timeout.", () -> abort(transaction));
        String empty = start();
        commit(empty);
        Checks.same("a transaction of nothing", get(3), "before");
    }

    private static int count(String transaction) {
        RangeRowQueryCriteria criteria = new RangeRowQueryCriteria(T);
        criteria.setInclusiveStartPrimaryKey(Service.key("chengdu", 100));
        criteria.setExclusiveEndPrimaryKey(Service.key("chengdu", 200));
        criteria.setMaxVersions(1);
        GetRangeRequest request = new GetRangeRequest(criteria);
        if (transaction != null) request.setTransactionId(transaction);
        return Service.client.getRange(request).getRows().size();
    }

    private static void batches() {
        String transaction = start();
        BatchWriteRowRequest request = new BatchWriteRowRequest();
        for (int i = 100; i < 110; i++) request.addRowChange(Service.put(T, key(i), "v", i));
        request.setTransactionId(transaction);
        Checks.same("a batch inside", Service.client.batchWriteRow(request).isAllSucceed(), true);
        Checks.same("a range inside", count(transaction), 10);
        Checks.same("a range outside", count(null), 0);
        commit(transaction);
        Checks.same("a range afterwards", count(null), 10);
    }

    private static void conflicts() {
        String transaction = start();
        put(transaction, key(5), "inside");
        Checks.refused("a second transaction of the partition", "OTSRowOperationConflict", 409, () -> start());
        Checks.refused("a write from outside", "OTSRowOperationConflict", 409, () -> Service.send(Service.put(T, key(6), "v", 1)));
        Service.send(Service.put(T, Service.key("beijing", 1), "v", "free"));
        Checks.same("other partitions are free", Service.columns(T, Service.key("beijing", 1)), Service.wanted("v", "free"));
        Checks.refused("a write to another partition", "OTSDataOutOfRange", 0, () -> put(transaction, Service.key("beijing", 2), 1));
        commit(transaction);
        Checks.same("committed in spite of them", get(5), "inside");
        Service.send(Service.put(T, key(6), "v", "after"));
        Checks.same("writes go on", get(6), "after");
        String again = start();
        abort(again);
        Checks.holds("and transactions", !again.equals(transaction));
    }

    private static void refuse() {
        Checks.refused("a transaction of a whole key", "OTSParameterInvalid", 400, "StartLocalTransaction support only one primary key.",
                () -> Service.client.startLocalTransaction(new StartLocalTransactionRequest(T, key(1))));
        Checks.refused("a transaction of a missing table", "OTSObjectNotExist", 404, () -> Service.client.startLocalTransaction(
                new StartLocalTransactionRequest("missing", PARTITION)));
        Checks.refused("commit of no id", "OTSParameterInvalid", 400, "TransactionID is invalid.", () -> commit(""));
        Checks.refused("abort of no id", "OTSParameterInvalid", 400, "TransactionID is invalid.", () -> abort(""));
        Checks.refused("a put with an unknown id", "OTSParameterInvalid", 400, "TransactionID is invalid.",
                () -> put("not an id", key(1), 1));
        create("Transactions_off", false);
        Checks.refused("a table without transactions", "OTSParameterInvalid", 400,
                "Try to call method using explicit transaction on explicit-transaction-disabled table.",
                () -> Service.client.startLocalTransaction(new StartLocalTransactionRequest("Transactions_off", PARTITION)));
    }
}
