"""convert: a message's bytes into a value, as Kafka Connect's converters do it. Where Connect cuts, wraps or takes what it cannot use
for 0, false or null, the record is an error instead (design: unknown is never guessed)."""
import base64
import binascii
import math
import re
import struct
from decimal import Context, Decimal
from fractions import Fraction

from . import jackson
from .values import INTEGERS, NULL, Bad, Written, fits

LOGICAL = "org.apache.kafka.connect.data."
BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
EXACT = Context(prec=2000)
FIXED = {"int16": ("int16", ">h"), "int32": ("int32", ">i"), "int64": ("int64", ">q"), "float32": ("float", ">f"),
         "float64": ("double", ">d")}


def convert(form, raw):
    """`form` is json, json_envelope, json_envelope_nulls (replace.null.with.default=false), string, bytes, or a type of FIXED, or boolean."""
    if raw is None:
        return NULL
    if form == "string":
        return "string", raw.decode("utf-8", "replace")
    if form == "bytes":
        return "bytes", raw
    if form == "boolean":
        return ("boolean", raw == b"\1") if raw in (b"\0", b"\1") else bad("no boolean")
    if form in FIXED:
        kind, layout = FIXED[form]
        return kind, struct.unpack(layout, raw)[0] if len(raw) == struct.calcsize(layout) else bad("size")
    try:
        node = jackson.read(raw)
    except jackson.NotJson as error:
        bad(f"not JSON: {error}")
    return schemaless(node, True) if form == "json" else envelope(node, form == "json_envelope_nulls")


def bad(why):
    raise Bad("convert", None, why)


def schemaless(node, top=False):
    """At the top something "bare" that is neither object nor text: only a key can be that."""
    if node is None or node[0] == "null":
        return NULL
    kind, data, text = node
    if kind == "object" and top:
        return "map", {name: schemaless(member) for name, member in data.items()}
    found = {"object": ("nested", text), "array": ("nested", text), "boolean": ("boolean", data), "string": ("string", data),
             "integer": ("int64", data), "fraction": ("double", Written(float(text) + 0.0, text) if kind == "fraction" else None)}[kind]
    return ("bare", found) if top and kind != "string" else found


def envelope(node, keep_nulls):
    if node is None or node[0] != "object" or set(node[1]) != {"schema", "payload"}:
        bad("no envelope")
    schema, payload = node[1]["schema"], node[1]["payload"]
    return schemaless(payload, True) if schema[0] == "null" else payload_of(Schema(schema, keep_nulls), payload, True)


def has(node, name, kind):
    """The member `name` if it is of this kind, else None."""
    found = node[1].get(name)
    return found[1] if found is not None and found[0] == kind else None


class Schema:
    def __init__(self, node, keep_nulls):
        self.keep_nulls = keep_nulls
        if node[0] != "object" or has(node, "type", "string") is None:
            bad("no type")
        self.type = has(node, "type", "string")
        self.optional = has(node, "optional", "boolean") is True
        self.name = has(node, "name", "string") or ""
        self.parameters = self._parameters(node)
        self.default = None
        {"array": self._array, "map": self._map, "struct": self._struct}.get(self.type, self._scalar)(node)
        default = self._default(node)
        self.default = None if keep_nulls else default

    @staticmethod
    def _parameters(node):
        given = has(node, "parameters", "object") or {}
        if not given and node[1].get("parameters", ("null",))[0] not in ("null", "object"):
            bad("parameters are an object")
        if any(member[0] != "string" for member in given.values()):
            bad("parameters are strings")
        return {name: member[1] for name, member in given.items()}

    def _scalar(self, _):
        if self.type not in (*INTEGERS, "float", "double", "boolean", "string", "bytes"):
            bad("unknown type")

    def _part(self, node, name):
        if name not in node[1]:
            bad(f"no {name}")
        return Schema(node[1][name], self.keep_nulls)

    def _array(self, node):
        self.items = self._part(node, "items")

    def _map(self, node):
        self.keys, self.values = self._part(node, "keys"), self._part(node, "values")

    def _struct(self, node):
        given = has(node, "fields", "array")
        if given is None:
            bad("fields are an array")
        self.fields = {}
        for field in given:
            name = has(field, "field", "string") if field[0] == "object" else None
            if name is None or name in self.fields:
                bad("a field's name")
            self.fields[name] = Schema(field, self.keep_nulls)

    def _default(self, node):
        given = node[1].get("default")
        if given is None or given[0] == "null" and self.optional:
            return None
        if given[0] == "null":
            bad("a default of null")
        payload_of(self, given)
        return given


def payload_of(schema, node, top=False):
    """`top`: a struct or a map is taken apart; inside it is one column's text."""
    if node is None or node[0] == "null":
        if schema.default is not None:
            node = schema.default
        elif schema.optional:
            return NULL
        else:
            bad("null, but not optional")
    if schema.name.startswith(LOGICAL) and schema.name[len(LOGICAL):] in LOGICALS:
        return LOGICALS[schema.name[len(LOGICAL):]](schema, node)
    return SHAPES.get(schema.type, scalar)(schema, node, top)


def structure(schema, node, top):
    if node[0] != "object":
        bad("no object")
    return ("struct", {name: payload_of(field, node[1].get(name)) for name, field in schema.fields.items()}) if top else ("nested", node[2])


def mapping(schema, node, top):
    texts = schema.keys.type == "string"
    if node[0] != ("object" if texts else "array"):
        bad("no map")
    if not texts or not top:
        return "nested", node[2]
    return "map", {name: payload_of(schema.values, member) for name, member in node[1].items()}


def array(_, node, __):
    return ("nested", node[2]) if node[0] == "array" else bad("no array")


SHAPES = {"struct": structure, "map": mapping, "array": array}


def scalar(schema, node, _):
    kind, data, _ = node
    if schema.type in INTEGERS:
        return schema.type, integer(node, INTEGERS[schema.type])
    if schema.type in ("float", "double"):
        return schema.type, Written(real(node, schema.type), node[2])
    if schema.type == "bytes":
        return "bytes", decode_base64(data) if kind == "string" else bad("bytes are texts")
    return (schema.type, data) if kind == schema.type else bad(f"no {schema.type}")


def integer(node, bits):
    if node[0] not in ("integer", "fraction"):
        bad("no number")
    number = exactly(node)
    if number is None or number.denominator != 1 or not fits(number.numerator, bits):
        bad("no such integer")
    return number.numerator


def exactly(node):
    """The number, or None where it is far beyond everything."""
    text = str(node[1])
    power = text.lower().partition("e")[2]
    return Fraction(text) if not power or abs(int(power)) < 5000 else Fraction(float(text)) if float(text) == 0 else None


def real(node, kind):
    if node[0] == "integer":
        number = as_float(node[1]) if kind == "float" else float(node[1]) if fits(node[1], 64) else None
        return number if fits(node[1], 64) and number == node[1] else bad("would be rounded")
    if node[0] != "fraction":
        bad("no number")
    number = float(node[1]) + 0.0
    if kind == "double" or not number:
        return number
    return nearest_float(Fraction(node[1]), number) if abs(number) < 1e39 else math.copysign(math.inf, number)


def as_float(number):
    try:
        return struct.unpack("<f", struct.pack("<f", number))[0]
    except OverflowError:
        return float("inf") if number > 0 else float("-inf")


def nearest_float(exact, double):
    """Rounded once, from the text; over the double it would be twice."""
    middle = as_float(double)
    if middle in (float("inf"), float("-inf")) or exact == Fraction(double):
        return middle
    bits = struct.unpack("<i", struct.pack("<f", middle))[0]
    near = [struct.unpack("<f", struct.pack("<i", bits + step))[0] for step in (-1, 0, 1) if (bits + step) & 0x7f800000 != 0x7f800000
            and bits + step != -1]
    return min(near, key=lambda number: (abs(Fraction(number) - exact), number != middle)) + 0.0


def decode_base64(text):
    if not BASE64.fullmatch(text):
        bad("not base64")
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        return bad("not base64")


def date(_, node):
    return "int32", node[1] if node[0] == "integer" and fits(node[1], 32) else bad("no date")


def time(_, node):
    return "int32", node[1] if node[0] == "integer" and 0 <= node[1] <= 86400000 else bad("no time of day")


def timestamp(_, node):
    return "int64", node[1] if node[0] == "integer" and fits(node[1], 64) else bad("no timestamp")


def decimal(schema, node):
    """Its text in plain digits; a JSON number keeps its own scale."""
    kind, data, text = node
    if kind in ("integer", "fraction"):
        return "decimal", plain(Decimal(text))
    raw = decode_base64(data) if kind == "string" else bad("no decimal")
    scale = schema.parameters.get("scale", "")
    if not 1 <= len(raw) <= 400 or not re.fullmatch("[+-]?[0-9]+", scale):
        bad("no unscaled number, or no scale")
    return "decimal", plain(Decimal(int.from_bytes(raw, "big", signed=True)).scaleb(-int(scale), EXACT))


def plain(number):
    return format(abs(number) if not number else number, "f")


LOGICALS = {"Date": date, "Time": time, "Timestamp": timestamp, "Decimal": decimal}
