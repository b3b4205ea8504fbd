"""service: the emulator that the checks talk to, and the short forms they are written in."""
import math
import sys

from tablestore import (CapacityUnit, ComparatorType, Condition, INF_MAX, INF_MIN, OTSClient, ReservedThroughput, Row,
                        RowExistenceExpectation, SingleColumnCondition, TableMeta, TableOptions)
from tablestore.retry import NoRetryPolicy

endpoint, key_id, secret, instance = sys.argv[1:5]

MISSING = "Requested table does not exist."
THROUGHPUT = ReservedThroughput(CapacityUnit(0, 0))
ANYHOW = Condition(RowExistenceExpectation.IGNORE)
EXIST = Condition(RowExistenceExpectation.EXPECT_EXIST)
NOT_EXIST = Condition(RowExistenceExpectation.EXPECT_NOT_EXIST)


def connect(**named):
    """Without retries: what the service refuses is not asked again."""
    options = dict(access_key_id=key_id, access_key_secret=secret, instance_name=instance, retry_policy=NoRetryPolicy()) | named
    return OTSClient(endpoint, **options)


client = connect()


def create(name, max_version=1, schema=(("part", "STRING"), ("sub", "INTEGER")), **options):
    client.create_table(TableMeta(name, list(schema)), TableOptions(-1, max_version, **options), THROUGHPUT)


def key(part, sub):
    return [("part", part), ("sub", sub)]


LOWEST = key(INF_MIN, INF_MIN)
HIGHEST = key(INF_MAX, INF_MAX)


def put(table, primary_key, columns=(), condition=ANYHOW, **named):
    return client.put_row(table, Row(primary_key, list(columns)), condition, **named)


def update(table, primary_key, changes, condition=ANYHOW, **named):
    return client.update_row(table, Row(primary_key, changes), condition, **named)


def typed(value):
    """With its type, so that 1, 1.0 and True differ; -0.0 is not 0.0."""
    return (type(value), value, math.copysign(1, value) if isinstance(value, float) else 0)


def row_of(table, primary_key, **named):
    return client.get_row(table, primary_key, **({"max_version": 1} | named))[1]


def columns(table, primary_key, **named):
    """Name to value, or None without a row."""
    row = row_of(table, primary_key, **named)
    return None if row is None else {name: value for name, value, _ in row.attribute_columns}


def when(column, comparator, value, missing=False, **named):
    """`comparator`: a name in ComparatorType."""
    return SingleColumnCondition(column, value, getattr(ComparatorType, comparator), pass_if_missing=missing, **named)


def scan(table, start=LOWEST, end=HIGHEST, direction="FORWARD", limit=None, pages=None, **named):
    """Every row of the range, page by page; `pages` gets the length of each."""
    rows = []
    while start:
        _, start, page, _ = client.get_range(table, direction, start, end, limit=limit, **({"max_version": 1} | named))
        rows += page
        if pages is not None:
            pages.append(len(page))
    return rows
