"""series_records: random records for a time-series table: most of them become points, the others have one thing wrong, or several."""
import json

from .records import BROKEN, BROKEN_BYTES, LOGICAL, Records
from .series import UNITS
from .series_settings import NAMES

MEASUREMENTS = ["", "cpu", "a b", "a#b", "\t", "é", "日本", "x" * 128, "x" * 129, "é" * 64, "é" * 64 + "x", "\x7f", "\u3000", "\xa0", "a\x00", "\u200b", "\xad",
                "\u2028", "\ue000", "\u0301",
                "\U0001f600"]
SOURCES = ["", "h", "a b", "#", "s" * 256, "s" * 257, "é" * 128, "é" * 128 + "s"]
TAGS = ["", "r", 'a"b', "a=b", '"', "=", "a b", "日本", "t" * 512, "t" * 480, "t" * 200, "\n", "\\"]
STRANGE = ["1a", "a-b", "a b", "é", "É", "x" * 128, "x" * 129, "X" * 128, "é" * 64, "_m_name", "_data_source", "_tags", "_time", "_TIME",
           "_meta_update_time", "_attributes", "", "a.b", "\n", "\u212a", "ı", "M", "D", "_", "1"]
INSTANTS = ["0", "-0", "1", "-1", '"0"', '"8"', '" 8"', '"8 "', '""', '"x"', '"+8"', '"-8"', '"08"', "1.0", "1.5", "0.001", "1e3", "1E-3", "1.7e9",
            '"1e3"', '"1.5"', '"1.0000005"', '"0.001"', '"1e-9"', '"1e18"', '"1e400"', '"1e-400"', '"0e999"', '"NaN"', "1e400", "1e-400",
            "9223372036854775807", "9223372036854775808", '"9223372036854775807"', '"9223372036854775808"', '"9223372036854775807999"',
            "9223372036854775", "9223372036854776", "9223372036854", "9223372036855", "-9223372036854775808", "9223372036854.775807",
            '"9223372036854.775807"', '"9223372036854.775808"', "true", "[1]", "{}", "1999", "999", "1000", "1001", "-999", "-1000",
            '"-0.5"', "-0.5", "1645459200.123456", '"1645459200.1234567"', "1645459200123.5", "0.1", '"9223372036854775807.999"', "1e22",
            '"-1e999"', '"1e-999"', '"-1e-999"', "1e-999", "1645459200.1234560000000000001", "1645459200.1234560000000000000", "1e-324"]


class SeriesRecords(Records):
    def __init__(self, rng, settings):
        self.rng, self.settings, self.wild = rng, settings, False
        kinds = ["integer", "double", "boolean", "string", "any", "any"]
        extra = [(name, rng.choice(kinds)) for name in rng.sample(NAMES, rng.randrange(1, 6)) if name.lower() == name]
        taken = {settings.measurement, settings.source, settings.time, *settings.tags}
        self.shape = [pair for pair in dict(extra + [("cpu", "double")] + settings.fields).items() if pair[0] not in taken]
        self.shape = [pair for pair in self.shape if pair[0] in dict(settings.fields) or pair[0].lower() not in
                      {name.lower() for name, _ in settings.fields}]

    def record(self, offset):
        rng = self.rng
        self.wild = rng.random() < 0.45
        key = self.plain(self.settings.key_format) if self.settings.key_format not in ("json", "string") else \
            rng.choice([None, b"{}", b'"k"', b"1"] + [b"{"] * self.wild)
        return {"topic": "t", "partition": rng.choice([0, 1, 34]), "offset": offset, "timestamp": 1700000000000, "key": key,
                "value": self.series_value()}

    def series_value(self):
        rng, chance = self.rng, self.rng.random()
        if self.wild and chance < 0.1:
            return rng.choice([None, *(text.encode() for text in BROKEN), *BROKEN_BYTES])
        fields = self.members()
        if self.settings.value_format == "json_envelope" and chance > (0.14 if self.wild else 0.03):
            return self.enveloped(fields).encode()
        return self.object([(name, self.word(kind)) for name, kind in fields]).encode()

    def members(self):
        """(name, kind): the names of the series and the time, and the fields; with one thing or two amiss in a wild record."""
        rng, settings = self.rng, self.settings
        found = [(settings.measurement, "measurement"), (settings.source, "source"), (settings.time, "time")]
        found = [(name, "tag") for name in settings.tags] + [pair for pair in found if pair[0]] + self.shape
        found = list(dict(found).items())
        if not self.wild:
            if rng.random() < 0.3:
                rng.shuffle(found)
            return [pair for pair in found if pair[1] != "tag" or settings.tags_required or rng.random() < 0.9]
        for _ in range(rng.choice([0, 1, 1, 2])):
            found = self.amiss(found)
        return found

    def amiss(self, found):
        rng = self.rng
        what = rng.randrange(7)
        if what == 0 and found:
            at = rng.randrange(len(found))
            return found[:at] + found[at + 1:]
        if what == 1 and found:
            at = rng.randrange(len(found))
            return found[:at] + [(found[at][0], rng.choice(["null", "any"]))] + found[at + 1:]
        if what == 2:
            return found + [(rng.choice(STRANGE), rng.choice(["any", "any", "null"]))]
        if what == 3 and self.shape:
            name = rng.choice(self.shape)[0]
            return found + [(rng.choice([name.upper(), name.capitalize(), name.lower(), name]), rng.choice(["any", "double", "null"]))]
        if what == 4 and rng.random() < 0.01:
            return found + [(f"f{number}", "small") for number in range(rng.choice([1023, 1024, 1025]) - rng.randrange(3))]
        if what == 5:
            keep = {self.settings.measurement, self.settings.source, self.settings.time, *self.settings.tags}
            return [pair for pair in found if pair[0] in keep]
        rng.shuffle(found)
        return found

    def word(self, kind):
        """JSON text for one of them."""
        rng, strange = self.rng, self.wild and self.rng.random() < 0.15
        if kind in ("measurement", "source", "tag"):
            some = {"measurement": MEASUREMENTS, "source": SOURCES, "tag": TAGS}[kind]
            return self.loose("any") if strange and rng.random() < 0.3 else self.quoted(rng.choice(some)) if strange else \
                rng.choice([self.quoted(rng.choice(["cpu", "h-1", "shanghai", "é"])), self.quoted(rng.choice("abcdefgh")), "7", "true"])
        if kind == "time":
            return self.instant(strange)
        return {"null": lambda: "null", "small": self.small}.get(kind, lambda: self.loose(kind))()

    def instant(self, strange):
        rng = self.rng
        if strange and rng.random() < 0.7:
            return rng.choice(INSTANTS)
        whole = rng.randrange(1_500_000_000_000_000, 1_700_000_000_000_000)
        number = int(whole / UNITS[self.settings.unit]) if not strange else rng.randrange(-2**63, 2**64) >> rng.randrange(64)
        if self.settings.unit == "nanoseconds" and not strange:
            number -= number % 1000
        if not strange and self.settings.unit in ("seconds", "milliseconds") and rng.random() < 0.3:
            return rng.choice(["%s", '"%s"']) % f"{number}.{rng.choice(['5', '25', '0', '125', '001'])}"
        return rng.choice(["%s", "%s", '"%s"']) % number

    # the envelope

    def enveloped(self, fields):
        rng = self.rng
        kinds = {name: self.series_schema(kind) for name, kind in fields}
        texts = [(name, "null" if kind == "null" else self.fill(kinds[name], kind)) for name, kind in fields]
        schema = {"type": "struct", "fields": [{"field": name} | one for name, one in kinds.items()]}
        if rng.random() < 0.2:
            values = {"type": "string", "optional": True}
            schema = {"type": "map", "keys": {"type": "string"}, "values": values}
            texts = [(name, text if text.startswith('"') or text == "null" else json.dumps(text)) for name, text in texts]
        return self.object([("schema", json.dumps(schema)), ("payload", self.object(texts))])

    def series_schema(self, kind):
        rng = self.rng
        if kind == "time":
            return rng.choice([{"type": "int64"}, {"type": "int64", "name": LOGICAL + "Timestamp"}, {"type": "string"}, {"type": "double"},
                               {"type": "int32" if self.settings.unit == "seconds" or self.wild else "int64"}])
        if kind in ("measurement", "source", "tag"):
            return {"type": rng.choice(["string"] * 5 + ["int32", "boolean", "bytes", "double"]), "optional": True}
        return self.schema(self.type_for("any" if kind in ("null", "small") else kind), 1 if kind == "null" else 0.7)

    def fill(self, schema, kind):
        if kind not in ("time", "measurement", "source", "tag"):
            return self.typed(schema)
        if schema["type"] != "string" and kind != "time":
            return self.typed(schema)
        text = self.word(kind)
        if schema["type"] == "string":
            return text if text.startswith('"') else json.dumps(text)
        return text.strip('"') if self.rng.random() < 0.9 and text.strip('" ')[:1] in "0123456789-" and text.strip('" ') else text

