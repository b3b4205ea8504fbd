"""transactions: local transactions, on one partition each, for a minute.

A transaction has its own copy of the partition's rows, and nobody else writes there while it is open: so it can be put back whole.
"""
from .refused import INVALID, Refused

LIFE_MS = 60 * 1000
CONFLICT, GONE, OUTSIDE = "OTSRowOperationConflict", "OTSSessionNotExist", "OTSDataOutOfRange"


class Transaction:
    """Looks like its table, with other rows."""

    def __init__(self, table, partition, now):
        self.table, self.partition, self.ends = table, partition, now + LIFE_MS
        self.rows = {key: columns for key, columns in table.rows.items() if key[0] == partition}
        self.written = {key: table.written[key] for key in self.rows}

    def __getattr__(self, name):
        return getattr(self.table, name)

    def commit(self):
        for key in [key for key in self.table.rows if key[0] == self.partition]:
            del self.table.rows[key]
        self.table.rows.update(self.rows)
        self.table.written.update(self.written)


class Transactions:
    """The open ones, by the names that requests here call them."""

    def __init__(self):
        self.open = {}

    def start(self, name, table, partition, now):
        """[assumed] A table has transactions unless it was made without; one with auto-increment keys has none."""
        if not table.transactions:
            raise Refused(INVALID)
        if self.holder(table, partition, now) is not None:
            raise Refused(CONFLICT)
        self.open[name] = Transaction(table, partition, now)

    def is_open(self, name, now):
        return name in self.open and now < self.open[name].ends

    def find(self, name, now):
        if not self.is_open(name, now):
            raise Refused(GONE)
        return self.open[name]

    def end(self, name, now):
        found = self.find(name, now)
        del self.open[name]
        return found

    def drop(self, table):
        self.open = {name: one for name, one in self.open.items() if one.table is not table}

    def holder(self, table, partition, now):
        for one in self.open.values():
            if one.table is table and one.partition == partition and now < one.ends:
                return one
        return None

    def scope(self, name, table, now):
        """What a request works on: the table, or what its transaction sees of it."""
        if name is None:
            return table
        found = self.find(name, now)
        if found.table is not table:
            raise Refused({INVALID, OUTSIDE})
        return found

    def check_write(self, scope, partition, now):
        """Inside a transaction only its partition, outside any partition that no transaction holds."""
        if isinstance(scope, Transaction):
            self.check_inside(scope, partition)
        elif self.holder(scope, partition, now) is not None:
            raise Refused(CONFLICT)

    @staticmethod
    def check_inside(scope, *partitions):
        if isinstance(scope, Transaction) and any(partition != scope.partition for partition in partitions):
            raise Refused(OUTSIDE)
