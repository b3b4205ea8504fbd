"""batches: BatchWriteRow and BatchGetRow, whole and with rows that fail."""
from tablestore import (BatchGetRowRequest, BatchWriteRowRequest, DeleteRowItem, PutRowItem, ReturnType, Row, TableInBatchGetRowItem,
                        TableInBatchWriteRowItem, UpdateRowItem)

from checks import part, refused, same
from service import ANYHOW, EXIST, MISSING, NOT_EXIST, client, columns, create, key, when

keys = [key(f"b{i:03}", i) for i in range(201)]
INVALID = "OTSParameterInvalid"


def send(*tables):
    request = BatchWriteRowRequest()
    for table, rows in tables:
        request.add(TableInBatchWriteRowItem(table, rows))
    return client.batch_write_row(request)


def fates(items):
    return [(item.is_ok, item.error_code or None) for item in items]


def get(*items):
    request = BatchGetRowRequest()
    for item in items:
        request.add(item)
    return client.batch_get_row(request)


def values(rows):
    return [row.row and {name: value for name, value, _ in row.row.attribute_columns} for row in rows]


with part("batch write"):
    create("batches")
    create("batches2")
    puts = [PutRowItem(Row(one, [("n", i)]), ANYHOW) for i, one in enumerate(keys)]
    same("200 puts", send(("batches", puts[:200])).is_all_succeed(), True)
    answer = send(("batches", [UpdateRowItem(Row(keys[0], {"PUT": [("n", 1000)]}), ANYHOW), DeleteRowItem(Row(keys[1]), ANYHOW),
                               PutRowItem(Row(keys[2], [("n", 0)]), NOT_EXIST), puts[200]]),
                  ("batches2", [PutRowItem(Row(key("other", 1), [("v", True)]), ANYHOW, ReturnType.RT_PK)]))
    same("not all succeed", answer.is_all_succeed(), False)
    same("puts", fates(answer.get_put_by_table("batches")), [(False, "OTSConditionCheckFail"), (True, None)])
    same("updates", fates(answer.get_update_by_table("batches")), [(True, None)])
    same("deletes", fates(answer.get_delete_by_table("batches")), [(True, None)])
    same("the other table", fates(answer.get_put_by_table("batches2")), [(True, None)])
    same("a key returned", answer.get_put_by_table("batches2")[0].row.primary_key, key("other", 1))
    same("a row's units", (lambda unit: (unit.read, unit.write))(answer.get_update_by_table("batches")[0].consumed), (0, 1))
    same("updated", columns("batches", keys[0]), {"n": 1000})
    same("deleted", columns("batches", keys[1]), None)
    same("as it was", columns("batches", keys[2]), {"n": 2})
    same("new", columns("batches", keys[200]), {"n": 200})
    answer = send(("batches", [PutRowItem(Row(key("x", 1), [("n", 1)]), EXIST), UpdateRowItem(Row(key("x", 2), {"PUT": [("n", 1)]}), EXIST),
                               DeleteRowItem(Row(key("x", 3)), EXIST)]))
    same("every row fails, the request does not", fates(answer.get_put() [1] + answer.get_update()[1] + answer.get_delete()[1]),
         [(False, "OTSConditionCheckFail")] * 3)

with part("refused batches"):
    refused("201 rows", INVALID, 400, send, ("batches", puts), message="Rows count exceeds the upper limit: 200.")
    refused("a value that is not a number", INVALID, 400, send, ("batches", [PutRowItem(Row(keys[5], [("n", 9)]), ANYHOW),
                                                                             PutRowItem(Row(keys[6], [("n", float("nan"))]), ANYHOW)]))
    refused("a missing table", "OTSObjectNotExist", 404, send, ("missing", puts[:1]), message=MISSING)
    refused("a table without rows", INVALID, 400, send, ("batches", []), message="No operation is specified for table: 'batches'.")
    refused("no table", INVALID, 400, send, message="No row is specified in BatchWriteRow.")
    refused("a column name", INVALID, 400, send, ("batches", [PutRowItem(Row(keys[5], [("#", 9)]), ANYHOW)]),
            message="Invalid column name: '#'.")
    same("a refused batch leaves nothing behind", columns("batches", keys[5]), {"n": 5})

with part("batch get"):
    answer = get(TableInBatchGetRowItem("batches", [keys[7], key("none", 1), keys[9]], max_version=1),
                 TableInBatchGetRowItem("batches2", [key("other", 1)], max_version=1))
    same("all succeed", answer.is_all_succeed(), True)
    same("in the order asked for", values(answer.get_result_by_table("batches")), [{"n": 7}, None, {"n": 9}])
    same("the key comes with it", answer.get_result_by_table("batches")[2].row.primary_key, keys[9])
    same("of a second table", values(answer.get_result_by_table("batches2")), [{"v": True}])
    answer = get(TableInBatchGetRowItem("batches", keys[50:54], column_filter=when("n", "LESS_THAN", 52), max_version=1))
    same("with a filter", values(answer.get_result_by_table("batches")), [{"n": 50}, {"n": 51}, None, None])
    answer = get(TableInBatchGetRowItem("batches", keys[50:52], columns_to_get=["missing"], max_version=1))
    same("without the named column", values(answer.get_result_by_table("batches")), [None, None])
    answer = get(TableInBatchGetRowItem("batches", [keys[7], keys[7]], max_version=1))
    same("one row twice", values(answer.get_result_by_table("batches")), [{"n": 7}, {"n": 7}])
    answer = get(TableInBatchGetRowItem("batches", keys[100:200], max_version=1))
    same("100 rows", len([row for row in values(answer.get_result_by_table("batches")) if row]), 100)
    refused("101 rows to get", INVALID, 400, get, TableInBatchGetRowItem("batches", keys[:101], max_version=1),
            message="Rows count exceeds the upper limit: 100.")
    refused("nothing to get", INVALID, 400, get, message="No row specified in the request of BatchGetRow.")
    refused("no version condition", INVALID, 400, get, TableInBatchGetRowItem("batches", keys[:1]),
            message="No version condition is specified while querying row.")
