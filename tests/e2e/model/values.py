"""values: typed values, rows and cells as plain data, their order and their sizes.

A value is a pair (kind, data): integer, double, boolean, string (bytes of UTF-8), binary; keys also know inf_min, inf_max, auto.
"""
from typing import NamedTuple

INT64_MIN, INT64_MAX = -2**63, 2**63 - 1
MIN, MAX, AUTO = ("inf_min", None), ("inf_max", None), ("auto", None)
PUT, DELETE_ALL, DELETE_ONE, INCREMENT = 0, 1, 3, 4


ANYTHING = object()  # in an expected answer: left open by the facts


class Cell(NamedTuple):
    """One attribute cell of a request or of an answer."""
    name: bytes
    op: int = PUT
    value: tuple = None
    time: int = None


class Row(NamedTuple):
    """A row as it is sent. `damage` says how its bytes are spoilt on the way (plainbuffer.py)."""
    keys: tuple           # of (name, value)
    cells: tuple = ()
    marker: bool = False  # the delete marker
    damage: str = None


def order(key):
    """Sorts key values as the service does: numbers as numbers, texts and binaries byte by byte, bounds at the ends."""
    return tuple((0,) if kind == "inf_min" else (2,) if kind == "inf_max" else (1, data) for kind, data in key)


def size(name, value):
    kind, data = value
    return len(name) + (len(data) if kind in ("string", "binary") else 1 if kind == "boolean" else 8)


def row_size(keys, cells):
    """As the service counts a row: names and values, 8 for each explicit version; a deletion counts its name."""
    total = sum(size(name, value) for name, value in keys)
    for cell in cells:
        total += len(cell.name) if cell.value is None else size(cell.name, cell.value)
        total += 8 if cell.op == PUT and cell.time is not None else 0
    return total


def units(size_in_bytes):
    return max(1, -(-size_in_bytes // 4096))
