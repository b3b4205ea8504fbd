"""messages: a request as a dict to protobuf bytes, the answer's bytes to plain data, with the official Python SDK's message classes.

What its messages lack is written and read by fields.py. A request may carry `body`, bytes that replace its message.
"""
import tablestore.protobuf.table_store_filter_pb2 as filters_pb
import tablestore.protobuf.table_store_pb2 as pb

from . import fields, plainbuffer
from .values import Row

KEY_TYPES = {"integer": 1, "string": 2, "binary": 3}
COLUMN_TYPES = {"integer": 1, "double": 2, "boolean": 3, "string": 4, "binary": 7}
KEY_NAMES = {number: name for name, number in KEY_TYPES.items()}
COLUMN_NAMES = {number: name for name, number in COLUMN_TYPES.items()}
OPERATIONS = {"put": 1, "update": 2, "delete": 3}
COMPARATORS = {"==": 1, "!=": 2, ">": 3, ">=": 4, "<": 5, "<=": 6}
COMBINATORS = {"not": 1, "and": 2, "or": 3}


def given(**values):
    return {name: value for name, value in values.items() if value is not None}


def key_row(keys):
    return plainbuffer.encode(keys if isinstance(keys, Row) else Row(tuple(keys)))


# ---- parts ----

def filter_message(rule):
    kind = rule[0]
    if kind == "page":
        inner = filters_pb.ColumnPaginationFilter(offset=rule[1], limit=rule[2])
        return filters_pb.Filter(type=3, filter=inner.SerializeToString())
    if kind in COMBINATORS:
        inner = filters_pb.CompositeColumnValueFilter(combinator=COMBINATORS[kind],
                                                      sub_filters=[filter_message(part) for part in rule[1]])
        return filters_pb.Filter(type=2, filter=inner.SerializeToString())
    _, name, comparator, value, passes_missing, latest_only = rule
    inner = filters_pb.SingleColumnValueFilter(comparator=COMPARATORS[comparator], column_name=name,
                                               column_value=plainbuffer.value_bytes(value),
                                               filter_if_missing=not passes_missing, latest_version_only=latest_only)
    return filters_pb.Filter(type=1, filter=inner.SerializeToString())


def filter_bytes(rule):
    """A bytes rule is sent as it is: something that is no filter."""
    return None if rule is None else rule if isinstance(rule, bytes) else filter_message(rule).SerializeToString()


def condition(request):
    return pb.Condition(**given(row_existence=request.get("expect", 0), column_condition=filter_bytes(request.get("rule"))))


def return_content(request):
    wanted = request.get("returns")
    if wanted is None:
        return None
    return pb.ReturnContent(return_type=wanted[0], return_column_names=wanted[1])


def time_range(given_range):
    if given_range is None:
        return None
    start, end, specific = given_range
    return pb.TimeRange(**given(start_time=start, end_time=end, specific_time=specific))


def view(request):
    return given(columns_to_get=request.get("columns"), time_range=time_range(request.get("time")),
                 max_versions=request.get("versions"), filter=filter_bytes(request.get("rule")),
                 start_column=request.get("start_column"), end_column=request.get("end_column"))


# ---- requests ----

def options_message(options):
    known = {"ttl": "time_to_live", "max_versions": "max_versions", "deviation": "deviation_cell_version_in_sec",
             "allow_update": "allow_update"}
    return pb.TableOptions(**{known[name]: value for name, value in options.items()})


def throughput(read, write):
    return pb.ReservedThroughput(capacity_unit=pb.CapacityUnit(**given(read=read, write=write)))


def defined_columns(columns):
    return [pb.DefinedColumnSchema(name=name, type=COLUMN_TYPES[kind]) for name, kind in columns]


def index_meta(index):
    name, keys, columns = index
    return pb.IndexMeta(name=name, primary_key=keys, defined_column=columns, index_update_mode=0, index_type=0)


def create_table(request):
    keys = [pb.PrimaryKeySchema(**given(name=name, type=KEY_TYPES[kind], option=1 if auto else None))
            for name, kind, auto in request["keys"]]
    meta = pb.TableMeta(table_name=request["table"], primary_key=keys, defined_column=defined_columns(request["defined"]))
    options = request["options"]
    return pb.CreateTableRequest(**given(table_meta=meta, reserved_throughput=throughput(*request["throughput"]),
                                         table_options=None if options is None else options_message(options),
                                         index_metas=[index_meta(index) for index in request["indexes"]]))


def update_table(request):
    units = request.get("throughput")
    options = request.get("options")
    return pb.UpdateTableRequest(**given(table_name=request["table"],
                                         reserved_throughput=None if units is None else throughput(*units),
                                         table_options=None if options is None else options_message(options)))


def named(message):
    return lambda request: message(table_name=request["table"])


def write_one(message, field):
    def make(request):
        return message(**given(table_name=request["table"], condition=condition(request), return_content=return_content(request),
                               transaction_id=request.get("transaction")), **{field: plainbuffer.encode(request["row"])})
    return make


def batch_write(request):
    tables = []
    for name, rows in request["tables"]:
        made = [pb.RowInBatchWriteRowRequest(**given(type=OPERATIONS[row["type"]], row_change=plainbuffer.encode(row["row"]),
                                                     condition=condition(row), return_content=return_content(row)))
                for row in rows]
        tables.append(pb.TableInBatchWriteRowRequest(table_name=name, rows=made))
    return pb.BatchWriteRowRequest(**given(tables=tables, transaction_id=request.get("transaction")))


class Raw:
    """Bytes that are a message already."""

    def __init__(self, data):
        self.data = data

    def SerializeToString(self):
        return self.data


def bulk_import(request):
    rows = [fields.put(1, OPERATIONS[row["type"]]) + fields.put(2, plainbuffer.encode(row["row"])) for row in request["rows"]]
    return Raw(fields.put(1, request["table"]) + b"".join(fields.put(2, row) for row in rows))


def get_row(request):
    return pb.GetRowRequest(**given(table_name=request["table"], primary_key=key_row(request["keys"]), token=request.get("token"),
                                    transaction_id=request.get("transaction")), **view(request))


def get_range(request):
    return pb.GetRangeRequest(**given(table_name=request["table"], direction=request["direction"], limit=request.get("limit"),
                                      inclusive_start_primary_key=key_row(request["start"]),
                                      exclusive_end_primary_key=key_row(request["end"]), token=request.get("token"),
                                      transaction_id=request.get("transaction")), **view(request))


def batch_get(request):
    return pb.BatchGetRowRequest(tables=[
        pb.TableInBatchGetRowRequest(**given(table_name=table["table"], primary_key=[key_row(keys) for keys in table["keys"]],
                                             token=table.get("tokens")), **view(table)) for table in request["tables"]])


def create_index(request):
    return pb.CreateIndexRequest(main_table_name=request["table"], index_meta=index_meta(request["index"]),
                                 include_base_data=request["base"])


def add_columns(request):
    columns = [fields.put(1, name) + fields.put(2, COLUMN_TYPES[kind]) for name, kind in request["columns"]]
    return Raw(fields.put(1, request["table"]) + b"".join(fields.put(2, column) for column in columns))


def delete_columns(request):
    return Raw(fields.put(1, request["table"]) + b"".join(fields.put(2, name) for name in request["columns"]))


REQUESTS = {
    "CreateTable": create_table, "UpdateTable": update_table, "DescribeTable": named(pb.DescribeTableRequest),
    "DeleteTable": named(pb.DeleteTableRequest), "ListTable": lambda request: pb.ListTableRequest(),
    "PutRow": write_one(pb.PutRowRequest, "row"), "UpdateRow": write_one(pb.UpdateRowRequest, "row_change"),
    "DeleteRow": write_one(pb.DeleteRowRequest, "primary_key"), "BatchWriteRow": batch_write, "BulkImport": bulk_import,
    "GetRow": get_row, "GetRange": get_range, "BatchGetRow": batch_get, "CreateIndex": create_index,
    "DropIndex": lambda request: pb.DropIndexRequest(main_table_name=request["table"], index_name=request["index"]),
    "AddDefinedColumn": add_columns, "DeleteDefinedColumn": delete_columns,
    "StartLocalTransaction": lambda request: pb.StartLocalTransactionRequest(table_name=request["table"], key=key_row(request["keys"])),
    "CommitTransaction": lambda request: pb.CommitTransactionRequest(transaction_id=request["transaction"]),
    "AbortTransaction": lambda request: pb.AbortTransactionRequest(transaction_id=request["transaction"]),
}


def more(request):
    """Fields that the SDK's messages lack: enable_local_txn, is_atomic."""
    asked = request.get("transactions")
    return (b"" if asked is None else fields.put(8, asked)) + (fields.put(3, True) if request.get("atomic") else b"")


def encode(request):
    if "body" in request:
        return request["body"]
    return REQUESTS[request["op"]](request).SerializeToString() + more(request)


# ---- answers ----

def cost(consumed):
    return (consumed.capacity_unit.read, consumed.capacity_unit.write)


def one_row(data):
    rows = plainbuffer.decode(data)
    assert len(rows) <= 1
    return rows[0] if rows else None


def error(status, data):
    message = pb.Error.FromString(data)
    return {"status": status, "code": message.code, "message": message.message}


def written(data):
    answer = pb.PutRowResponse.FromString(data)
    return {"cost": cost(answer.consumed), "row": one_row(answer.row)}


def row_result(row, with_row):
    if not row.is_ok:
        assert not row.HasField("consumed")
        return {"code": row.error.code, "message": row.error.message}
    return {"cost": cost(row.consumed), "row": one_row(row.row) if with_row else None}


def batch_written(data):
    answer = pb.BatchWriteRowResponse.FromString(data)
    return {"tables": [(table.table_name, [row_result(row, True) for row in table.rows]) for table in answer.tables]}


def bulk_imported(data):
    answer = fields.read(data)
    rows = [row_result(pb.RowInBatchWriteRowResponse.FromString(row), False) for row in answer.get(2, [])]
    return {"table": answer[1][0].decode(), "rows": rows}


def got_row(data):
    answer = pb.GetRowResponse.FromString(data)
    return {"cost": cost(answer.consumed), "row": one_row(answer.row), "token": answer.next_token or None}


def got_range(data):
    answer = pb.GetRangeResponse.FromString(data)
    following = one_row(answer.next_start_primary_key) if answer.HasField("next_start_primary_key") else None
    return {"cost": cost(answer.consumed), "rows": plainbuffer.decode(answer.rows), "token": answer.next_token or None,
            "next": None if following is None else following.keys}


def batch_got(data):
    answer = pb.BatchGetRowResponse.FromString(data)
    tables = [(table.table_name, [row_result(row, True) | {"token": row.next_token or None} for row in table.rows])
              for table in answer.tables]
    return {"tables": tables}


def described(data):
    answer = pb.DescribeTableResponse.FromString(data)
    more = fields.read(data)
    meta, options = answer.table_meta, answer.table_options
    assert more[4] == [1], "table_status is ACTIVE"
    unit = answer.reserved_throughput_details.capacity_unit
    return {"table": meta.table_name,
            "keys": [(key.name, KEY_NAMES[key.type], key.HasField("option")) for key in meta.primary_key],
            "defined": sorted((column.name, COLUMN_NAMES[column.type]) for column in meta.defined_column),
            "options": {"ttl": options.time_to_live, "max_versions": options.max_versions,
                        "deviation": options.deviation_cell_version_in_sec, "allow_update": options.allow_update},
            "throughput": (unit.read, unit.write),
            "indexes": [(index.name, list(index.primary_key), list(index.defined_column)) for index in answer.index_metas]}


def updated_table(data):
    answer = pb.UpdateTableResponse.FromString(data)
    unit, options = answer.reserved_throughput_details.capacity_unit, answer.table_options
    return {"options": {"ttl": options.time_to_live, "max_versions": options.max_versions,
                        "deviation": options.deviation_cell_version_in_sec, "allow_update": options.allow_update},
            "throughput": (unit.read, unit.write)}


def nothing(data):
    return {}


ANSWERS = {
    "CreateTable": nothing, "DeleteTable": nothing, "CreateIndex": nothing, "DropIndex": nothing, "AddDefinedColumn": nothing,
    "DeleteDefinedColumn": nothing, "CommitTransaction": nothing, "AbortTransaction": nothing, "UpdateTable": updated_table,
    "DescribeTable": described, "ListTable": lambda data: {"tables": list(pb.ListTableResponse.FromString(data).table_names)},
    "PutRow": written, "UpdateRow": written, "DeleteRow": written, "BatchWriteRow": batch_written, "BulkImport": bulk_imported,
    "GetRow": got_row, "GetRange": got_range, "BatchGetRow": batch_got,
    "StartLocalTransaction": lambda data: {"transaction": pb.StartLocalTransactionResponse.FromString(data).transaction_id},
}


def decode(request, status, data):
    return ANSWERS[request["op"]](data) if status == 200 else error(status, data)
