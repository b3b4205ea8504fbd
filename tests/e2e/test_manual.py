"""manual: section 1.1.2 walked through: its two files, its two messages, the table as its picture shows, read back by the
official Python SDK; and section 1.1.3, whose message is ours."""
import pathlib
import subprocess

import pytest
import tablestore
from job import BIN, Job, wait_for

MANUAL = pathlib.Path(__file__).parents[1] / "manual" / "quickstart"
TIMESERIES = pathlib.Path(__file__).parents[1] / "manual" / "timeseries"


def fill_in(folder, name, broker, emulator, manual=MANUAL):
    """The manual's file with the reader's own endpoint, instance and keys where it says xxx."""
    lines = []
    for line in (manual / name).read_text().splitlines():
        key = line.split("=", 1)[0].strip()
        own = {"bootstrap.servers": broker.address, "tablestore.endpoint": emulator.endpoint,
               "tablestore.access.key.id": emulator.access_key_id, "tablestore.access.key.secret": emulator.access_key_secret,
               "tablestore.instance.name": emulator.instance}.get(key)
        lines.append(line if own is None else f"{line.split('=', 1)[0]}={own}")
    path = pathlib.Path(folder) / name
    path.write_text("\n".join(lines) + "\n")
    return path


def create_topic(broker):
    """Both sections have the topic `test` and the connector `tablestore-sink`: each test has partitions of its own."""
    if "test" not in broker.admin.list_topics(timeout=30).topics:
        broker.create_topic("test", 35, unique=False)


def rows_of(emulator, table):
    client = tablestore.OTSClient(emulator.endpoint, emulator.access_key_id, emulator.access_key_secret, emulator.instance)
    low = [("topic_partition", tablestore.INF_MIN), ("offset", tablestore.INF_MIN)]
    high = [("topic_partition", tablestore.INF_MAX), ("offset", tablestore.INF_MAX)]
    _, following, rows, _ = client.get_range(table, "FORWARD", low, high, max_version=1)
    assert following is None
    return {tuple(value for _, value in row.primary_key): {name: value for name, value, _ in row.attribute_columns}
            for row in rows}


def test_the_quick_start_arrives_as_its_picture_shows(broker, emulator, tmp_path):
    create_topic(broker)
    files = [fill_in(tmp_path, name, broker, emulator)
             for name in ("connect-standalone.properties", "connect-tablestore-sink-quickstart.properties")]
    job = Job(tmp_path, files)
    broker.produce("test", [(MANUAL / "map.json").read_bytes()], partition=3)
    broker.produce("test", [(MANUAL / "struct.json").read_bytes()], partition=34)
    wait_for(lambda: emulator.counters()["rows"] >= 2, "both rows")
    job.terminate()
    job.end(143)
    assert rows_of(emulator, "test") == {
        ("test_3", 0): {"id": bytearray(b"\x00\x00\x00\x01")},
        ("test_34", 0): {"id": 1, "price": 50.0, "product": "foo", "quantity": 100}}
    assert broker.committed("connect-tablestore-sink", "test").items() >= {3: 1, 34: 1}.items()


def test_the_json_form_is_read_too(broker, emulator, tmp_path):
    worker = fill_in(tmp_path, "connect-standalone.properties", broker, emulator)
    done = subprocess.run([BIN, "explain", worker, MANUAL / "connect-tablestore-sink-quickstart.json"], capture_output=True,
                          input=(MANUAL / "messages.jsonl").read_text(), text=True, timeout=30)
    assert done.returncode == 0, done.stderr
    assert done.stdout == (MANUAL / "rows.jsonl").read_text()


@pytest.mark.parametrize("worker, form", [("standalone", "properties"), ("distributed", "json")])
def test_the_files_for_time_series_make_a_point_of_the_message(worker, form):
    files = [TIMESERIES / f"connect-{worker}.properties", TIMESERIES / f"connect-tablestore-sink-quickstart.{form}"]
    done = subprocess.run([BIN, "explain", *files], capture_output=True, input=(TIMESERIES / "messages.jsonl").read_text(),
                          text=True, timeout=30)
    assert done.returncode == 0, done.stderr
    assert done.stdout == (TIMESERIES / "rows.jsonl").read_text()


def test_the_files_for_time_series_write_the_point(broker, emulator, tmp_path):
    create_topic(broker)
    files = [fill_in(tmp_path, name, broker, emulator, TIMESERIES)
             for name in ("connect-standalone.properties", "connect-tablestore-sink-quickstart.properties")]
    broker.produce("test", [(TIMESERIES / "message.json").read_bytes()], partition=1)
    Job(tmp_path, files, "--until-end").end(0)
    client = tablestore.OTSClient(emulator.endpoint, emulator.access_key_id, emulator.access_key_secret, emulator.instance)
    key = tablestore.metadata.TimeseriesKey("host", "server-01", {"region": "cn-hangzhou", "level": "3"})
    points = client.get_timeseries_data(tablestore.metadata.GetTimeseriesDataRequest("test", key, 0, 2**62)).rows
    assert [(point.time_in_us, point.fields) for point in points] == [
        (1645459200000000, {"cpu": 10.0, "mem_used": 5.5, "ok": True})]
    assert [type(points[0].fields[name]) for name in ("cpu", "mem_used", "ok")] == [float, float, bool], "10 is listed as a double"
    assert broker.committed("connect-tablestore-sink", "test")[1] == 1
