"""generate: random requests over few tables, keys and columns, so that they meet; some of them wrong in one of many ways."""
import math

from .values import AUTO, DELETE_ALL, DELETE_ONE, INCREMENT, INT64_MAX, INT64_MIN, MAX, MIN, PUT, Cell, Row

TABLES = ["a", "b", "Long_name_1"]
COLUMNS = [b"c0", b"c1", b"A", b"_x"]
KEYS = {
    "integer": [0, 1, -1, INT64_MIN, INT64_MAX, 7],
    "string": [b"", b"a", b"a\0", b"ab", "é".encode(), b"b" * 1024],
    "binary": [b"", b"\0", b"\0\xff", b"\xff", b"a"],
}
VALUES = [("integer", 0), ("integer", 5), ("integer", INT64_MAX), ("integer", INT64_MIN), ("double", -0.0), ("double", 1.5),
          ("double", 5e-324), ("boolean", True), ("boolean", False), ("string", b""), ("string", b"v"), ("string", "日本".encode()),
          ("binary", b""), ("binary", b"\0\xff"), ("string", b"x" * 5000)]
BAD_NAMES = ["", "1c", "c-1", "é", "c" * 256, "a b"]
BAD_VALUES = [("double", math.nan), ("double", math.inf), ("double", -math.inf), MIN, MAX, AUTO]
DAY_MS = 86400 * 1000


class Maker:
    def __init__(self, rng, service):
        self.rng, self.service = rng, service
        self.started = 0  # transactions

    def chance(self, of):
        return self.rng.random() < of

    def some(self, things, least=0, most=3):
        things = list(things)
        return self.rng.sample(things, min(len(things), self.rng.randint(least, most)))

    # ---- tables ----

    def create_table(self, name=None):
        rng = self.rng
        count = rng.choice([1, 1, 2, 2, 3, 4])
        keys = [(f"k{at}", rng.choice(["integer", "string", "binary"]), False) for at in range(count)]
        if count > 1 and self.chance(0.3):
            keys[rng.randrange(1, count)] = ("id", "integer", True)
        defined = [(name, kind) for name, kind in self.some([("d0", "integer"), ("d1", "string"), ("d2", "double")])]
        options = {"ttl": rng.choice([-1, -1, 86400, 172800]), "max_versions": rng.choice([1, 1, 2, 3, 5])}
        if self.chance(0.3):
            options["deviation"] = rng.choice([1, 60, 86400, 10 * 86400])
        if self.chance(0.05):
            options["allow_update"] = self.chance(0.5)
        request = {"op": "CreateTable", "table": name or rng.choice(TABLES), "keys": keys, "defined": defined, "options": options,
                   "throughput": rng.choice([(0, 0), (0, 0), (None, None), (5, 7)]), "indexes": []}
        if self.chance(0.2):
            request["transactions"] = self.chance(0.6)
        if defined and self.chance(0.2):
            column = rng.choice(defined)[0]
            options.update(max_versions=1, ttl=-1)
            request["indexes"] = [("index_0", [column, "k0"], self.some([name for name, _ in defined if name != column]))]
        return self.spoilt_table(request) if self.chance(0.08) else request

    def spoilt_table(self, request):
        keys, options = list(request["keys"]), dict(request["options"])
        spoil = self.rng.choice([
            lambda: request.update(table=self.rng.choice(BAD_NAMES)),
            lambda: request.update(keys=[]),
            lambda: request.update(keys=[(f"k{at}", "string", False) for at in range(5)]),
            lambda: request.update(keys=keys + [keys[0]]),
            lambda: request.update(keys=[(self.rng.choice(BAD_NAMES), "string", False)] + keys[1:]),
            lambda: request.update(keys=[("id", "integer", True)] + keys[:1]),
            lambda: request.update(keys=[("k0", "string", False), ("id", self.rng.choice(["string", "binary"]), True)]),
            lambda: request.update(keys=[("k0", "string", False), ("id", "integer", True), ("id2", "integer", True)]),
            lambda: request.update(options=None),
            lambda: request.update(options=options | {"ttl": self.rng.choice([0, -2, INT64_MIN >> 32])}),
            lambda: request.update(options=options | {"max_versions": self.rng.choice([0, -1])}),
            lambda: request.update(options={"ttl": -1}),
            lambda: request.update(options={"max_versions": 1}),
            lambda: request.update(options=options | {"deviation": self.rng.choice([0, -1])}),
            lambda: request.update(defined=[(f"d{at}", "string") for at in range(33)]),
            lambda: request.update(defined=[("d0", "string"), ("d0", "integer")]),
            lambda: request.update(defined=[(keys[0][0], "string")]),
            lambda: request.update(defined=[(self.rng.choice(BAD_NAMES), "string")]),
            lambda: request.update(throughput=self.rng.choice([(-1, 0), (0, 100001)])),
            lambda: request.update(indexes=[("i", ["nowhere"], [])]),
            lambda: request.update(indexes=[("i", [], [])]),
            lambda: request.update(indexes=[("i", [keys[0][0]], ["nowhere"])]),
            lambda: request.update(indexes=[(request["table"], [keys[0][0]], [])]),
            lambda: request.update(indexes=[("i", [keys[0][0]], [])] * 2),
        ])
        spoil()
        return request

    def update_table(self):
        rng, request = self.rng, {"op": "UpdateTable", "table": self.table_name()}
        if self.chance(0.85):
            options = {"ttl": rng.choice([-1, 86400, 200000] + [0, -2] * self.chance(0.05)),
                       "max_versions": rng.choice([1, 2, 4] + [0] * self.chance(0.1)),
                       "deviation": rng.choice([1, 3600, 86400] + [0] * self.chance(0.1))}
            request["options"] = {name: options[name] for name in self.some(options, 0)}
            self.lower(self.service.tables.get(request["table"]), request["options"])
        if self.chance(0.3):
            request["throughput"] = rng.choice([(0, 0), (None, 3), (4, None), (-1, 0), (0, 100001)])
        return request

    @staticmethod
    def lower(table, options):
        """What has expired may come back when its limit is raised, or may be gone for good: no limit is raised where rows expire."""
        if table is None or table.options["ttl"] == -1:
            return
        for name in ("ttl", "max_versions"):
            if options.get(name, 1) == -1 or options.get(name, 1) > table.options[name]:
                del options[name]

    def create_index(self):
        name = self.table_name()
        table = self.table(name)
        columns = [column for column, _ in table.defined] + [self.rng.choice(["d0", "d1", "nowhere"])]
        keys = self.some(columns + [key for key, _, _ in table.keys], 0 if self.chance(0.1) else 1)
        index = self.rng.choice(["index_0", "index_1", "index_2", name] + BAD_NAMES[:1] * self.chance(0.1))
        return {"op": "CreateIndex", "table": name, "index": (index, keys, self.some(column for column in columns[:-1] if column not in keys)), "base": self.chance(0.5)}

    def drop_index(self):
        return {"op": "DropIndex", "table": self.table_name(), "index": self.rng.choice(["index_0", "index_1", "nowhere"])}

    def add_columns(self):
        kinds = ["integer", "string", "double", "boolean", "binary"]
        names = self.some(["d0", "d1", "d2", "d3", "c0", "k0"] + BAD_NAMES[:2] * self.chance(0.1), 0 if self.chance(0.1) else 1)
        return {"op": "AddDefinedColumn", "table": self.table_name(), "columns": [(name, self.rng.choice(kinds)) for name in names]}

    def delete_columns(self):
        names = self.some(["d0", "d1", "d2", "d3", "c0"], 0 if self.chance(0.1) else 1, 2)
        return {"op": "DeleteDefinedColumn", "table": self.table_name(), "columns": names}

    def table_name(self):
        """Mostly one that is there."""
        known = list(self.service.tables)
        if known and not self.chance(0.03):
            return self.rng.choice(known)
        return self.rng.choice(TABLES + ["nowhere", "nowhere", self.rng.choice(BAD_NAMES)])

    def delete_table(self):
        return {"op": "DeleteTable", "table": self.table_name()}

    def describe_table(self):
        return {"op": "DescribeTable", "table": self.table_name()}

    def list_table(self):
        return {"op": "ListTable"}

    # ---- keys ----

    def keys(self, table, placeholder=False):
        """A key; often one of a row that is there."""
        if table.rows and not placeholder and self.chance(0.5):
            values = self.rng.choice(list(table.rows))
        else:
            values = tuple((kind, self.rng.choice(KEYS[kind][:3] if self.chance(0.8) else KEYS[kind])) for _, kind, _ in table.keys)
        held = [one.partition for one in self.service.transactions.open.values() if one.table is table]
        if held and self.chance(0.6):
            values = (self.rng.choice(held),) + values[1:]
        if placeholder:
            at = table.auto_column()
            values = values[:at] + (AUTO,) + values[at + 1:]
        return tuple((name.encode(), value) for (name, _, _), value in zip(table.keys, values))

    def table(self, name):
        """Its schema, or that of a table like those there are."""
        known = self.service.tables
        return known.get(name) or (self.rng.choice(list(known.values())) if known else None)

    def bad_keys(self, keys):
        rng, (name, value) = self.rng, keys[0]
        other = ("string", b"x") if value[0] == "integer" else ("integer", 1)
        return rng.choice([
            keys[1:], keys + ((b"more", ("integer", 1)),), ((name, other),) + keys[1:], ((b"other", value),) + keys[1:],
            ((rng.choice(BAD_NAMES).encode(), value),) + keys[1:], ((name, rng.choice([MIN, MAX, AUTO])),) + keys[1:],
            ((name, ("string", b"k" * 1025)),) + keys[1:], keys[::-1] if len(keys) > 1 else (),
            ((name, ("boolean", True)),) + keys[1:], keys * 5,
        ])

    # ---- cells ----

    def column(self, table):
        return self.rng.choice(COLUMNS + [name.encode() for name, _ in table.defined])

    def time(self, table):
        """A version: often one of few, so that they meet; within what the table takes."""
        step = min(1000, table.options["deviation"] * 250)
        return self.service.now + step * self.rng.choice([-3, -2, -1, 0, 1])

    def value(self, table, column):
        kind = table.type_of(column.decode())
        return self.rng.choice([value for value in VALUES if kind is None or value[0] == kind or self.chance(0.01)])

    def put(self, table):
        name = self.column(table)
        return Cell(name, PUT, self.value(table, name), self.time(table) if self.chance(0.4) else None)

    def update(self, table):
        """A cell of an update."""
        kind, name = self.rng.choice([PUT, PUT, PUT, DELETE_ALL, DELETE_ONE, INCREMENT]), self.column(table)
        if kind == PUT:
            return self.put(table)
        if kind == INCREMENT:
            return Cell(name, INCREMENT, ("integer", self.rng.choice([1, -3, 0, INT64_MAX, INT64_MIN])))
        return Cell(name, kind, None, self.time(table) if kind == DELETE_ONE else None)

    def bad_cell(self, table, cell):
        rng, value = self.rng, ("integer", 1)
        return rng.choice([
            cell._replace(name=rng.choice(BAD_NAMES).encode()), Cell(rng.choice(table.keys)[0].encode(), PUT, value),
            Cell(b"c0", PUT, rng.choice(BAD_VALUES)), Cell(b"c0", PUT, value, rng.choice([-1, INT64_MAX // 1000, INT64_MAX])),
            Cell(b"c0", PUT, value, self.service.now + 2 * table.options["deviation"] * 1000), Cell(b"c0", DELETE_ONE),
            Cell(b"c0", PUT, value, max(0, self.service.now - 2 * table.options["deviation"] * 1000)),
            Cell(b"c0", DELETE_ALL, value), Cell(b"c0", DELETE_ALL, None, 5), Cell(b"c0", INCREMENT, ("double", 1.0)),
            Cell(b"c0", INCREMENT, value, 5), Cell(b"c0", INCREMENT), Cell(b"c0", PUT), Cell(b"c0", 2, value), Cell(b"c0", 9),
            Cell(b"c0", DELETE_ONE, value, 5), Cell(b"c0", DELETE_ONE, None, -1),
        ])

    # ---- rules ----

    def single(self, table):
        name = self.rng.choice([self.column(table).decode()] * 4 + [table.keys[0][0]])
        kinds = {name: kind for name, kind, _ in table.keys} | dict(table.defined)
        value = self.rng.choice([value for value in VALUES if kinds.get(name, value[0]) == value[0] or self.chance(0.1)])
        if name == table.keys[0][0]:
            value = (kinds[name], self.rng.choice(KEYS[kinds[name]]))
        return ("column", name, self.rng.choice(["==", "!=", ">", ">=", "<", "<="]), value, self.chance(0.5), self.chance(0.6))

    def rule(self, table, depth=0):
        if depth == 2 or self.chance(0.6):
            return self.single(table)
        kind = self.rng.choice(["and", "or", "not"])
        return (kind, [self.rule(table, depth + 1) for _ in range(1 if kind == "not" else self.rng.choice([2, 2, 3]))])

    def bad_rule(self, table):
        single = self.single(table)
        return self.rng.choice([
            b"\xff", b"\x08\x09\x12\x00", b"\x08\x01\x12\x01a", ("and", [single]), ("or", []), ("not", [single, single]), ("not", []),
            ("and", [single] * 10), ("and", [single] * 9), ("and", [("page", 0, 1), single]), ("page", -1, 1), ("page", 0, 0),
            single[:1] + (self.rng.choice(BAD_NAMES),) + single[2:], single[:3] + (MIN,) + single[4:],
        ])

    # ---- changes ----

    def change(self, table, kind=None, in_bulk=False):
        """{type, row, expect, returns}: a row change as it stands alone or in a batch."""
        kind = kind or self.rng.choice(["put", "put", "update", "update", "delete"])
        placeholder = kind == "put" and table.auto_column() is not None and self.chance(0.7)
        keys = self.keys(table, placeholder)
        cells = {"put": lambda: [self.put(table) for _ in range(self.rng.choice([0, 1, 1, 2, 4]))], "delete": list,
                 "update": lambda: [self.update(table) for _ in range(self.rng.choice([1, 1, 2, 4]))]}[kind]()
        change = {"type": kind, "row": Row(keys, tuple(cells), kind == "delete"), "expect": 0}
        if not in_bulk:
            change["expect"] = 0 if placeholder else self.rng.choice([0, 0, 0, 1, 2])
            if not placeholder and self.chance(0.15):
                change["rule"] = self.bad_rule(table) if self.chance(0.05) else self.rule(table)
            if placeholder:
                change["returns"] = (1, [])
            elif self.chance(0.3):
                change["returns"] = self.returns(cells)
        return self.spoilt_change(table, change) if self.chance(0.04) else change

    def returns(self, cells):
        """Of counted columns mostly: others are refused."""
        counted = sorted({cell.name for cell in cells if cell.op == INCREMENT})
        named = [name.decode() for name in (self.some(COLUMNS) if self.chance(0.1) else counted)]
        return self.rng.choice([(0, named), (1, []), (2, named), (2, named)])

    def spoilt_change(self, table, change):
        row, rng = change["row"], self.rng
        spoil = rng.randrange(6 + self.chance(0.3))
        if spoil == 0:
            row = row._replace(keys=self.bad_keys(row.keys))
        elif spoil in (1, 2):
            row = row._replace(cells=row.cells + (self.bad_cell(table, row.cells[0] if row.cells else Cell(b"c0", PUT, ("integer", 1))),))
        elif spoil == 3:
            row = row._replace(marker=not row.marker)
        elif spoil == 4:
            row = row._replace(damage=rng.choice(["cell checksum", "row checksum", "cut", "trailing", "twice", "no header", "zeros"]))
        elif spoil == 5:
            row = row._replace(cells=() if row.cells else (Cell(b"c0", PUT, ("integer", 1)),))
        else:
            row = row._replace(cells=tuple(Cell(b"n%d" % at, PUT, ("integer", at)) for at in range(rng.choice([1024, 1025]))))
        return change | {"row": row}

    def write(self):
        name = self.table_name()
        table = self.table(name)
        change = self.change(table)
        op = {"put": "PutRow", "update": "UpdateRow", "delete": "DeleteRow"}[change.pop("type")]
        return {"op": op, "table": name} | change | self.within(name)

    # ---- transactions ----

    def within(self, name):
        """Often inside an open transaction of the table, rarely of another or of none."""
        own = [label for label, one in self.service.transactions.open.items() if one.table.name == name]
        if own and self.chance(0.5):
            return {"transaction": self.rng.choice(own)}
        if self.chance(0.01):
            return {"transaction": self.rng.choice(list(self.service.transactions.open) + ["#0"])}
        return {}

    def start(self):
        name = self.table_name()
        keys = self.asked_keys(self.table(name))
        self.started += 1
        asked = keys if isinstance(keys, Row) or self.chance(0.05) else keys[:1]
        return {"op": "StartLocalTransaction", "table": name, "keys": asked, "as": f"#{self.started}"}

    def end(self):
        label = self.rng.choice([f"#{max(0, self.started - back)}" for back in (0, 0, 1)])
        return {"op": self.rng.choice(["CommitTransaction", "CommitTransaction", "AbortTransaction"]), "transaction": label}

    def rows(self, table, most, in_bulk):
        """Distinct keys mostly, as a batch wants them."""
        rows, seen = [], set()
        for _ in range(self.rng.randint(1, most)):
            change = self.change(table, None, in_bulk)
            mark = repr(change["row"].keys)
            if mark in seen and not (in_bulk or self.chance(0.02)) and AUTO not in [value for _, value in change["row"].keys]:
                continue
            seen.add(mark)
            rows.append(change)
        return rows

    def batch_write(self):
        names = list(dict.fromkeys(self.table_name() for _ in range(self.rng.choice([1, 1, 2, 3]))))
        tables = [(name, self.rows(self.table(name), 5, False)) for name in names]
        if self.chance(0.03):
            tables = self.rng.choice([[], tables + tables[:1], [(names[0], [])], [(names[0], self.many_rows(self.table(names[0])))]])
        request = {"op": "BatchWriteRow", "tables": tables} | self.within(names[0])
        return request | {"atomic": True} if self.chance(0.1) else request

    def many_rows(self, table):
        """200 or 201 deletions."""
        kinds = {"integer": lambda at: at, "string": lambda at: b"%d" % at, "binary": lambda at: b"%d" % at}
        return [{"type": "delete", "row": Row(tuple((name.encode(), (kind, kinds[kind](at))) for name, kind, _ in table.keys), (), True),
                 "expect": 0} for at in range(self.rng.choice([200, 201]))]

    def bulk_import(self):
        name = self.table_name()
        rows = self.rows(self.table(name), 8, True)
        if self.chance(0.03):
            rows = self.rng.choice([[], self.many_rows(self.table(name))])
        return {"op": "BulkImport", "table": name, "rows": rows}

    # ---- reads ----

    def view(self, table):
        view = {}
        if self.chance(0.8):
            view["versions"] = self.rng.choice([1, 1, 2, 3, 100])
        if self.chance(0.3) or (not view and not self.chance(0.05)):
            first, last = sorted([self.time(table), self.time(table)])
            view["time"] = self.rng.choice([(first, last + 1, None), (0, INT64_MAX, None), (first, INT64_MAX, None)])
            if "versions" not in view and self.chance(0.5):
                view["time"] = (None, None, first)
        if self.chance(0.3):
            names = COLUMNS + [name.encode() for name, _ in table.defined] + [table.keys[0][0].encode()] * self.chance(0.2)
            view["columns"] = [name.decode() for name in self.some(names, 1)]
        if self.chance(0.25):
            view["rule"] = self.rule(table) if self.chance(0.8) else ("page", self.rng.choice([0, 1, 2]), self.rng.choice([1, 2, 9]))
            if self.chance(0.05):
                view["rule"] = self.bad_rule(table)
        if self.chance(0.12):
            first, last = sorted([self.column(table).decode(), self.column(table).decode()])
            view |= self.rng.choice([{"start_column": first}, {"end_column": last}, {"start_column": first, "end_column": last + "_"}])
        return self.spoilt_view(view) if self.chance(0.03) else view

    def spoilt_view(self, view):
        return self.rng.choice([
            {}, view | {"versions": self.rng.choice([0, -1])}, {"time": (5, 5, None)}, {"time": (9, 5, None)}, {"time": (-1, 5, None)},
            {"time": (None, None, -1)}, {"time": (1, None, 5)}, view | {"columns": [self.rng.choice(BAD_NAMES)]},
            view | {"start_column": "c1", "end_column": "c0"}, view | {"start_column": "c0", "end_column": "c0"},
            view | {"start_column": self.rng.choice(BAD_NAMES)}, {"time": (None, None, 5), "versions": 2},
            view | {"columns": [f"c{at}" for at in range(129)]}, view | {"columns": [f"c{at}" for at in range(128)]},
        ])

    def asked_keys(self, table):
        keys = self.keys(table)
        if self.chance(0.03):
            return self.bad_keys(keys)
        if self.chance(0.02):
            return Row(keys, (), False, self.rng.choice(["row checksum", "cut", "twice", "zeros"]))
        return keys

    def get_row(self):
        name = self.table_name()
        table = self.table(name)
        return {"op": "GetRow", "table": name, "keys": self.asked_keys(table)} | self.view(table) | self.within(name)

    def batch_get(self):
        names = list(dict.fromkeys(self.table_name() for _ in range(self.rng.choice([1, 1, 2]))))
        tables = []
        for name in names:
            table = self.table(name)
            tables.append({"table": name, "keys": [self.asked_keys(table) for _ in range(self.rng.choice([1, 2, 4]))]} | self.view(table))
        if self.chance(0.04):
            tables = self.rng.choice([[], tables + tables[:1], [tables[0] | {"keys": []}],
                                      [tables[0] | {"keys": tables[0]["keys"][:1] * self.rng.choice([100, 101])}]])
        return {"op": "BatchGetRow", "tables": tables}

    def bound(self, table, infinite):
        """A key with bounds from some column on."""
        keys = self.keys(table)
        at = self.rng.choice([0, 0, len(keys), self.rng.randrange(len(keys) + 1)])
        return keys[:at] + tuple((name, infinite) for name, _ in keys[at:])

    def get_range(self):
        name, direction = self.table_name(), self.rng.choice([0, 1])
        table = self.table(name)
        sides = [MIN, MAX] if direction == 0 else [MAX, MIN]
        start, end = (self.bound(table, side) for side in sides)
        if self.chance(0.03):
            start = self.bad_keys(start)
        request = {"op": "GetRange", "table": name, "direction": direction, "start": start, "end": end} | self.view(table)
        request |= self.within(name)
        if "transaction" in request and self.chance(0.9):
            first = ((table.keys[0][0].encode(), self.service.transactions.open[request["transaction"]].partition),) if (
                request["transaction"] in self.service.transactions.open) else start[:1]
            request["start"], request["end"] = (first + tuple((key.encode(), side) for key, _, _ in table.keys[1:]) for side in sides)
        if self.chance(0.4):
            request["limit"] = self.rng.choice([1, 2, 3, 5000, 6000] + [0, -1] * self.chance(0.05))
        return request

    def everything(self, name):
        """All of a table: what is left of a sequence's doings."""
        keys = [key.encode() for key, _, _ in self.service.tables[name].keys]
        return {"op": "GetRange", "table": name, "direction": 0, "versions": 2**31 - 1, "start": tuple((key, MIN) for key in keys),
                "end": tuple((key, MAX) for key in keys)}

    def wrong_body(self):
        op = self.rng.choice(["PutRow", "GetRow", "GetRange", "BatchWriteRow", "CreateTable", "BulkImport", "DeleteTable"])
        return {"op": op, "body": self.rng.choice([b"\xff", b"\x0a\x05ab", b"\x0a" + b"\xff" * 9, b"\x08\x01" * 3])}

    # ---- all ----

    KINDS = [("write", 30), ("batch_write", 10), ("bulk_import", 8), ("get_row", 16), ("get_range", 14), ("batch_get", 5), ("start", 4), ("end", 4), ("create_table", 3),
             ("describe_table", 2), ("delete_table", 1), ("list_table", 1), ("update_table", 2),
             ("create_index", 1), ("drop_index", 0.5), ("add_columns", 1), ("delete_columns", 0.7), ("wrong_body", 0.5), ("wait", 6)]

    def wait(self):
        return {"op": "wait", "ms": self.rng.choice([1, 1, 1000, 1000, 25000, 25000, DAY_MS // 2, DAY_MS])}

    def request(self):
        if not self.service.tables:
            return self.create_table()
        names, weights = zip(*self.KINDS)
        return getattr(self, self.rng.choices(names, weights)[0])()
