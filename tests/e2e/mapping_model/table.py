"""table: a record's key and value become the line that `otspipe explain` prints (design, section 7): the primary key first, then the
columns, then the manual's matrix of insert.mode and delete.mode (1.1.4, appendix "Delete syntax")."""
import hashlib
import re
from dataclasses import dataclass, field

from . import exact
from .convert import convert
from .values import Bad

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,254}")
KEY_LIMIT, VALUE_LIMIT, COLUMNS_LIMIT, ROW_LIMIT = 1024, 2 << 20, 1024, 4 << 20
KAFKA_KEYS = ("topic_partition", "offset")
NOW = "now"
SEARCH_KEYS = ("md5", "topic", "partition", "offset")


@dataclass
class Settings:
    key_format: str = "json"
    value_format: str = "json"
    mode: str = "kafka"                              # kafka, record_key, record_value, search
    keys: list = field(default_factory=list)         # (name, type) in the table's order
    columns: list = field(default_factory=list)      # (name, type), empty for all
    insert: str = "put"
    delete: str = "none"
    map_values: str = "binary"                       # binary, string, typed
    nested: str = "error"                            # error, text, text_in_maps
    key_columns: bool = False
    local_time: bool = False                         # of search: the time of writing, NOW in the line
    table: str = "t"

    def explain(self, record):
        return explain(self, record)

    def key_names(self):
        return {"kafka": KAFKA_KEYS, "search": SEARCH_KEYS}.get(self.mode) or [name for name, _ in self.keys]


def explain(settings, record):
    """The line as an object. `record` has topic, partition, offset, timestamp, and key and value as bytes or None."""
    place = {"topic": record["topic"], "partition": record["partition"], "offset": record["offset"]}
    try:
        key, value = convert(settings.key_format, record["key"]), convert(settings.value_format, record["value"])
        primary_key = primary_key_of(settings, record, key, value)
        op, columns = row_of(settings, record, key, value)
        if len(columns) > COLUMNS_LIMIT:
            raise Bad("limit", columns[COLUMNS_LIMIT][0], "columns")
        if op == "delete" and any(cell[1] == "auto_increment" for cell in primary_key):
            raise Bad("map", None, "which row")
        if sum(len(name) + size_of(kind, data) for name, kind, data in primary_key + columns) > ROW_LIMIT:
            raise Bad("limit", None, "row")
        return place | {"table": settings.table, "op": op, "primary_key": primary_key, "columns": columns}
    except Bad as bad:
        return place | {"op": "error", "stage": bad.stage} | ({} if bad.column is None else {"column": bad.column[:255]})


def primary_key_of(settings, record, key, value):
    topic, partition, offset = record["topic"], record["partition"], record["offset"]
    if settings.mode == "kafka":
        return [["topic_partition", "string", f"{topic}_{partition}"], ["offset", "integer", offset]]
    if settings.mode == "search":
        digest = hashlib.md5(f"{topic}_{partition}_{offset}".encode()).hexdigest()[:5]
        return [["md5", "string", digest], ["topic", "string", topic], ["partition", "integer", partition], ["offset", "integer", offset]]
    kind, data = key if settings.mode == "record_key" else value
    kind, data = data if kind == "bare" else (kind, data)
    if kind == "null":
        raise Bad("map", None, "null")
    if kind in ("struct", "map"):
        return key_limits([key_cell(kind, data.get(name), name, wanted) for name, wanted in settings.keys])
    if len(settings.keys) != 1:
        raise Bad("map", None, "one value, several columns")
    name, wanted = settings.keys[0]
    if kind == "boolean":
        raise Bad("map", name, "no key alone")
    return key_limits([key_cell("map", (kind, data), name, wanted)])


def key_limits(cells):
    return [limited(cell, KEY_LIMIT) for cell in cells]


def key_cell(shape, value, name, wanted):
    if value is None and wanted == "auto_increment":
        return [name, "auto_increment", None]
    if value is None or value[0] == "null":
        raise Bad("map", name, "missing" if value is None else "null")
    wanted = "integer" if wanted == "auto_increment" else wanted
    if value[0] == "nested":
        raise Bad("map", name, "type")
    return [name, *typed(shape, value, wanted, name)]


def typed(shape, value, wanted, name):
    """A field of a Struct has the type of its schema and no other ("If the specified data type ... conflicts", 1.1.4); a Decimal, whose
    schema says bytes and means a number, any that takes it exactly."""
    exact.finite(value, name)
    if shape == "struct" and value[0] != "decimal" and exact.MAPPED.get(value[0], "string") != wanted:
        raise Bad("map", name, "type")
    return exact.cell(value, wanted, name)


def limited(cell, most):
    """A cell that Tablestore takes (1.1.4, event.parse.class)."""
    name, kind, data = cell
    if kind in ("string", "binary") and size_of(kind, data) > most:
        raise Bad("limit", name, "size")
    return [name, kind, data]


def size_of(kind, data):
    """In bytes, as the row check of the Java SDK counts (java-connector.md B.7)."""
    if kind == "string":
        return len(data.encode())
    return len(data.rstrip("=")) * 3 // 4 if kind == "binary" else {"integer": 8, "double": 8, "boolean": 1}.get(kind, 0)


def row_of(settings, record, key, value):
    """(op, columns) as the matrix says."""
    extra = extra_columns(settings, record)
    delete = settings.delete if settings.mode == "record_key" else "none"
    if value[0] == "null":  # "Empty values"
        if delete in ("row", "row_and_column"):
            return "delete", []
        if settings.insert == "update":
            raise Bad("transform", None, "nothing to write")
        return "put", extra
    cells = columns_of(settings, key, value)
    whole = [cell for cell in cells if cell[1] is not None]
    gone = [[name, "delete_all", None] for name, kind, _ in cells if kind is None]
    if settings.insert == "put":
        return "put", extra + whole
    if delete in ("column", "row_and_column"):
        whole = [cell if cell[1] is not None else [cell[0], "delete_all", None] for cell in cells]
    if not whole:
        raise Bad("transform", None, "nothing to write" if gone else "no columns")
    return "update", extra + whole


def extra_columns(settings, record):
    if settings.mode != "search":
        return []
    if settings.local_time:
        return [["timestamp", "integer", NOW]]
    if record["timestamp"] is None:
        raise Bad("map", "timestamp", "no time")
    return [["timestamp", "integer", record["timestamp"]]]


def columns_of(settings, key, value):
    """[name, type, data] for each column, the type None for a null; a field of the key goes before one of the value."""
    left_out = {*settings.key_names(), *(["timestamp"] if settings.mode == "search" else [])}
    of_key = fields_of(settings, key, "key") if settings.key_columns else ("none", {})
    found = list(part_columns(settings, *fields_of(settings, value, "value"), left_out | set(of_key[1])))
    return found + list(part_columns(settings, *of_key, left_out))


def fields_of(settings, part, alone):
    """(shape, name -> value) of a record's key or value; what has no fields is one, unless it is the primary key."""
    kind, data = part
    if kind in ("struct", "map"):
        return part
    if kind == "null" or settings.mode == f"record_{alone}":
        return "none", {}
    return "alone", {alone: part}


def part_columns(settings, shape, fields, left_out):
    if any(kind in ("bare", "nested") for kind, _ in fields.values()) and shape == "alone":
        raise Bad("map", None, "no columns in it")
    listed = dict(settings.columns)
    for name, value in fields.items():
        if name not in left_out and (not listed or name in listed):
            yield column(settings, shape, name, value, listed.get(name))


def named(name):
    if not NAME.fullmatch(name):
        raise Bad("limit", name, "name")


def column(settings, shape, name, value, wanted):
    if value[0] != "null" or settings.insert == "update" and settings.delete in ("column", "row_and_column"):
        named(name)
    if value[0] == "null":
        return [name, None, None]
    if wanted is None:
        return limited([name, *exact.cell(value, type_of(settings, shape, name, value), name)], VALUE_LIMIT)
    return limited([name, *typed(shape, value, wanted, name)], VALUE_LIMIT)


def type_of(settings, shape, name, value):
    """The type of a column that has none in the configuration."""
    if value[0] == "nested":
        if settings.nested == "error" or settings.nested == "text_in_maps" and shape == "struct":
            raise Bad("map", name, "nested")
        return "string"
    if shape == "map" and settings.map_values != "typed":
        return settings.map_values
    return exact.MAPPED[value[0]]
