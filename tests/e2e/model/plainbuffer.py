"""plainbuffer: the row format, both directions, written from its grammar. Checks every checksum; can spoil a row on purpose."""
import struct

from .values import AUTO, MAX, MIN, PUT, Cell, Row

HEADER = b"\x75\0\0\0"


def _table():
    made = []
    for byte in range(256):
        for _ in range(8):
            byte = byte << 1 ^ (0x107 if byte & 0x80 else 0)
        made.append(byte)
    return made


CRC = _table()


def crc8(data, crc=0):
    for byte in data:
        crc = CRC[crc ^ byte]
    return crc


def value_bytes(value):
    """A bare value: its type, then its payload."""
    kind, data = value
    if kind == "integer":
        return b"\x00" + struct.pack("<q", data)
    if kind == "double":
        return b"\x01" + struct.pack("<d", data)
    if kind == "boolean":
        return b"\x02\x01" if data else b"\x02\x00"
    if kind in ("string", "binary"):
        return (b"\x03" if kind == "string" else b"\x07") + struct.pack("<I", len(data)) + data
    return {"inf_min": b"\x09", "inf_max": b"\x0a", "auto": b"\x0b", "null": b"\x06"}[kind]


def _cell(name, value, op, time, damage=None):
    checked = name
    parts = [b"\x03\x04", struct.pack("<I", len(name)), name]
    if value is not None:
        data = value_bytes(value)
        checked += data
        parts += [b"\x05", struct.pack("<I", len(data)), data]
    if op != PUT:
        parts.append(b"\x06" + bytes([op]))
    if time is not None:
        stamp = struct.pack("<q", time)
        checked += stamp
        parts += [b"\x07", stamp]
    if op != PUT:
        checked += bytes([op])
    crc = crc8(checked)
    parts += [b"\x0a", bytes([crc ^ (1 if damage == "cell checksum" else 0)])]
    return b"".join(parts), crc


def encode(row):
    """One row under its header."""
    parts = [b"" if row.damage == "no header" else HEADER]
    crcs = []
    if row.keys:
        parts.append(b"\x01")
    for name, value in row.keys:
        data, crc = _cell(name, value, PUT, None, row.damage)
        parts.append(data)
        crcs.append(crc)
    if row.cells:
        parts.append(b"\x02")
    for cell in row.cells:
        data, crc = _cell(cell.name, cell.value, cell.op, cell.time)
        parts.append(data)
        crcs.append(crc)
    if row.marker:
        parts.append(b"\x08")
    crcs.append(1 if row.marker else 0)
    parts.append(bytes([9, crc8(crcs) ^ (1 if row.damage == "row checksum" else 0)]))
    whole = b"".join(parts)
    if row.damage == "cut":
        return whole[:-3]
    if row.damage == "trailing":
        return whole + b"\x01"
    if row.damage == "twice":
        return whole + whole[4:]
    return whole + (b"\0\0\0" if row.damage == "zeros" else b"")


class Reader:
    """Walks the bytes of an answer; any deviation from the grammar is an AssertionError."""

    def __init__(self, data):
        self.data, self.at = data, 4
        assert data[:4] == HEADER, "no header"

    def take(self, count):
        piece = self.data[self.at:self.at + count]
        assert len(piece) == count, "cut short"
        self.at += count
        return piece

    def tag(self, tag):
        if self.at < len(self.data) and self.data[self.at] == tag:
            self.at += 1
            return True
        return False

    def number(self):
        return struct.unpack("<I", self.take(4))[0]

    def value(self):
        data = self.take(self.number())
        return data, bare_value(data)

    def cell(self):
        assert self.tag(3) and self.tag(4), "no cell"
        name = self.take(self.number())
        checked, value, op, time = name, None, PUT, None
        if self.tag(5):
            data, value = self.value()
            checked += data
        if self.tag(6):
            op = self.take(1)[0]
        if self.tag(7):
            stamp = self.take(8)
            time = struct.unpack("<q", stamp)[0]
            checked += stamp
        if op != PUT:
            checked += bytes([op])
        crc = crc8(checked)
        assert self.tag(10) and self.take(1)[0] == crc, "cell checksum"
        return Cell(name, op, value, time), crc

    def row(self):
        keys, cells, crcs = [], [], []
        for tag, into in ((1, keys), (2, cells)):
            if not self.tag(tag):
                continue
            while self.at < len(self.data) and self.data[self.at] == 3:
                cell, crc = self.cell()
                into.append(cell)
                crcs.append(crc)
        marker = self.tag(8)
        crcs.append(1 if marker else 0)
        assert self.tag(9) and self.take(1)[0] == crc8(crcs), "row checksum"
        return Row(tuple((key.name, key.value) for key in keys), tuple(cells), marker)


def bare_value(data):
    kind, rest = data[0], data[1:]
    if kind in (3, 7):
        length = struct.unpack("<I", rest[:4])[0]
        assert length == len(rest) - 4, "length of a value"
        return ("string" if kind == 3 else "binary", rest[4:])
    if kind in (0, 1):
        return ("integer", struct.unpack("<q", rest)[0]) if kind == 0 else ("double", struct.unpack("<d", rest)[0])
    if kind == 2:
        assert rest in (b"\0", b"\1")
        return ("boolean", rest == b"\1")
    assert rest == b""
    return {9: MIN, 10: MAX, 11: AUTO}[kind]


def decode(data):
    """All rows of an answer; empty bytes are no row."""
    if data == b"":
        return []
    reader, rows = Reader(data), []
    while reader.at < len(data):
        rows.append(reader.row())
    return rows
