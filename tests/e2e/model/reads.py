"""reads: what is seen of a row, and of a range of rows."""
from .refused import INVALID, check
from .schema import good_name
from .values import Cell, Row, order, row_size, units
from .writes import KEY_KINDS, key_violations

BOUND_KINDS = KEY_KINDS + ("inf_min", "inf_max")


def key_row(keys):
    return keys if isinstance(keys, Row) else Row(tuple(keys))


def key_row_violations(keys, kinds=KEY_KINDS):
    row = key_row(keys)
    if row.cells or row.marker or row.damage not in (None, "zeros"):
        yield INVALID
    yield from key_violations(row, kinds)


def check_key(keys):
    check(key_row_violations(keys))


def time_violations(time):
    start, end, specific = time
    if specific is not None:
        if start is not None or end is not None or specific < 0:
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
        yield from time_violations(time)


def range_violations(request):
    yield from view_violations(request)
    yield from key_row_violations(request["start"], BOUND_KINDS)
    yield from key_row_violations(request["end"], BOUND_KINDS)
    if request["direction"] not in (0, 1) or (request.get("limit") is not None and request["limit"] < 1):
        yield INVALID


def in_time(version, time):
    if time is None:
        return True
    start, end, specific = time
    return version == specific if specific is not None else (start or 0) <= version < (end or 0)


def seen(table, key, request, now):
    """The row as the request sees it, or None: a row that has none of the columns asked for is left out, unless a key column is
    among them."""
    columns = [name.encode() for name in request.get("columns", [])]
    most = request.get("versions") or 2**31
    cells = []
    for name, versions in sorted(table.rows[key].items()):
        if columns and name not in columns:
            continue
        times = [time for time in sorted(versions, reverse=True) if in_time(time, request.get("time"))][:most]
        cells += [Cell(name, 0, versions[time], time) for time in times]
    named_key = any(name.encode() in columns for name, _, _ in table.keys)
    if columns and not cells and not named_key:
        return None
    return Row(tuple((name.encode(), value) for (name, _, _), value in zip(table.keys, key)), tuple(cells))


def read_size(row):
    return row_size(row.keys, [cell._replace(time=None) for cell in row.cells])


def get(table, key, request, now):
    row = seen(table, key, request, now) if key in table.rows else None
    return {"cost": (1 if row is None else units(read_size(row)), 0), "row": row, "token": None}


def get_range(table, request, start, end, now):
    forward = request["direction"] == 0
    keys = sorted(table.rows, key=order, reverse=not forward)
    keys = [key for key in keys if (start <= order(key) < end if forward else start >= order(key) > end)]
    rows, following = [], None
    for key in keys:
        if len(rows) == (request.get("limit") or 5000):
            following = tuple((name.encode(), value) for (name, _, _), value in zip(table.keys, key))
            break
        row = seen(table, key, request, now)
        if row is not None:
            rows.append(row)
    return {"cost": (units(sum(read_size(row) for row in rows)), 0), "rows": rows, "token": None, "next": following}
