"""series: time series: tables, points, what is known about series. Row failures are not looked at: this SDK fails to read them."""
import time

from checks import part, refused, same
from service import client
from tablestore import (CreateTimeseriesTableRequest, DeleteTimeseriesMetaRequest, GetTimeseriesDataRequest, QueryTimeseriesMetaRequest,
                        TimeseriesKey, TimeseriesMeta, TimeseriesMetaOptions, TimeseriesRow, TimeseriesTableMeta, TimeseriesTableOptions,
                        UpdateTimeseriesMetaRequest)
from tablestore.timeseries_condition import (AttributeMetaQueryCondition, CompositeMetaQueryCondition, DataSourceMetaQueryCondition,
                                             MeasurementMetaQueryCondition, MetaQueryCompositeOperator, MetaQuerySingleOperator,
                                             TagMetaQueryCondition, UpdateTimeMetaQueryCondition)

TABLE = "series"
END = 4102444800000000
AND, OR, NOT = MetaQueryCompositeOperator
EQUAL, _, GREATER, GREATER_EQUAL, LESS, LESS_EQUAL, PREFIX = MetaQuerySingleOperator


def create(name, **options):
    client.create_timeseries_table(CreateTimeseriesTableRequest(TimeseriesTableMeta(name, **options)))


def put(key, us, **fields):
    client.put_timeseries_data(TABLE, [TimeseriesRow(key, fields, us)])


def answer(key, begin=0, end=END, **named):
    return client.get_timeseries_data(GetTimeseriesDataRequest(TABLE, key, begin, end, **named))


def points(key, **named):
    return [(row.time_in_us, row.fields) for row in answer(key, **named).rows or []]


def query(condition=None, **named):
    return client.query_timeseries_meta(QueryTimeseriesMetaRequest(TABLE, condition, getTotalHits=True, **named))


def found(condition=None):
    metas = query(condition).timeseriesMetas
    return sorted(meta.timeseries_key.data_source for meta in metas)


def names():
    return sorted(meta.timeseries_table_name for meta in client.list_timeseries_table())


with part("time-series tables"):
    same("no time-series tables at first", names(), [])
    create(TABLE)
    create("_other", timeseries_table_options=TimeseriesTableOptions(86400))
    same("the list of time-series tables", names(), ["_other", TABLE])
    meta = client.describe_timeseries_table("_other").table_meta
    same("time to live", meta.timeseries_table_options.time_to_live, 86400)
    same("status", meta.status, "CREATED")
    client.update_timeseries_table(TimeseriesTableMeta("_other", TimeseriesTableOptions(172800), TimeseriesMetaOptions(None, False)))
    meta = client.describe_timeseries_table("_other").table_meta
    same("another time to live", meta.timeseries_table_options.time_to_live, 172800)
    same("attributes are forbidden", meta.timeseries_meta_options.allow_update_attributes, False)
    refused("made twice", "OTSObjectAlreadyExist", 409, create, TABLE)
    refused("a name of a data table", "OTSParameterInvalid", 400, create, "1a")
    client.delete_timeseries_table("_other")
    same("one was deleted", names(), [TABLE])
    refused("no such table", "OTSObjectNotExist", 404, client.describe_timeseries_table, "_other")

with part("points of every type"):
    key = TimeseriesKey("cpu", "host_0", {"os": "linux", "region": "hangzhou"})
    fields = {"f_int": -(1 << 63), "f_max": (1 << 63) - 1, "f_dbl": 1.5, "f_bool": True, "f_no": False, "f_str": "数据", "f_empty": "",
              "f_bin": bytearray(b"\x00\xff")}
    put(key, 1704164645678000, **fields)
    put(key, 5, n=1)
    same("all types come back, the earlier point first", points(key), [(5, {"n": 1}), (1704164645678000, fields)])
    row = answer(key).rows[1]
    same("measurement", row.timeseries_key.measurement_name, "cpu")
    same("data source", row.timeseries_key.data_source, "host_0")
    same("tags", row.timeseries_key.tags, key.tags)
    same("no other series has them", points(TimeseriesKey("cpu", "host_0", {})), [])
    refused("a put into no table", "OTSObjectNotExist", 404, client.put_timeseries_data, "_none", [TimeseriesRow(key, {"n": 1}, 1)])

with part("ranges and pages"):
    key = TimeseriesKey("range", "", {"k": "v"})
    for us in range(10, 16):
        put(key, us, n=us)
    same("the beginning is in it, the end is not", [us for us, _ in points(key, begin=11, end=14)], [11, 12, 13])
    same("backwards", [us for us, _ in points(key, begin=11, end=14, backward=True)], [13, 12, 11])
    for backward in (False, True):
        read, token, sizes = [], None, []
        while not sizes or token:
            page = answer(key, limit=4, nextToken=token, backward=backward)
            sizes.append(len(page.rows or []))
            read += [one.time_in_us for one in page.rows or []]
            token = page.nextToken
        same("pages of four", sizes, [4, 2])
        same("nothing twice, nothing lost", read, sorted(range(10, 16), reverse=backward))
    put(key, 20, a=1, b="x", c=True)
    same("only these fields", points(key, begin=20, fieldsToGet={"b": 4, "c": 2}), [(20, {"b": "x", "c": True})])
    put(key, 20, d=2)
    same("a point is rewritten whole", points(key, begin=20), [(20, {"d": 2})])

with part("series"):
    client.delete_timeseries_table(TABLE)
    create(TABLE)
    keys = [TimeseriesKey("cpu" if i < 2 else "mem", f"h{i}", {"dc": f"d{i % 2}", "host": f"h{i}"}) for i in range(4)]
    for key in keys:
        put(key, 5, n=1)
    now = int(time.time() * 1000000)
    everything = ["h0", "h1", "h2", "h3"]
    same("all series", found(), everything)
    meta = query(DataSourceMetaQueryCondition(EQUAL, "h1")).timeseriesMetas[0]
    same("tags of a series", meta.timeseries_key.tags, keys[1].tags)
    same("measurement of a series", meta.timeseries_key.measurement_name, "cpu")
    same("update time of a series", abs(meta.update_time_in_us - now) < 60000000, True)
    for name, condition, wanted in (
            ("measurement =", MeasurementMetaQueryCondition(EQUAL, "cpu"), "h0 h1"),
            ("measurement prefix", MeasurementMetaQueryCondition(PREFIX, "m"), "h2 h3"),
            ("source >", DataSourceMetaQueryCondition(GREATER, "h1"), "h2 h3"),
            ("source >=", DataSourceMetaQueryCondition(GREATER_EQUAL, "h1"), "h1 h2 h3"),
            ("tag <", TagMetaQueryCondition(LESS, "host", "h2"), "h0 h1"),
            ("tag <=", TagMetaQueryCondition(LESS_EQUAL, "host", "h2"), "h0 h1 h2"),
            ("tag =", TagMetaQueryCondition(EQUAL, "dc", "d1"), "h1 h3"),
            ("no such tag", TagMetaQueryCondition(PREFIX, "zone", ""), ""),
            ("update time", UpdateTimeMetaQueryCondition(LESS, now + 60000000), "h0 h1 h2 h3"),
            ("update time >", UpdateTimeMetaQueryCondition(GREATER, now + 60000000), ""),
            ("attribute", AttributeMetaQueryCondition(EQUAL, "owner", "me"), "")):
        same(name, " ".join(found(condition)), wanted)
    cpu, odd = MeasurementMetaQueryCondition(EQUAL, "cpu"), TagMetaQueryCondition(EQUAL, "dc", "d1")
    same("and", found(CompositeMetaQueryCondition(AND, [cpu, odd])), ["h1"])
    same("or", found(CompositeMetaQueryCondition(OR, [cpu, odd])), ["h0", "h1", "h3"])
    same("not", found(CompositeMetaQueryCondition(NOT, [cpu])), ["h2", "h3"])
    same("nested", found(CompositeMetaQueryCondition(AND, [CompositeMetaQueryCondition(NOT, [odd]), cpu])), ["h0"])

with part("pages of series"):
    page = query(limit=3)
    same("a page of three", (len(page.timeseriesMetas), page.totalHits), (3, 4))
    rest = query(limit=3, nextToken=page.nextToken)
    same("the rest", (len(rest.timeseriesMetas), rest.nextToken), (1, None))
    same("no series twice", len({meta.timeseries_key.data_source for meta in page.timeseriesMetas + rest.timeseriesMetas}), 4)

with part("attributes of series"):
    client.update_timeseries_meta(UpdateTimeseriesMetaRequest(TABLE, [TimeseriesMeta(keys[0], {"owner": "me", "a": "b"})]))
    metas = query(AttributeMetaQueryCondition(EQUAL, "owner", "me")).timeseriesMetas
    same("a series with attributes", [(meta.timeseries_key.data_source, meta.attributes) for meta in metas], [("h0", {"owner": "me", "a": "b"})])
    put(keys[0], 6, n=2)
    same("a put leaves them", found(AttributeMetaQueryCondition(EQUAL, "a", "b")), ["h0"])
    client.update_timeseries_meta(UpdateTimeseriesMetaRequest(TABLE, [TimeseriesMeta(keys[0], {"owner": "you"})]))
    same("an update replaces them", found(AttributeMetaQueryCondition(EQUAL, "a", "b")), [])
    gone = client.delete_timeseries_meta(DeleteTimeseriesMetaRequest(TABLE, [keys[0], TimeseriesKey("no", "such", {})]))
    same("deleted, and what was not there", gone.failedRows, [])
    same("the others stay", found(), ["h1", "h2", "h3"])
    same("the points stay", len(points(keys[0])), 2)
    client.delete_timeseries_table(TABLE)
    same("no time-series tables at the end", names(), [])
