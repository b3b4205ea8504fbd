"""errors: records that cannot become rows or be written, set aside in an error topic or table: byte for byte, with the
reason, and before their offsets are committed."""
import base64
import json
import pathlib
import re
import uuid

import pytest
from confluent_kafka import Consumer, TopicPartition

from job import Job, config_text, wait_for
from page import said
from test_flow import write_config

BAD_JSON = b"this is not JSON \x00\xff"


def read_messages(broker, topic):
    """All messages of the topic as a real consumer has them."""
    client = Consumer({"bootstrap.servers": broker.address, "group.id": uuid.uuid4().hex, "enable.auto.commit": False,
                       "auto.offset.reset": "earliest", "fetch.message.max.bytes": 8_000_000})
    try:
        partitions = client.list_topics(topic, 30).topics[topic].partitions
        places = [TopicPartition(topic, number, 0) for number in partitions]
        wanted = sum(client.get_watermark_offsets(place, 30)[1] for place in places)
        client.assign(places)
        messages = []
        while len(messages) < wanted:
            messages += [message for message in client.consume(1000, 0.2) if message.error() is None]
        return messages
    finally:
        client.close()


def to_topic(name, more=""):
    return f"tolerance: all\nsink: topic\ntopic: {name}\n{more}"


def produce_odd(broker, topic):
    """One that cannot be read, one that cannot become a row, one that the service refuses; good ones around them."""
    client = broker.producer()
    odd = [(b"k\xfe", BAD_JSON, [("trace", b"\x01\x02"), ("trace", None), ("empty", b"")], 1_700_000_000_123),
           (None, b'{"k": null, "n": 1}', [], 1_700_000_000_124),
           (b"", b'{"k": "refused", "n": 2}', [("h", b"x")], 1_700_000_000_125)]
    for number in range(10):
        client.produce(topic, json.dumps({"k": f"good{number}"}).encode(), partition=0)
    for key, value, headers, time_ms in odd:
        client.produce(topic, value, key=key, headers=headers, timestamp=time_ms, partition=0)
        client.produce(topic, b'{"k": "between"}', partition=0)
    assert client.flush(30) == 0
    return odd


def refuse_one_row(emulator):
    emulator.faults([{"operation": "BulkImport", "action": "row_error", "code": "OTSParameterInvalid", "key": "refused"}])


def test_an_error_topic_has_each_record_as_it_was_and_the_reason(broker, emulator, tmp_path):
    topic, errors = broker.create_topic("odd", 1), broker.create_topic("odd_errors", 1)
    odd = produce_odd(broker, topic)
    refuse_one_row(emulator)
    config = write_config(tmp_path, config_text(broker.address, emulator, [topic], name=topic, errors=to_topic(errors)))
    job = Job(tmp_path, [config], "--until-end", "--summary", "json").end(3)
    summary = job.summary()
    assert (summary["errors"], summary["set_aside"]) == (3, 3)
    assert broker.committed(f"connect-{topic}", topic) == {0: 16}
    found = {int(dict(message.headers())["ErrorOffset"]): message for message in read_messages(broker, errors)}
    assert sorted(found) == [10, 12, 14]
    for offset, (key, value, headers, time_ms) in zip((10, 12, 14), odd):
        message = found[offset]
        assert (message.key(), message.value(), message.timestamp()[1]) == (key, value, time_ms)
        assert message.headers()[:len(headers)] == headers
        why = dict(message.headers()[len(headers):])
        assert why["ErrorTopic"] == topic.encode() and why["ErrorPartition"] == b"0"
        assert re.fullmatch(rb"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", why["ErrorTime"])
        assert "ErrorCut" not in why
    whys = [dict(found[offset].headers()) for offset in (10, 12, 14)]
    assert [why["ErrorStage"] for why in whys] == [b"convert", b"map", b"write"]
    assert b"JSON" in whys[0]["ErrorInfo"] and b"k" in whys[1]["ErrorInfo"]
    assert b"OTSParameterInvalid" in whys[2]["ErrorInfo"]
    assert whys[2]["ErrorRequestId"] in whys[2]["ErrorInfo"] and "ErrorRequestId" not in whys[0]


def test_the_manuals_keys_set_records_aside_and_a_dead_letter_queue_is_connects(broker, emulator, tmp_path):
    topic, errors = broker.create_topic("manual_odd", 1), broker.create_topic("manual_errors", 1)
    dead = f"dead_{uuid.uuid4().hex[:6]}"  # made at start, as Kafka Connect makes it
    odd = produce_odd(broker, topic)
    refuse_one_row(emulator)
    (tmp_path / "worker.properties").write_text(
        f"bootstrap.servers={broker.address}\nkey.converter=org.apache.kafka.connect.storage.StringConverter\n"
        "value.converter=org.apache.kafka.connect.json.JsonConverter\nvalue.converter.schemas.enable=false\n")
    (tmp_path / "sink.properties").write_text(
        f"name={topic}\nconnector.class=TableStoreSinkConnector\ntopics={topic}\n"
        f"tablestore.endpoint={emulator.endpoint}\ntablestore.instance.name={emulator.instance}\n"
        f"tablestore.access.key.id={emulator.access_key_id}\ntablestore.access.key.secret={emulator.access_key_secret}\n"
        f"auto.create=true\ntable.name.format=<topic>\nprimarykey.mode=record_value\n"
        f"tablestore.{topic}.primarykey.name=k\ntablestore.{topic}.primarykey.type=string\n"
        f"runtime.error.tolerance=all\nruntime.error.mode=kafka\nruntime.error.bootstrap.servers={broker.address}\n"
        f"runtime.error.topic.name={errors}\nerrors.tolerance=all\nerrors.deadletterqueue.topic.name={dead}\n"
        "errors.deadletterqueue.topic.replication.factor=1\nerrors.deadletterqueue.context.headers.enable=true\n"
        "errors.log.enable=true\nerrors.log.include.messages=true\n")
    files = [tmp_path / "worker.properties", tmp_path / "sink.properties"]
    job = Job(tmp_path, files, "--until-end", "--summary", "json").end(3)
    assert job.summary()["set_aside"] == 3
    [letter] = read_messages(broker, dead)
    key, value, headers, time_ms = odd[0]
    assert (letter.key(), letter.value(), letter.timestamp()[1]) == (key, value, time_ms)
    why = dict(letter.headers()[len(headers):])
    assert letter.headers()[:len(headers)] == headers
    assert why["__connect.errors.exception.message"] and why["__connect.errors.exception.stacktrace"]
    del why["__connect.errors.exception.message"], why["__connect.errors.exception.stacktrace"]
    assert why == {"__connect.errors.topic": topic.encode(), "__connect.errors.partition": b"0",
                   "__connect.errors.offset": b"10", "__connect.errors.connector.name": topic.encode(),
                   "__connect.errors.task.id": b"0", "__connect.errors.stage": b"VALUE_CONVERTER",
                   "__connect.errors.class.name": b"org.apache.kafka.connect.json.JsonConverter",
                   "__connect.errors.exception.class.name": b"org.apache.kafka.connect.errors.DataException"}
    others = read_messages(broker, errors)
    assert sorted((message.key(), message.value()) for message in others if message.key() is not None) == [odd[2][:2]]
    assert all("ErrorInfo" in dict(message.headers()) for message in others) and len(others) == 2


def test_a_dead_letter_queue_gets_also_the_record_that_stops_the_job(broker, emulator, tmp_path):
    topic, dead = broker.create_topic("stops", 1), broker.create_topic("stops_dead", 1)
    broker.produce(topic, [b'{"k": "good"}', BAD_JSON, b'{"k": "behind"}'])
    config = write_config(tmp_path, config_text(broker.address, emulator, [topic], name=topic,
                                                errors=f"convert_sink: topic\nconvert_topic: {dead}\n"))
    Job(tmp_path, [config], "--until-end").end(1)
    assert [message.value() for message in read_messages(broker, dead)] == [BAD_JSON]
    assert broker.committed(f"connect-{topic}", topic) == {0: 1}


def test_a_record_too_large_for_the_error_topic_is_cut_with_a_mark(broker, emulator, tmp_path):
    topic, errors = broker.create_topic("large", 1), broker.create_topic("large_errors", 1)
    client = broker.producer(**{"message.max.bytes": 1_040_000})
    client.produce(topic, b"not JSON" + b"x" * 1_030_000, key=b"whole", headers=[("kept", b"1")], partition=0)
    assert client.flush(30) == 0
    config = write_config(tmp_path, config_text(broker.address, emulator, [topic], name=topic, errors=to_topic(errors)))
    Job(tmp_path, [config], "--until-end").end(3)
    [message] = read_messages(broker, errors)
    why = dict(message.headers())
    assert message.key() == b"whole" and why["kept"] == b"1" and why["ErrorOffset"] == b"0" and why["ErrorInfo"]
    assert 900_000 < len(message.value()) < 1_000_000 and message.value().startswith(b"not JSONx")
    assert why["ErrorCut"] == f"key: 5 of 5 bytes; value: {len(message.value())} of 1030008 bytes; headers: 1 of 1".encode()


def held_bytes(job):
    return [int(found) for found in re.findall(r"held_bytes=(\d+)", job.text())]


def test_what_the_error_topic_has_not_confirmed_is_not_committed(broker, emulator, tmp_path):
    """The error topic is not there at first: the job waits, says so, reads no more than its memory holds, and goes on by
    itself once it is made."""
    topic, errors = broker.create_topic("waits", 1), f"late_{uuid.uuid4().hex[:6]}"
    broker.produce(topic, [b'{"k": "first"}'] * 5 + [b"bad " + b"x" * 2000] * 5000)
    text = config_text(broker.address, emulator, [topic], name=topic, errors=to_topic(errors, "properties:\n  topic.metadata."
                       "propagation.max.ms: 500\n  topic.metadata.refresh.interval.ms: 200\n"),
                       extra="memory: 1MB\ncommit_interval: 50ms\nstatistics_interval: 100ms\n")
    job = Job(tmp_path, [write_config(tmp_path, text)], "--until-end", "--summary", "json")
    message = "error topic <name>: it does not exist; create it"
    wait_for(lambda: said(job.text(), message), message)
    wait_for(lambda: held_bytes(job)[-2:] and held_bytes(job)[-1] == held_bytes(job)[-2] > 200_000, "a table that is full")
    assert sum(broker.committed(f"connect-{topic}", topic).values()) <= 5
    assert job.rss_kb() < 60_000
    broker.create_topic(errors, 1, unique=False)
    job.end(3)
    assert broker.committed(f"connect-{topic}", topic) == {0: 5005}
    assert job.summary()["set_aside"] == 5000
    offsets = {int(dict(message.headers())["ErrorOffset"]) for message in read_messages(broker, errors)}
    assert offsets == set(range(5, 5005))


def table_rows(emulator, table):
    """offset -> column -> value, bytes and text"""
    emulator.flush()
    rows = {}
    for line in emulator.journal.read_text().splitlines():
        entry = json.loads(line)
        if entry.get("table") == table and entry.get("result") == "ok" and "primary_key" in entry:
            rows[entry["primary_key"][1][2]] = {name: base64.b64decode(value) if kind == "binary" else value
                                                for name, kind, value in entry["columns"]}
    return rows


def test_an_error_table_has_each_record_as_the_manual_says(broker, emulator, tmp_path):
    topic, errors = broker.create_topic("tabled", 1), f"errors_{uuid.uuid4().hex[:6]}"
    odd = produce_odd(broker, topic)
    refuse_one_row(emulator)
    config = write_config(tmp_path, config_text(broker.address, emulator, [topic], name=topic,
                                                errors=f"tolerance: all\nsink: table\ntable: {errors}\n"))
    job = Job(tmp_path, [config], "--until-end", "--summary", "json").end(3)
    assert job.summary()["set_aside"] == 3
    assert broker.committed(f"connect-{topic}", topic) == {0: 16}
    emulator.flush()
    rows = {}
    for line in emulator.journal.read_text().splitlines():
        entry = json.loads(line)
        if entry.get("table") == errors:
            assert entry["result"] == "ok" and entry["op"] == "put"
            (name, kind, place), (second, number_kind, offset) = entry["primary_key"]
            assert (name, kind, second, number_kind) == ("topic_partition", "string", "offset", "integer")
            assert place == f"{topic}_0"
            rows[offset] = {cell[0]: (cell[1], cell[2]) for cell in entry["columns"]}
    assert sorted(rows) == [10, 12, 14]
    for offset, (key, value, _, _) in zip((10, 12, 14), odd):
        assert rows[offset].pop("error_info")[0] == "string"
        wanted = {name: ("binary", base64.b64encode(data).decode()) for name, data in (("key", key), ("value", value))
                  if data is not None}
        assert rows[offset] == wanted


def as_read(text):
    """What a JsonConverter with schemas makes of it: what may be left out of a schema is, and a null is no more than a null."""
    def schema_of(node):
        if isinstance(node, list):
            return [schema_of(part) for part in node]
        if not isinstance(node, dict):
            return node
        return {name: schema_of(part) for name, part in node.items() if (name, part) not in (("optional", False), ("name", None))}
    document = text and json.loads(text)
    if document is None or document == {"schema": None, "payload": None}:
        return None
    assert set(document) == {"schema", "payload"}
    return schema_of(document["schema"]), document["payload"]


RECORDED = json.loads((pathlib.Path(__file__).parent / "recordings" / "error_records.json").read_text())


@pytest.mark.parametrize("sink", ["topic", "table"])
def test_a_json_envelope_reads_as_what_the_java_connector_wrote(broker, emulator, tmp_path, sink):
    """All its recorded error records, and two that it would never have had: bytes that cannot be read, and a text that is no
    UTF-8. The column that is asked for is nowhere, so every record has an error."""
    assert len(RECORDED) == 102
    groups = {}
    for record in RECORDED:
        groups.setdefault((record["key_format"], record["value_format"]), []).append(record)
    for number, ((key_format, value_format), records) in enumerate(groups.items()):
        topic = broker.create_topic(f"enveloped{number}", 1)
        errors = broker.create_topic(f"envelopes{number}", 1) if sink == "topic" else f"envelopes_{uuid.uuid4().hex[:6]}"
        client = broker.producer()
        for record in records:
            client.produce(topic, *(part and part.encode() for part in (record["value"], record["key"])), partition=0)
        client.produce(topic, BAD_JSON, key=b"\xfe", partition=0)
        assert client.flush(30) == 0
        text = config_text(broker.address, emulator, [topic], name=topic, keys=(("nowhere", "integer"),),
                           errors=f"tolerance: all\nsink: {sink}\n{sink}: {errors}\nformat: json_envelope\n",
                           extra=f"key.format: {key_format}\nvalue.format: {value_format}\n")
        job = Job(tmp_path, [write_config(tmp_path, text)], "--until-end", "--summary", "json").end(3)
        assert job.summary()["set_aside"] == len(records) + 1
        if sink == "topic":
            found = [(message.key(), message.value()) for message in read_messages(broker, errors)]
        else:
            found = [(row.get("key"), row.get("value")) for _, row in sorted(table_rows(emulator, errors).items())]
        for record, (key, value) in zip(records, found[:-1], strict=True):
            assert as_read(key) == as_read(record["java_key"]), record
            assert as_read(value) == as_read(record["java_value"]), record
        key, value = found[-1]
        assert as_read(key) == ({"type": "bytes", "optional": True}, "/g==")
        assert as_read(value) == ({"type": "bytes", "optional": True}, base64.b64encode(BAD_JSON).decode())


def test_an_error_table_that_is_busy_is_waited_for(broker, emulator, tmp_path):
    topic, errors = broker.create_topic("busy", 1), f"errors_{uuid.uuid4().hex[:6]}"
    broker.produce(topic, [b'{"k": "good"}'] * 300 + [b"bad"] * 1000)
    emulator.faults([{"operation": "BulkImport", "table": errors, "action": "error", "code": "OTSServerBusy", "status": 503}])
    text = config_text(broker.address, emulator, [topic], name=topic, extra="commit_interval: 50ms\n",
                       errors=f"tolerance: all\nsink: table\ntable: {errors}\n")
    job = Job(tmp_path, [write_config(tmp_path, text)], "--until-end", "--summary", "json")
    wait_for(lambda: emulator.counters()["rows"] >= 300 and "set aside" in job.text(), "good rows, and errors on their way")
    assert sum(broker.committed(f"connect-{topic}", topic).values()) <= 300
    emulator.faults([])
    job.end(3)
    assert job.summary()["set_aside"] == 1000
    assert broker.committed(f"connect-{topic}", topic) == {0: 1300}


def test_too_many_errors_stop_the_job_and_all_bad_is_said_loudly(broker, emulator, tmp_path):
    topic = broker.create_topic("many", 1)
    broker.produce(topic, [b"bad"] * 500)
    text = config_text(broker.address, emulator, [topic], name=topic, errors="tolerance: all\nmax_errors: 300\n")
    job = Job(tmp_path, [write_config(tmp_path, text)], "--until-end").end(1)
    assert said(job.text(), "too many errors: <n> in all") and said(job.text(), "not one of the last <n> records could be written")
    assert "too many errors: 301" in job.text() and f"topic={topic} partition=0 offset=300" in job.text()
    assert "not one of the last 100 records could be written" in job.text()
    assert broker.committed(f"connect-{topic}", topic) == {0: 300}


@pytest.mark.parametrize("sink", ["topic", "table"])
def test_kills_lose_no_record_that_is_set_aside(broker, emulator_slow, tmp_path, sink):
    """kill -9 with bad records and refused rows in the mix: each is in the topic or table, each good one in its table."""
    emulator = emulator_slow
    topic, errors = broker.create_topic("killed", 2), f"errors_{uuid.uuid4().hex[:6]}"
    if sink == "topic":
        broker.create_topic(errors, 1, unique=False)
    refuse_one_row(emulator)
    records = 20_000
    kinds = [b"not JSON", b'{"n": 1}', b'{"k": "refused"}']
    for partition in range(2):
        broker.produce(topic, [kinds[number // 7 % 3] if number % 7 == 0 else b'{"k": "%d.%d"}' % (partition, number)
                               for number in range(records)], partition=partition)
    for life in range(4):
        text = config_text(broker.address, emulator, [topic], name=topic, errors=f"tolerance: all\nsink: {sink}\n{sink}: {errors}\n",
                           extra="commit_interval: 50ms\n",
                           properties={"group.instance.id": f"life-{life}", "session.timeout.ms": "2000", "heartbeat.interval.ms": "500"})
        before = emulator.counters()["rows"]
        job = Job(tmp_path, [write_config(tmp_path, text)], *(["--until-end"] if life == 3 else []))
        if life < 3:
            wait_for(lambda: emulator.counters()["rows"] > before + 2000 + 1000 * life, "rows before the kill")
            job.kill()
    job.end(3)
    assert sum(broker.committed(f"connect-{topic}", topic).values()) == 2 * records
    bad = {(partition, number) for partition in range(2) for number in range(0, records, 7)}
    emulator.flush()
    lines = [json.loads(line) for line in emulator.journal.read_text().splitlines()]
    written = [line for line in lines if line.get("result") == "ok"]
    if sink == "topic":
        headers = [dict(message.headers()) for message in read_messages(broker, errors)]
        found = {(int(header["ErrorPartition"]), int(header["ErrorOffset"])) for header in headers}
    else:
        keys = [line["primary_key"] for line in written if line["table"] == errors]
        found = {(int(place.removeprefix(f"{topic}_")), offset) for (_, _, place), (_, _, offset) in keys}
    assert found == bad
    rows = {line["primary_key"][0][2] for line in written if line["table"] == topic}
    assert rows == {f"{partition}.{number}" for partition in range(2) for number in range(records) if number % 7}
