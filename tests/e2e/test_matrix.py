"""matrix: what becomes of records with empty values, cell for cell as the manual's "Appendix: Delete syntax" (1.1.4) has it, for keys and
values of Struct, of JSON without a schema, and for text keys; once through `otspipe explain`, once through a broker into rows that were
there before."""
import json
import pathlib

import pytest
import tablestore
from explain import JSON_CONVERTER, STRING_CONVERTER, connect_files, explain, yaml_file
from job import Job

# The manual's table, its rows and columns in its order. Nothing else in this file says what a cell is.
MANUAL = """
insert.mode                 | put                                               | update
delete.mode                 | none      | row         | column    | row_and_column | none       | row         | column         | row_and_column
Empty values                | Overwrite | Delete rows | Overwrite | Delete rows    | Dirty data | Delete rows | Dirty data     | Delete rows
All empty fields in values  | Overwrite | Overwrite   | Overwrite | Overwrite      | Dirty data | Dirty data  | Delete columns | Delete columns
Some empty fields in values | Overwrite | Overwrite   | Overwrite | Overwrite      | Ignore empty values | Ignore empty values | Delete columns | Delete columns
"""


def cells_of_the_manual():
    rows = [[cell.strip() for cell in line.split("|")] for line in MANUAL.strip().splitlines()]
    modes = [(insert, mode) for insert, mode in zip(["put"] * 4 + ["update"] * 4, rows[1][1:])]
    return {(insert, delete, row[0]): word for row in rows[2:] for (insert, delete), word in zip(modes, row[1:])}


CELLS = cells_of_the_manual()
MODES = sorted({(insert, delete) for insert, delete, _ in CELLS})
EMPTY, ALL, SOME = "Empty values", "All empty fields in values", "Some empty fields in values"
FIELDS = [("A", "string"), ("B", "int32"), ("C", "bytes")]
VALUES = {ALL: {"A": None, "B": None, "C": None}, SOME: {"A": "update", "B": None, "C": None}}
BEFORE = {"A": "test", "B": 1, "C": bytearray(b"test")}  # as in the Java tests (F.6)


def envelope(fields, payload, optional=False):
    return json.dumps({"schema": {"type": "struct", "optional": optional,
                                  "fields": [{"field": name, "type": kind, "optional": True} for name, kind in fields]},
                       "payload": payload})


class Struct:
    formats = {"key": "json_envelope", "value": "json_envelope"}
    converters = {"key.converter": JSON_CONVERTER, "key.converter.schemas.enable": "true",
                  "value.converter": JSON_CONVERTER, "value.converter.schemas.enable": "true"}

    @staticmethod
    def key(text):
        return envelope([("pk0", "string")], {"pk0": text})

    @staticmethod
    def value(fields):
        return envelope(FIELDS, fields)

    nulls = [None, envelope(FIELDS, None, optional=True), json.dumps({"schema": None, "payload": None})]


class Schemaless:
    formats = {"key": "json", "value": "json"}
    converters = {"key.converter": JSON_CONVERTER, "key.converter.schemas.enable": "false",
                  "value.converter": JSON_CONVERTER, "value.converter.schemas.enable": "false"}

    @staticmethod
    def key(text):
        return json.dumps({"pk0": text})

    value = staticmethod(json.dumps)
    nulls = [None, "null", ""]


class TextKey(Schemaless):
    formats = {"key": "string", "value": "json"}
    converters = Schemaless.converters | {"key.converter": STRING_CONVERTER}
    key = staticmethod(str)


SHAPES = {"Struct": Struct, "schemaless": Schemaless, "text key": TextKey}


def connector(shape, insert, delete):
    return shape.converters | {"primarykey.mode": "record_key", "tablestore.t.primarykey.name": "pk0",
                               "tablestore.t.primarykey.type": "string", "insert.mode": insert, "delete.mode": delete}


def route(shape, insert, delete):
    return {"key": {"format": shape.formats["key"]}, "value": {"format": shape.formats["value"]},
            "primary_key": {"mode": "record_key", "columns": [{"name": "pk0", "type": "string"}]},
            "write": {"insert_mode": insert, "delete_mode": delete}}


def line_of(word, row, binary=False):
    """What `explain` must print, from the manual's word for the cell; that dirty data is of the stage transform says the Java tests (F.2)."""
    columns = {EMPTY: [], ALL: [], SOME: [["A", "binary", "dXBkYXRl"] if binary else ["A", "string", "update"]]}[row]
    gone = [[name, "delete_all", None] for name, _ in FIELDS if name not in [column[0] for column in columns]]
    return {"Overwrite": ("put", columns), "Delete rows": ("delete", []), "Dirty data": ("error", "transform"),
            "Ignore empty values": ("update", columns), "Delete columns": ("update", columns + gone)}[word]


def row_of(word, row):
    """What must be in the table afterwards, None for no row."""
    written = {name: value for name, value in VALUES.get(row, {}).items() if value is not None}
    return {"Overwrite": written, "Delete rows": None, "Dirty data": BEFORE, "Ignore empty values": BEFORE | written,
            "Delete columns": written}[word]


def said(out):
    if out["op"] == "error":
        return "error", out["stage"]
    assert out["primary_key"] == [["pk0", "string", "k"]]
    return out["op"], out["columns"]


def records(shape):
    yield from ((EMPTY, {"key": shape.key("k"), "value": value}) for value in shape.nulls)
    yield from ((row, {"key": shape.key("k"), "value": shape.value(fields)}) for row, fields in VALUES.items())


def test_the_manuals_table_has_24_cells():
    assert len(CELLS) == 24 and len(MODES) == 8
    assert {word for word in CELLS.values()} == {"Overwrite", "Delete rows", "Dirty data", "Ignore empty values", "Delete columns"}


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("form", ["manual's files", "YAML"])
def test_every_cell_is_explained_as_the_manual_says(name, form, tmp_path):
    shape = SHAPES[name]
    for insert, delete in MODES:
        files = connect_files(tmp_path, connector(shape, insert, delete)) if form != "YAML" \
            else yaml_file(tmp_path, {"routes": [{"topic": "t"} | route(shape, insert, delete)]})
        cases = list(records(shape))
        for (row, record), out in zip(cases, explain(files, [record for _, record in cases])):
            word = CELLS[insert, delete, row]
            binary = form != "YAML" and shape is not Struct  # 1.1.4: "The values in Map are converted to data of the binary type"
            assert said(out) == line_of(word, row, binary), (insert, delete, row, word, record, out)


def fill(client, tables):
    for table in tables:
        client.create_table(tablestore.TableMeta(table, [("pk0", "STRING")]), tablestore.TableOptions(),
                            tablestore.ReservedThroughput(tablestore.CapacityUnit(0, 0)))
        for row in (EMPTY, ALL, SOME):
            client.put_row(table, tablestore.Row([("pk0", row)], list(BEFORE.items())))


def stored(client, table, row):
    _, found, _ = client.get_row(table, [("pk0", row)], max_version=1)
    return None if found is None else {name: value for name, value, _ in found.attribute_columns}


def test_every_cell_ends_in_the_row_that_the_manual_says(broker, emulator, tmp_path):
    client = tablestore.OTSClient(emulator.endpoint, emulator.access_key_id, emulator.access_key_secret, emulator.instance)
    places = {broker.create_topic("matrix", 1).replace("-", "_"): (shape, *modes) for shape in SHAPES.values() for modes in MODES}
    fill(client, places)
    for topic, (shape, _, _) in places.items():
        cases = [(EMPTY, None)] + [(row, shape.value(fields)) for row, fields in VALUES.items()]
        broker.produce(topic, [value for _, value in cases], keys=[shape.key(row) for row, _ in cases])
    path = pathlib.Path(tmp_path) / "matrix.yaml"
    parts = {"name": "matrix", "kafka": {"brokers": [broker.address]}, "errors": {"tolerance": "all"},
             "tablestore": {"endpoint": emulator.endpoint, "instance": emulator.instance, "access_key_id": emulator.access_key_id,
                            "access_key_secret": emulator.access_key_secret},
             "routes": [{"topic": topic} | route(*place) for topic, place in places.items()]}
    path.write_text("\n".join(f"{key}: {json.dumps(part)}" for key, part in parts.items()))
    job = Job(tmp_path, [path], "--until-end", "--summary", "json").end(3)
    dirty = sum(CELLS[insert, delete, row] == "Dirty data" for _, insert, delete in places.values() for row in (EMPTY, ALL, SOME))
    assert dirty == 12 and job.summary()["errors"] == dirty
    for topic, (shape, insert, delete) in places.items():
        for row in (EMPTY, ALL, SOME):
            word = CELLS[insert, delete, row]
            assert stored(client, topic, row) == row_of(word, row), (shape.__name__, insert, delete, row, word)
