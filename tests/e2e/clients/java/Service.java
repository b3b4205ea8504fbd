// Service: the emulator that the checks talk to, and the short forms they are written in.

import com.alicloud.openservices.tablestore.ClientConfiguration;
import com.alicloud.openservices.tablestore.SyncClient;
import com.alicloud.openservices.tablestore.model.*;
import com.alicloud.openservices.tablestore.model.condition.ColumnCondition;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

final class Service {
    /** Tells the truth at once: nothing is asked again. */
    static final class NoRetry implements RetryStrategy {
        public RetryStrategy clone() { return new NoRetry(); }
        public int getRetries() { return 0; }
        public long nextPause(String action, Exception error) { return 0; }
    }

    static String endpoint;
    static String id;
    static String secret;
    static String instance;
    static SyncClient client;

    static ClientConfiguration settings() {
        ClientConfiguration settings = new ClientConfiguration();
        settings.setRetryStrategy(new NoRetry());
        settings.setEnableResponseContentMD5Checking(true);
        return settings;
    }

    static SyncClient connect(ClientConfiguration settings) {
        return new SyncClient(endpoint, id, secret, instance, settings);
    }

    // ---- tables ----

    static TableMeta meta(String name, Object... keys) {
        TableMeta meta = new TableMeta(name);
        for (int i = 0; i < keys.length; i += 2) meta.addPrimaryKeyColumn((String) keys[i], (PrimaryKeyType) keys[i + 1]);
        return meta;
    }

    static void create(TableMeta meta, int maxVersions) {
        client.createTable(new CreateTableRequest(meta, new TableOptions(-1, maxVersions)));
    }

    /** A table with the key (part STRING, sub INTEGER). */
    static void create(String name, int maxVersions) {
        create(meta(name, "part", PrimaryKeyType.STRING, "sub", PrimaryKeyType.INTEGER), maxVersions);
    }

    static DescribeTableResponse describe(String name) {
        return client.describeTable(new DescribeTableRequest(name));
    }

    // ---- keys and values ----

    static PrimaryKeyValue keyValue(Object value) {
        if (value instanceof PrimaryKeyValue) return (PrimaryKeyValue) value;
        if (value instanceof String) return PrimaryKeyValue.fromString((String) value);
        if (value instanceof byte[]) return PrimaryKeyValue.fromBinary((byte[]) value);
        return PrimaryKeyValue.fromLong(((Number) value).longValue());
    }

    /** Names and values in turn. */
    static PrimaryKey keyOf(Object... columns) {
        List<PrimaryKeyColumn> list = new ArrayList<>();
        for (int i = 0; i < columns.length; i += 2)
            list.add(new PrimaryKeyColumn((String) columns[i], keyValue(columns[i + 1])));
        return new PrimaryKey(list);
    }

    static PrimaryKey key(Object p, Object n) {
        return keyOf("part", p, "sub", n);
    }

    static ColumnValue value(Object value) {
        if (value instanceof ColumnValue) return (ColumnValue) value;
        if (value instanceof String) return ColumnValue.fromString((String) value);
        if (value instanceof byte[]) return ColumnValue.fromBinary((byte[]) value);
        if (value instanceof Boolean) return ColumnValue.fromBoolean((Boolean) value);
        if (value instanceof Double) return ColumnValue.fromDouble((Double) value);
        return ColumnValue.fromLong(((Number) value).longValue());
    }

    /** The value with its type, so that 1, 1.0, true and "1" differ; doubles by their bits. */
    static String text(ColumnValue value) {
        switch (value.getType()) {
            case DOUBLE: return "DOUBLE " + Long.toHexString(Double.doubleToRawLongBits(value.asDouble()));
            case BINARY: return "BINARY " + new String(value.asBinary(), StandardCharsets.ISO_8859_1);
            default: return value.getType() + " " + value.getValue();
        }
    }

    // ---- rows ----

    static Condition condition(RowExistenceExpectation expected, ColumnCondition column) {
        Condition condition = new Condition(expected);
        if (column != null) condition.setColumnCondition(column);
        return condition;
    }

    /** Names and values in turn. */
    static RowPutChange put(String table, PrimaryKey key, Object... columns) {
        RowPutChange change = new RowPutChange(table, key);
        for (int i = 0; i < columns.length; i += 2) change.addColumn((String) columns[i], value(columns[i + 1]));
        return change;
    }

    static RowUpdateChange update(String table, PrimaryKey key, Object... columns) {
        RowUpdateChange change = new RowUpdateChange(table, key);
        for (int i = 0; i < columns.length; i += 2) change.put((String) columns[i], value(columns[i + 1]));
        return change;
    }

    static <T extends RowChange> T expecting(RowExistenceExpectation expected, ColumnCondition column, T change) {
        change.setCondition(condition(expected, column));
        return change;
    }

    static PutRowResponse send(RowPutChange change) {
        return client.putRow(new PutRowRequest(change));
    }

    static UpdateRowResponse send(RowUpdateChange change) {
        return client.updateRow(new UpdateRowRequest(change));
    }

    static DeleteRowResponse send(RowDeleteChange change) {
        return client.deleteRow(new DeleteRowRequest(change));
    }

    static SingleRowQueryCriteria criteria(String table, PrimaryKey key) {
        SingleRowQueryCriteria criteria = new SingleRowQueryCriteria(table, key);
        criteria.setMaxVersions(1);
        return criteria;
    }

    static Row read(SingleRowQueryCriteria criteria) {
        return client.getRow(new GetRowRequest(criteria)).getRow();
    }

    static Row read(String table, PrimaryKey key) {
        return read(criteria(table, key));
    }

    /** Name to typed text of each column, one version each; null without a row. */
    static Map<String, String> columns(Row row) {
        if (row == null) return null;
        Map<String, String> columns = new TreeMap<>();
        for (Column column : row.getColumns()) columns.put(column.getName(), text(column.getValue()));
        return columns;
    }

    static Map<String, String> columns(String table, PrimaryKey key) {
        return columns(read(table, key));
    }

    /** What columns() answers for a row of these. */
    static Map<String, String> wanted(Object... columns) {
        Map<String, String> wanted = new TreeMap<>();
        for (int i = 0; i < columns.length; i += 2) wanted.put((String) columns[i], text(value(columns[i + 1])));
        return wanted;
    }

    // ---- the control path ----

    /**
     * Rules as JSON; "": none, but for a delay of every answer. The SDK's HTTP client asks whether the connection is still its own
     * after it has told another thread to send: an answer that is there already, and that is a matter of 0.2 ms with a service this
     * near, then ends as "Connection closed" (seen in one call of a thousand on a busy computer; never with 2 ms).
     */
    static void faults(String rules) throws Exception {
        String slow = "{\"action\": \"delay\", \"operation\": \"*\", \"ms\": 3}";
        control("faults", "{\"rules\": [" + slow + (rules.isEmpty() ? "" : ", ") + rules + "]}");
    }

    private static String control(String path, String body) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(endpoint + "/_control/" + path));
        request = body == null ? request.GET() : request.POST(HttpRequest.BodyPublishers.ofString(body));
        HttpResponse<String> answer = HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 200) throw new IllegalStateException(path + ": " + answer.body());
        return answer.body();
    }
}
