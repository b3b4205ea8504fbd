"""types_and_rows: every type and its ends; put, update, delete, conditions, counters, versions, keys that the service chooses."""
import sys
import time

from tablestore import (INF_MAX, INF_MIN, PK_AUTO_INCR, CompositeColumnCondition, Condition, LogicalOperator, ReturnType, Row,
                        RowExistenceExpectation, TableMeta, TableOptions)

from checks import part, refused, same
from service import (ANYHOW, EXIST, LOWEST, MISSING, NOT_EXIST, THROUGHPUT, client, columns, create, key, put, row_of, scan, typed,
                     update, when)

UNICODE = "ключ 主键 é 😀 \u0000\u0001\n"
TWO_MB = 2 * 1024 * 1024

with part("types"):
    create("rows")
    extremes = {
        "int_max": 2**63 - 1, "int_min": -2**63, "zero": 0, "minus_one": -1, "above_double": 2**53 + 1, "true_": True,
        "false_": False, "double": 0.1, "double_max": sys.float_info.max, "double_lowest": -sys.float_info.max,
        "double_min": sys.float_info.min, "denormal": 5e-324, "whole": 3.0, "zero_point": 0.0, "minus_zero": -0.0, "empty": "",
        "text": "hello", "unicode": UNICODE, "kb64": "0123456789abcdef" * 4096, "no_bytes": bytearray(b""),
        "all_bytes": bytearray(range(256)), "binary_kb64": bytearray(65536), "_underscore": "x", "c" * 255: "long name",
    }
    consumed, returned = put("rows", key("types", 1), extremes.items())
    same("write units of 129 KB", (consumed.read, consumed.write), (0, 33))
    same("no row is returned unasked", returned, None)
    row = row_of("rows", key("types", 1))
    read = {name: value for name, value, _ in row.attribute_columns}
    same("columns in the order of their names", list(read), sorted(extremes))
    for name, value in extremes.items():
        same(f"column {name[:20]}", typed(read.get(name)), typed(value))
    same("versions are of now", all(abs(stamp - time.time() * 1000) < 600000 for _, _, stamp in row.attribute_columns), True)
    put("rows", key("large", 1), [("v", "x" * TWO_MB)])
    same("a value of 2 MB", columns("rows", key("large", 1))["v"] == "x" * TWO_MB, True)
    refused("one byte more", "OTSParameterInvalid", 400, put, "rows", key("large", 1), [("v", "x" * (TWO_MB + 1))],
            message="The length of attribute column: 'v' exceeds the MaxLength:2097152 with CurrentLength:2097153.")
    put("rows", key("large", 1), [("v", bytearray(TWO_MB))])
    same("a binary of 2 MB", len(columns("rows", key("large", 1))["v"]), TWO_MB)
    for bad in (float("nan"), float("inf"), float("-inf")):
        refused(f"a double that is {bad}", "OTSParameterInvalid", 400, put, "rows", key("nan", 1), [("v", bad)])
    same("no row came of it", columns("rows", key("nan", 1)), None)

with part("keys"):
    create("keys", schema=[("s", "STRING"), ("i", "INTEGER"), ("b", "BINARY")])
    for s, i, b in (("", -2**63, b""), (UNICODE, 2**63 - 1, bytes(range(256))), ("k" * 1024, 0, bytes(1024)),
                    ("a\x00b", -1, b"\x00"), ("😀", 1, b"\xff\x00\xff")):
        one = [("s", s), ("i", i), ("b", bytearray(b))]
        put("keys", one, [("v", 1)])
        row = row_of("keys", one)
        same(f"key {s[:9]!r} read back", row and row.primary_key, one)
        client.delete_row("keys", one, ANYHOW)
        same(f"key {s[:9]!r} deleted", columns("keys", one), None)

    def full(s="a", i=0, b=bytearray(b"")):
        return [("s", s), ("i", i), ("b", b)]

    longer = "The length of primary key column: '{}' exceeds the MaxLength:1024 with CurrentLength:1025."
    refused("a string key of 1,025 bytes", "OTSParameterInvalid", 400, put, "keys", full(s="k" * 1025), message=longer.format("s"))
    refused("a binary key of 1,025 bytes", "OTSParameterInvalid", 400, put, "keys", full(b=bytearray(1025)), message=longer.format("b"))
    refused("a key of another type", "OTSInvalidPK", 400, put, "keys", full(s=1),
            message="Validate PK type fail. Input: VT_INTEGER, Meta: VT_STRING.")
    refused("a text where bytes belong", "OTSInvalidPK", 400, put, "keys", full(b="text"),
            message="Validate PK type fail. Input: VT_STRING, Meta: VT_BLOB.")
    refused("a key of another name", "OTSInvalidPK", 400, put, "keys", [("x", "a"), *full()[1:]],
            message="Validate PK name fail. Input: x, Meta: s.")
    refused("a key in another order", "OTSInvalidPK", 400, row_of, "keys", [full()[1], full()[0], full()[2]],
            message="Validate PK name fail. Input: i, Meta: s.")
    refused("a key too short", "OTSInvalidPK", 400, put, "keys", full()[:1])
    refused("a key too long", "OTSInvalidPK", 400, put, "keys", [*full(), ("c", 1)])
    refused("a range's bound as a key", "OTSParameterInvalid", 400, row_of, "keys", full(i=INF_MIN),
            message="VT_INF_MIN is an invalid type for the primary key.")
    refused("a range's other bound as a key", "OTSParameterInvalid", 400, put, "keys", full(i=INF_MAX),
            message="VT_INF_MAX is an invalid type for the primary key.")

with part("put, update, delete"):
    k = key("changes", 1)
    put("rows", k, [("a", 1), ("b", "x")])
    put("rows", k, [("c", True)])
    same("a put replaces the row", columns("rows", k), {"c": True})
    update("rows", k, {"PUT": [("a", 1), ("b", "x")], "DELETE_ALL": ["c", "never_there"]})
    same("put and delete in one update", columns("rows", k), {"a": 1, "b": "x"})
    update("rows", k, {"PUT": [("a", "text now")]})
    same("a column changes its type", columns("rows", k), {"a": "text now", "b": "x"})
    update("rows", k, {"DELETE_ALL": ["a", "b"]})
    same("a row without columns stays", columns("rows", k), {})
    client.delete_row("rows", Row(k), condition=EXIST)
    same("deleted", columns("rows", k), None)
    client.delete_row("rows", k, ANYHOW)
    update("rows", k, {"DELETE_ALL": ["a"]})
    same("a deletion alone makes no row", columns("rows", k), None)
    _, row = put("rows", k, [("a", 1)], return_type=ReturnType.RT_PK)
    same("the key when asked for", row.primary_key, k)
    update("rows", key("made", 1), {"PUT": [("a", 1)]})
    same("an update makes a row", columns("rows", key("made", 1)), {"a": 1})

with part("conditions"):
    k = key("condition", 1)
    for name, call in (("put", lambda: put("rows", k, [("a", 1)], EXIST)), ("update", lambda: update("rows", k, {"PUT": [("a", 1)]}, EXIST)),
                       ("delete", lambda: client.delete_row("rows", k, EXIST))):
        refused(f"{name} where a row is expected", "OTSConditionCheckFail", 403, call)
    put("rows", k, [("a", 1)], NOT_EXIST)
    refused("put where none is expected", "OTSConditionCheckFail", 403, put, "rows", k, [("a", 2)], NOT_EXIST)
    refused("update where none is expected", "OTSConditionCheckFail", 403, update, "rows", k, {"PUT": [("a", 2)]}, NOT_EXIST)
    same("a failed condition changes nothing", columns("rows", k), {"a": 1})
    put("rows", k, [("a", 3)], EXIST)
    same("a condition that holds", columns("rows", k), {"a": 3})


def both(operator, *parts):
    composite = CompositeColumnCondition(operator)
    for one in parts:
        composite.add_sub_condition(one)
    return composite


def gate(name, condition, opened):
    """Whether an update under the condition goes through."""
    k = key("gate", 1)
    row = [("n", 10), ("s", "mmm"), ("d", 1.5), ("b", True), ("y", bytearray(b"\x05"))]
    put("rows", k, row)
    under = Condition(RowExistenceExpectation.IGNORE, condition)
    if opened:
        update("rows", k, {"PUT": [("mark", 1)]}, under)
        same(name, columns("rows", k), dict(row) | {"mark": 1})
    else:
        refused(name, "OTSConditionCheckFail", 403, update, "rows", k, {"PUT": [("mark", 1)]}, under,
                message="Condition check failed.")


with part("column conditions"):
    for name, condition, opened in (
            ("equal", when("n", "EQUAL", 10), True), ("equal, not", when("n", "EQUAL", 11), False),
            ("not equal", when("s", "NOT_EQUAL", "x"), True), ("not equal, not", when("s", "NOT_EQUAL", "mmm"), False),
            ("greater", when("d", "GREATER_THAN", 1.25), True), ("greater, not", when("d", "GREATER_THAN", 1.5), False),
            ("greater or equal", when("n", "GREATER_EQUAL", 10), True), ("less", when("s", "LESS_THAN", "mm"), False),
            ("less or equal", when("s", "LESS_EQUAL", "mmm"), True), ("boolean", when("b", "EQUAL", True), True),
            ("binary", when("y", "EQUAL", bytearray(b"\x05")), True),
            ("a missing column", when("missing", "EQUAL", 1), False),
            ("a missing column passes", when("missing", "EQUAL", 1, missing=True), True),
            ("and", both(LogicalOperator.AND, when("n", "EQUAL", 10), when("s", "EQUAL", "x")), False),
            ("or", both(LogicalOperator.OR, when("n", "EQUAL", 10), when("s", "EQUAL", "x")), True),
            ("not", both(LogicalOperator.NOT, when("n", "EQUAL", 10)), False),
            ("not of and", both(LogicalOperator.NOT, both(LogicalOperator.AND, when("n", "EQUAL", 10), when("s", "EQUAL", "x"))), True)):
        gate(name, condition, opened)
    k = key("gate", 1)
    put("rows", k, [("n", 1)])
    refused("a put under a condition", "OTSConditionCheckFail", 403, put, "rows", k, [("n", 5)],
            Condition(RowExistenceExpectation.EXPECT_EXIST, when("n", "EQUAL", 2)))
    refused("a delete under a condition", "OTSConditionCheckFail", 403, client.delete_row, "rows", k,
            Condition(RowExistenceExpectation.IGNORE, when("n", "EQUAL", 2)))
    client.delete_row("rows", k, Condition(RowExistenceExpectation.IGNORE, when("n", "EQUAL", 1)))
    same("a delete whose condition holds", columns("rows", k), None)

with part("counters"):
    k = key("counter", 1)
    update("rows", k, {"INCREMENT": [("n", 10)]})
    same("a counter begins at 0", columns("rows", k), {"n": 10})
    update("rows", k, {"INCREMENT": [("n", -52), ("m", 2**62)]})
    same("down, and another", columns("rows", k), {"n": -42, "m": 2**62})
    update("rows", k, {"PUT": [("s", "text"), ("n", -2**63)]})
    refused("a counter above int64", "OTSParameterInvalid", 400, update, "rows", k, {"INCREMENT": [("m", 2**62)]})
    refused("a counter below int64", "OTSParameterInvalid", 400, update, "rows", k, {"INCREMENT": [("n", -1)]})
    refused("counting text", "OTSParameterInvalid", 400, update, "rows", k, {"INCREMENT": [("s", 1)]})
    refused("put and count one column", "OTSParameterInvalid", 400, update, "rows", k, {"PUT": [("m", 1)], "INCREMENT": [("m", 1)]})
    same("what was refused changed nothing", columns("rows", k), {"n": -2**63, "m": 2**62, "s": "text"})

with part("versions"):
    create("versions", 5)
    k = key("v", 1)
    now = int(time.time() * 1000)

    def cells(**named):
        row = row_of("versions", k, **({"max_version": 10} | named))
        return row and [(value, stamp - now) for _, value, stamp in row.attribute_columns]

    update("versions", k, {"PUT": [("v", i, now + i) for i in range(7)]})
    same("max versions of the table", cells(), [(i, i) for i in (6, 5, 4, 3, 2)])
    same("the newest two", cells(max_version=2), [(6, 6), (5, 5)])
    same("a time range, its end left out", cells(time_range=(now + 3, now + 5)), [(4, 4), (3, 3)])
    same("one time", cells(max_version=None, time_range=now + 5), [(5, 5)])
    update("versions", k, {"DELETE": [("v", None, now + 5)]})
    same("one version deleted", cells(), [(i, i) for i in (6, 4, 3, 2)])
    update("versions", k, {"PUT": [("v", 40, now + 4)]})
    same("a version written again", cells(), [(6, 6), (40, 4), (3, 3), (2, 2)])
    update("versions", k, {"DELETE_ALL": ["v"]})
    same("all versions deleted", cells(), [])
    refused("a version of 1970", "OTSParameterInvalid", 400, put, "versions", k, [("v", 1, 1000)])
    refused("a version of the day after tomorrow", "OTSParameterInvalid", 400, put, "versions", k, [("v", 1, now + 2 * 86400000)])
    refused("a timestamp beyond its range", "OTSParameterInvalid", 400, put, "versions", k, [("v", 1, (2**63 - 1) // 1000)],
            message="Timestamp must be in range [0, INT64_MAX/1000).")

with part("auto-increment"):
    client.create_table(TableMeta("auto", [("id", "STRING"), ("n", "INTEGER", PK_AUTO_INCR)]), TableOptions(-1, 1), THROUGHPUT)
    numbers = []
    for i in range(3):
        _, row = put("auto", [("id", "a"), ("n", PK_AUTO_INCR)], [("v", i)], return_type=ReturnType.RT_PK)
        same(f"partition key of row {i}", row.primary_key[0], ("id", "a"))
        numbers.append(row.primary_key[1][1])
        same(f"row {i} under its key", columns("auto", row.primary_key), {"v": i})
    same("numbers grow", numbers, sorted(set(numbers)))
    refused("a placeholder that must not be there", "OTSParameterInvalid", 400, put, "auto", [("id", "a"), ("n", PK_AUTO_INCR)],
            [("v", 1)], NOT_EXIST)

with part("refused rows"):
    k = key("refused", 1)
    for name, cells_ in (("a name beginning with #", [("#abc", 1)]), ("a name beginning with a digit", [("1a", 1)]),
                         ("a name with a dash", [("a-b", 1)]), ("a name not ASCII", [("é", 1)]), ("a name of 256", [("c" * 256, 1)]),
                         ("an attribute with a key's name", [("part", "x")])):
        refused(name, "OTSParameterInvalid", 400, put, "rows", k, cells_)
    many = [(f"c{i:05}", i) for i in range(1025)]
    refused("1,025 columns", "OTSParameterInvalid", 400, put, "rows", k, many,
            message="The number of attribute columns exceeds the limit, limit count: 1024, column count: 1025.")
    same("no row came of it", columns("rows", k), None)
    put("rows", k, many[:1024])
    same("1,024 columns", len(columns("rows", k)), 1024)
    create("defined_rows")
    client.delete_table("defined_rows")
    client.create_table(TableMeta("defined_rows", [("part", "STRING"), ("sub", "INTEGER")], [("d_int", "INTEGER"), ("d_str", "STRING")]),
                        TableOptions(), THROUGHPUT)
    refused("a defined column of another type", "OTSParameterInvalid", 400, put, "defined_rows", k, [("d_int", "text")])
    refused("another", "OTSParameterInvalid", 400, put, "defined_rows", k, [("d_str", 1)])
    for name, call in (("put into", lambda: put("missing", k, [("a", 1)])), ("update in", lambda: update("missing", k, {"PUT": [("a", 1)]})),
                       ("delete from", lambda: client.delete_row("missing", k, ANYHOW)), ("read", lambda: row_of("missing", k)),
                       ("scan", lambda: scan("missing", LOWEST))):
        refused(f"{name} a missing table", "OTSObjectNotExist", 404, call, message=MISSING)
