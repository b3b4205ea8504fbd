"""records: random records for given settings: most of them fit, some nearly, some not at all."""
import base64
import json
import struct

from .convert import FIXED
from .settings import NAMES

SPACES = ["", "", "", "", "", " ", "  ", "\t", "\n", "\r\n "]
TEXTS = ["", "x", "true", "false", "True", " true", "null", "12", "-7", "+12", " 12", "12 ", "1.5", "12.0", "1e3", "1E3", "-0", "0x10",
         "1_000", "1.", ".5", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809",
         "9007199254740993", "9007199254740992.0", "1e400", "1e-400", "NaN", "Infinity", "dGVzdA==", "é", "日本", "\U0001f600", "a\nb",
         "a\"b\\c", "\x00", "\x7f", "١٢", "0", "1", "0.0", "1.00"]
INTEGERS = [0, 1, -1, 7, 127, 128, -128, -129, 255, 32767, 32768, -32769, 2**31 - 1, 2**31, -2**31 - 1, 2**53, 2**53 + 1, -2**53 - 1,
            2**63 - 1, -2**63, 2**63, -2**63 - 1, 2**64, 10**30, 86400000, 86400001, 16777216, 16777217]
FRACTIONS = ["0.0", "-0.0", "1.0", "1.5", "-2.25", "0.1", "1e3", "1E+3", "1e-3", "9.99e-4", "1e7", "9999999.0", "12345678.9", "1e19",
             "1e22", "1e308", "1e309", "-1e400", "1e-400", "5e-324", "2.5e-324", "2.2250738585072014e-308", "1.7976931348623157e308",
             "1.7976931348623159e308", "3.4028235e38", "3.4028236e38", "1.4e-45", "7e-46", "9007199254740993.0", "0.30000000000000004",
             "100.00", "1.1", "16777217.0", "8388608.5", "127.0", "1e0"]
SCALARS = ["int8", "int16", "int32", "int64", "float", "double", "boolean", "string", "bytes"]
LOGICAL = "org.apache.kafka.connect.data."
HOSTILE_NAMES = ["", "1a", "a-b", "a b", "é", "x" * 256, "a.b", "\n", "A" * 255, "z" * 255]
BROKEN = ["", " ", "{", "}", "[", "nul", "tru", "{a:1}", "{'a':1}", '{"a":1,}', '{"a" 1}', '{"a":}', '{"a":1', '{"a":+1}', '{"a":.5}',
          '{"a":1.}', '{"a":NaN}', '{"a":-}', '{"a":"\n"}', '{"a":"\\x"}', '{"a":"\\u12"}', "[1", "[1,]", '"abc', "/*c*/{}", "{}", "[]",
          "null", "true", "5", "1.5", '"abc"', "-1", "\ufeff{}", '{"a":1}x', '{"a":1} {"a":2}', "[1,2]x", "01",
          '{"schema":null,"payload":null}', '{"schema":null}', '{"payload":1}', '{"schema":1,"payload":1}', '{"schema":{},"payload":1}',
          '{"schema":{"type":"int32"},"payload":1,"x":1}', '{"schema":{"type":"INT32"},"payload":1}',
          '{"schema":{"type":"struct","fields":{}},"payload":{}}', '{"schema":{"type":"array"},"payload":[]}',
          '{"schema":{"type":"struct","fields":[1]},"payload":{}}', '{"schema":{"type":"map","keys":{"type":"string"}},"payload":{}}',
          '{"payload":{"a":1,"b":"x"},"schema":null}', '{"schema":{"type":"string","parameters":{"a":1}},"payload":"x"}',
          '{"schema":{"type":"string","parameters":[]},"payload":"x"}',
          '{"schema":{"type":"struct","fields":[{"field":"a","type":"int8"},{"field":"a","type":"int8"}]},"payload":{"a":1}}',
          '{"schema":{"type":"int32","default":null},"payload":1}', '{"schema":{"type":"int32","default":"x"},"payload":1}']
BROKEN_BYTES = [b"\xff", b'{"a":"\xff"}', b'{"a":"\xc0\x80"}', b'{"a":"\xed\xa0\x80"}', b'{"\xe9":1}', b"\x00", b"\xef\xbb\xbf{}",
                b'{"a":"\xf4\x90\x80\x80"}', b"abc\xe9"]


EDGES = [bytes.fromhex(text) for text in ("7ff0000000000000", "fff0000000000000", "7ff8000000000000", "7f80000000000000", "ff80000000000000",
                                          "7fc0000000000000", "8000000000000000", "0000000000000001", "0000000100000000",
                                          "7fefffffffffffff", "7f7fffff00000000")]


class Records:
    def __init__(self, rng, settings):
        self.rng, self.settings = rng, settings
        wanted = list(settings.keys if settings.mode == "record_value" else []) + settings.columns
        self.key_names = {name for name, _ in settings.keys}
        self.wild = False
        self.value_fields = self._fields(wanted)
        self.key_fields = self._fields(settings.keys if settings.mode == "record_key" else [])

    def _fields(self, wanted):
        rng = self.rng
        kinds = ["integer", "double", "boolean", "string", "binary", "any", "any"]
        extra = [(name, rng.choice(kinds)) for name in rng.sample(NAMES, rng.randrange(5))]
        fields = {name: kind for name, kind in extra + [(name, "integer" if kind == "auto_increment" else kind) for name, kind in wanted]}
        return list(fields.items())

    def record(self, offset):
        rng = self.rng
        self.wild = rng.random() < 0.4  # else everything in the record is of the type that is asked for
        key = self.message(self.settings.key_format, self.key_fields, self.settings.mode == "record_key")
        value = self.message(self.settings.value_format, self.value_fields, self.settings.mode == "record_value")
        return {"topic": "t", "partition": rng.choice([0, 0, 1, 34]), "offset": offset, "timestamp": rng.choice([1700000000000, 0, 1, None] if self.wild else [1700000000000]),
                "key": key,
                "value": value}

    def message(self, form, fields, holds_key):
        rng, chance = self.rng, self.rng.random()
        if chance < (0.02 if holds_key else 0.06):
            return None
        if self.wild and chance < 0.12:
            return rng.choice(BROKEN).encode()
        if self.wild and chance < 0.14:
            return rng.choice(BROKEN_BYTES)
        if form == "string":
            if not self.wild and holds_key and self.settings.keys[0][1] == "integer":
                return self.small().encode()
            return (rng.choice(TEXTS) if rng.random() < 0.7 else self.random_text()).encode()
        if form in FIXED or form in ("bytes", "boolean"):
            return self.plain(form)
        shape = fields
        if self.wild and rng.random() < 0.5:  # a field less, a field more, a hostile one
            shape = [field for field in fields if rng.random() < 0.8]
        if self.wild and rng.random() < 0.2:
            shape = shape + [(rng.choice(NAMES + HOSTILE_NAMES), "any")]
        nulls = rng.choice([0, 0, 0, 0.1, 0.1, 0.5, 1 if not holds_key else 0])
        nulls = {} if nulls == 0 else {name for name,
                                       _ in shape if rng.random() < nulls and (self.wild or not holds_key or name not in self.key_names)}
        if form == "json":
            return self.object([(name, "null" if name in nulls else self.loose(kind)) for name, kind in shape]).encode()
        return self.envelope(shape, nulls).encode()

    def plain(self, form):
        """What the other converters read."""
        rng = self.rng
        if self.wild and rng.random() < 0.2 or form == "bytes":
            return rng.randbytes(rng.choice([0, 1, 2, 4, 8, 12]))
        if form == "boolean":
            return rng.choice([b"\0", b"\1", b"\1", b"\2" if self.wild else b"\0"])
        kind, layout = FIXED[form]
        if kind in ("float", "double"):
            return struct.pack(layout, rng.uniform(-1000, 1000)) if not self.wild else rng.choice(EDGES)[:struct.calcsize(layout)]
        return rng.randbytes(struct.calcsize(layout))

    # JSON without a schema

    def space(self):
        return self.rng.choice(SPACES)

    def object(self, members):
        return "{" + self.space() + f",{self.space()}".join(f"{self.quoted(name)}{self.space()}:{self.space()}{text}" for name,
                                                            text in members) + \
            self.space() + "}"

    def quoted(self, text):
        rng = self.rng
        whole = json.dumps(text, ensure_ascii=rng.random() < 0.3)
        if self.wild and rng.random() < 0.06:
            whole = whole[:-1] + rng.choice(["\\ud83d\\ude00", "\\ud800", "\\udc00x", "\\/", "\\u0041", "\\b\\f\\t"]) + '"'
        return whole

    def loose(self, kind):
        """JSON text for a value that a column of this type may take, or not."""
        rng = self.rng
        if not self.wild:
            return self.fitting(kind)
        if kind == "any" or rng.random() < 0.1:
            kind = rng.choice(["integer", "double", "boolean", "string", "nested", "nested"])
        if kind == "integer":
            return rng.choice([self.small, self.small, self.small, self.integer, self.fraction, lambda: self.quoted(rng.choice(TEXTS))])()
        if kind == "double":
            return rng.choice([self.fraction, self.fraction, self.fraction, self.small, self.integer,
                               lambda: self.quoted(rng.choice(TEXTS))])()
        if kind == "boolean":
            return rng.choice(["true", "false", "true", "false", "1", "0", "1.0", '"true"', '"false"', '"TRUE"', "2", '"1"'])
        if kind == "nested":
            return self.nested(rng.randrange(1, 4))
        return self.quoted(rng.choice(TEXTS)) if rng.random() < 0.5 else rng.choice([self.text, self.text, self.integer, self.fraction])()

    def fitting(self, kind):
        rng = self.rng
        return {"integer": self.small, "double": rng.choice([self.near, self.small]), "boolean": lambda: rng.choice(["true", "false"]),
                "string": self.text, "binary": rng.choice([self.text, self.small])}.get(kind, rng.choice([self.text, self.small,
                                                                                                          self.near]))()

    def near(self):
        return repr(self.rng.uniform(-1000, 1000))

    def small(self):
        return str(self.rng.randrange(-1000, 1000))

    def integer(self):
        rng = self.rng
        text = str(rng.choice(INTEGERS) if rng.random() < 0.7 else rng.getrandbits(rng.randrange(1, 70)) * rng.choice([1, -1]))
        zeros = "0" * (rng.random() < 0.04)
        return f"-{zeros}{text[1:]}" if text.startswith("-") else zeros + text

    def fraction(self):
        rng = self.rng
        return rng.choice(FRACTIONS) if rng.random() < 0.6 else repr(rng.choice([rng.uniform(-10, 10), rng.uniform(-1e9, 1e9),
                                                                                 rng.lognormvariate(0, 60)]) + 0.5)

    def text(self):
        return self.quoted(self.random_text())

    def random_text(self):
        rng = self.rng
        if self.wild and rng.random() < 0.04:
            return "k" * rng.choice([1023, 1024, 1025]) if rng.random() < 0.7 else "é" * rng.choice([512, 513])
        return "".join(rng.choice("abcdefgh 0123456789-_éß中\U0001f600") for _ in range(rng.randrange(0, 12)))

    def nested(self, depth):
        rng = self.rng
        if rng.random() < 0.005:
            levels = rng.choice([50, 900, 1100])
            return "[" * levels + "]" * levels
        parts = [self.nested(depth - 1) if depth > 0 and rng.random() < 0.4 else rng.choice(["1", "1.50", "null", "true", '"x"',
                                                                                             self.quoted("é"), "1e400"])
                 for _ in range(rng.randrange(0, 3))]
        if rng.random() < 0.5:
            return "[" + self.space() + ("," + self.space()).join(parts) + "]"
        return self.object([(rng.choice(["p", "q", "p"]), part) for part in parts])

    # the envelope

    def envelope(self, fields, nulls):
        rng = self.rng
        shape = rng.random()
        if shape < 0.04:
            schema, payload = "null", self.object([(name, self.loose(kind)) for name, kind in fields])
        elif shape < 0.10 and self.wild:
            schema, payload = self.alone()
        elif shape < 0.25:
            schema, payload = self.map_of(fields, nulls)
        else:
            schema, payload = self.struct_of(fields, nulls)
        pair = [("schema", schema), ("payload", payload)]
        return self.object(pair if rng.random() < 0.8 else pair[::-1])

    def alone(self):
        schema = self.schema(self.rng.choice(SCALARS))
        return json.dumps(schema), self.typed(schema)

    def map_of(self, fields, nulls):
        rng = self.rng
        values = self.schema(rng.choice(SCALARS + ["int32", "string", "nested"]))
        schema = {"type": "map", "keys": {"type": "string" if rng.random() < 0.95 else "int32"}, "values": values}
        return json.dumps(schema), self.object([(name, "null" if name in nulls else self.typed(values)) for name, _ in fields])

    def struct_of(self, fields, nulls):
        rng = self.rng
        schemas = {name: self.schema(self.type_for(kind), 0.7 if self.wild else 1) for name, kind in fields}
        schema = {"type": "struct", "optional": rng.random() < 0.2, "name": "record", "version": 1,
                  "fields": [{"field": name} | one for name, one in schemas.items()]}
        if self.wild and rng.random() < 0.05:
            return json.dumps(schema), rng.choice(["null", "[]", "1", '"x"'])
        members = [(name, "null" if name in nulls else self.typed(one)) for name, one in schemas.items()
                   if rng.random() < 0.95 or not self.wild]
        rng.shuffle(members)
        if rng.random() < 0.1:
            members.append((rng.choice(NAMES), self.loose("any")))
        return json.dumps(schema), self.object(members)

    def type_for(self, kind):
        rng = self.rng
        if kind == "any" or self.wild and rng.random() < 0.07:
            return rng.choice(SCALARS + ["nested", "Date", "Time", "Timestamp", "Decimal"])
        return {"integer": rng.choice(["int8", "int16", "int32", "int64", "int64", "Timestamp", "Date"]), "double": rng.choice(["float",
                                                                                                                                "double"]),
                "boolean": "boolean", "string": "string", "binary": rng.choice(["bytes", "bytes", "bytes", "Decimal"])}[kind]

    def schema(self, kind, optional=0.5):
        rng = self.rng
        if kind == "nested":
            schema = rng.choice([{"type": "array", "items": {"type": "int32"}}, {"type": "map", "keys": {"type": "string"},
                                                                                 "values": {"type": "string"}},
                                 {"type": "struct", "fields": [{"field": "p", "type": "double"}]},
                                 {"type": "map", "keys": {"type": "int32"}, "values": {"type": "int32"}}])
        else:
            base = {"Date": "int32", "Time": "int32", "Timestamp": "int64", "Decimal": "bytes"}.get(kind)
            schema = {"type": base or kind}
            if base:
                schema |= {"name": LOGICAL + kind, "version": 1}
            if kind == "Decimal":
                schema["parameters"] = {"scale": rng.choice(["0", "2", "2", "5", "-2"])}
        if rng.random() < optional:
            schema["optional"] = True
        if rng.random() < 0.05:
            schema["doc"] = "words"
        if rng.random() < 0.03:
            schema["name"] = "io.debezium.time.Date" if "name" not in schema else schema["name"]
        if kind != "nested" and rng.random() < 0.06:
            schema["default"] = json.loads(self.typed(schema, 0), parse_float=lambda text: 1.5 if "e" in text else float(text))
        return schema

    def typed(self, schema, wrong=0.03):
        """A payload for the schema; sometimes a wrong one."""
        rng, kind = self.rng, schema["type"]
        if self.wild and rng.random() < wrong:
            return rng.choice(["null", "true", "[]", "{}", '"x"', '"dGVzdA"', "1.5", "1e400", "1", self.integer(), self.fraction(),
                               self.loose("any")])
        logical = schema.get("name", "").removeprefix(LOGICAL)
        if logical == "Time":
            return str(rng.choice([0, 1, 86400000, rng.randrange(86400001)]))
        if logical == "Decimal":
            return rng.choice([self.quoted_bytes(1), "1.50", "12", "-0.001"])
        if kind.startswith("int"):
            bits = int(kind[3:])
            if self.wild and rng.random() < 0.1:
                return rng.choice(["1.0", "1e2", str(2**(bits - 1)), str(-2**(bits - 1)), str(-2**(bits - 1) - 1)])
            return str(rng.randrange(-2**(bits - 1), 2**(bits - 1)) if rng.random() < 0.3 else rng.randrange(-100, 100))
        if kind in ("float", "double"):
            return (self.fraction() if self.wild else self.near()) if rng.random() < 0.6 else self.small()
        if kind == "array":
            return "[" + ",".join(str(rng.randrange(9)) for _ in range(rng.randrange(3))) + "]"
        if kind == "map" and schema["keys"]["type"] == "int32":
            return rng.choice(["[]", "[[1,2]]", "[[1, 2] ,[3,4]]"])
        if kind in ("map", "struct"):
            return rng.choice(["{}", '{"p": "x"}', '{"p":"y","q":"é"}']) if kind == "map" else rng.choice(['{"p":1.5}', '{"p": 2, "q":1}'])
        return {"boolean": lambda: rng.choice(["true", "false"]), "string": self.text, "bytes": lambda: self.quoted_bytes(0)}[kind]()

    def quoted_bytes(self, least):
        raw = self.rng.randbytes(self.rng.choice([least, 1, 2, 3, 8]))
        return '"' + base64.b64encode(raw).decode() + '"'
