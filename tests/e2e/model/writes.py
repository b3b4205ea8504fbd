"""writes: what a row change may be, and what it does to a row."""
import math

from . import filters
from .refused import CONDITION, INVALID, KEY, Refused, check
from .schema import good_name
from .values import AUTO, DELETE_ALL, DELETE_ONE, INCREMENT, INT64_MAX, INT64_MIN, PUT, Cell, Row, row_size

KEY_KINDS = ("integer", "string", "binary")


def shape_violations(kind, row):
    if row.damage not in (None, "zeros"):
        yield INVALID
    if row.marker != (kind == "delete") or (kind == "update" and not row.cells) or (kind == "delete" and row.cells):
        yield INVALID
    if len(row.cells) > 1024:
        yield INVALID
        yield "OTSOutOfColumnCountLimit"
    if row_size(row.keys, row.cells) > 4 << 20:
        yield INVALID
        yield "OTSOutOfRowSizeLimit"


def key_violations(row, kinds):
    if not 1 <= len(row.keys) <= 4:
        yield INVALID
        yield KEY
    for name, value in row.keys:
        if not good_name(name):
            yield INVALID
            yield KEY
        if value[0] not in kinds:
            yield INVALID
        if value[0] in ("string", "binary") and len(value[1]) > 1024:
            yield INVALID
            yield KEY


def value_violations(cell):
    kind, data = cell.value
    if kind in ("inf_min", "inf_max", "auto", "null") or (kind == "double" and not math.isfinite(data)):
        yield INVALID
    if kind in ("string", "binary") and len(data) > 2 << 20:
        yield INVALID
    if cell.op == INCREMENT and kind != "integer":
        yield INVALID


def cell_violations(kind, row, cell):
    has_value, has_time = cell.value is not None, cell.time is not None
    if not good_name(cell.name) or cell.name in [name for name, _ in row.keys] or (kind == "put" and cell.op != PUT):
        yield INVALID
    if cell.op not in (PUT, DELETE_ALL, DELETE_ONE, INCREMENT) or has_value != (cell.op in (PUT, INCREMENT)):
        yield INVALID
    if (cell.op == DELETE_ONE and not has_time) or (cell.op in (DELETE_ALL, INCREMENT) and has_time):
        yield INVALID
    if has_time and not 0 <= cell.time < INT64_MAX // 1000:
        yield INVALID
    if has_value:
        yield from value_violations(cell)


def violations(change):
    """What is wrong with {type, row, expect, rule} whatever the table is."""
    kind, row = change["type"], change["row"]
    placeholder = any(value == AUTO for _, value in row.keys)
    yield from shape_violations(kind, row)
    yield from key_violations(row, KEY_KINDS + (("auto",) if kind == "put" else ()))
    for cell in row.cells:
        yield from cell_violations(kind, row, cell)
    if placeholder and change.get("expect", 0) != 0:
        yield INVALID
    if change.get("rule") is not None:
        yield from filters.violations(change["rule"], False)
    yield from counter_violations(row, change.get("returns"))


def counter_violations(row, returns):
    """[assumed] A counted column is in the row once, and only counted columns are returned."""
    names, counted = [cell.name for cell in row.cells], {cell.name for cell in row.cells if cell.op == INCREMENT}
    if any(names.count(name) > 1 for name in counted):
        yield INVALID
    kind, wanted = returns or (0, [])
    if (kind == 1 and wanted) or (kind == 2 and not {name.encode() for name in wanted} <= counted):
        yield INVALID


def match(change, table, now):
    """Refuses what does not fit the table: first its key, then its cells."""
    match_key(change["row"].keys, table)
    if change["type"] == "update" and not table.options["allow_update"]:
        raise Refused(INVALID)
    deviation = table.options["deviation"] * 1000
    for cell in change["row"].cells:
        wanted = table.type_of(cell.name.decode())
        if cell.op == PUT and cell.time is not None and abs(cell.time - now) > deviation:
            raise Refused(INVALID)
        if cell.value is not None and wanted is not None and wanted != cell.value[0]:
            raise Refused(INVALID)


def match_key(keys, table, bounds=False):
    good = len(keys) == len(table.keys)
    for (name, value), (wanted, kind, auto) in zip(keys, table.keys):
        placeholder = value == AUTO and auto
        bound = bounds and value[0] in ("inf_min", "inf_max")
        good = good and name == wanted.encode() and (placeholder or bound or value[0] == kind)
    if not good:
        raise Refused(KEY)


# ---- what a change does ----

def alive(table, key, now):
    """{column: {version: value}} of what is there: not expired, in whole seconds, and no more versions than the table keeps. None: no
    such row. [assumed] A row whose last cell has expired is gone; one without cells expires by the time of its write, if rows
    expired then."""
    if key not in table.rows:
        return None
    ttl, most, columns = table.options["ttl"], table.options["max_versions"], {}

    def fresh(time):
        return ttl == -1 or time is None or now // 1000 - time // 1000 < ttl
    for name, versions in table.rows[key].items():
        times = sorted(time for time in versions if fresh(time))[-most:]
        if times:
            columns[name] = {time: versions[time] for time in times}
    return columns if columns or (not table.rows[key] and fresh(table.written[key])) else None


def expectation(change, table, key, columns):
    """The condition on the row's existence, then the one on its columns; of a missing row every column is missing, but not its key."""
    expect, rule = change.get("expect", 0), change.get("rule")
    if (expect == 1 and columns is None) or (expect == 2 and columns is not None):
        raise Refused(CONDITION)
    if rule is not None:
        cells = [Cell(name, 0, versions[time], time) for name, versions in sorted((columns or {}).items())
                 for time in sorted(versions, reverse=True)]
        row = Row(tuple((name.encode(), value) for (name, _, _), value in zip(table.keys, key)), tuple(cells))
        if not filters.holds(rule, row):
            raise Refused(CONDITION)


def trim(versions, most):
    """The oldest versions beyond what the table keeps go away."""
    for time in sorted(versions)[:-most]:
        del versions[time]


def increment(columns, cell, now):
    """[assumed] A sum outside int64 is refused."""
    versions = columns.setdefault(cell.name, {})
    kind, before = versions[max(versions)] if versions else ("integer", 0)
    if kind != "integer" or not INT64_MIN <= before + cell.value[1] <= INT64_MAX:
        raise Refused(INVALID)
    versions[now] = ("integer", before + cell.value[1])


def changed(columns, cells, most, now):
    """A copy of the columns with the cells applied one after the other."""
    columns = {name: dict(versions) for name, versions in columns.items()}
    for cell in cells:
        if cell.op == PUT:
            columns.setdefault(cell.name, {})[now if cell.time is None else cell.time] = cell.value
        elif cell.op == INCREMENT:
            increment(columns, cell, now)
        elif cell.op == DELETE_ALL:
            columns.pop(cell.name, None)
        else:
            columns.get(cell.name, {}).pop(cell.time, None)
        trim(columns.get(cell.name, {}), most)
    return {name: versions for name, versions in columns.items() if versions}


def makes_row(change):
    """[assumed] An update that only deletes makes no row."""
    return change["type"] == "put" or any(cell.op in (PUT, INCREMENT) for cell in change["row"].cells)


def cost(change):
    conditional = change.get("expect", 0) != 0 or change.get("rule") is not None
    return (1 if conditional else 0, max(1, -(-row_size(change["row"].keys, change["row"].cells) // 4096)))


def check_change(change):
    check(violations(change))
