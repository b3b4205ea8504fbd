"""Points of time series in the running emulator, by the official Python SDK: its journal, its file after kill -9, its fault rules and
what it watches hold for them as for rows."""
import json
import signal
import threading
import time

import pytest
import tablestore.protobuf.timeseries_pb2 as series_pb
from model.connection import Connection
from service_fixture import Service
from tablestore import (CreateTimeseriesTableRequest, GetTimeseriesDataRequest, OTSClient, TimeseriesKey, TimeseriesRow, TimeseriesTableMeta,
                        TimeseriesTableOptions)
from tablestore.encoder import OTSProtoBufferEncoder
from tablestore.retry import NoRetryPolicy

pytestmark = pytest.mark.filterwarnings("ignore:numElems is deprecated")  # inside the SDK
KILLS, BATCH = 6, 20


def client_of(service):
    return OTSClient(service.endpoint, service.access_key_id, service.access_key_secret, service.instance,
                     retry_policy=NoRetryPolicy(), socket_timeout=20)


def make_table(client, name="m"):
    client.create_timeseries_table(CreateTimeseriesTableRequest(TimeseriesTableMeta(name, TimeseriesTableOptions(-1))))


def point(source, time_us, **fields):
    return TimeseriesRow(TimeseriesKey("cpu", source, {"region": "cn", "os": "linux"}), fields, time_us)


class Putter:
    """The SDK's requests over a connection of our own: the SDK stumbles over the failed rows of an answer."""

    def __init__(self, service):
        host, port = service.address.rsplit(":", 1)
        date = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime())
        self.connection = Connection(host, int(port), service.instance, service.access_key_id, service.access_key_secret, date)
        self.encoder = OTSProtoBufferEncoder("utf-8")

    def put(self, *rows):
        """The indexes and codes of the rows that failed."""
        body = self.encoder.encode_request("PutTimeseriesData", "m", list(rows)).SerializeToString()
        status, _, body = self.connection.send("/PutTimeseriesData", body)
        assert status == 200, body
        return [(row.row_index, row.error_code) for row in series_pb.PutTimeseriesDataResponse.FromString(body).failed_rows]


def read(client, source):
    """{time: fields}"""
    found, token = {}, None
    while True:
        request = GetTimeseriesDataRequest("m", TimeseriesKey("cpu", source, {"region": "cn", "os": "linux"}), 0, 2 ** 62, 0, token)
        answer = client.get_timeseries_data(request)
        found.update({row.time_in_us: row.fields for row in answer.rows or []})
        token = answer.nextToken
        if not token:
            return found


@pytest.fixture
def client(emulator):
    client = client_of(emulator)
    make_table(client)
    return client


@pytest.fixture
def put(emulator, client):
    return Putter(emulator).put


def lines(emulator):
    emulator.flush()
    return [json.loads(line) for line in emulator.journal.read_text().splitlines()]


def test_the_journal_has_points_as_explain_writes_them(emulator, put):
    assert put(point("a", 5, f_int=1, f_text="x", f_bool=True, f_double=2.5), point("b", -1, v=1)) == [(1, "OTSParameterInvalid")]
    good, bad = lines(emulator)
    assert list(good) == ["seq", "time_ms", "request", "table", "op", "measurement", "data_source", "tags", "time_us", "fields", "result"]
    assert {name: good[name] for name in list(good)[3:]} == {
        "table": "m", "op": "timeseries", "measurement": "cpu", "data_source": "a", "tags": [["os", "linux"], ["region", "cn"]], "time_us": 5,
        "fields": [["f_bool", "boolean", True], ["f_double", "double", 2.5], ["f_int", "integer", 1], ["f_text", "string", "x"]],
        "result": "ok"}
    assert (bad["time_us"], bad["result"], bad["seq"]) == (-1, "OTSParameterInvalid", 2)


def test_points_and_rows_are_counted(emulator, client, put):
    put(point("a", 1, v=1), point("a", -1, v=1), point("a", 2, v=1))
    counters = emulator.counters()
    assert (counters["rows"], counters["rows_refused"]) == (2, 1)
    assert counters["operations"]["PutTimeseriesData"]["rows"] == 2
    read(client, "a")
    assert emulator.counters()["operations"]["GetTimeseriesData"]["requests"] == 1


def test_a_rule_fails_the_points_of_its_key(emulator, client, put):
    emulator.faults([{"action": "row_error", "key": ["cpu", "b"], "code": "OTSServerBusy", "operation": "PutTimeseriesData", "count": 1}])
    assert put(point("a", 1, v=1), point("b", 1, v=1), point("b", 2, v=1)) == [(1, "OTSServerBusy")]
    assert (read(client, "a"), read(client, "b")) == ({1: {"v": 1}}, {2: {"v": 1}})
    assert [line["result"] for line in lines(emulator)] == ["ok", "OTSServerBusy", "ok"]


def test_points_are_throttled_by_their_units(emulator, client, put):
    emulator.faults([{"action": "throttle", "table": "m", "write_rate": 0, "write_burst": 2}])
    assert put(*(point("a", at, v=1) for at in range(4))) == [(2, "OTSNotEnoughCapacityUnit"), (3, "OTSNotEnoughCapacityUnit")]
    assert sorted(read(client, "a")) == [0, 1]


def test_a_point_that_is_under_way_twice_is_counted(emulator, client):
    emulator.faults([{"action": "delay", "ms": 300, "operation": "PutTimeseriesData"}])
    rows = [[point("a", 1, v=1), point("a", 2, v=1)], [point("a", 2, v=2), point("b", 1, v=2)]]
    threads = [threading.Thread(target=Putter(emulator).put, args=some) for some in rows]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert emulator.counters()["keys_in_flight_twice"] == 1


def test_a_field_that_goes_back_is_counted(emulator, put):
    emulator.control("order", b'{"column": "n"}')
    for number in (1, 3, 2):
        put(point("a", 7, n=number))
    put(point("a", 8, n=0))
    counters = emulator.counters()
    assert counters["order_went_back"] == 1
    assert counters["order_examples"][0] == {"table": "m", "old": 3, "new": 2, "key": [
        ["_m_name", "string", "cpu"], ["_data_source", "string", "a"], ["os", "string", "linux"], ["region", "string", "cn"],
        ["_time", "integer", 7]]}


# ---- the file ----

class Writer(threading.Thread):
    """New points in batches, and one that is written over and over; until the service is gone."""

    def __init__(self, service, name, acknowledged):
        super().__init__()
        self.putter, self.name, self.acknowledged, self.batches = Putter(service), name, acknowledged, 0

    def run(self):
        try:
            while True:
                rows = [point(self.name, 1 + self.batches * BATCH + at, v=self.batches) for at in range(BATCH)]
                assert self.putter.put(*rows, point(self.name, 0, last=self.batches)) == []
                self.batches += 1
                self.acknowledged.release()
        except OSError:  # the connection
            pass

    def judge(self, found):
        """What was answered is there; of the request that was not, all or nothing."""
        count = self.batches + (1 if 1 + self.batches * BATCH in found else 0)
        expected = {1 + number * BATCH + at: {"v": number} for number in range(count) for at in range(BATCH)}
        assert found == expected | ({0: {"last": count - 1}} if count > 0 else {})


def test_points_that_were_answered_survive_kill_9(tmp_path):
    data, writers = tmp_path / "tables", []
    for number in range(KILLS):
        (tmp_path / f"life{number}").mkdir()
        service = Service(tmp_path / f"life{number}", "--data", str(data))
        if number == 0:
            make_table(client_of(service))
        acknowledged = threading.Semaphore(0)
        lived = [Writer(service, f"{number}-{index}", acknowledged) for index in range(2)]
        for writer in lived:
            writer.start()
        for _ in range(1 + 9 * number):
            assert acknowledged.acquire(timeout=60)
        service.process.send_signal(signal.SIGKILL)
        service.process.wait(20)
        for writer in lived:
            writer.join(60)
            assert not writer.is_alive()
        writers += lived
    (tmp_path / "end").mkdir()
    service = Service(tmp_path / "end", "--data", str(data))
    client = client_of(service)
    for writer in writers:
        writer.judge(read(client, writer.name))
    assert [meta.timeseries_table_name for meta in client.list_timeseries_table()] == ["m"]
    service.stop()
