"""timeseries: points from a real broker into time-series tables of the emulator, read back by the official SDKs: kills,
many points, bad records. (The manual's files are in test_manual.py.)"""
import base64
import json
import os
import random
import subprocess

import tablestore
from tablestore.metadata import GetTimeseriesDataRequest, TimeseriesKey

import oracle
import points
from job import Job, config_text, wait_for
from test_errors import read_messages, to_topic
from test_flow import judge, write_config

SERIES = oracle.SeriesTruth.SERIES


def points_of(emulator, table, measurement, source, tags):
    """The series as the official Python SDK reads it."""
    client = tablestore.OTSClient(emulator.endpoint, emulator.access_key_id, emulator.access_key_secret, emulator.instance)
    asked = GetTimeseriesDataRequest(table, TimeseriesKey(measurement, source, tags), 0, 2**62)
    found = []
    while True:
        answer = client.get_timeseries_data(asked)
        for row in answer.rows or []:
            key = row.timeseries_key
            found.append({"measurement": key.measurement_name, "source": key.data_source, "tags": dict(key.tags or {}),
                          "time_us": row.time_in_us, "fields": dict(row.fields)})
        if not answer.nextToken:
            return found
        asked.nextToken = answer.nextToken


# ---- many

def produce(broker, topic, partitions, known):
    client = broker.producer()
    for number in range(known.count):
        while len(client) > 50_000:
            client.poll(0.05)
        client.produce(topic, known.record(number), partition=number % known.series % partitions)
    assert client.flush(60) == 0


def read_back(emulator, table, series_dump):
    """Every point of the table as the official Java SDK reads it, in the shape of points_of()."""
    command = [*series_dump, emulator.endpoint, emulator.access_key_id, emulator.access_key_secret, emulator.instance, table]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as dump:
        for point in map(json.loads, dump.stdout):
            fields = {name: base64.b64decode(value) if kind == "binary" else value for name, kind, value in point["fields"]}
            yield point | {"source": point["data_source"], "tags": dict(point["tags"]), "fields": fields}
    assert dump.returncode == 0


def test_every_point_is_read_back_as_it_was_produced(broker, emulator, tmp_path, series_dump):
    """Of five tags and ten fields. OTSPIPE_POINTS=1000000 makes it a million of 10,000 series: some minutes."""
    count = int(os.environ.get("OTSPIPE_POINTS", 30_000))
    known = points.Points(count, series=min(10_000, count // 10))
    topic = broker.create_topic("many_points", 8)
    produce(broker, topic, 8, known)
    config = write_config(tmp_path, config_text(broker.address, emulator, [topic], name=topic, series=points.SETTINGS))
    job = Job(tmp_path, [config], "--until-end", "--summary", "json").end(0, limit_s=600)
    assert job.summary()["records"] == count
    for point in read_back(emulator, topic, series_dump):
        known.check(point)
    known.complete()


# ---- kills

LIFE = {"session.timeout.ms": "2000", "heartbeat.interval.ms": "500"}


def test_twenty_kills_lose_no_point_and_the_last_writing_of_each_stands(broker, emulator_slow, tmp_path):
    """Every point is written fifteen times over; see test_flow for how a life is measured."""
    emulator = emulator_slow
    topic = broker.create_topic("points", 8)
    truth = oracle.SeriesTruth(topic)
    truth.produce(broker, 8, 300_000, keys=20_000)
    chance = random.Random(7)
    lives_ms = []
    for life in range(20):
        text = config_text(broker.address, emulator, [topic], name=topic, extra="commit_interval: 200ms\n", series=SERIES,
                           properties=LIFE | {"group.instance.id": f"life-{life}"})
        before = emulator.counters()["rows"]
        job = Job(tmp_path, [write_config(tmp_path, text)])
        lives_ms.append(job.started_ms)
        wanted = before + chance.randrange(1, 12_000)
        wait_for(lambda: emulator.counters()["rows"] >= wanted or job.process.poll() is not None, "rows before the kill")
        assert job.process.poll() is None, job.tail()
        job.kill()
        wait_for(lambda: emulator.counters()["in_flight"] == 0, "the dead one's requests to be over")
    text = config_text(broker.address, emulator, [topic], name=topic, series=SERIES, properties=LIFE | {"group.instance.id": "last"})
    job = Job(tmp_path, [write_config(tmp_path, text)], "--until-end")
    lives_ms.append(job.started_ms)
    job.end(0)
    seen = judge(broker, emulator, truth, topic, f"connect-{topic}", lives_ms)
    assert seen["lives"] == 21 and seen["replays"] > 0
    assert emulator.counters()["keys_in_flight_twice"] == 0
    assert sum(broker.committed(f"connect-{topic}", topic).values()) == 300_000


def test_faults_in_the_middle_lose_no_point_and_turn_none_back(broker, emulator, tmp_path):
    topic = broker.create_topic("unsteady", 4)
    truth = oracle.SeriesTruth(topic)
    truth.produce(broker, 4, 60_000, keys=3_000)
    rule = {"operation": "PutTimeseriesData"}
    emulator.faults([rule | {"action": "row_error", "code": "OTSServerBusy", "probability": 0.02},
                     rule | {"action": "cut_before", "probability": 0.02}, rule | {"action": "cut_after", "probability": 0.02},
                     rule | {"action": "delay", "ms": 30, "probability": 0.2}], seed=7)
    config = write_config(tmp_path, config_text(broker.address, emulator, [topic], name=topic, series=SERIES,
                                                write="settle: 100ms\nretry_first: 5ms\n"))
    Job(tmp_path, [config], "--until-end").end(0, limit_s=180)
    seen = judge(broker, emulator, truth, topic, f"connect-{topic}")
    assert seen["replays"] > 0 and seen["unanswered"] > 0
    assert emulator.counters()["keys_in_flight_twice"] == 0


# ---- bad records

def good(number):
    return json.dumps({"m": "cpu", "d": "good", "region": "r", "level": 1, "ts": 1000 + number, "v": number}).encode()


ODD = [(b"not JSON", b"convert"), (b'{"d":"h","ts":1,"v":1}', b"map"), (b'{"m":"cpu","d":"h","ts":"soon","v":1}', b"map"),
       (b'{"m":"cpu","d":"h","ts":-1,"v":1}', b"limit"), (b'{"m":"cpu","d":"h","region":"a=b","ts":1,"v":1}', b"limit"),
       (b'{"m":"cpu","d":"h","ts":1,"V":1,"v":2}', b"map"), (b'{"m":"refused","d":"h","ts":1,"v":1}', b"write")]


def test_bad_points_are_set_aside_and_their_neighbours_written(broker, emulator, tmp_path):
    """One that the service refuses among them: each goes to the error topic as it was, before its offset is committed."""
    topic, errors = broker.create_topic("odd_points", 1), broker.create_topic("odd_points_errors", 1)
    values = [value for number, (odd, _) in enumerate(ODD) for value in (good(number), odd)] + [good(len(ODD))]
    broker.produce(topic, values)
    emulator.faults([{"operation": "PutTimeseriesData", "action": "row_error", "code": "OTSParameterInvalid", "key": "refused"}])
    config = write_config(tmp_path, config_text(broker.address, emulator, [topic], name=topic, series=SERIES, errors=to_topic(errors)))
    job = Job(tmp_path, [config], "--until-end", "--summary", "json").end(3)
    assert job.summary()["set_aside"] == len(ODD)
    assert broker.committed(f"connect-{topic}", topic) == {0: len(values)}
    found = {int(dict(message.headers())["ErrorOffset"]): message for message in read_messages(broker, errors)}
    assert {offset: (message.value(), dict(message.headers())["ErrorStage"]) for offset, message in found.items()} == {
        2 * number + 1: pair for number, pair in enumerate(ODD)}
    assert b"OTSParameterInvalid" in dict(found[2 * len(ODD) - 1].headers())["ErrorInfo"]
    read = points_of(emulator, topic, "cpu", "good", {"region": "r", "level": "1"})
    assert [point["time_us"] for point in read] == [1000 + number for number in range(len(ODD) + 1)]
    assert [point["fields"] for point in read] == [{"v": number} for number in range(len(ODD) + 1)]
