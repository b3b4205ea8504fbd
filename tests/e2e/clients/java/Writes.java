// Writes: put, update and delete, their conditions, versions, counters and the keys that the service chooses.

import static com.alicloud.openservices.tablestore.model.RowExistenceExpectation.*;

import com.alicloud.openservices.tablestore.model.*;
import com.alicloud.openservices.tablestore.model.condition.*;
import com.alicloud.openservices.tablestore.model.condition.SingleColumnValueCondition.CompareOperator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

final class Writes {
    private static final String T = "Writes";

    static void run() {
        Checks.part("writes", () -> Service.create(T, 1));
        Checks.part("put and delete", Writes::putAndDelete);
        Checks.part("update", Writes::update);
        Checks.part("conditions", Writes::conditions);
        Checks.part("column conditions", Writes::columnConditions);
        Checks.part("counters", Writes::counters);
        Checks.part("versions", Writes::versions);
        Checks.part("auto-increment", Writes::autoIncrement);
        Checks.part("missing table", Writes::missing);
    }

    private static void putAndDelete() {
        PrimaryKey key = Service.key("put", 1);
        PutRowResponse answer = Service.send(Service.put(T, key, "a", 1, "b", "x"));
        Checks.same("no row is returned unasked", answer.getRow(), null);
        Checks.same("units of a small put", answer.getConsumedCapacity().getCapacityUnit().getWriteCapacityUnit(), 1);
        Service.send(Service.put(T, key, "c", true));
        Checks.same("a put replaces the row", Service.columns(T, key), Service.wanted("c", true));
        Service.send(Service.put(T, key));
        Checks.same("a row of its key alone", Service.columns(T, key), Service.wanted());
        Service.send(new RowDeleteChange(T, key));
        Checks.same("deleted", Service.columns(T, key), null);
        Service.send(new RowDeleteChange(T, key));
        Checks.same("deleting twice is fine", Service.columns(T, key), null);
        RowPutChange asked = Service.put(T, key, "a", 1);
        asked.setReturnType(ReturnType.RT_PK);
        Checks.same("the key is returned when asked for", Service.send(asked).getRow().getPrimaryKey(), key);
    }

    private static void update() {
        PrimaryKey key = Service.key("update", 1);
        Service.send(Service.update(T, key, "a", 1, "b", 2, "c", 3));
        Checks.same("an update makes the row", Service.columns(T, key), Service.wanted("a", 1, "b", 2, "c", 3));
        RowUpdateChange change = Service.update(T, key, "a", "text now");
        change.deleteColumns("b");
        change.deleteColumns("never_there");
        Service.send(change);
        Checks.same("put and delete in one update", Service.columns(T, key), Service.wanted("a", "text now", "c", 3));
        RowUpdateChange rest = new RowUpdateChange(T, key);
        rest.deleteColumns("a");
        rest.deleteColumns("c");
        Service.send(rest);
        Checks.same("a row without columns stays", Service.columns(T, key), Service.wanted());
        PrimaryKey none = Service.key("update", 2);
        RowUpdateChange nothing = new RowUpdateChange(T, none);
        nothing.deleteColumns("a");
        Service.send(nothing);
        Checks.same("a deletion alone makes no row", Service.columns(T, none), null);
        Checks.refused("an update of nothing", "OTSParameterInvalid", 400, () -> Service.send(new RowUpdateChange(T, key)));
    }

    private static void conditions() {
        PrimaryKey key = Service.key("condition", 1);
        Checks.refused("put where a row is expected", "OTSConditionCheckFail", 403,
                () -> Service.send(Service.expecting(EXPECT_EXIST, null, Service.put(T, key, "a", 1))));
        Checks.refused("update where a row is expected", "OTSConditionCheckFail", 403,
                () -> Service.send(Service.expecting(EXPECT_EXIST, null, Service.update(T, key, "a", 1))));
        Checks.refused("delete where a row is expected", "OTSConditionCheckFail", 403,
                () -> Service.send(Service.expecting(EXPECT_EXIST, null, new RowDeleteChange(T, key))));
        Service.send(Service.expecting(EXPECT_NOT_EXIST, null, Service.put(T, key, "a", 1)));
        Checks.refused("put where none is expected", "OTSConditionCheckFail", 403,
                () -> Service.send(Service.expecting(EXPECT_NOT_EXIST, null, Service.put(T, key, "a", 2))));
        Checks.same("a failed condition changes nothing", Service.columns(T, key), Service.wanted("a", 1));
        Service.send(Service.expecting(EXPECT_EXIST, null, Service.put(T, key, "a", 3)));
        Checks.same("a condition that holds", Service.columns(T, key), Service.wanted("a", 3));
    }

    private static SingleColumnValueCondition when(String column, CompareOperator operator, Object value) {
        return new SingleColumnValueCondition(column, operator, Service.value(value));
    }

    /** Whether an update under the condition goes through. */
    private static void gate(String name, ColumnCondition condition, boolean open) {
        PrimaryKey key = Service.key("gate", 1);
        Service.send(Service.put(T, key, "n", 10, "s", "mmm", "d", 1.5, "b", true));
        RowUpdateChange change = Service.expecting(IGNORE, condition, Service.update(T, key, "mark", 1));
        if (!open) {
            Checks.refused(name, "OTSConditionCheckFail", 403, "Condition check failed.", () -> Service.send(change));
            return;
        }
        Service.send(change);
        Checks.same(name, Service.columns(T, key), Service.wanted("n", 10, "s", "mmm", "d", 1.5, "b", true, "mark", 1));
    }

    private static void columnConditions() {
        gate("equal", when("n", CompareOperator.EQUAL, 10), true);
        gate("equal, not", when("n", CompareOperator.EQUAL, 11), false);
        gate("not equal", when("n", CompareOperator.NOT_EQUAL, 11), true);
        gate("greater", when("s", CompareOperator.GREATER_THAN, "mm"), true);
        gate("greater, not", when("s", CompareOperator.GREATER_THAN, "mmm"), false);
        gate("greater or equal", when("d", CompareOperator.GREATER_EQUAL, 1.5), true);
        gate("less", when("d", CompareOperator.LESS_THAN, 1.5), false);
        gate("less or equal", when("n", CompareOperator.LESS_EQUAL, 10), true);
        gate("boolean", when("b", CompareOperator.EQUAL, true), true);
        gate("a missing column passes unless told otherwise", when("missing", CompareOperator.EQUAL, 1), true);
        SingleColumnValueCondition strict = when("missing", CompareOperator.EQUAL, 1);
        strict.setPassIfMissing(false);
        gate("a missing column, told otherwise", strict, false);
        CompositeColumnValueCondition and = new CompositeColumnValueCondition(CompositeColumnValueCondition.LogicOperator.AND);
        and.addCondition(when("n", CompareOperator.EQUAL, 10)).addCondition(when("s", CompareOperator.EQUAL, "other"));
        gate("and", and, false);
        CompositeColumnValueCondition or = new CompositeColumnValueCondition(CompositeColumnValueCondition.LogicOperator.OR);
        or.addCondition(when("n", CompareOperator.EQUAL, 10)).addCondition(when("s", CompareOperator.EQUAL, "other"));
        gate("or", or, true);
        CompositeColumnValueCondition not = new CompositeColumnValueCondition(CompositeColumnValueCondition.LogicOperator.NOT);
        not.addCondition(and);
        gate("not of and", not, true);
        PrimaryKey key = Service.key("gate", 1);
        Service.send(Service.put(T, key, "n", 1));
        Checks.refused("a put under a condition", "OTSConditionCheckFail", 403, () -> Service.send(
                Service.expecting(EXPECT_EXIST, when("n", CompareOperator.EQUAL, 2), Service.put(T, key, "n", 5))));
        Checks.refused("a delete under a condition", "OTSConditionCheckFail", 403, () -> Service.send(
                Service.expecting(IGNORE, when("n", CompareOperator.EQUAL, 2), new RowDeleteChange(T, key))));
        Service.send(Service.expecting(IGNORE, when("n", CompareOperator.EQUAL, 1), new RowDeleteChange(T, key)));
        Checks.same("a delete whose condition holds", Service.columns(T, key), null);
    }

    private static RowUpdateChange counting(PrimaryKey key, Object... steps) {
        RowUpdateChange change = new RowUpdateChange(T, key);
        for (int i = 0; i < steps.length; i += 2) change.increment(new Column((String) steps[i], Service.value(steps[i + 1])));
        return change;
    }

    private static void counters() {
        PrimaryKey key = Service.key("counter", 1);
        Service.send(counting(key, "n", 10));
        Checks.same("a counter begins at 0", Service.columns(T, key), Service.wanted("n", 10));
        RowUpdateChange change = counting(key, "n", 32, "m", -5);
        change.setReturnType(ReturnType.RT_AFTER_MODIFY);
        change.addReturnColumn("n");
        change.addReturnColumn("m");
        Row returned = Service.send(change).getRow();
        Checks.same("counters are returned", Service.columns(returned), Service.wanted("n", 42, "m", -5));
        Checks.same("and stored", Service.columns(T, key), Service.wanted("n", 42, "m", -5));
        Service.send(Service.update(T, key, "n", Long.MAX_VALUE, "s", "text"));
        Checks.refused("a counter above int64", "OTSParameterInvalid", 400, () -> Service.send(counting(key, "n", 1)));
        Checks.refused("counting text", "OTSParameterInvalid", 400, () -> Service.send(counting(key, "s", 1)));
        RowUpdateChange both = counting(key, "m", 1);
        both.put("m", Service.value(7));
        Checks.refused("put and count one column", "OTSParameterInvalid", 400, () -> Service.send(both));
        RowUpdateChange other = counting(key, "m", 1);
        other.setReturnType(ReturnType.RT_AFTER_MODIFY);
        other.addReturnColumn("m");
        other.addReturnColumn("s");
        Checks.refused("a returned column that is no counter", "OTSParameterInvalid", 400, () -> Service.send(other));
        Checks.same("what was refused changed nothing", Service.columns(T, key), Service.wanted("n", Long.MAX_VALUE, "m", -5, "s", "text"));
    }

    /** value@version of every cell, newest first. */
    static List<String> cells(Row row, String column, long base) {
        List<String> cells = new ArrayList<>();
        for (Column cell : row.getColumn(column)) cells.add(cell.getValue().asLong() + "@" + (cell.getTimestamp() - base));
        return cells;
    }

    private static void versions() {
        Service.create("Versions", 4);
        PrimaryKey key = Service.key("v", 1);
        long base = System.currentTimeMillis() - 10_000;
        RowUpdateChange change = new RowUpdateChange("Versions", key);
        for (int i = 0; i < 7; i++) change.put("v", Service.value(i), base + i);
        Service.send(change);
        SingleRowQueryCriteria all = Service.criteria("Versions", key);
        all.setMaxVersions(100);
        Checks.same("max versions of the table", cells(Service.read(all), "v", base), Arrays.asList("6@6", "5@5", "4@4", "3@3"));
        Service.send(new RowUpdateChange("Versions", key).put("v", Service.value(99), base + 5));
        Checks.same("a version written again", cells(Service.read(all), "v", base), Arrays.asList("6@6", "99@5", "4@4", "3@3"));
        Service.send(new RowUpdateChange("Versions", key).deleteColumn("v", base + 4));
        Checks.same("one version deleted", cells(Service.read(all), "v", base), Arrays.asList("6@6", "99@5", "3@3"));
        Service.send(new RowUpdateChange("Versions", key).put("v", Service.value(1), base + 1).put("w", Service.value(1), base + 1));
        Service.send(new RowUpdateChange("Versions", key).deleteColumns("v"));
        Checks.same("all versions deleted", Service.columns(Service.read(all)), Service.wanted("w", 1));
        String range = "Timestamp must be in range [0, INT64_MAX/1000).";
        Checks.refused("a timestamp beyond its range", "OTSParameterInvalid", 400, range,
                () -> Service.send(new RowPutChange("Versions", key).addColumn("v", Service.value(1), Long.MAX_VALUE / 1000)));
        Checks.refused("a version of two days ago", "OTSParameterInvalid", 400,
                () -> Service.send(new RowPutChange("Versions", key).addColumn("v", Service.value(1), base - 2 * 86_400_000L)));
        Checks.refused("a version of the day after tomorrow", "OTSParameterInvalid", 400,
                () -> Service.send(new RowPutChange("Versions", key).addColumn("v", Service.value(1), base + 2 * 86_400_000L)));
    }

    private static void autoIncrement() {
        TableMeta meta = Service.meta("Auto", "part", PrimaryKeyType.STRING);
        meta.addPrimaryKeyColumn("sub", PrimaryKeyType.INTEGER, PrimaryKeyOption.AUTO_INCREMENT);
        Service.create(meta, 1);
        long before = 0;
        for (int i = 0; i < 3; i++) {
            RowPutChange change = Service.put("Auto", Service.key("a", PrimaryKeyValue.AUTO_INCREMENT), "i", i);
            change.setReturnType(ReturnType.RT_PK);
            PrimaryKey key = Service.send(change).getRow().getPrimaryKey();
            long number = key.getPrimaryKeyColumn("sub").getValue().asLong();
            Checks.same("partition key of row " + i, key.getPrimaryKeyColumn("part").getValue().asString(), "a");
            Checks.holds("number " + i + " is greater", number > before);
            Checks.same("row " + i + " under its key", Service.columns("Auto", key), Service.wanted("i", i));
            before = number;
        }
        RowPutChange quiet = Service.put("Auto", Service.key("a", PrimaryKeyValue.AUTO_INCREMENT), "i", 3);
        Checks.same("no key unless asked", Service.send(quiet).getRow(), null);
        Checks.same("four rows", Reads.range("Auto", Service.key("a", PrimaryKeyValue.INF_MIN), Service.key("a", PrimaryKeyValue.INF_MAX),
                Direction.FORWARD, 0).size(), 4);
        TableMeta first = new TableMeta("t");
        first.addPrimaryKeyColumn("n", PrimaryKeyType.INTEGER, PrimaryKeyOption.AUTO_INCREMENT);
        Checks.refused("auto-increment as partition key", "OTSParameterInvalid", 400, () -> Service.create(first, 1));
    }

    private static void missing() {
        PrimaryKey key = Service.key("a", 1);
        String message = "Requested table does not exist.";
        Checks.refused("put into a missing table", "OTSObjectNotExist", 404, message, () -> Service.send(Service.put("missing", key, "a", 1)));
        Checks.refused("update in a missing table", "OTSObjectNotExist", 404, message, () -> Service.send(Service.update("missing", key, "a", 1)));
        Checks.refused("delete from a missing table", "OTSObjectNotExist", 404, message, () -> Service.send(new RowDeleteChange("missing", key)));
        Checks.refused("read a missing table", "OTSObjectNotExist", 404, message, () -> Service.read("missing", key));
        Checks.refused("an attribute with a key's name", "OTSParameterInvalid", 400, () -> Service.send(Service.put(T, key, "part", "x")));
    }
}
