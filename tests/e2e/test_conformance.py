"""What the Java connector's own tests expect (facts: java-connector.md, section F), line by line: every line that the manual supports,
in the manual's own files; the others are named with the reason. Lines are "F.2 17": the part of the section and the line in it."""
import base64
import json
import pathlib
import struct

import pytest
import tablestore

from explain import JSON_CONVERTER, STRING_CONVERTER, connect_files, explain
from job import Job
from test_errors import read_messages

# How many lines each part of section F has.
PARTS = {"F.1": 2, "F.2": 28, "F.3": 15, "F.4": 1, "F.5": 1, "F.6": 4, "F.7": 1, "F.8": 1, "F.9": 1, "F.10": 3, "F.11": 8}
LINES = {f"{part} {number}" for part, count in PARTS.items() for number in range(1, count + 1)}
TESTED = set()

# The others: (why not here, the file and the test in it that has it, or what it says).
ELSEWHERE = {
    "F.6 1": ("the manual's matrix, through a broker into a row that is there", "tests/e2e/test_matrix.py",
              "test_every_cell_ends_in_the_row_that_the_manual_says"),
    "F.6 2": ("likewise", "tests/e2e/test_matrix.py", "test_every_cell_ends_in_the_row_that_the_manual_says"),
    "F.6 3": ("likewise", "tests/e2e/test_matrix.py", "test_every_cell_ends_in_the_row_that_the_manual_says"),
    "F.11 1": ("a row's bucket is its primary key: there is no hash that could be out of range", "tests/unit/test_bucket.c",
               "test_a_busy_key_waits"),
    "F.11 2": ("a record learns its fate exactly once", "tests/unit/test_bucket.c", "test_drop_gives_up_all_but_what_may_still_be_applied"),
    "F.11 3": ("the other way round: each row is judged alone (E5)", "tests/unit/test_bucket.c",
               "test_verdicts_of_one_key_are_judged_together"),
    "F.11 4": ("which code is retried", "tests/unit/test_ots_fault.c", "test_unknown_codes_and_bare_statuses_lose_nothing"),
    "F.11 5": ("limits before sending; the mapper makes rows of no other table or key", "tests/unit/test_table_mapper.c",
               "test_rows_are_limited"),
    "F.11 8": ("what BulkImport answers is the emulator's", "tests/unit/test_emulator_rows.c", "OTSInvalidPK;;"),
}


def lines(*numbers):
    """Marks a test with the lines that it is."""
    TESTED.update(numbers)
    return lambda test: test


def envelope(fields):
    """A Struct: (name, type, value)."""
    schema = {"type": "struct", "fields": [{"field": name, "type": kind, "optional": True} for name, kind, _ in fields]}
    return json.dumps({"schema": schema, "payload": {name: value for name, _, value in fields}})


def map_of(kind, values):
    schema = {"type": "map", "keys": {"type": "string"}, "values": {"type": kind, "optional": True}}
    return json.dumps({"schema": schema, "payload": values})


def keys(*columns, table="t"):
    return {f"tablestore.{table}.primarykey.name": ",".join(name for name, _ in columns),
            f"tablestore.{table}.primarykey.type": ",".join(kind for _, kind in columns)}


def listed(*columns, table="t"):
    return {f"tablestore.{table}.columns.whitelist.name": ",".join(name for name, _ in columns),
            f"tablestore.{table}.columns.whitelist.type": ",".join(kind for _, kind in columns)}


def explained(folder, settings, *values, key=None):
    return explain(connect_files(folder, settings), [{"key": key, "value": value} for value in values])


def packed(raw):
    return base64.b64encode(raw).decode()


# ---- F.1: tables

@lines("F.1 1")
def test_the_format_names_the_table(tmp_path):
    out, = explained(tmp_path, {"topics": "test", "table.name.format": "<topic>_kafka"}, map_of("int32", {"a": 1}))
    assert out["topic"] == "test" and out["table"] == "test_kafka"


@lines("F.1 2")
def test_an_assigned_table_goes_before_the_format(tmp_path):
    settings = {"topics": "test", "table.name.format": "<topic>_kafka", "topics.assign.tables": "test:destTable"}
    assert explained(tmp_path, settings, map_of("int32", {"a": 1}))[0]["table"] == "destTable"


# ---- F.2: insert.mode, delete.mode and empty values

ABC = (("A", "string"), ("B", "int32"), ("C", "bytes"))


def abc(**values):
    return envelope([(name, kind, values.get(name)) for name, kind in ABC])


FULL, NULL, EMPTY, ONE = abc(A="test", B=1), None, abc(), abc(A="update")
A1, AB = ["A", "string", "update"], [["A", "string", "test"], ["B", "integer", 1]]
GONE = {name: [name, "delete_all", None] for name, _ in ABC}
ALL_GONE, TWO_GONE, WHITE = list(GONE.values()), [A1, GONE["B"], GONE["C"]], listed(("A", "string"), ("B", "integer"))
DIRTY = ("error", "transform")
MATRIX = {
    1: ("put", "none", FULL, ("put", AB)), 2: ("update", "none", FULL, ("update", AB)),
    3: ("put", "none", NULL, ("put", [])), 4: ("put", "column", NULL, ("put", [])),
    5: ("put", "row", NULL, ("delete", [])), 6: ("put", "row_and_column", NULL, ("delete", [])),
    7: ("update", "none", NULL, DIRTY), 8: ("update", "column", NULL, DIRTY),
    9: ("update", "row", NULL, ("delete", [])), 10: ("update", "row_and_column", NULL, ("delete", [])),
    11: ("put", "none", EMPTY, ("put", [])), 12: ("put", "row", EMPTY, ("put", [])),
    13: ("put", "column", EMPTY, ("put", [])), 14: ("put", "row_and_column", EMPTY, ("put", [])),
    15: ("update", "none", EMPTY, DIRTY), 16: ("update", "row", EMPTY, DIRTY),
    17: ("update", "column", EMPTY, ("update", ALL_GONE)), 18: ("update", "row_and_column", EMPTY, ("update", ALL_GONE)),
    19: ("put", "none", ONE, ("put", [A1])), 20: ("put", "row", ONE, ("put", [A1])),
    21: ("put", "column", ONE, ("put", [A1])), 22: ("put", "row_and_column ", ONE, ("put", [A1])),
    23: ("update", "none", ONE, ("update", [A1])), 24: ("update", "row", ONE, ("update", [A1])),
    25: ("update", "column", ONE, ("update", TWO_GONE)), 26: ("update", "row_and_column", ONE, ("update", TWO_GONE)),
    27: ("put", "none", EMPTY, ("put", [])), 28: ("update", "none", ONE, ("update", [A1])),
}


@lines(*(f"F.2 {number}" for number in MATRIX))
@pytest.mark.parametrize("number", MATRIX)
def test_empty_values_become_the_operation_that_the_line_names(number, tmp_path):
    insert, delete, value, wanted = MATRIX[number]
    settings = {"primarykey.mode": "record_key", "insert.mode": insert, "delete.mode": delete} | keys(("pk0", "string"))
    out, = explained(tmp_path, settings | (WHITE if number >= 27 else {}), value, key=envelope([("pk0", "string", "k")]))
    assert (out["op"], out["stage"] if out["op"] == "error" else out["columns"]) == wanted


# ---- F.3: types

WIDTHS = {"int8": ">b", "int16": ">h", "int32": ">i", "int64": ">q", "float": ">f", "double": ">d"}
SAMPLES = {"string": "test", "int8": 1, "int16": 1, "int32": 1, "int64": 1, "float": 1.0, "double": 1.0, "boolean": True}
COLUMN = {"string": "string", "float": "double", "double": "double", "boolean": "boolean", "bytes": "binary"}
OFF = {"value.converter": JSON_CONVERTER, "value.converter.schemas.enable": "false"}
OF_VALUE = {"primarykey.mode": "record_value"}


def encoded(kind, value):
    """B.4: what a value of a Map is in binary."""
    raw = value.encode() if kind == "string" else b"\xff" if kind == "boolean" else struct.pack(WIDTHS[kind], value)
    return packed(raw)


def key_of(folder, settings, value, *columns):
    """The primary key, or the error's column."""
    out, = explained(folder, OF_VALUE | settings | keys(*columns), value)
    return out["column"] if out["op"] == "error" else out["primary_key"]


@lines("F.3 1", "F.3 3")
def test_a_struct_has_texts_and_bytes_as_primary_key(tmp_path):
    assert key_of(tmp_path, {}, envelope([("p", "string", "test")]), ("p", "string")) == [["p", "string", "test"]]
    assert key_of(tmp_path, {}, envelope([("p", "bytes", packed(b"test"))]), ("p", "binary")) == [["p", "binary", packed(b"test")]]


@lines("F.3 2")
def test_every_integer_of_a_struct_is_a_primary_key(tmp_path):
    value = envelope([(f"p{number}", f"int{8 << number}", 1) for number in range(4)])
    columns = [(f"p{number}", "integer") for number in range(4)]
    assert key_of(tmp_path, {}, value, *columns) == [[name, kind, 1] for name, kind in columns]


@lines("F.3 4", "F.3 5", "F.3 6", "F.3 7")
@pytest.mark.parametrize("text, kind, value", [('"test"', "string", "test"), ("1", "int64", 1), ("1.0", "double", 1.0),
                                               ("true", "boolean", True)])
def test_json_without_a_schema_is_a_binary_primary_key(text, kind, value, tmp_path):
    assert key_of(tmp_path, OFF, f'{{"p":{text}}}', ("p", "binary")) == [["p", "binary", encoded(kind, value)]]


@lines("F.3 8")
@pytest.mark.parametrize("kind", SAMPLES)
def test_a_map_is_a_binary_primary_key_of_its_types_width(kind, tmp_path):
    assert key_of(tmp_path, {}, map_of(kind, {"p": SAMPLES[kind]}), ("p", "binary")) == [["p", "binary", encoded(kind, SAMPLES[kind])]]


@lines("F.3 9")
def test_columns_of_a_struct_have_the_types_of_the_manuals_table(tmp_path):
    fields = [(kind, kind, value) for kind, value in SAMPLES.items()] + [("bytes", "bytes", packed(b"test"))]
    out, = explained(tmp_path, {}, envelope(fields))
    assert out["columns"] == [[name, COLUMN.get(kind, "integer"), value] for name, kind, value in fields]


@lines("F.3 10")
def test_columns_of_json_without_a_schema_are_binary(tmp_path):
    out, = explained(tmp_path, OFF, '{"s":"test","i":1,"f":1.0,"b":true}')
    assert out["columns"] == [["s", "binary", encoded("string", "test")], ["i", "binary", encoded("int64", 1)],
                              ["f", "binary", encoded("double", 1.0)], ["b", "binary", encoded("boolean", True)]]


@lines("F.3 11")
def test_columns_of_a_map_are_binary_and_bytes_stay_as_they_are(tmp_path):
    kinds = SAMPLES | {"bytes": packed(bytes(range(256)))}
    outs = explained(tmp_path, {}, *(map_of(kind, {"v": value}) for kind, value in kinds.items()))
    assert [out["columns"] for out in outs] == [[["v", "binary", value if kind == "bytes" else encoded(kind, value)]]
                                                for kind, value in kinds.items()]


@lines("F.3 12")
def test_a_missing_auto_increment_is_a_placeholder(tmp_path):
    value = envelope([("p", "string", "test"), ("a", "string", "x")])
    assert key_of(tmp_path, {}, value, ("p", "string"), ("q", "auto_increment")) == [["p", "string", "test"], ["q", "auto_increment", None]]


@lines("F.3 13")
def test_a_text_is_the_primary_key_of_one_column_and_of_no_more(tmp_path):
    """The newest Java code takes it too, where the line says dirty; of several columns it is dirty as ever."""
    text = {"value.converter": STRING_CONVERTER}
    assert key_of(tmp_path, text, "test", ("p", "string")) == [["p", "string", "test"]]
    out, = explained(tmp_path, OF_VALUE | text | keys(("p", "string"), ("q", "string")), "test")
    assert (out["op"], out["stage"]) == ("error", "map")


@lines("F.3 14", "F.3 15")
def test_structs_inside_are_dirty_as_primary_key_and_as_column(tmp_path):
    inner = {"type": "struct", "fields": [{"field": "x", "type": "int32"}]}
    in_struct = json.dumps({"schema": {"type": "struct", "fields": [{"field": "p"} | inner]}, "payload": {"p": {"x": 1}}})
    in_map = json.dumps({"schema": {"type": "map", "keys": {"type": "string"}, "values": inner}, "payload": {"p": {"x": 1}}})
    for value in (in_struct, in_map):
        assert key_of(tmp_path, {}, value, ("p", "string")) == "p"
        out, = explained(tmp_path, {}, value)
        assert (out["op"], out["stage"], out["column"]) == ("error", "map", "p")


# ---- F.4 to F.9: through a broker into tables

BEFORE = {"A": "test", "B": 1, "C": bytearray(b"test")}


class Pipe:
    """One connector in the manual's form and several topics, each with a table of its own."""

    def __init__(self, broker, emulator, folder, settings):
        self.broker, self.emulator, self.folder, self.settings, self.topics = broker, emulator, folder, dict(settings), []
        self.client = tablestore.OTSClient(emulator.endpoint, emulator.access_key_id, emulator.access_key_secret, emulator.instance)

    def table(self, columns, values, white=(), keys_of_records=None, before=None):
        """Answers the table's name; the table is made by auto.create, or here with a row in it."""
        topic = self.broker.create_topic("conform", 1)
        self.topics.append(topic)
        self.settings |= keys(*columns, table=topic) | (listed(*white, table=topic) if white else {})
        if before is not None:
            self.client.create_table(tablestore.TableMeta(topic, [("pk0", "STRING")]), tablestore.TableOptions(),
                                     tablestore.ReservedThroughput(tablestore.CapacityUnit(0, 0)))
            self.client.put_row(topic, tablestore.Row([("pk0", "k")], list(before.items())))
        self.broker.produce(topic, values, keys=keys_of_records)
        return topic

    def run(self, code=0):
        files = connect_files(self.folder, self.settings | {
            "topics": ",".join(self.topics), "auto.create": "true", 
            "tablestore.endpoint": self.emulator.endpoint, "tablestore.instance.name": self.emulator.instance,
            "tablestore.access.key.id": self.emulator.access_key_id, "tablestore.access.key.secret": self.emulator.access_key_secret})
        worker = pathlib.Path(files[0])
        worker.write_text(worker.read_text().replace("127.0.0.1:1", self.broker.address))
        return Job(self.folder, files, "--until-end", "--summary", "json").end(code).summary()

    def row(self, table, *key):
        _, row, _ = self.client.get_row(table, list(key), max_version=1)
        return None if row is None else {name: value for name, value, _ in row.attribute_columns}


def wire(kind, value):
    """What the official SDK reads back of a value in binary."""
    return bytearray(base64.b64decode(encoded(kind, value)))


KEY = [envelope([("pk0", "string", "k")]).encode()]
OF_KEY = {"primarykey.mode": "record_key"}
ORDER, PK0 = 1000, [("pk0", "string")]


@lines("F.4 1")
def test_a_thousand_puts_of_one_key_end_with_the_last(broker, emulator, tmp_path):
    pipe = Pipe(broker, emulator, tmp_path, OF_KEY)
    columns = [("pk0", "string"), ("pk1", "integer"), ("pk2", "binary"), ("pk3", "auto_increment")]
    table = pipe.table(PK0, [abc(A=str(number)) for number in range(ORDER)], keys_of_records=KEY * ORDER)
    wide = envelope([("pk0", "string", "k"), ("pk1", "int32", 1), ("pk2", "bytes", "AA==")])
    made = pipe.table(columns, [abc(A="x")], keys_of_records=[wide])
    pipe.run()
    assert pipe.row(table, ("pk0", "k")) == {"A": str(ORDER - 1)}
    schema = pipe.client.describe_table(made).table_meta.schema_of_primary_key
    assert [tuple(column) for column in schema] == [("pk0", "STRING"), ("pk1", "INTEGER"), ("pk2", "BINARY"),
                                                    ("pk3", "INTEGER", tablestore.metadata.PK_AUTO_INCR)]


@lines("F.5 1", "F.6 4")
@pytest.mark.parametrize("insert", ["put", "update"])
def test_rows_that_are_there_are_replaced_by_put_and_changed_by_update(insert, broker, emulator, tmp_path):
    pipe = Pipe(broker, emulator, tmp_path, OF_KEY | {"insert.mode": insert})
    white = [("A", "string"), ("B", "integer")]
    without_b = envelope([("A", "string", "update" if insert == "update" else None), ("C", "bytes", "AA==")])
    both = pipe.table(PK0, [envelope([("A", "string", "new"), ("B", "int32", 2)])], keys_of_records=KEY, before=BEFORE)
    some = pipe.table(PK0, [EMPTY if insert == "put" else ONE], white, KEY, BEFORE)
    missing = pipe.table(PK0, [without_b], white, KEY, BEFORE)
    pipe.run()
    kept = {} if insert == "put" else BEFORE
    assert pipe.row(both, ("pk0", "k")) == kept | {"A": "new", "B": 2}
    assert pipe.row(some, ("pk0", "k")) == pipe.row(missing, ("pk0", "k")) == ({} if insert == "put" else BEFORE | {"A": "update"})


FIELDS = [("s", "string", "x"), ("i8", "int8", 8), ("i16", "int16", 16), ("i32", "int32", 32), ("i64", "int64", 64),
          ("by", "bytes", packed(b"bb"))]
STORED = {name: bytearray(b"bb") if kind == "bytes" else value for name, kind, value in FIELDS}
KIND = {"string": "string", "bytes": "binary"}


@lines("F.7 1", "F.8 1", "F.9 1")
def test_structs_and_maps_with_a_schema_arrive(broker, emulator, tmp_path):
    pipe = Pipe(broker, emulator, tmp_path, OF_VALUE)
    structs = [[field] for field in FIELDS] + [[FIELDS[0], FIELDS[3], FIELDS[5]]]
    tables = [pipe.table([(name, KIND.get(kind, "integer")) for name, kind, _ in key], [envelope(FIELDS)]) for key in structs]
    maps = {kind: pipe.table([("p", "binary")], [map_of(kind, {"p": value, "v": value})]) for kind, value in SAMPLES.items()}
    raw = pipe.table([("p", "binary")], [map_of("bytes", {"p": "AAE=", "v": "/wA="})])
    two = pipe.table([("p", "string"), ("q", "string")], [map_of("string", {"p": "1", "q": "2", "v": "3"})])
    listed_abc = envelope([("p", "string", "k"), ("A", "string", "a"), ("B", "int32", 1), ("C", "bytes", "AA==")])
    white = pipe.table([("p", "string")], [listed_abc], [("A", "string"), ("B", "integer")])
    pipe.run()
    for key, table in zip(structs, tables):
        names = [name for name, _, _ in key]
        others = {name: value for name, value in STORED.items() if name not in names}
        assert pipe.row(table, *((name, STORED[name]) for name in names)) == others
    for kind, table in maps.items():
        assert pipe.row(table, ("p", wire(kind, SAMPLES[kind]))) == {"v": wire(kind, SAMPLES[kind])}
    assert pipe.row(raw, ("p", bytearray(b"\0\1"))) == {"v": bytearray(b"\xff\0")}
    assert pipe.row(two, ("p", "1"), ("q", "2")) == {"v": bytearray(b"3")}
    assert pipe.row(white, ("p", "k")) == {"A": "a", "B": 1}


@lines("F.8 1", "F.9 1")
def test_json_without_a_schema_arrives(broker, emulator, tmp_path):
    pipe = Pipe(broker, emulator, tmp_path, OF_VALUE | OFF)
    samples = {"string": "test", "int64": 1, "double": 1.5, "boolean": True}
    tables = {kind: pipe.table([("p", "binary")], [json.dumps({"p": value, "v": value})]) for kind, value in samples.items()}
    four = pipe.table([(kind, "binary") for kind in samples], [json.dumps(samples | {"v": 7})])
    white = pipe.table([("p", "binary")], [json.dumps({"p": "k", "A": "a", "B": 1, "C": "c"})], [("A", "binary"), ("B", "binary")])
    pipe.run()
    for kind, table in tables.items():
        assert pipe.row(table, ("p", wire(kind, samples[kind]))) == {"v": wire(kind, samples[kind])}
    assert pipe.row(four, *((kind, wire(kind, value)) for kind, value in samples.items())) == {"v": wire("int64", 7)}
    assert pipe.row(white, ("p", bytearray(b"k"))) == {"A": bytearray(b"a"), "B": wire("int64", 1)}


# ---- F.10 and F.11: error reporters, the load tool, and what the SDK's writer is tried with

WORDS = {"value.converter": STRING_CONVERTER, "key.converter": "org.apache.kafka.connect.converters.IntegerConverter",
         "primarykey.mode": "record_value", "runtime.error.tolerance": "all"}


def bad_text(pipe):
    """Key INT32 1, value STRING "test", a time: a text cannot fill two key columns. At offset 1, behind one like it."""
    topic = pipe.table([("p", "string"), ("q", "string")], [])
    client = pipe.broker.producer()
    for _ in range(2):
        client.produce(topic, b"test", key=struct.pack(">i", 1), timestamp=1_700_000_000_123, partition=0)
    assert client.flush(30) == 0
    return topic


@lines("F.10 1")
def test_a_bad_record_is_in_the_error_topic_with_its_time_and_a_header(broker, emulator, tmp_path):
    errors = broker.create_topic("conform_errors", 1)
    pipe = Pipe(broker, emulator, tmp_path, WORDS | {"runtime.error.mode": "kafka", "runtime.error.topic.name": errors,
                                                     "runtime.error.bootstrap.servers": broker.address})
    bad_text(pipe)
    assert pipe.run(3)["set_aside"] == 2
    for message in read_messages(broker, errors):
        assert (message.key(), message.value(), message.timestamp()[1]) == (struct.pack(">i", 1), b"test", 1_700_000_000_123)
        assert dict(message.headers())["ErrorInfo"]


@lines("F.10 2")
def test_a_bad_record_is_in_the_error_table_under_its_place(broker, emulator, tmp_path):
    pipe = Pipe(broker, emulator, tmp_path, WORDS | {"runtime.error.mode": "tablestore", "runtime.error.table.name": "test_error_reporter"})
    topic = bad_text(pipe)
    assert pipe.run(3)["set_aside"] == 2
    row = pipe.row("test_error_reporter", ("topic_partition", f"{topic}_0"), ("offset", 1))
    assert row.pop("error_info")
    assert row == {"key": bytearray(struct.pack(">i", 1)), "value": bytearray(b"test")}


@lines("F.10 3")
def test_the_load_tools_records_arrive(broker, emulator, tmp_path):
    pipe = Pipe(broker, emulator, tmp_path, OF_KEY)
    numbers = range(3000)
    table = pipe.table(PK0, [envelope([("A", "string", f"test{n}"), ("B", "int64", n), ("C", "double", float(n))]) for n in numbers],
                       keys_of_records=[envelope([("pk0", "string", str(n))]) for n in numbers])
    assert pipe.run()["rows"] == 3000
    for n in (0, 1234, 2999):
        assert pipe.row(table, ("pk0", str(n))) == {"A": f"test{n}", "B": n, "C": float(n)}


@lines("F.11 6")
def test_one_row_refused_and_two_too_large_leave_ninety_eight(broker, emulator, tmp_path):
    """The pipeline sends no conditions: the service refuses one row in another way. Nothing is sent one by one for that."""
    pipe = Pipe(broker, emulator, tmp_path, OF_KEY | {"insert.mode": "update", "runtime.error.tolerance": "all"})
    values = [abc(A="x" * (2_100_000 if number in (30, 60) else 10)) for number in range(101)]
    table = pipe.table(PK0, [])
    client = broker.producer(**{"compression.type": "gzip", "message.max.bytes": 3_000_000})
    for number, value in enumerate(values):
        client.produce(table, value, key=envelope([("pk0", "string", f"k{number}")]), partition=0)
    assert client.flush(30) == 0
    emulator.faults([{"operation": "BulkImport", "action": "row_error", "code": "OTSConditionCheckFail", "key": "k45"}])
    summary = pipe.run(3)
    assert (summary["rows"], summary["errors"]) == (98, 3) and summary["requests"] < 20
    assert [number for number in range(101) if pipe.row(table, ("pk0", f"k{number}")) is None] == [30, 45, 60]


@lines("F.11 7")
def test_a_key_is_in_a_request_once_where_the_table_has_an_index_and_often_where_not(broker, emulator, tmp_path):
    pipe = Pipe(broker, emulator, tmp_path, OF_KEY | {"insert.mode": "update"})
    updates = [envelope([("A", "string", f"a{number}")]) for number in range(101)]
    plain, indexed = (pipe.table(PK0, updates, keys_of_records=KEY * 101) for _ in range(2))
    index = tablestore.SecondaryIndexMeta("by_a", ["A", "pk0"], [], tablestore.SecondaryIndexType.GLOBAL_INDEX)
    pipe.client.create_table(tablestore.TableMeta(indexed, [("pk0", "STRING")], [("A", "STRING")]), tablestore.TableOptions(),
                             tablestore.ReservedThroughput(tablestore.CapacityUnit(0, 0)), [index])
    pipe.run()
    emulator.flush()
    lines_of = [json.loads(line) for line in emulator.journal.read_text().splitlines()]
    requests = {table: [line["request"] for line in lines_of if line.get("table") == table] for table in (plain, indexed)}
    assert len(requests[indexed]) == len(set(requests[indexed])) == 101
    assert len(requests[plain]) == 101 and len(set(requests[plain])) < 50
    assert pipe.row(plain, ("pk0", "k")) == pipe.row(indexed, ("pk0", "k")) == {"A": "a100"}


# ---- nothing left out

def test_every_line_is_tested_or_named_with_its_reason():
    assert TESTED | set(ELSEWHERE) == LINES
    assert not TESTED & set(ELSEWHERE)
    root = pathlib.Path(__file__).parents[2]
    assert [words for _, place, words in ELSEWHERE.values() if words not in (root / place).read_text()] == []
