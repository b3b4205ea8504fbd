// Types: every type and its extremes, as columns and as key columns, written and read back equal.

import static com.alicloud.openservices.tablestore.model.PrimaryKeyType.*;

import com.alicloud.openservices.tablestore.model.*;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

final class Types {
    private static final String UNICODE = "ключ 主键 é 😀 \u0000\u0001\n";

    static void run() {
        Checks.part("types", Types::extremes);
        Checks.part("large values", Types::large);
        Checks.part("keys", Types::keys);
        Checks.part("not numbers", Types::notNumbers);
    }

    private static byte[] allBytes() {
        byte[] bytes = new byte[256];
        for (int i = 0; i < 256; i++) bytes[i] = (byte) i;
        return bytes;
    }

    private static void extremes() {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("int_max", Long.MAX_VALUE);
        all.put("int_min", Long.MIN_VALUE);
        all.put("zero", 0L);
        all.put("minus_one", -1L);
        all.put("above_double", 9007199254740993L);
        all.put("yes", true);
        all.put("no", false);
        all.put("double", 0.1);
        all.put("double_max", Double.MAX_VALUE);
        all.put("double_lowest", -Double.MAX_VALUE);
        all.put("double_min", Double.MIN_VALUE);
        all.put("normal_min", Double.MIN_NORMAL);
        all.put("zero_point", 0.0);
        all.put("minus_zero", -0.0);
        all.put("whole", 3.0);
        all.put("empty", "");
        all.put("unicode", UNICODE);
        all.put("no_bytes", new byte[0]);
        all.put("all_bytes", allBytes());
        all.put("kb64_text", "0123456789abcdef".repeat(4096));
        all.put("kb64_bytes", new byte[65536]);
        all.put("_", "underscore");
        all.put("n".repeat(255), "a long name");
        Service.create("Types", 1);
        PrimaryKey key = Service.key("types", 1);
        RowPutChange change = new RowPutChange("Types", key);
        all.forEach((name, value) -> change.addColumn(name, Service.value(value)));
        int units = Service.send(change).getConsumedCapacity().getCapacityUnit().getWriteCapacityUnit();
        Checks.same("write units of 129 KB", units, 33);
        Row row = Service.read("Types", key);
        Map<String, String> read = Service.columns(row);
        all.forEach((name, value) -> Checks.same("column " + (name.length() > 20 ? "of 255" : name), read.get(name),
                Service.text(Service.value(value))));
        Checks.same("as many columns", read.size(), all.size());
        Checks.same("columns come in the order of their names",
                Arrays.stream(row.getColumns()).map(Column::getName).toArray(), all.keySet().stream().sorted().toArray());
        long now = System.currentTimeMillis();
        Checks.holds("versions are of now", Arrays.stream(row.getColumns()).allMatch(one -> Math.abs(one.getTimestamp() - now) < 600_000));
    }

    private static void large() {
        String most = "x".repeat(2 * 1024 * 1024);
        PrimaryKey key = Service.key("large", 1);
        Service.send(Service.put("Types", key, "v", most));
        Checks.same("a value of 2 MB", Service.read("Types", key).getLatestColumn("v").getValue().asString().equals(most), true);
        Service.send(Service.put("Types", key, "v", new byte[2 * 1024 * 1024]));
        Checks.same("a binary of 2 MB", Service.read("Types", key).getLatestColumn("v").getValue().asBinary().length, 2097152);
        String message = "The length of attribute column: 'v' exceeds the MaxLength:2097152 with CurrentLength:2097153.";
        Checks.refused("one byte more", "OTSParameterInvalid", 400, message, () -> Service.send(Service.put("Types", key, "v", most + "x")));
        Checks.refused("one byte more of binary", "OTSParameterInvalid", 400, message,
                () -> Service.send(Service.update("Types", key, "v", new byte[2097153])));
        Checks.same("what was refused is not there", Service.read("Types", key).getLatestColumn("v").getValue().getType(), ColumnType.BINARY);
    }

    private static void keys() {
        Service.create(Service.meta("Keys", "s", STRING, "i", INTEGER, "b", BINARY), 1);
        Object[][] keys = {
            {"", Long.MIN_VALUE, new byte[0]},
            {UNICODE, Long.MAX_VALUE, allBytes()},
            {"k".repeat(1024), 0L, new byte[1024]},
            {"a\u0000b", -1L, new byte[] {0}},
            {"😀", 1L, new byte[] {-1, 0, -1}},
        };
        for (Object[] values : keys) {
            PrimaryKey key = Service.keyOf("s", values[0], "i", values[1], "b", values[2]);
            String name = "key " + (values[0].toString().length() > 100 ? "of 1 KB" : values[0]);
            Service.send(Service.put("Keys", key, "v", 1));
            Row row = Service.read("Keys", key);
            Checks.same(name + " read back", row == null ? null : row.getPrimaryKey(), key);
            Service.send(new RowDeleteChange("Keys", key));
            Checks.same(name + " deleted", Service.read("Keys", key), null);
        }
        Checks.refused("a key of 1,025 bytes", "OTSParameterInvalid", 400,
                "The length of primary key column: 's' exceeds the MaxLength:1024 with CurrentLength:1025.",
                () -> Service.send(Service.put("Keys", Service.keyOf("s", "k".repeat(1025), "i", 0, "b", new byte[0]), "v", 1)));
        Checks.refused("a key of another type", "OTSInvalidPK", 400, "Validate PK type fail. Input: VT_INTEGER, Meta: VT_STRING.",
                () -> Service.send(Service.put("Keys", Service.keyOf("s", 1, "i", 0, "b", new byte[0]), "v", 1)));
        Checks.refused("a key of another name", "OTSInvalidPK", 400, "Validate PK name fail. Input: x, Meta: s.",
                () -> Service.send(Service.put("Keys", Service.keyOf("x", "a", "i", 0, "b", new byte[0]), "v", 1)));
        Checks.refused("a key in another order", "OTSInvalidPK", 400, "Validate PK name fail. Input: i, Meta: s.",
                () -> Service.read("Keys", Service.keyOf("i", 0, "s", "a", "b", new byte[0])));
        Checks.refused("a key too short", "OTSInvalidPK", 400,
                () -> Service.send(Service.put("Keys", Service.keyOf("s", "a"), "v", 1)));
        Checks.refused("a range's bound as a key", "OTSParameterInvalid", 400, "VT_INF_MIN is an invalid type for the primary key.",
                () -> Service.read("Keys", Service.keyOf("s", "a", "i", PrimaryKeyValue.INF_MIN, "b", new byte[0])));
        Checks.refused("a range's other bound as a key", "OTSParameterInvalid", 400, "VT_INF_MAX is an invalid type for the primary key.",
                () -> Service.send(new RowDeleteChange("Keys", Service.keyOf("s", "a", "i", 0, "b", PrimaryKeyValue.INF_MAX))));
    }

    private static void notNumbers() {
        PrimaryKey key = Service.key("nan", 1);
        for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
            Checks.refused("a double that is " + bad, "OTSParameterInvalid", 400, () -> Service.send(Service.put("Types", key, "v", bad)));
        Checks.same("no row came of it", Service.read("Types", key), null);
    }
}
