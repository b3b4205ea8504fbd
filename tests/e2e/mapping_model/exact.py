"""exact: one value into one type of column, exactly or not at all: nothing is rounded, cut or wrapped (java-connector.md B.4 to B.6,
without the damage of E13). Cells are (type, what is printed)."""
import base64
import math
import re
import struct
from fractions import Fraction

from .values import INTEGERS, Bad, fits

NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE]([+-]?[0-9]+))?", re.ASCII)
MAPPED = {**dict.fromkeys(INTEGERS, "integer"), "float": "double", "double": "double", "boolean": "boolean", "string": "string",
          "bytes": "binary", "decimal": "binary"}  # the manual's appendix "Data type mappings"


TEXTS = ("string", "decimal")  # what spells a number
JAVA_BLANKS = "".join(map(chr, range(33)))  # String.trim()


def wrong(column, why="type"):
    raise Bad("map", column, why)


def finite(value, column):
    if value[0] in ("float", "double") and not math.isfinite(value[1]):
        raise Bad("limit", column, "no double")


def cell(value, kind, column):
    kept, data = value
    finite(value, column)
    if kept == "int64" and not fits(data, 64) and kind != "string":
        wrong(column, "beyond 64 bits")
    return kind, CELLS[kind](kept, data, column)


def numeric(text, column):
    """The number that a text spells, as Java's BigDecimal reads it."""
    found = NUMBER.fullmatch(text)
    if not found:
        wrong(column, "no number")
    if found[1] and abs(int(found[1])) > 400:
        return Fraction(0) if not Fraction(text[:found.start(1) - 1]) else None
    return Fraction(text)


def integer(kept, data, column):
    number = Fraction(data) if kept in INTEGERS or kept in ("float", "double") else \
        numeric(data, column) if kept in TEXTS else wrong(column)
    if number is None or number.denominator != 1 or not fits(number.numerator, 64):
        wrong(column, "no such integer")
    return number.numerator


def double(kept, data, column):
    """A whole number without point and exponent is kept to its last digit; others are rounded, as a JSON number is."""
    if kept in ("float", "double"):
        return data
    number = Fraction(data) if kept in INTEGERS else numeric(data, column) if kept in TEXTS else wrong(column)
    whole = kept in INTEGERS or data.lstrip("+-").isdigit()
    if number is None or whole and not fits(number, 64):
        wrong(column, "an integer beyond 64 bits")
    try:
        near = float(data if kept in TEXTS else number)
    except OverflowError:
        near = float("inf")
    if near in (float("inf"), float("-inf")) or whole and Fraction(near) != number:
        wrong(column, "would be rounded")
    return near + 0.0


def boolean(kept, data, column):
    if kept == "boolean":
        return data
    if kept in INTEGERS or kept in ("float", "double"):
        return {0: False, 1: True}[data] if data in (0, 1) else wrong(column)
    word = data.strip(JAVA_BLANKS) if kept == "string" else None
    return {"true": True, "false": False}[word] if word in ("true", "false") else wrong(column)


def text_of(kept, data):
    if kept == "boolean":
        return "true" if data else "false"
    if kept == "bytes":
        return base64.b64encode(data).decode()
    if kept in ("float", "double"):
        return java_text(data, kept)
    return str(data)


def string(kept, data, _):
    return text_of(kept, data)


def binary(kept, data, column):
    if kept == "nested":
        wrong(column)
    raw = data if kept == "bytes" else (b"\xff" if data else b"\0") if kept == "boolean" else \
        data.to_bytes(INTEGERS[kept] // 8, "big", signed=True) if kept in INTEGERS else \
        struct.pack(">f" if kept == "float" else ">d", data) if kept in ("float", "double") else data.encode()
    return base64.b64encode(raw).decode()


CELLS = {"integer": integer, "double": double, "boolean": boolean, "string": string, "binary": binary}


def shortest(number, kind):
    """(digits, power of ten of the first digit): the fewest that read back the same, but two where two are nearer than one."""
    digits, power = fewest(number, kind)
    if len(digits) > 1:
        return digits, power
    mantissa, _, power = f"{number:.1e}".partition("e")
    return mantissa.replace(".", "").rstrip("0"), int(power)


def fewest(number, kind):
    if kind == "double":
        mantissa, _, power = f"{number!r}".partition("e")
        digits, at = mantissa.replace(".", ""), mantissa.index(".") if "." in mantissa else len(mantissa)
        bare = digits.lstrip("0")
        return bare.rstrip("0") or "0", at - 1 - (len(digits) - len(bare)) + int(power or 0)
    for places in range(9):
        text = f"{number:.{places}e}"
        if struct.unpack("f", struct.pack("f", float(text)))[0] == number:
            break
    mantissa, _, power = text.partition("e")
    return mantissa.replace(".", "").rstrip("0") or "0", int(power)


def java_text(number, kind="double"):
    """As Java's Double.toString and Float.toString."""
    sign = "-" if math.copysign(1, number) < 0 else ""
    if number == 0:
        return f"{sign}0.0"
    digits, power = shortest(abs(number), kind)
    if not 1e-3 <= abs(number) < 1e7:
        return f"{sign}{digits[0]}.{digits[1:] or '0'}E{power}"
    if power < 0:
        return f"{sign}0.{'0' * (-power - 1)}{digits}"
    return f"{sign}{digits[:power + 1].ljust(power + 1, '0')}.{digits[power + 1:] or '0'}"
