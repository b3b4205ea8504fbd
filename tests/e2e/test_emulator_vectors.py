"""Every recorded request of the official SDKs, byte for byte, to the running emulator, its clock where the recordings' stood: it is done,
or refused as the tables below say; what it wrote is read back; answers are those of the recorded answers in meaning."""
import base64
import hashlib
import hmac
import json
import pathlib
import zlib

import pytest
import tablestore.protobuf.table_store_pb2 as pb
import tablestore.protobuf.timeseries_pb2 as series_pb
from tablestore.decoder import OTSProtoBufferDecoder

from model import fields, messages, plainbuffer
from model.connection import Connection
from model.values import AUTO, MAX, MIN, PUT, Cell, Row
from service_fixture import Service

FOLDER = pathlib.Path(__file__).parents[1] / "vectors"
CLOCK, NOW = "2024-01-02T03:04:05.678Z", 1704164645678
VECTORS = {f"{path.parent.name}/{path.stem}": json.loads(path.read_text()) for path in sorted(FOLDER.glob("*/*.json"))}
REQUESTS = [name for name in VECTORS if not name.startswith("responses/")]
ANSWERS = [name for name in VECTORS if name.startswith("responses/")]

# What the emulator does not do, by a word of the operation: the words of its refusal.
LATER = {"tunnel/": "tunnels", "Stream": "streams", "ShardIterator": "streams", "SQL": "SQL",
         "Search": "search indexes"}

# Requests that the service would refuse too, or whose row or transaction is not there.
REFUSED = {
    "node/012_describe_table_unicode_name": (400, "OTSParameterInvalid", "no legal name for a table"),
    "java/025_create_timeseries_table_custom_keys": (400, "OTSParameterInvalid", "this emulator does not know them, and says so"),
} | {name: (404, "OTSSessionNotExist", "the recorded transaction is not ours") for name in (
    "node/040_put_row_in_transaction", "node/067_batch_write_row_in_transaction", "node/070_commit_transaction",
    "node/071_abort_transaction")}
TOKEN = "CAIS-fake-sts-token/+=="



def value_of(typed):
    kind = typed["type"]
    if kind in ("inf_min", "inf_max", "auto_increment"):
        return {"inf_min": MIN, "inf_max": MAX, "auto_increment": AUTO}[kind]
    if kind == "binary":
        return (kind, bytes.fromhex(typed["value_hex"]))
    if kind == "boolean":
        return (kind, typed["value"])
    if kind == "string":
        repeat = typed.get("value_repeat")
        return (kind, (typed["value"] if repeat is None else repeat["unit"] * repeat["count"]).encode())
    return (kind, int(typed["value"]) if kind == "integer" else float(typed["value"]))


def keys_of(columns):
    return tuple((column["name"].encode(), value_of(column)) for column in columns)


def cells_of(change):
    """Put cells of a change, sorted as an answer has them; a cell without a version gets the clock's."""
    found = {}
    for column in change.get("columns", []) + [one for one in change.get("updates", []) if one["op"] in ("PUT", "INCREMENT")]:
        found[column["name"].encode(), int(column.get("timestamp_ms", NOW))] = value_of(column)
    return tuple(Cell(name, PUT, value, time) for (name, time), value in sorted(found.items(), key=lambda cell: (cell[0][0], -cell[0][1])))


def changes_of(source):
    """(table, type, change) of every row change in a request."""
    kind = {"PutRow": "PUT", "UpdateRow": "UPDATE", "DeleteRow": "DELETE"}.get(source["operation"])
    if kind is not None:
        return [(source["input"]["table_name"], kind, source["input"])]
    if source["operation"] == "BulkImport":
        return [(source["input"]["table_name"], row["type"], row) for row in source["input"]["rows"]]
    if source["operation"] == "BatchWriteRow":
        return [(table["table_name"], row["type"], row) for table in source["input"]["tables"] for row in table["rows"]]
    return []


# ---- what must be there before ----

def schema_of(keys):
    """Keys of a table that fits these values."""
    return [(name.decode(), {"auto": "integer", "inf_min": "string", "inf_max": "string"}.get(value[0], value[0]), value == AUTO)
            for name, value in keys]


def create(table, keys, **more):
    return {"op": "CreateTable", "table": table, "keys": keys, "defined": [], "throughput": (0, 0), "indexes": [],
            "options": {"ttl": -1, "max_versions": 1, "deviation": 9 * 10 ** 9}} | more


def create_series(table):
    """A time-series table: its operation and the SDK's own message."""
    request = series_pb.CreateTimeseriesTableRequest()
    request.table_meta.table_name = table
    return "CreateTimeseriesTable", request


def put(table, keys, cells):
    return {"op": "PutRow", "table": table, "row": Row(tuple(keys), tuple(cells))}


K1, K2, P0 = (b"pk0", ("string", b"k1")), (b"pk0", ("string", b"k2")), [("pk0", "string", False)]
INDEXED = create("t_idx", P0, defined=[("d_int", "integer"), ("d_str", "string")])
BEFORE = {
    "node/016_update_table_options": [create("t_ttl", P0)],
    "node/017_update_table_stream_off": [create("t_stream", P0)],
    "node/018_create_index": [INDEXED],
    "node/019_drop_index": [INDEXED | {"indexes": [("t_idx_i2", ["d_int", "pk0"], ["d_str"])]}],
    "node/034_put_row_single_column_condition": [create("t_basic", P0), put("t_basic", [(b"pk0", ("string", b"k3"))], [Cell(b"c0", PUT, ("string", b"v0"))])],
    "node/048_delete_row_two_pk_expect_exist": [create("t_basic", P0 + [("pk1", "integer", False)]),
                                                put("t_basic", [K1, (b"pk1", ("integer", 1))], [])],
    "node/057_get_range_backward_limit": [create("t_basic", P0 + [("pk1", "integer", False)])],
    "node/062_batch_write_row_mixed": [create("t_basic", P0), put("t_basic", [K2], [Cell(b"old", PUT, ("integer", 1))])],
    "java/006_update_row_increment_after_modify": [create("t1", P0), put("t1", [K1], [Cell(b"cnt", PUT, ("integer", 4), NOW - 1)])],
}


def before(name):
    """The requests that make what this one needs."""
    if name in BEFORE:
        return BEFORE[name]
    given = VECTORS[name]["input"]
    made = {}
    for table, _, change in changes_of(VECTORS[name]):
        made.setdefault(table, keys_of(change["primary_key"]))
    for table in given.get("tables", []):
        if "primary_keys" in table:
            made[table["table_name"]] = keys_of(table["primary_keys"][0])
    if "Timeseries" in VECTORS[name]["operation"]:
        return [] if "Create" in VECTORS[name]["operation"] else [create_series(given.get("table_name", "ts1"))]
    if "table_name" in given and VECTORS[name]["operation"] != "CreateTable":
        made.setdefault(given["table_name"], keys_of(given.get("primary_key") or given.get("start") or [{"name": "pk0", "type": "inf_min"}]))
    return [create(table, schema_of(keys)) for table, keys in made.items() if table.isascii()]


# ---- one emulator for all, emptied between ----

def answer_secret(names):
    """Answers to V4 requests are signed with the text of the key that was derived for them."""
    if "x-ots-signaturev4" not in names:
        return b"testsecret"
    key = b"aliyun_v4testsecret"
    for part in (names["x-ots-signdate"], names["x-ots-signregion"], "ots", "aliyun_v4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return base64.b64encode(key)


class Stage:
    def __init__(self, folder, *options):
        self.service = Service(folder, "--clock", CLOCK, "--instance", "inst", "--access-key", "testid:testsecret", *options)
        host, port = self.service.address.rsplit(":", 1)
        self.connection = Connection(host, int(port), "inst", "testid", "testsecret", CLOCK)
        if "--sts-token" in options:
            self.connection.names["x-ots-ststoken"] = TOKEN

    def ask(self, request):
        status, _, body = self.connection.send("/" + request["op"], messages.encode(request))
        return messages.decode(request, status, body)

    def ask_series(self, operation, request):
        """The answer's bytes."""
        status, _, body = self.connection.send("/" + operation, request.SerializeToString())
        assert status == 200, messages.error(status, body)
        return body

    def empty(self):
        for table in self.ask({"op": "ListTable"})["tables"]:
            assert self.ask({"op": "DeleteTable", "table": table}) == {}
        listed = series_pb.ListTimeseriesTableResponse.FromString(
            self.ask_series("ListTimeseriesTable", series_pb.ListTimeseriesTableRequest()))
        for meta in listed.table_metas:
            self.ask_series("DeleteTimeseriesTable", series_pb.DeleteTimeseriesTableRequest(table_name=meta.table_name))

    def prepare(self, requests):
        self.empty()
        for request in requests:
            if isinstance(request, tuple):
                self.ask_series(*request)
                continue
            answer = self.ask(request)
            assert "code" not in answer, (request, answer)

    def replay(self, vector):
        """The recorded headers and bytes as they were."""
        names = {name: value for name, value in vector["request"]["headers"] if name.lower() not in ("host", "content-length")}
        names = {name: "keep-alive" if name.lower() == "connection" else value for name, value in names.items()}
        status, headers, body = self.connection.post(vector["request"]["path"], names, bytes.fromhex(vector["request"]["body_hex"]))
        body = self.unpacked(headers, body)
        self.check_seal(vector["request"]["path"], headers, body, answer_secret(names))
        return status, body

    @staticmethod
    def unpacked(headers, body):
        if headers.get("x-ots-response-compress-type") != "deflate":
            return body
        plain = zlib.decompress(body)
        assert int(headers["x-ots-response-compress-size"]) == len(plain)
        return plain

    @staticmethod
    def check_seal(path, headers, body, secret=b"testsecret"):
        """Digest and signature as the SDKs verify them."""
        assert headers["x-ots-contentmd5"] == base64.b64encode(hashlib.md5(body).digest()).decode()
        text = "".join(f"{name}:{value}\n" for name, value in sorted(headers.items()) if name.startswith("x-ots-")) + path
        digest = base64.b64encode(hmac.digest(secret, text.encode(), "sha1")).decode()
        assert headers["authorization"] == f"OTS testid:{digest}"


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    stage = Stage(tmp_path_factory.mktemp("vectors"))
    yield stage
    stage.service.stop()


@pytest.fixture(scope="module")
def stage_any_date(tmp_path_factory):
    """For recordings whose clock did not stand still."""
    stage = Stage(tmp_path_factory.mktemp("vectors_any_date"), "--no-clock-check")
    yield stage
    stage.service.stop()


@pytest.fixture(scope="module")
def stage_with_token(tmp_path_factory):
    stage = Stage(tmp_path_factory.mktemp("vectors_token"), "--sts-token", TOKEN)
    yield stage
    stage.service.stop()


def stage_for(name, request):
    stage = "stage_with_token" if name.endswith("_sts") else "stage" if name.split("/")[0] in ("node", "java") else "stage_any_date"
    return request.getfixturevalue(stage)


# ---- requests ----

def refusal_of(name):
    if name in REFUSED:
        return REFUSED[name]
    words = next((words for part, words in LATER.items() if part in VECTORS[name]["operation"]), None)
    return None if words is None else (400, "OTSParameterInvalid", words)


def check_written(stage, vector):
    """Each row that was put or updated last is there with its cells; each that was deleted is not, nor one of
    which only columns were deleted."""
    for table, kind, change in changes_of(vector):
        keys = keys_of(change["primary_key"])
        if any(value == AUTO for _, value in keys):
            continue
        row = stage.ask({"op": "GetRow", "table": table, "keys": keys, "versions": 9})["row"]
        cells = tuple(newest(cells_of(change)))
        assert row == (None if kind == "DELETE" or (kind == "UPDATE" and not cells) else Row(keys, cells)), table


def newest(cells):
    """The tables here keep one version."""
    kept = {}
    for cell in cells:
        kept.setdefault(cell.name, cell)
    return kept.values()


def check_row_results(operation, answer):
    tables = answer["tables"] if operation.startswith("Batch") else [("", answer["rows"])]
    for _, rows in tables:
        assert rows and all("code" not in row for row in rows)


@pytest.mark.parametrize("name", REQUESTS)
def test_a_recorded_request_is_done_or_refused_by_name(name, request):
    vector, stage, refusal = VECTORS[name], stage_for(name, request), refusal_of(name)
    stage.prepare(before(name) if refusal is None or name in REFUSED else [])
    status, body = stage.replay(vector)
    if refusal is not None:
        found = messages.error(status, body)
        assert (found["status"], found["code"]) == refusal[:2]
        assert name in REFUSED or f"Unsupported operation: {vector['request']['path'][1:]}. This emulator does not know {refusal[2]}." == found["message"]
        return
    assert status == 200, messages.error(status, body)
    operation = vector["operation"]
    if operation in messages.ANSWERS:
        answer = messages.decode({"op": operation}, status, body)
        if operation in ("BatchWriteRow", "BatchGetRow", "BulkImport"):
            check_row_results(operation, answer)
    if name != "java/006_update_row_increment_after_modify":
        check_written(stage, vector)


def test_no_recorded_request_was_lost():
    assert len(REQUESTS) >= 113 and len(ANSWERS) >= 24
    assert set(REFUSED) <= set(REQUESTS) and set(BEFORE) <= set(REQUESTS)


# ---- answers ----

def recorded_body(vector):
    return bytes.fromhex(vector.get("uncompressed_body_hex", vector["body_hex"]))


FIVE = (Cell(b"a", PUT, ("string", b"v")), Cell(b"b", PUT, ("integer", 7)), Cell(b"c", PUT, ("double", 1.5)), Cell(b"d", PUT, ("boolean", True)),
        Cell(b"e", PUT, ("binary", b"\1")))
WIDE = [("pk0", "string", False), ("pk1", "integer", False), ("pk2", "binary", False)]
WIDE_KEY = [K1, (b"pk1", ("integer", -5)), (b"pk2", ("binary", b"\0\xff"))]
CHANGES = [{"type": "put", "row": Row((K1,), (Cell(b"c", PUT, ("integer", 1)),)), "expect": 0},
           {"type": "update", "row": Row((K2,), (Cell(b"c", PUT, ("integer", 1)),)), "expect": 0},
           {"type": "delete", "row": Row(((b"pk0", ("string", b"k3")),), (), True), "expect": 0}]
TYPED = create("t_partial", P0, defined=[("c", "string")])
ROW = Row((K1,), (Cell(b"c", PUT, ("string", b"v")),))

# Recorded answers that were made for another request than the one they name: what is asked instead, on which tables.
ASKED = {
    "responses/003_describe_table_ok": ([create("t_basic", P0 + [("id", "integer", True)], defined=[("d", "binary")],
                                                options={"ttl": -1, "max_versions": 1})], {"op": "DescribeTable", "table": "t_basic"}),
    "responses/005_put_row_ok_return_pk": ([create("t_auto", P0 + [("id", "integer", True)])],
                                           {"op": "PutRow", "table": "t_auto", "returns": (1, []),
                                            "row": Row(((b"pk0", ("string", b"p")), (b"id", AUTO)), (Cell(b"c0", PUT, ("string", b"v0")),))}),
    "responses/008_get_row_found": ([create("t", WIDE), put("t", WIDE_KEY, FIVE)], {"op": "GetRow", "table": "t", "keys": WIDE_KEY, "versions": 1}),
    "responses/009_get_row_missing_empty_row": ([create("t_missing", P0)], {"op": "GetRow", "table": "t_missing", "keys": [K1], "versions": 1}),
    "responses/014_bulk_import_all_ok": ([create("t1", P0)], {"op": "BulkImport", "table": "t1", "rows": CHANGES}),
    "responses/015_bulk_import_partial_http_200": ([TYPED], {"op": "BulkImport", "table": "t_partial", "rows": [
        {"type": "put", "row": ROW}, {"type": "put", "row": ROW._replace(cells=(Cell(b"c", PUT, ("integer", 1)),))}]}),
    "responses/016_error_400_parameter_invalid": ([create("t_error", P0)],
                                                  {"op": "PutRow", "table": "t_error", "row": ROW._replace(damage="row checksum")}),
    "responses/017_error_403_condition_check_fail": ([create("t_cond", P0)], {"op": "PutRow", "table": "t_cond", "row": ROW, "expect": 1}),
}


# Costs that the recordings leave empty, or count otherwise than the real service, which sees a read in every condition.
FREE = ["responses/012_batch_write_row_all_ok", "responses/014_bulk_import_all_ok", "responses/015_bulk_import_partial_http_200"]


def essence(answer, aside):
    """Without what is not fixed: the words of errors, and the names in `aside`."""
    if isinstance(answer, dict):
        return {name: essence(value, aside) for name, value in answer.items() if name not in aside}
    return [essence(one, aside) for one in answer] if isinstance(answer, (list, tuple)) else answer


def asked(name, stage):
    """Our answer to what this recorded answer answers."""
    vector = VECTORS[name]
    if name in ASKED:
        requests, request = ASKED[name]
        stage.prepare(requests)
        status, headers, body = stage.connection.send("/" + request["op"], messages.encode(request))
        stage.check_seal("/" + request["op"], headers, body)
        return status, body
    recorded = vector["answers_request"].removesuffix(".json")
    stage.prepare([create("t1", P0), create("t2", P0)] if recorded == "node/014_list_table" else before(recorded))
    return stage.replay(VECTORS[recorded])


# Answers of time series are compared in test_emulator_series_vectors.py.
def is_later(vector):
    return any(part in vector["operation"] for part in LATER)


@pytest.mark.parametrize("name", [name for name in ANSWERS if not is_later(VECTORS[name]) and "timeseries" not in name and "011_batch_get" not in name
                                  and "018_compute" not in name])
def test_an_answer_is_the_recorded_one_in_meaning(name, stage):
    vector = VECTORS[name]
    status, body = asked(name, stage)
    assert status == vector["status"]
    request = {"op": vector["operation"]}
    ours, theirs = (messages.decode(request, status, data) for data in (body, recorded_body(vector)))
    aside = ("message", "cost") if name in FREE else ("message",)
    assert essence(ours, aside) == essence(theirs, aside)


def test_rows_of_a_batch_get_that_are_missing_have_no_row_field(stage):
    """As responses/011 says: is_ok and consumed, and no row; its rows have keys that its request did not ask for."""
    stage.prepare([create("t_basic", P0), put("t_basic", [K1], [Cell(b"c0", PUT, ("integer", 1), NOW)]),
                   create("t_int", [("pk0", "integer", False), ("pk1", "integer", False)])])
    status, body = stage.replay(VECTORS["node/060_batch_get_row_two_tables"])
    assert status == 200
    tables = [[fields.read(row) for row in fields.read(table)[2]] for table in fields.read(body)[1]]
    recorded = [[fields.read(row) for row in fields.read(table)[2]]
                for table in fields.read(recorded_body(VECTORS["responses/011_batch_get_row_found_and_missing"]))[1]]
    assert [sorted(row) for row in tables[0]] == [sorted(row) for row in recorded[0]] == [[1, 3, 4], [1, 3]]
    assert [sorted(row) for row in tables[1]] == [[1, 3]]
    assert plainbuffer.decode(tables[0][0][4][0]) == [Row((K1,), (Cell(b"c0", PUT, ("integer", 1), NOW),))]


def test_split_points_and_locations_fit_as_in_the_recorded_answer(stage):
    """responses/018: the sum of all repeats is the number of split points and one."""
    name = "java/014_compute_split_points_by_size"
    stage.prepare([create("t1", P0)] + [put("t1", [(b"pk0", ("string", b"%d" % at))], []) for at in range(5)])
    status, body = stage.replay(VECTORS[name])
    for data in (body, recorded_body(VECTORS["responses/018_compute_split_points"])):
        answer = pb.ComputeSplitPointsBySizeResponse.FromString(data)
        assert status == 200 and sum(location.repeat for location in answer.locations) == len(answer.split_points) + 1
        assert [(key.name, key.type) for key in answer.schema] == [("pk0", 2)]


@pytest.mark.parametrize("name, decode", [("node/020_put_row_string", "PutRow"), ("node/050_get_row", "GetRow"), ("node/056_get_range_all", "GetRange"),
                                          ("node/062_batch_write_row_mixed", "BatchWriteRow"), ("node/011_describe_table", "DescribeTable"),
                                          ("node/060_batch_get_row_two_tables", "BatchGetRow"), ("node/014_list_table", "ListTable")])
def test_the_sdks_own_decoder_takes_our_answers(stage, name, decode):
    stage.prepare(before(name))
    status, body = stage.replay(VECTORS[name])
    assert status == 200
    OTSProtoBufferDecoder("utf-8").decode_response(decode, body, "id")
