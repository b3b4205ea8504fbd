"""client: the official Python SDK, unmodified, against the emulator: client.py ENDPOINT ID SECRET INSTANCE.

The first check that fails ends the program. The last line is the count of checks."""
import math
import sys
import time

from tablestore import (INF_MAX, INF_MIN, PK_AUTO_INCR, BatchWriteRowRequest, CapacityUnit, Condition, DefinedColumnSchema,
                        DeleteRowItem, Direction, OTSClient, OTSServiceError, PutRowItem, ReservedThroughput, ReturnType,
                        Row, RowExistenceExpectation, SecondaryIndexMeta, SecondaryIndexType, TableInBatchWriteRowItem,
                        TableMeta, TableOptions, UpdateRowItem)
from tablestore.retry import NoRetryPolicy

checks = 0


def check(got, wanted):
    global checks
    checks += 1
    assert got == wanted, f"check {checks}: got {got!r}, wanted {wanted!r}"


def refused(code, status, call, *arguments, **named):
    """The call fails with the SDK's own exception, and that says what the service said."""
    try:
        call(*arguments, **named)
    except OTSServiceError as error:
        check((error.get_error_code(), error.get_http_status()), (code, status))
        check(bool(error.get_request_id()), True)
        return error.get_error_message()
    raise AssertionError(f"{code} was expected, and nothing failed")


endpoint, key_id, secret, instance = sys.argv[1:5]


def connect(**named):
    options = dict(access_key_id=key_id, access_key_secret=secret, instance_name=instance) | named
    return OTSClient(endpoint, retry_policy=NoRetryPolicy(), **options)


client = connect()
THROUGHPUT = ReservedThroughput(CapacityUnit(0, 0))
ANYHOW = Condition(RowExistenceExpectation.IGNORE)
EXIST = Condition(RowExistenceExpectation.EXPECT_EXIST)
NOT_EXIST = Condition(RowExistenceExpectation.EXPECT_NOT_EXIST)


def columns(table, key, **named):
    """Name to value, or None without a row. The versions are checked to be of today."""
    _, row, _ = client.get_row(table, key, max_version=1, **named)
    if row is None:
        return None
    now_ms = time.time() * 1000
    assert all(abs(stamp - now_ms) < 600000 for _, _, stamp in row.attribute_columns), row.attribute_columns
    return {name: value for name, value, _ in row.attribute_columns}


# ---- tables ----
check(client.list_table(), ())
schema = [("user", "STRING"), ("seq", "INTEGER"), ("bin", "BINARY")]
client.create_table(TableMeta("first", schema, [("d_int", "INTEGER"), ("d_str", "STRING")]),
                    TableOptions(-1, 1, 172800), THROUGHPUT)
client.create_table(TableMeta("_second2", [("id", "STRING"), ("n", "INTEGER", PK_AUTO_INCR)]),
                    TableOptions(86400, 5), THROUGHPUT)
check(sorted(client.list_table()), ["_second2", "first"])
described = client.describe_table("first")
check(described.table_meta.schema_of_primary_key, schema)
check([tuple(column) for column in described.table_meta.defined_columns], [("d_int", "INTEGER"), ("d_str", "STRING")])
check((described.table_options.time_to_live, described.table_options.max_version,
       described.table_options.max_time_deviation), (-1, 1, 172800))
check(client.describe_table("_second2").table_options.max_version, 5)
refused("OTSObjectAlreadyExist", 409, client.create_table, TableMeta("first", schema), TableOptions(), THROUGHPUT)
refused("OTSObjectNotExist", 404, client.describe_table, "missing")
refused("OTSObjectNotExist", 404, client.delete_table, "missing")
for wrong in (TableMeta("1st", schema), TableMeta("t-1", schema), TableMeta("t" * 256, schema),
              TableMeta("t", [("a", "STRING"), ("a", "STRING")]), TableMeta("t", [("n", "INTEGER", PK_AUTO_INCR)]),
              TableMeta("t", [(f"k{i}", "STRING") for i in range(5)]),
              TableMeta("t", [("a", "STRING")], [("a", "STRING")])):
    refused("OTSParameterInvalid", 400, client.create_table, wrong, TableOptions(), THROUGHPUT)
refused("OTSParameterInvalid", 400, client.create_table, TableMeta("t", schema), TableOptions(0, 1), THROUGHPUT)
refused("OTSParameterInvalid", 400, client.create_table, TableMeta("t", schema), TableOptions(-1, 0), THROUGHPUT)
index = SecondaryIndexMeta("first_index", ["d_int"], ["d_str"])
client.create_table(TableMeta("indexed", [("user", "STRING")], [("d_int", "INTEGER"), ("d_str", "STRING")]),
                    TableOptions(), THROUGHPUT, [index])
shown = client.describe_table("indexed").secondary_indexes
check([(one.index_name, one.primary_key_names, one.defined_column_names) for one in shown],
      [("first_index", ["d_int"], ["d_str"])])
client.delete_table("indexed")
check(sorted(client.list_table()), ["_second2", "first"])

# ---- every type and its ends, as columns and as key ----
KEY = [("user", "u"), ("seq", 1), ("bin", bytearray(b"k"))]
extremes = {
    "int_max": 2**63 - 1, "int_min": -2**63, "zero": 0, "minus_one": -1, "true_": True, "false_": False,
    "double": 0.1, "double_max": sys.float_info.max, "double_min": sys.float_info.min, "denormal": 5e-324, "whole": 3.0,
    "empty": "", "text": "hello", "unicode": "ключ 主键 é 😀 \u0000\u0001\n", "kb64": "0123456789abcdef" * 4096,
    "no_bytes": bytearray(b""), "all_bytes": bytearray(range(256)), "binary_kb64": bytearray(65536), "_underscore": "x",
    "c" * 255: "long name",
}
consumed, _ = client.put_row("first", Row(KEY, list(extremes.items())))
check((consumed.read, consumed.write), (0, 33))  # 64 KB and 64 KB and a little, in pieces of 4 KB
read = columns("first", KEY)
check(sorted(read), sorted(extremes))
for name, value in extremes.items():
    check((type(read[name]), read[name]), (type(value), value))
client.put_row("first", Row(KEY, [("minus_zero", -0.0)]))
read = columns("first", KEY)
check(list(read), ["minus_zero"])  # a put replaces the row
check(math.copysign(1, read["minus_zero"]), -1.0)
for key in ([("user", ""), ("seq", -2**63), ("bin", bytearray(b""))],
            [("user", "主键"), ("seq", 2**63 - 1), ("bin", bytearray(b"\x00\x00\xff"))],
            [("user", "k" * 1024), ("seq", 0), ("bin", bytearray(1024))],
            [("user", "a\x00b"), ("seq", 0), ("bin", bytearray(b"\x00"))]):
    client.put_row("first", Row(key, [("a", 1)]))
    _, row, _ = client.get_row("first", key, max_version=1)
    check(row.primary_key, key)
    client.delete_row("first", key, ANYHOW)
    check(columns("first", key), None)

# ---- put, update, delete and their conditions ----
refused("OTSConditionCheckFail", 403, client.put_row, "first", Row(KEY, [("a", 1)]), NOT_EXIST)
client.update_row("first", Row(KEY, {"PUT": [("a", 1), ("b", "x")], "DELETE_ALL": ["minus_zero"]}), EXIST)
check(columns("first", KEY), {"a": 1, "b": "x"})
client.update_row("first", Row(KEY, {"INCREMENT": [("a", 41)]}), ANYHOW)
check(columns("first", KEY), {"a": 42, "b": "x"})
client.update_row("first", Row(KEY, {"INCREMENT": [("a", -2)]}), ANYHOW)
check(columns("first", KEY)["a"], 40)
refused("OTSParameterInvalid", 400, client.update_row, "first", Row(KEY, {"INCREMENT": [("b", 1)]}), ANYHOW)
check(columns("first", KEY), {"a": 40, "b": "x"})
client.update_row("first", Row(KEY, {"DELETE_ALL": ["a", "b"]}), ANYHOW)
check(columns("first", KEY), {})  # the row stays with its key
client.delete_row("first", KEY, condition=EXIST)
check(columns("first", KEY), None)
refused("OTSConditionCheckFail", 403, client.delete_row, "first", KEY, condition=EXIST)
client.update_row("first", Row(KEY, {"DELETE_ALL": ["a"]}), ANYHOW)
check(columns("first", KEY), None)  # an update that only deletes makes no row

# ---- what is refused ----
other = [("user", "u"), ("seq", 2), ("bin", bytearray(b"k"))]
for cells in ([("nan", float("nan"))], [("inf", float("inf"))], [("1a", 1)], [("a-b", 1)], [("é", 1)], [("user", "x")],
              [("large", "x" * (2 * 1024 * 1024 + 1))], [("d_int", "not an integer")], [("d_str", 1)],
              [("a", 1, 1000)], [(f"c{i}", i) for i in range(1025)]):
    refused("OTSParameterInvalid", 400, client.put_row, "first", Row(other, cells))
for key in ([("user", "u")], [("seq", 2), ("user", "u"), ("bin", bytearray(b"k"))], [("user", 1), ("seq", 2), ("bin", "k")],
            [("user", "k" * 1025), ("seq", 2), ("bin", bytearray(b"k"))]):
    refused("OTSInvalidPK", 400, client.put_row, "first", Row(key, [("a", 1)]))
refused("OTSObjectNotExist", 404, client.put_row, "missing", Row(other, [("a", 1)]))
refused("OTSParameterInvalid", 400, client.get_range, "first", Direction.FORWARD, KEY, KEY)
check(columns("first", other), None)
refused("OTSAuthFailed", 403, connect(access_key_id="nobody").list_table)
refused("OTSAuthFailed", 403, connect(access_key_secret="guess").list_table)
refused("OTSAuthFailed", 403, connect(instance_name="elsewhere").list_table)

# ---- versions and auto-increment ----
now = int(time.time() * 1000)
numbers = []
for i in range(3):
    _, row = client.put_row("_second2", Row([("id", "a"), ("n", PK_AUTO_INCR)], [("v", i)]), return_type=ReturnType.RT_PK)
    check(row.primary_key[0], ("id", "a"))
    numbers.append(row.primary_key[1][1])
check(numbers, sorted(set(numbers)))
key = [("id", "a"), ("n", numbers[0])]
client.update_row("_second2", Row(key, {"PUT": [("v", i, now + i) for i in range(7)]}), ANYHOW)
_, row, _ = client.get_row("_second2", key, max_version=10)
check([(value, stamp) for _, value, stamp in row.attribute_columns], [(i, now + i) for i in (6, 5, 4, 3, 2)])
_, row, _ = client.get_row("_second2", key, max_version=2)
check([value for _, value, _ in row.attribute_columns], [6, 5])
_, row, _ = client.get_row("_second2", key, max_version=10, time_range=(now + 3, now + 5))
check([value for _, value, _ in row.attribute_columns], [4, 3])
client.update_row("_second2", Row(key, {"DELETE": [("v", None, now + 5)]}), ANYHOW)
_, row, _ = client.get_row("_second2", key, max_version=10)
check([value for _, value, _ in row.attribute_columns], [6, 4, 3, 2])

# ---- batches ----
keys = [[("user", f"b{i:03}"), ("seq", i), ("bin", bytearray(b""))] for i in range(201)]


def batch(rows, table="first"):
    request = BatchWriteRowRequest()
    request.add(TableInBatchWriteRowItem(table, rows))
    return client.batch_write_row(request)



answer = batch([PutRowItem(Row(key, [("n", i)]), ANYHOW) for i, key in enumerate(keys[:200])])
check(answer.is_all_succeed(), True)
answer = batch([UpdateRowItem(Row(keys[0], {"PUT": [("n", 1000)]}), ANYHOW), DeleteRowItem(Row(keys[1]), ANYHOW),
                PutRowItem(Row(keys[2], [("n", 0)]), NOT_EXIST), PutRowItem(Row(keys[200], [("n", 200)]), NOT_EXIST)])
check(answer.is_all_succeed(), False)
check([(item.is_ok, item.error_code or None) for item in answer.get_put_by_table("first") +
       answer.get_update_by_table("first") + answer.get_delete_by_table("first")],
      [(False, "OTSConditionCheckFail"), (True, None), (True, None), (True, None)])
check(columns("first", keys[0]), {"n": 1000})
check(columns("first", keys[1]), None)
check(columns("first", keys[2]), {"n": 2})
refused("OTSParameterInvalid", 400, batch, [PutRowItem(Row(key, [("n", 1)]), ANYHOW) for key in keys])
refused("OTSParameterInvalid", 400, batch, [PutRowItem(Row(keys[5], [("n", 9)]), ANYHOW)] * 2)
refused("OTSParameterInvalid", 400, batch, [PutRowItem(Row(keys[5], [("n", 9)]), ANYHOW),
                                            PutRowItem(Row(keys[6], [("n", float("nan"))]), ANYHOW)])
refused("OTSObjectNotExist", 404, batch, [PutRowItem(Row(keys[5], [("n", 9)]), ANYHOW)], "missing")
check(columns("first", keys[5]), {"n": 5})  # a refused batch leaves nothing behind

# ---- ranges ----
MIN = [("user", INF_MIN), ("seq", INF_MIN), ("bin", INF_MIN)]
MAX = [("user", INF_MAX), ("seq", INF_MAX), ("bin", INF_MAX)]
expected = [key for i, key in enumerate(keys) if i != 1]
for direction, start, end, wanted in ((Direction.FORWARD, MIN, MAX, expected), (Direction.BACKWARD, MAX, MIN, expected[::-1])):
    for limit in (1000, 7):
        got, next_start = [], start
        while next_start:
            _, next_start, rows, _ = client.get_range("first", direction, next_start, end, limit=limit, max_version=1)
            check(len(rows) <= limit, True)
            got += [row.primary_key for row in rows]
        check(got, wanted)
_, next_start, rows, _ = client.get_range("first", Direction.FORWARD, keys[10], keys[20], max_version=1)
check(([row.primary_key for row in rows], next_start), (keys[10:20], None))
_, next_start, rows, _ = client.get_range("first", Direction.BACKWARD, keys[20], keys[10], max_version=1)
check(([row.primary_key for row in rows], next_start), (keys[20:10:-1], None))
_, next_start, rows, _ = client.get_range("first", Direction.FORWARD, keys[10], keys[20], ["other"], max_version=1)
check((rows, next_start), ([], None))
_, next_start, rows, _ = client.get_range("first", Direction.FORWARD, keys[10], keys[20], ["user"], max_version=1)
check(len(rows), 10)
check([name for name in columns("first", keys[10], columns_to_get=["n", "other"])], ["n"])

client.delete_table("first")
check(client.list_table(), ("_second2",))
print(checks)
