"""fields: protobuf at its lowest, for what the official Python SDK's messages lack (BulkImport, is_atomic, table_status ...)."""
import struct


def varint(number):
    number &= 2**64 - 1
    out = bytearray()
    while number >= 128:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)


def put(field, value):
    """An integer or boolean as a varint, bytes or text with their length."""
    if isinstance(value, int):
        return varint(field << 3) + varint(value)
    data = value.encode() if isinstance(value, str) else value
    return varint(field << 3 | 2) + varint(len(data)) + data


def _get_varint(data, at):
    number = shift = 0
    while True:
        byte = data[at]
        at += 1
        number |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return number, at


def read(data):
    """{field: [values in order]}; varints unsigned, others as bytes."""
    found, at = {}, 0
    while at < len(data):
        key, at = _get_varint(data, at)
        kind = key & 7
        if kind == 0:
            value, at = _get_varint(data, at)
        elif kind == 2:
            length, at = _get_varint(data, at)
            value, at = data[at:at + length], at + length
            assert len(value) == length
        else:
            length = {1: 8, 5: 4}[kind]
            value, at = data[at:at + length], at + length
        found.setdefault(key >> 3, []).append(value)
    return found


def signed(number):
    return struct.unpack("<q", struct.pack("<Q", number))[0]
