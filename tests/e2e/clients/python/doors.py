"""doors: who is let in, what is said when not, and what the SDK does when the service is busy."""
import asyncio
import json
import urllib.request

from tablestore import (AsyncOTSClient, BatchWriteRowRequest, DefaultRetryPolicy, PutRowItem, Row, TableInBatchWriteRowItem)

from checks import part, refused, same
from service import ANYHOW, client, columns, connect, create, endpoint, instance, key, key_id, put, scan, secret


def faults(*rules):
    request = urllib.request.Request(f"{endpoint}/_control/faults", data=json.dumps({"rules": rules}).encode(), method="POST")
    urllib.request.urlopen(request, timeout=30).close()


class Counting(DefaultRetryPolicy):
    """The SDK's own policy, which also tells how often it said to try again; its pauses cut to nothing."""

    def __init__(self):
        super().__init__()
        self.retries = 0

    def get_retry_delay(self, retry_times, exception, api_name):
        self.retries += 1
        super().get_retry_delay(retry_times, exception, api_name)
        return 0


with part("credentials"):
    create("doors")
    refused("an unknown key id", "OTSAuthFailed", 403, connect(access_key_id="nobody").list_table,
            message="The AccessKeyID does not exist.")
    refused("a wrong secret", "OTSAuthFailed", 403, connect(access_key_secret="guess").list_table, message="Signature mismatch.")
    refused("an unknown instance", "OTSAuthFailed", 403, connect(instance_name="elsewhere").list_table)
    refused("an operation that is not there", "OTSParameterInvalid", 400, client.list_search_index, "doors")

with part("signature V4"):
    signed = connect(region="cn-hangzhou")
    signed.put_row("doors", Row(key("v4", 1), [("v", "signed")]), ANYHOW)
    same("V4: a row written", columns("doors", key("v4", 1)), {"v": "signed"})
    same("V4: a list", "doors" in signed.list_table(), True)
    refused("V4: an error", "OTSObjectNotExist", 404, signed.describe_table, "missing")
    refused("V4: a wrong secret", "OTSAuthFailed", 403, connect(region="cn-hangzhou", access_key_secret="guess").list_table,
            message="Signature mismatch.")

with part("a busy service"):
    for code, status, message in (("OTSServerBusy", 503, "Server is busy."), ("OTSTimeout", 503, "Operation timeout."),
                                  ("OTSNotEnoughCapacityUnit", 403, None), ("OTSInternalServerError", 500, "Internal server error."),
                                  ("OTSRowOperationConflict", 409, "Data is being modified by the other request.")):
        faults({"action": "error", "operation": "PutRow", "code": code, "count": 1})
        refused(f"{code}, without retries", code, status, put, "doors", key("busy", 1), [("v", 1)], message=message)
    same("nothing was written", columns("doors", key("busy", 1)), None)
    faults({"action": "error", "operation": "PutRow", "code": "OTSServerBusy", "count": 3})
    policy = Counting()
    patient = connect(retry_policy=policy)
    patient.put_row("doors", Row(key("busy", 1), [("v", 2)]), ANYHOW)
    same("throttled three times", policy.retries, 3)
    same("then written", columns("doors", key("busy", 1)), {"v": 2})
    faults({"action": "error", "operation": "GetRow", "code": "OTSTimeout", "count": 2})
    policy.retries = 0
    same("a read that timed out is repeated", [value for _, value, _ in patient.get_row("doors", key("busy", 1), max_version=1)[1]
                                               .attribute_columns], [2])
    same("twice", policy.retries, 2)
    faults({"action": "error", "operation": "PutRow", "code": "OTSTimeout", "count": 1})
    refused("a write that timed out is not", "OTSTimeout", 503, patient.put_row, "doors", Row(key("busy", 1), [("v", 3)]), ANYHOW)
    faults({"action": "row_error", "operation": "BatchWriteRow", "code": "OTSServerBusy", "count": 5})
    request = BatchWriteRowRequest()
    request.add(TableInBatchWriteRowItem("doors", [PutRowItem(Row(key("rows", i), [("v", i)]), ANYHOW) for i in range(20)]))
    failed = client.batch_write_row(request).get_put()[1]
    same("busy rows", [(row.error_code, row.error_message) for row in failed], [("OTSServerBusy", "Server is busy.")] * 5)
    same("the others are written", len(scan("doors", key("rows", 0), key("rows", 99))), 15)
    faults()

with part("broken answers"):
    for action in ("wrong_digest", "wrong_signature", "no_request_id"):
        faults({"action": action, "operation": "GetRow", "count": 1})
        try:
            got = client.get_row("doors", key("busy", 1), max_version=1)
        except Exception as error:
            got = type(error).__name__
        same(f"{action}: the SDK does not take it for an answer", got, "OTSClientError")
        same(f"{action}: the next one is whole", columns("doors", key("busy", 1)), {"v": 2})
    faults({"action": "drip", "operation": "GetRow", "bytes": 16, "ms": 1, "count": 1})
    same("drip: slow, but whole", columns("doors", key("busy", 1)), {"v": 2})
    faults({"action": "refuse_credentials"})
    refused("credentials refused from now on", "OTSAuthFailed", 403, client.list_table)
    faults()
    same("and taken again", "doors" in client.list_table(), True)

with part("the asynchronous client"):
    async def at_once():
        async with AsyncOTSClient(endpoint, key_id, secret, instance) as other:
            await asyncio.gather(*(other.put_row("doors", Row(key("at once", i), [("v", i)]), ANYHOW) for i in range(50)))
            return await other.get_row("doors", key("at once", 7), max_version=1)

    _, row, _ = asyncio.run(at_once())
    same("a row of fifty at once", [value for _, value, _ in row.attribute_columns], [7])
    same("fifty rows", len(scan("doors", key("at once", 0), key("at once", 99))), 50)
