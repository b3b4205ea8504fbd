"""series: a record's value becomes the line that `otspipe explain` prints for a time-series table (manual 1.1.3 and 1.1.4, the service's
limits, java-connector.md A.6 and B.8 without its defects): measurement, data source, tags, time, fields."""
import re
import unicodedata
from dataclasses import dataclass, field
from fractions import Fraction

from . import exact
from .convert import convert
from .table import ROW_LIMIT, VALUE_LIMIT, limited, size_of
from .values import INTEGERS, Bad, Written, fits

UNITS = {"seconds": Fraction(10**6), "milliseconds": Fraction(10**3), "microseconds": Fraction(1), "nanoseconds": Fraction(1, 1000)}
FIELD = re.compile(r"[a-z_][a-z0-9_]{0,127}")
RESERVED = {"_m_name", "_data_source", "_tags", "_time", "_meta_update_time", "_attributes"}
UNSEEN = {"Cc", "Cf", "Zs", "Zl", "Zp"}
MEASUREMENT_LIMIT, SOURCE_LIMIT, TAGS_LIMIT, FIELDS_LIMIT = 128, 256, 512, 1024


@dataclass
class Settings:
    key_format: str = "json"
    value_format: str = "json"
    measurement: str = "m"                           # a field's name
    fixed: str = None                                # or the text itself; "" for the topic's name
    source: str = ""                                 # a field's name, "" for none
    tags: list = field(default_factory=list)         # names of fields
    tags_required: bool = False
    time: str = "ts"
    unit: str = "milliseconds"
    truncate: bool = False
    fields: list = field(default_factory=list)       # (name, type)
    map_all: bool = True
    lowercase: bool = True
    same_name: str = "error"                         # error, last
    integers: str = "integer"                        # integer, double
    table: str = "t"

    def explain(self, record):
        return explain(self, record)


def explain(settings, record):
    place = {"topic": record["topic"], "partition": record["partition"], "offset": record["offset"]}
    try:
        convert(settings.key_format, record["key"])
        kind, given = convert(settings.value_format, record["value"])
        if kind not in ("map", "struct"):
            raise Bad("map", None, "no fields")
        point = {"measurement": measurement_of(settings, record, given), "data_source": source_of(settings, given),
                 "tags": tags_of(settings, given), "time_us": time_of(settings, given), "fields": fields_of(settings, given)}
        if weight(point) > ROW_LIMIT:
            raise Bad("limit", None, "row")
        return place | {"table": settings.table, "op": "timeseries"} | point
    except Bad as bad:
        return place | {"op": "error", "stage": bad.stage} | ({} if bad.column is None else {"column": bad.column[:255]})


def weight(point):
    texts = [point["measurement"], point["data_source"]] + [text for pair in point["tags"] for text in pair]
    return sum(len(text.encode()) for text in texts) + 8 + sum(len(name) + size_of(kind, data) for name, kind, data in point["fields"])


def text(value, name):
    """The text of one of the values that name the series; an object or an array names none, as it is no primary key."""
    if value[0] == "nested":
        raise Bad("map", name, "nested")
    exact.finite(value, name)
    return exact.text_of(*value)


def present(given, name):
    value = given.get(name)
    return None if value is None or value[0] == "null" else value


def measurement_of(settings, record, given):
    if settings.fixed is not None:
        said, name = settings.fixed or record["topic"], None
    elif present(given, settings.measurement) is None:
        raise Bad("map", settings.measurement, "missing")
    else:
        said, name = text(given[settings.measurement], settings.measurement), settings.measurement
    if not 1 <= len(said.encode()) <= MEASUREMENT_LIMIT or any(letter == "#" or unicodedata.category(letter) in UNSEEN for letter in said):
        raise Bad("limit", name, "measurement")
    return said


def source_of(settings, given):
    """A field that is null: no data source; a record without the field: an error (A.6)."""
    if not settings.source:
        return ""
    if settings.source not in given:
        raise Bad("map", settings.source, "missing")
    said = "" if present(given, settings.source) is None else text(given[settings.source], settings.source)
    if len(said.encode()) > SOURCE_LIMIT:
        raise Bad("limit", settings.source, "data source")
    return said


def tags_of(settings, given):
    found = []
    for name in sorted(settings.tags, key=str.encode):
        value = present(given, name)
        if value is not None:
            found.append([name, tag(text(value, name), name)])
        elif settings.tags_required:
            raise Bad("map", name, "missing")
    if sum(len(part.encode()) for pair in found for part in pair) > TAGS_LIMIT:
        raise Bad("limit", None, "tags")
    return found


def tag(said, name):
    if not said or '"' in said or "=" in said:
        raise Bad("limit", name, "tag")
    return said


def time_of(settings, given):
    name, value = settings.time, present(given, settings.time)
    if value is None:
        raise Bad("map", name, "missing")
    time_us = instant(value, name) * UNITS[settings.unit]
    if time_us < 0:
        raise Bad("limit", name, "before 1970")
    whole = time_us.numerator // time_us.denominator
    if not fits(whole, 64):
        raise Bad("map", name, "overflow")
    if whole != time_us and not settings.truncate:
        raise Bad("map", name, "below a microsecond")
    return whole


def instant(value, name):
    """Exactly what the digits say."""
    kind, data = value
    if kind in INTEGERS:
        return Fraction(data)
    digits = data.text if isinstance(data, Written) else data if kind in ("string", "decimal") else ""
    if not exact.NUMBER.fullmatch(digits):
        raise Bad("map", name, "no number")
    return Fraction(digits)


def fields_of(settings, given):
    """In byte order of the names that they get; where two get one name and the last counts, that is the record's last."""
    listed = {folded(settings, name): kind for name, kind in settings.fields}
    taken = {settings.time, *settings.tags, *([settings.source] if settings.source else []),
             *([settings.measurement] if settings.fixed is None else [])}
    found = {}
    for name, value in given.items():
        known = folded(settings, name)
        if name not in taken and value[0] != "null" and (settings.map_all or known in listed):
            found.setdefault(known, []).append((name, value))
    if not found:
        raise Bad("map", None, "no fields")
    made = [one_field(settings, known, found[known], listed.get(known)) for known in sorted(found, key=str.encode)]
    if len(made) > FIELDS_LIMIT:
        raise Bad("limit", made[FIELDS_LIMIT][0], "fields")
    return made


def one_field(settings, known, values, wanted):
    if settings.same_name == "last":
        values = values[-1:]
    made = [named_cell(settings, known, name, value, wanted, first=name == values[0][0]) for name, value in values]
    return made[0]


def named_cell(settings, known, name, value, wanted, first):
    if not FIELD.fullmatch(known) or known in RESERVED:
        raise Bad("limit", name, "name")
    if not first:
        raise Bad("map", name, "twice")
    try:
        return limited([known, *cell(settings, value, wanted)], VALUE_LIMIT)
    except Bad as bad:
        raise Bad(bad.stage, name, bad.why) from None


def folded(settings, name):
    """In small letters, ASCII only."""
    return "".join(letter.lower() if letter.isascii() else letter for letter in name) if settings.lowercase else name


def cell(settings, value, wanted):
    """Without a listed type: as in the record, or with integers as doubles, rounded, as the newest Java code has them."""
    if wanted is None and value[0] in INTEGERS and settings.integers == "double" and fits(value[1], 64):
        return "double", float(value[1])
    return exact.cell(value, wanted or ("string" if value[0] == "nested" else exact.MAPPED[value[0]]), None)
