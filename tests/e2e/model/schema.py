"""schema: what a table may be, and a table as the model keeps it."""
import re

from .refused import EXISTS, INVALID, check

NAME = re.compile(rb"[A-Za-z_][A-Za-z0-9_]{0,254}\Z")
DAY = 86400


def good_name(name):
    return NAME.match(name if isinstance(name, bytes) else name.encode()) is not None


class Table:
    def __init__(self, request):
        self.name = request["table"]
        self.keys = request["keys"]
        self.defined = list(request["defined"])
        options = request["options"]
        self.options = {"ttl": options["ttl"], "max_versions": options["max_versions"], "deviation": options.get("deviation", DAY),
                        "allow_update": options.get("allow_update", True)}
        self.throughput = tuple(number or 0 for number in request["throughput"])
        self.indexes = [(name, list(keys), list(columns)) for name, keys, columns in request["indexes"]]
        autos = any(auto for _, _, auto in self.keys)
        self.transactions = not autos if request.get("transactions") is None else request["transactions"]
        self.rows = {}     # key values to {column name: {version: value}}
        self.written = {}  # key values to the time of the last write
        self.numbers = {}  # partition key value to the highest number that was given out for it

    def auto_column(self):
        return next((at for at, key in enumerate(self.keys) if key[2]), None)

    def type_of(self, column):
        return next((kind for name, kind in self.defined if name == column), None)

    def describe(self):
        return {"table": self.name, "keys": self.keys, "defined": sorted(self.defined), "options": self.options,
                "throughput": self.throughput, "indexes": self.indexes}


def key_violations(keys):
    names = [name for name, _, _ in keys]
    autos = [at for at, key in enumerate(keys) if key[2]]
    if not 1 <= len(keys) <= 4 or len(set(names)) < len(names) or not all(good_name(name) for name in names):
        yield INVALID
    if len(autos) > 1 or 0 in autos or any(keys[at][1] != "integer" for at in autos):
        yield INVALID


def column_violations(keys, columns):
    names = [name for name, _, _ in keys] + [name for name, _ in columns]
    if len(columns) > 32 or len(set(names)) < len(names) or not all(good_name(name) for name, _ in columns):
        yield INVALID


def option_violations(options):
    ttl, versions, deviation = options.get("ttl", -1), options.get("max_versions", 1), options.get("deviation", DAY)
    if ttl == 0 or ttl < -1 or versions < 1 or deviation < 1:
        yield INVALID


def throughput_violations(units):
    if units is not None and any(number is not None and not 0 <= number <= 100000 for number in units):
        yield INVALID


def index_violations(table, keys, columns, index):
    """An index has keys of its own, each a key or a defined column of a key's type, and shows defined columns."""
    name, index_keys, index_columns = index
    kinds = {key: kind for key, kind, _ in keys} | dict(columns)
    if name == table:
        yield INVALID
        yield EXISTS
    if not good_name(name) or not 1 <= len(index_keys) <= 4 or len(set(index_keys)) < len(index_keys):
        yield INVALID
    if not all(kinds.get(key) in ("integer", "string", "binary") for key in index_keys):
        yield INVALID
    if not set(index_columns) <= {column for column, _ in columns} or len(set(index_columns)) < len(index_columns):
        yield INVALID


def index_option_violations(options):
    """A table with an index keeps one version, and nothing of it expires unless its rows are never updated."""
    if options.get("max_versions", 1) != 1 or (options.get("ttl", -1) != -1 and options.get("allow_update", True)):
        yield INVALID


def create_violations(request):
    options, indexes = request["options"], request["indexes"]
    if request.get("transactions") and any(auto for _, _, auto in request["keys"]):
        yield INVALID
    if indexes:
        yield from index_option_violations(options or {})
    if not good_name(request["table"]) or options is None or not {"ttl", "max_versions"} <= set(options):
        yield INVALID
    yield from option_violations(options or {})
    yield from key_violations(request["keys"])
    yield from column_violations(request["keys"], request["defined"])
    yield from throughput_violations(request["throughput"])
    for index in indexes:
        yield from index_violations(request["table"], request["keys"], request["defined"], index)
    names = [name for name, _, _ in indexes]
    if len(indexes) > 5 or len(set(names)) < len(names):
        yield INVALID


def update_violations(request):
    """At least one part; each as at creation."""
    options, units = request.get("options"), request.get("throughput")
    if not good_name(request["table"]) or (not options and units is None):
        yield INVALID
    yield from option_violations(options or {})
    yield from throughput_violations(units)


def check_create(request):
    check(create_violations(request))
