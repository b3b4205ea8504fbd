"""service: the model. answer(request) gives what the emulator must answer, or raises Refused."""
import itertools

from . import reads, schema, writes
from .refused import EXISTS, INVALID, KEY, MISSING, Refused, check, no_table
from .transactions import GONE, Transactions
from .values import ANYTHING, AUTO, Cell, Row, order, row_size


class Unknown:
    """A number that the service gives out and the model learns from its answer."""


def repeats(changes):
    """Two changes of one key; placeholders are not yet one."""
    keys = [tuple(value for _, value in change["row"].keys) for change in changes]
    keys = [key for key in keys if AUTO not in key]
    return len(set(keys)) < len(keys)


class Service:
    def __init__(self, now):
        self.now = now
        self.tables = {}
        self.transactions = Transactions()

    def answer(self, request):
        try:
            return getattr(self, request["op"])(request)
        except Refused as refused:
            lost = request.get("transaction") is not None and not self.transactions.is_open(request["transaction"], self.now)
            raise Refused(refused.codes | {GONE}) if lost else refused  # which of two mistakes is told is left open

    def table(self, name):
        if not schema.good_name(name):
            raise Refused(INVALID)
        if name not in self.tables:
            raise no_table()
        return self.tables[name]

    def taken(self):
        """[assumed] An index is a table too: all their names differ."""
        return set(self.tables) | {name for table in self.tables.values() for name, _, _ in table.indexes}

    # ---- tables ----

    def CreateTable(self, request):
        schema.check_create(request)
        if self.taken() & {request["table"], *(name for name, _, _ in request["indexes"])}:
            raise Refused(EXISTS)
        if len(self.tables) == 64:
            raise Refused("OTSQuotaExhausted", "Number of tables exceeded the quota.")
        self.tables[request["table"]] = schema.Table(request)
        return {}

    def ListTable(self, request):
        return {"tables": list(self.tables)}

    def DescribeTable(self, request):
        return self.table(request["table"]).describe()

    def DeleteTable(self, request):
        self.transactions.drop(self.table(request["table"]))
        del self.tables[request["table"]]
        return {}

    def UpdateTable(self, request):
        wrong = set(schema.update_violations(request))
        check(wrong | {MISSING} if wrong and request["table"] not in self.tables else wrong)  # which is told is left open
        table = self.table(request["table"])
        options = table.options | (request.get("options") or {})
        check(schema.index_option_violations(options) if table.indexes else [])
        table.options = options
        given = request.get("throughput") or (None, None)
        table.throughput = tuple(old if new is None else new for old, new in zip(table.throughput, given))
        return {"options": table.options, "throughput": table.throughput}

    def CreateIndex(self, request):
        table, index = self.table(request["table"]), request["index"]
        check(self.new_index_violations(table, index))
        table.indexes.append((index[0], list(index[1]), list(index[2])))
        return {}

    def new_index_violations(self, table, index):
        yield from schema.index_violations(table.name, table.keys, table.defined, index)
        yield from schema.index_option_violations(table.options)
        if index[0] in self.taken():
            yield EXISTS
        if len(table.indexes) == 5:
            yield INVALID

    def DropIndex(self, request):
        table = self.table(request["table"])
        if request["index"] not in [name for name, _, _ in table.indexes]:
            raise Refused({MISSING, INVALID})
        table.indexes = [index for index in table.indexes if index[0] != request["index"]]
        return {}

    def AddDefinedColumn(self, request):
        table = self.table(request["table"])
        check([] if request["columns"] else [INVALID])
        check(schema.column_violations(table.keys, table.defined + request["columns"]))
        table.defined = table.defined + request["columns"]
        return {}

    def DeleteDefinedColumn(self, request):
        """[assumed] Columns that an index uses stay."""
        table, names = self.table(request["table"]), request["columns"]
        known = {name for name, _ in table.defined}
        used = {column for _, keys, columns in table.indexes for column in keys + columns}
        if not names or len(set(names)) < len(names) or not set(names) <= known or set(names) & used:
            raise Refused({INVALID, MISSING})
        table.defined = [column for column in table.defined if column[0] not in names]
        return {}

    # ---- writing ----

    def PutRow(self, request):
        return self.write_one("put", request)

    def UpdateRow(self, request):
        return self.write_one("update", request)

    def DeleteRow(self, request):
        return self.write_one("delete", request)

    def write_one(self, kind, request):
        change = dict(request, type=kind)
        writes.check_change(change)
        table = self.table(request["table"])
        scope = self.transactions.scope(request.get("transaction"), table, self.now)
        writes.match(change, table, self.now)
        return self.apply(change, scope)

    def apply(self, change, table):
        """The change whole, or Refused and nothing."""
        row = change["row"]
        self.transactions.check_write(table, row.keys[0][1], self.now)
        key, learns = self.key_of(row, table)
        before = writes.alive(table, key, self.now)
        writes.expectation(change, table, key, before)
        after = {}
        if change["type"] == "delete":
            table.rows.pop(key, None)
        else:
            after = writes.changed({} if change["type"] == "put" or before is None else before, row.cells,
                                   table.options["max_versions"], self.now)
            if before is not None or writes.makes_row(change):
                table.rows[key] = after
                table.written[key] = self.now if table.options["ttl"] != -1 else None
        return {"cost": writes.cost(change), "row": self.returned(change, table, key, after), "learns": learns}

    def key_of(self, row, table):
        """The row's key; with an Unknown in it where the service gives a number."""
        values = tuple(value for _, value in row.keys)
        if AUTO not in values:
            return values, None
        number = Unknown()
        key = tuple(("integer", number) if value == AUTO else value for value in values)
        return key, (table, key)

    def returned(self, change, table, key, after):
        """RT_PK (1) gives the key, RT_AFTER_MODIFY (2) also the newest versions of the columns that were named."""
        wanted = change.get("returns")
        if wanted is None or wanted[0] == 0:
            return None
        cells = []
        if wanted[0] == 2:
            cells = [Cell(name, 0, versions[max(versions)], max(versions)) for name, versions in sorted(after.items())
                     if name.decode() in wanted[1]]
        return Row(self.named(table, key), tuple(cells))

    def named(self, table, key):
        return tuple((name.encode(), value) for (name, _, _), value in zip(table.keys, key))

    def BatchWriteRow(self, request):
        """A parameter error of any row refuses all of it; a condition that does not hold is the row's own failure."""
        check(self.batch_violations(request["tables"]))
        if request.get("atomic") and (len(request["tables"]) > 1 or "transaction" in request):
            raise Refused(INVALID)
        check(self.batch_mismatches(request["tables"]))
        tables = [self.table(name) for name, _ in request["tables"]]
        if request.get("transaction") is not None:
            return self.batch_within(self.transactions.find(request["transaction"], self.now), tables, request)
        if request.get("atomic"):
            return {"tables": [(tables[0].name, self.tried_all(request["tables"][0][1], tables[0]))]}
        return {"tables": [(table.name, [self.tried(change, table) for change in rows])
                           for table, (_, rows) in zip(tables, request["tables"])]}

    def batch_within(self, transaction, tables, request):
        """[assumed] Rows of another table fail, each for itself."""
        return {"tables": [(table.name, [self.tried(change, transaction) if table is transaction.table else
                                         Refused({INVALID, "OTSDataOutOfRange"}) for change in rows])
                           for table, (_, rows) in zip(tables, request["tables"])]}

    def tried_all(self, rows, table):
        """All of one partition, all or nothing. [assumed] Each row then carries the first one's failure."""
        before = dict(table.rows), dict(table.written)
        results = [self.tried(change, table) for change in rows]
        failed = next((result for result in results if isinstance(result, Refused)), None)
        if len({change["row"].keys[0][1] for change in rows}) > 1:
            failed = Refused({"OTSDataOutOfRange", INVALID})
        if failed is None:
            return results
        table.rows, table.written = before
        return [failed] * len(rows)

    def batch_violations(self, tables):
        names = [name for name, _ in tables]
        named = all(schema.good_name(name) for name in names)
        if not tables or not named or len(set(names)) < len(names) or not all(rows for _, rows in tables):
            yield INVALID
        changes = [change for _, rows in tables for change in rows]
        yield from self.rows_violations(changes)
        for _, rows in tables:
            if repeats(rows):
                yield INVALID

    def batch_mismatches(self, tables):
        """What only the tables know; which of several mistakes is told is left open."""
        for name, rows in tables:
            for change in rows:
                try:
                    writes.match(change, self.table(name), self.now)
                except Refused as refused:
                    yield from refused.codes

    def rows_violations(self, changes):
        if not 1 <= len(changes) <= 200 or sum(row_size(change["row"].keys, change["row"].cells) for change in changes) > 4 << 20:
            yield INVALID
        for change in changes:
            yield from writes.violations(change)

    def tried(self, change, table):
        try:
            return self.apply(change, table)
        except Refused as refused:
            return refused

    def BulkImport(self, request):
        """What only the table knows is the row's own failure here."""
        changes = request["rows"]
        check(self.rows_violations(changes))
        check([] if schema.good_name(request["table"]) else [INVALID])
        table = self.tables.get(request["table"])
        if table is not None and table.indexes:
            check([INVALID] if repeats(changes) else [])
        return {"table": request["table"], "rows": [self.imported(change, table) for change in changes]}

    def imported(self, change, table):
        try:
            if table is None:
                raise no_table()
            writes.match(change, table, self.now)
        except Refused as refused:
            return refused
        return self.tried(change, table)

    def learn(self, learns, number):
        """The service gave this number to a row: it must be above all others of its partition."""
        table, key = learns
        assert number > table.numbers.get(key[0], -2**63), "an auto-increment value that does not grow"
        table.numbers[key[0]] = number
        known = tuple(("integer", number) if isinstance(value[1], Unknown) else value for value in key)
        table.rows[known], table.written[known] = table.rows.pop(key), table.written.pop(key)

    # ---- reading ----

    def GetRow(self, request):
        check(itertools.chain(reads.view_violations(request), reads.key_row_violations(request["keys"])))
        table = self.table(request["table"])
        keys = reads.key_row(request["keys"]).keys
        writes.match_key(keys, table)
        scope = self.transactions.scope(request.get("transaction"), table, self.now)
        self.transactions.check_inside(scope, keys[0][1])
        return reads.get(scope, tuple(value for _, value in keys), request, self.now)

    def GetRange(self, request):
        check(reads.range_violations(request))
        table = self.table(request["table"])
        writes.match_key(request["start"], table, True)
        writes.match_key(request["end"], table, True)
        start, end = (order(tuple(value for _, value in request[side])) for side in ("start", "end"))
        if (start >= end) if request["direction"] == 0 else (start <= end):
            raise Refused(INVALID)
        scope = self.transactions.scope(request.get("transaction"), table, self.now)
        self.transactions.check_inside(scope, request["start"][0][1], request["end"][0][1])
        return reads.get_range(scope, request, start, end, self.now)

    def BatchGetRow(self, request):
        reads.check_batch(request["tables"])
        tables = [self.table(part["table"]) for part in request["tables"]]
        return {"tables": [(table.name, [self.got(table, keys, part) for keys in part["keys"]])
                           for table, part in zip(tables, request["tables"])]}

    def got(self, table, keys, part):
        """[assumed] A key that does not fit its table is its row's failure."""
        keys = reads.key_row(keys).keys
        try:
            writes.match_key(keys, table)
        except Refused as refused:
            return refused
        return reads.get(table, tuple(value for _, value in keys), part, self.now)

    # ---- transactions ----

    def StartLocalTransaction(self, request):
        check(reads.key_row_violations(request["keys"]))
        table, keys = self.table(request["table"]), reads.key_row(request["keys"]).keys
        name, kind, _ = table.keys[0]
        if len(keys) != 1 or keys[0][0] != name.encode() or keys[0][1][0] != kind:
            raise Refused({KEY, INVALID})
        self.transactions.start(request["as"], table, keys[0][1], self.now)
        return {"transaction": ANYTHING}

    def CommitTransaction(self, request):
        self.transactions.end(request["transaction"], self.now).commit()
        return {}

    def AbortTransaction(self, request):
        self.transactions.end(request["transaction"], self.now)
        return {}
