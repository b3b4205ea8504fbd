"""reads: what is seen of a row, and of a range of rows."""
from . import filters
from .refused import INVALID, check
from .schema import good_name
from .values import ANYTHING, Cell, Row, order, row_size, units
from .writes import KEY_KINDS, alive, key_violations

BOUND_KINDS = KEY_KINDS + ("inf_min", "inf_max")


def key_row(keys):
    return keys if isinstance(keys, Row) else Row(tuple(keys))


def key_row_violations(keys, kinds=KEY_KINDS):
    row = key_row(keys)
    if row.cells or row.marker or row.damage not in (None, "zeros"):
        yield INVALID
    yield from key_violations(row, kinds)


# ---- what may be asked for ----

def time_violations(time, versions):
    """[assumed] One version and a specific time agree; more contradict it."""
    start, end, specific = time
    if specific is not None:
        if start is not None or end is not None or specific < 0 or (versions or 1) > 1:
            yield INVALID
    elif (start or 0) < 0 or (start or 0) >= (end or 0):
        yield INVALID


def view_violations(request):
    columns, time, versions = request.get("columns", []), request.get("time"), request.get("versions")
    if len(columns) > 128 or not all(good_name(name) for name in columns):
        yield INVALID
    if (time is None and versions is None) or (versions is not None and versions < 1):
        yield INVALID
    if time is not None:
        yield from time_violations(time, versions)
    yield from column_range_violations(request.get("start_column"), request.get("end_column"))
    if request.get("rule") is not None:
        yield from filters.violations(request["rule"], True)


def column_range_violations(start, end):
    """[assumed] Bounds are names like any other, and an empty range is a mistake."""
    if not all(name is None or good_name(name) for name in (start, end)) or (start is not None and end is not None and start >= end):
        yield INVALID


def range_violations(request):
    yield from view_violations(request)
    yield from key_row_violations(request["start"], BOUND_KINDS)
    yield from key_row_violations(request["end"], BOUND_KINDS)
    if request["direction"] not in (0, 1) or (request.get("limit") is not None and request["limit"] < 1):
        yield INVALID


# ---- what is seen ----

def in_time(version, time):
    if time is None:
        return True
    start, end, specific = time
    return version == specific if specific is not None else (start or 0) <= version < (end or 0)


def wanted(name, request):
    """Columns by name, and by range [start, end)."""
    columns, start, end = request.get("columns", []), request.get("start_column"), request.get("end_column")
    return ((not columns or name.decode() in columns) and (start is None or name >= start.encode())
            and (end is None or name < end.encode()))


def seen(table, key, request, now):
    """The row as the request sees it, or None. A row that has none of the columns asked for is left out, unless a key column is among
    them; so is one for which the filter does not hold."""
    cells, had_columns = [], False
    for name, versions in sorted(alive(table, key, now).items()):
        if not wanted(name, request):
            continue
        had_columns = True
        times = [time for time in sorted(versions, reverse=True) if in_time(time, request.get("time"))]
        cells += [Cell(name, 0, versions[time], time) for time in times[:request.get("versions")]]
    row = Row(tuple((name.encode(), value) for (name, _, _), value in zip(table.keys, key)), tuple(cells))
    rule = request.get("rule")
    if rule is not None and not filters.holds(rule, row):
        return None
    if rule is not None and rule[0] == "page":
        names = filters.page(rule, sorted({cell.name for cell in cells}))
        row = row._replace(cells=tuple(cell for cell in cells if cell.name in names))
    chosen = request.get("columns") or request.get("start_column") is not None or request.get("end_column") is not None
    named_key = any(name in request.get("columns", []) for name, _, _ in table.keys)
    return None if left_out(row, chosen, rule, had_columns) and not named_key else row


def left_out(row, chosen, rule, had_columns):
    """[assumed] When what was asked for by name, range or page leaves nothing; not when only its versions are out of time."""
    return not row.cells and (chosen or (rule is not None and rule[0] == "page"))


def read_size(row):
    return row_size(row.keys, [cell._replace(time=None) for cell in row.cells])


def cost(rows, request):
    """What was read beside what is given is left open."""
    chooses = any(request.get(name) is not None for name in ("rule", "columns", "start_column", "end_column", "time"))
    return ANYTHING if chooses else (units(sum(read_size(row) for row in rows)), 0)


def exists(table, key, now):
    return key in table.rows and alive(table, key, now) is not None


def get(table, key, request, now):
    row = seen(table, key, request, now) if exists(table, key, now) else None
    return {"cost": cost([row] if row else [], request), "row": row, "token": None}


def get_range(table, request, start, end, now):
    forward = request["direction"] == 0
    keys = sorted((key for key in table.rows if exists(table, key, now)), key=order, reverse=not forward)
    keys = [key for key in keys if (start <= order(key) < end if forward else start >= order(key) > end)]
    rows, following = [], None
    for key in keys:
        if len(rows) == (request.get("limit") or 5000):
            following = tuple((name.encode(), value) for (name, _, _), value in zip(table.keys, key))
            break
        row = seen(table, key, request, now)
        if row is not None:
            rows.append(row)
    return {"cost": cost(rows, request), "rows": rows, "token": None, "next": following}


# ---- many rows ----

def batch_violations(tables):
    names = [table["table"] for table in tables]
    rows = [keys for table in tables for keys in table["keys"]]
    if not tables or len(set(names)) < len(names) or not all(table["keys"] for table in tables) or len(rows) > 100:
        yield INVALID
    for table in tables:
        if not good_name(table["table"]):
            yield INVALID
        yield from view_violations(table)
    for keys in rows:
        yield from key_row_violations(keys)


def check_batch(tables):
    check(batch_violations(tables))

