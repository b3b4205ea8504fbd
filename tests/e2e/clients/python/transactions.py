"""transactions: local ones: what they see, what others see, commit, abort. This SDK has no switch for them at CreateTable."""
from tablestore import BatchWriteRowRequest, PutRowItem, Row, TableInBatchWriteRowItem

from checks import part, refused, same
from service import ANYHOW, client, columns, create, key, put, scan, update

T = "transactions"


def inside(transaction, sub):
    return columns(T, key("user", sub), transaction_id=transaction)


with part("transactions"):
    create(T)
    put(T, key("user", 1), [("v", "before")])
    put(T, key("user", 9), [("v", "going")])
    for commit in (False, True):
        name = "commit: " if commit else "abort: "
        transaction = client.start_local_transaction(T, [("part", "user")])
        same(name + "an id", isinstance(transaction, str) and transaction != "", True)
        put(T, key("user", 1), [("v", "inside")], transaction_id=transaction)
        update(T, key("user", 2), {"PUT": [("v", "updated")]}, transaction_id=transaction)
        client.delete_row(T, key("user", 9), ANYHOW, transaction_id=transaction)
        request = BatchWriteRowRequest()
        request.add(TableInBatchWriteRowItem(T, [PutRowItem(Row(key("user", i), [("v", i)]), ANYHOW) for i in (3, 4)]))
        request.set_transaction_id(transaction)
        same(name + "a batch inside", client.batch_write_row(request).is_all_succeed(), True)
        same(name + "what it sees", [inside(transaction, i) for i in (1, 2, 3, 9)], [{"v": "inside"}, {"v": "updated"}, {"v": 3}, None])
        same(name + "what others see", [columns(T, key("user", i)) for i in (1, 2, 3, 9)], [{"v": "before"}, None, None, {"v": "going"}])
        same(name + "a range inside", len(scan(T, key("user", 0), key("user", 10), transaction_id=transaction)), 4)
        same(name + "a range outside", len(scan(T, key("user", 0), key("user", 10))), 2)
        refused(name + "a write from outside", "OTSRowOperationConflict", 409, put, T, key("user", 1), [("v", "outside")])
        refused(name + "a second one", "OTSRowOperationConflict", 409, client.start_local_transaction, T, [("part", "user")])
        (client.commit_transaction if commit else client.abort_transaction)(transaction)
        afterwards = [{"v": "inside"}, {"v": "updated"}, {"v": 3}, None] if commit else [{"v": "before"}, None, None, {"v": "going"}]
        same(name + "afterwards", [columns(T, key("user", i)) for i in (1, 2, 3, 9)], afterwards)
        put(T, key("user", 1), [("v", "before")])
        same(name + "writes go on", columns(T, key("user", 1)), {"v": "before"})

with part("refused transactions"):
    wrong = "TransactionID is invalid."
    refused("a put with an unknown id", "OTSParameterInvalid", 400, put, T, key("user", 1), [("v", 1)],
            transaction_id="not existed transaction id", message=wrong)
    refused("commit of no id", "OTSParameterInvalid", 400, client.commit_transaction, "", message=wrong)
    refused("abort of no id", "OTSParameterInvalid", 400, client.abort_transaction, "", message=wrong)
    refused("a transaction of a whole key", "OTSParameterInvalid", 400, client.start_local_transaction, T, key("user", 1),
            message="StartLocalTransaction support only one primary key.")
    refused("a transaction of a missing table", "OTSObjectNotExist", 404, client.start_local_transaction, "missing", [("part", "user")])
