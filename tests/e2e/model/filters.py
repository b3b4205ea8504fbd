"""filters: whether a rule holds for a row, and whether it is a rule at all.

A rule: ("column", name, comparator, value, passes_missing, latest_only), ("and"|"or"|"not", [rules]) or ("page", offset, limit).
"""
from .refused import INVALID
from .schema import good_name


def count(rule):
    return 1 if rule[0] in ("column", "page") else 1 + sum(count(part) for part in rule[1])


def violations(rule, in_read):
    if isinstance(rule, bytes) or count(rule) > 10:
        yield INVALID
    if isinstance(rule, tuple):
        yield from shape_violations(rule, in_read)


def shape_violations(rule, in_read, top=True):
    """[assumed] A page stands alone, and only in a read."""
    kind = rule[0]
    if kind == "page" and (not top or not in_read or rule[1] < 0 or rule[2] < 1):
        yield INVALID
    if kind == "column" and (not good_name(rule[1]) or rule[3][0] in ("inf_min", "inf_max", "auto")):
        yield INVALID
    if kind in ("and", "or", "not"):
        if len(rule[1]) != 1 if kind == "not" else len(rule[1]) < 2:
            yield INVALID
        for part in rule[1]:
            yield from shape_violations(part, in_read, False)


def compare(value, comparator, constant):
    """[assumed] Values of two types are never equal, and none is above the other."""
    if value[0] != constant[0]:
        return comparator == "!="
    one, other = value[1], constant[1]
    return {"==": one == other, "!=": one != other, ">": one > other, ">=": one >= other, "<": one < other, "<=": one <= other}[comparator]


def holds(rule, row):
    """`row` is what was read: a key column counts as well, a column that was not read is missing."""
    kind = rule[0]
    if kind == "page":
        return True
    if kind == "not":
        return not holds(rule[1][0], row)
    if kind in ("and", "or"):
        return (all if kind == "and" else any)(holds(part, row) for part in rule[1])
    _, name, comparator, constant, passes_missing, latest_only = rule
    values = [value for key, value in row.keys if key.decode() == name] + [cell.value for cell in row.cells if cell.name.decode() == name]
    if not values:
        return passes_missing
    return any(compare(value, comparator, constant) for value in (values[:1] if latest_only else values))


def page(rule, names):
    """The columns on the page."""
    return names[rule[1]:rule[1] + rule[2]]
