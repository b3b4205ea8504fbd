"""jackson: JSON as the reader of Kafka Connect takes it: leading zeros, whatever follows the first value, the last of two members with one
name, a byte order mark; no comments, no NaN, no bare control characters. Nodes are (kind, data, text)."""
import re
import sys

SPACE = re.compile(r"[ \t\r\n]*")
NUMBER = re.compile(r"-?[0-9]+((?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)")
STRING = re.compile(r'"((?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*)"')
ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)")
PLAIN = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
WORDS = {"t": ("true", "boolean", True), "f": ("false", "boolean", False), "n": ("null", "null", None)}
DEEPEST = 1000
sys.setrecursionlimit(20 * DEEPEST)


class NotJson(Exception):
    pass


def unescape(text):
    if "\\" not in text:
        return text
    text = ESCAPE.sub(lambda found: chr(int(found[1][1:], 16)) if len(found[1]) > 1 else PLAIN.get(found[1], found[1]), text)
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")  # half a surrogate pair has no UTF-8


def read(raw):
    """The first value, or None where there is only white space."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise NotJson("not UTF-8") from None
    at = SPACE.match(text, 1 if text.startswith("\ufeff") else 0).end()
    return None if at == len(text) else value(text, at, 0)[0]


def value(text, at, depth):
    """(node, where it ends)"""
    first = text[at:at + 1]
    if first == '"':
        return string(text, at)
    if first == "{" or first == "[":
        if depth >= DEEPEST:
            raise NotJson("too deep")
        return members(text, at, depth) if first == "{" else items(text, at, depth)
    if first in WORDS and first:
        word, kind, data = WORDS[first]
        if not text.startswith(word, at):
            raise NotJson(first)
        return (kind, data, word), at + len(word)
    found = NUMBER.match(text, at)
    if not found:
        raise NotJson(first)
    kind = "fraction" if found[1] else "integer"
    return (kind, found[0] if found[1] else int(found[0]), found[0]), found.end()


def string(text, at):
    found = STRING.match(text, at)
    if not found:
        raise NotJson("string")
    return ("string", unescape(found[1]), found[0]), found.end()


def after(text, at, wanted):
    at = SPACE.match(text, at).end()
    if text[at:at + 1] not in wanted or at == len(text):
        raise NotJson(wanted)
    return text[at], at + 1


def members(text, start, depth):
    found, at = {}, SPACE.match(text, start + 1).end()
    end = text[at:at + 1]
    if end == "}":
        return ("object", found, text[start:at + 1]), at + 1
    while end != "}":
        name, at = string(text, SPACE.match(text, at).end())
        _, at = after(text, at, ":")
        found[name[1]], at = value(text, SPACE.match(text, at).end(), depth + 1)
        end, at = after(text, at, ",}")
    return ("object", found, text[start:at]), at


def items(text, start, depth):
    found, at = [], SPACE.match(text, start + 1).end()
    end = text[at:at + 1]
    if end == "]":
        return ("array", found, text[start:at + 1]), at + 1
    while end != "]":
        item, at = value(text, SPACE.match(text, at).end(), depth + 1)
        found.append(item)
        end, at = after(text, at, ",]")
    return ("array", found, text[start:at]), at
