"""reads: ranges in both directions, columns to get, column ranges, filters."""
import time

from tablestore import (BatchWriteRowRequest, CapacityUnit, CompositeColumnCondition, LogicalOperator, PutRowItem, Row,
                        TableInBatchWriteRowItem)

from checks import part, refused, same
from service import ANYHOW, HIGHEST, LOWEST, client, columns, create, key, put, row_of, scan, when


def at(i):
    return key(f"r{i // 5:02}", i)


def keys(rows):
    return [row.primary_key for row in rows]


def both(operator, *parts):
    composite = CompositeColumnCondition(operator)
    for one in parts:
        composite.add_sub_condition(one)
    return composite


ALL = [at(i) for i in range(50)]

with part("rows to read"):
    create("reads")
    request = BatchWriteRowRequest()
    rows = [Row(at(i), [("n", i), ("s", f"s{i % 5}"), ("d", i / 4), ("b", i % 2 == 0)] + ([("third", i)] if i % 3 == 0 else []))
            for i in range(50)]
    request.add(TableInBatchWriteRowItem("reads", [PutRowItem(row, ANYHOW) for row in rows]))
    same("fifty rows", client.batch_write_row(request).is_all_succeed(), True)

with part("ranges"):
    for limit in (None, 1, 7, 50, 1000):
        pages = []
        same(f"all, forward, by {limit}", keys(scan("reads", limit=limit, pages=pages)), ALL)
        same(f"pages of {limit}", max(pages) <= (limit or 50), True)
        same(f"all, backward, by {limit}", keys(scan("reads", HIGHEST, LOWEST, "BACKWARD", limit)), ALL[::-1])
    same("the start is in, the end is not", keys(scan("reads", at(10), at(20))), ALL[10:20])
    same("backward too", keys(scan("reads", at(20), at(10), "BACKWARD", 3)), ALL[20:10:-1])
    consumed, next_start, page, token = client.get_range("reads", "FORWARD", LOWEST, HIGHEST, limit=10, max_version=1)
    same("the next key", next_start, at(10))
    same("a range costs read units", (consumed.read >= 1, consumed.write), (True, 0))
    same("no token without wide rows", bool(token), False)
    same("columns of a range", [(name, value) for name, value, _ in page[4].attribute_columns],
         [("b", True), ("d", 1.0), ("n", 4), ("s", "s4")])
    consumed = CapacityUnit(0, 0)
    same("the SDK's own iterator", [row.primary_key for row in client.xget_range(
        "reads", "FORWARD", LOWEST, HIGHEST, consumed, count=33, max_version=1)], ALL[:33])
    same("an empty range of keys", scan("reads", key("z", 0), HIGHEST), [])

with part("columns to get"):
    same("two of them", columns("reads", at(4), columns_to_get=["n", "s", "missing"]), {"n": 4, "s": "s4"})
    same("none of the named columns: no row", row_of("reads", at(4), columns_to_get=["missing"]), None)
    same("a key column keeps the row", columns("reads", at(4), columns_to_get=["part"]), {})
    same("a range without the column", scan("reads", columns_to_get=["missing"]), [])
    same("a range of those that have it", keys(scan("reads", at(0), at(10), columns_to_get=["third"])), [at(i) for i in (0, 3, 6, 9)])

with part("column ranges"):
    same("from a column to another, which is left out", columns("reads", at(4), start_column="c", end_column="s"), {"d": 1.0, "n": 4})
    same("from a column", columns("reads", at(4), start_column="n"), {"n": 4, "s": "s4"})
    same("up to a column", columns("reads", at(4), end_column="d"), {"b": True})
    same("in a range", [[name for name, _, _ in row.attribute_columns] for row in scan("reads", at(0), at(2), start_column="n",
                                                                                     end_column="t")], [["n", "s"]] * 2)


def passing(condition, end=20):
    return [row.primary_key[1][1] for row in scan("reads", LOWEST, at(end), column_filter=condition)]


with part("filters"):
    same("a row that passes", columns("reads", at(7), column_filter=when("n", "EQUAL", 7)), {"n": 7, "s": "s2", "d": 1.75, "b": False})
    same("a row that does not", row_of("reads", at(7), column_filter=when("n", "EQUAL", 8)), None)
    same("equal", passing(when("n", "EQUAL", 7)), [7])
    same("not equal", passing(when("b", "NOT_EQUAL", True), 6), [1, 3, 5])
    same("greater", passing(when("n", "GREATER_THAN", 17)), [18, 19])
    same("greater or equal", passing(when("d", "GREATER_EQUAL", 4.5)), [18, 19])
    same("less", passing(when("n", "LESS_THAN", 2)), [0, 1])
    same("less or equal", passing(when("s", "LESS_EQUAL", "s0")), [0, 5, 10, 15])
    same("missing columns do not pass", passing(when("third", "GREATER_EQUAL", 12)), [12, 15, 18])
    same("missing columns pass", len(passing(when("third", "GREATER_EQUAL", 0, missing=True))), 20)
    low, even, s1 = when("n", "LESS_THAN", 6), when("b", "EQUAL", True), when("s", "EQUAL", "s1")
    same("and", passing(both(LogicalOperator.AND, low, even)), [0, 2, 4])
    same("or", passing(both(LogicalOperator.OR, when("n", "EQUAL", 3), when("n", "EQUAL", 18))), [3, 18])
    same("not", passing(both(LogicalOperator.NOT, when("n", "GREATER_THAN", 1))), [0, 1])
    same("and of or and not", passing(both(LogicalOperator.AND, both(LogicalOperator.OR, low, s1), both(LogicalOperator.NOT, even))),
         [1, 3, 5, 11])
    same("backward", keys(scan("reads", HIGHEST, LOWEST, "BACKWARD", column_filter=when("n", "LESS_THAN", 2))), [at(1), at(0)])
    refused("more than ten filters", "OTSParameterInvalid", 400, passing, both(LogicalOperator.AND, *[low] * 11))

with part("filters and versions"):
    create("filtered_versions", 3)
    now = int(time.time() * 1000)
    put("filtered_versions", key("v", 1), [("v", i, now + i) for i in (1, 2, 3)])
    read = {"max_version": 3}
    same("only the latest version counts", row_of("filtered_versions", key("v", 1), column_filter=when("v", "EQUAL", 1), **read), None)
    same("the latest version passes", len(row_of("filtered_versions", key("v", 1), column_filter=when("v", "EQUAL", 3),
                                                 **read).attribute_columns), 3)
    same("any version when asked for", row_of("filtered_versions", key("v", 1), column_filter=when(
        "v", "EQUAL", 1, latest_version_only=False), **read) is not None, True)

with part("refused reads"):
    less, more = "Begin key must less than end key in FORWARD", "Begin key must more than end key in BACKWARD"
    refused("forward from the end", "OTSParameterInvalid", 400, scan, "reads", HIGHEST, LOWEST, message=less)
    refused("backward from the start", "OTSParameterInvalid", 400, scan, "reads", LOWEST, HIGHEST, "BACKWARD", message=more)
    refused("an empty range", "OTSParameterInvalid", 400, scan, "reads", at(1), at(1), message=less)
    for limit in (0, -1):
        refused(f"limit {limit}", "OTSParameterInvalid", 400, scan, "reads", limit=limit, message="The limit must be greater than 0.")
    refused("no version condition", "OTSParameterInvalid", 400, scan, "reads", max_version=None,
            message="No version condition is specified.")
    refused("no version condition for a row", "OTSParameterInvalid", 400, row_of, "reads", at(1), max_version=None,
            message="No version condition is specified.")
    refused("a range with a wrong key", "OTSInvalidPK", 400, scan, "reads", key(1, 1))
    refused("a column name to get", "OTSParameterInvalid", 400, row_of, "reads", at(1), columns_to_get=["#"],
            message="Invalid column name: '#'.")
