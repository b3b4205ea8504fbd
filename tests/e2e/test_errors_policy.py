"""errors: how many are tolerated, exactly, and how records that were set aside are sent again (docs/errors.md)."""
import json
import pathlib
import re
import uuid

import pytest
from job import Job, config_text
from test_errors import read_messages, to_topic
from test_flow import write_config

PAGE = pathlib.Path(__file__).parents[2] / "docs" / "errors.md"


def run(folder, broker, emulator, topics, errors, code):
    text = config_text(broker.address, emulator, topics, name=topics[0], errors=f"tolerance: all\n{errors}\n")
    return Job(folder, [write_config(folder, text)], "--until-end", "--summary", "json").end(code)


def good(count):
    return [json.dumps({"k": f"good{number}"}).encode() for number in range(count)]


def test_as_many_errors_as_are_allowed_are_and_one_more_stops_the_job(broker, emulator, tmp_path):
    topic = broker.create_topic("limited", 1)
    broker.produce(topic, good(5) + [b"bad"] * 4 + good(5))
    assert run(tmp_path, broker, emulator, [topic], "max_errors: 4", 3).summary()["errors"] == 4
    assert broker.committed(f"connect-{topic}", topic) == {0: 14}
    broker.produce(topic, [b"bad"] * 5 + good(5))
    job = run(tmp_path, broker, emulator, [topic], "max_errors: 4", 1)
    assert "too many errors: 5 in all" in job.text() and f"topic={topic} partition=0 offset=18" in job.text()
    assert broker.committed(f"connect-{topic}", topic) == {0: 18}, "the one too many is read again"
    assert run(tmp_path, broker, emulator, [topic], "max_errors: 4", 3).summary()["errors"] == 1, "a start counts from 0"
    assert broker.committed(f"connect-{topic}", topic) == {0: 24}


def test_errors_are_counted_over_all_tables(broker, emulator, tmp_path):
    topics = [broker.create_topic("counted", 1) for _ in range(3)]
    for topic in topics:
        broker.produce(topic, good(5) + [b"bad"] * 2 + good(5))
    job = run(tmp_path, broker, emulator, topics, "max_errors: 5", 1)
    assert "too many errors: 6 in all" in job.text()
    [(stopped, offset)] = re.findall(r"the last: topic=(\S+) partition=0 offset=(\d+): ", job.text())
    ends = [broker.committed(f"connect-{topics[0]}", topic)[0] for topic in topics]
    assert ends[topics.index(stopped)] == int(offset) in (5, 6)
    assert run(tmp_path, broker, emulator, topics, "max_errors: 5", 3).summary()["errors"] <= 5
    assert [broker.committed(f"connect-{topics[0]}", topic) for topic in topics] == [{0: 12}] * 3


@pytest.mark.parametrize("bad, code", [(50, 3), (51, 1)])
def test_a_share_is_of_a_thousand_records(broker, emulator, tmp_path, bad, code):
    topic = broker.create_topic("share", 1)
    broker.produce(topic, good(1000 - bad) + [b"bad"] * bad)
    job = run(tmp_path, broker, emulator, [topic], "max_percent: 5", code)
    assert ("51 of the last 1000 records" in job.text()) == (code == 1)
    assert broker.committed(f"connect-{topic}", topic) == {0: 1000 if code == 3 else 999}


def test_what_was_set_aside_is_confirmed_before_the_job_stops_for_too_many(broker, emulator, tmp_path):
    topic, errors = broker.create_topic("kept", 1), broker.create_topic("kept_errors", 1)
    broker.produce(topic, [b"bad"] * 10)
    run(tmp_path, broker, emulator, [topic], to_topic(errors, "max_errors: 7").removeprefix("tolerance: all\n"), 1)
    assert broker.committed(f"connect-{topic}", topic) == {0: 7}
    assert [dict(message.headers())["ErrorOffset"] for message in read_messages(broker, errors)] == [b"%d" % n for n in range(7)]


def test_the_pages_second_job_sends_again_what_the_first_set_aside(broker, emulator, tmp_path):
    """The id was taken for a string at first; the page's job takes it for a number. One record stays bad."""
    topic, errors, again = (broker.create_topic(name, 1) for name in ("orders", "orders_errors", "orders_errors_again"))
    broker.produce(topic, [b'{"id": 1, "n": 1}', b'{"id": 2, "n": 2}', b'{"nothing": 3}'])
    text = config_text(broker.address, emulator, [topic], name=topic, keys=(("id", "string"), ("id2", "string")), errors=to_topic(errors))
    assert Job(tmp_path, [write_config(tmp_path, text)], "--until-end", "--summary", "json").end(3).summary()["set_aside"] == 3
    replay = re.search(r"<!-- replay.yaml -->\n```yaml\n(.*?)```", PAGE.read_text(), re.S).group(1)
    table = f"orders_{uuid.uuid4().hex[:6]}"
    for shown, here in (("name: orders-replay", f"name: replay-{topic}"), ("localhost:9092", broker.address),
                        ("topics: orders-errors\n", f"topics: {errors}\n"), ("orders-errors-again", again), ("instance: my-instance", f"instance: {emulator.instance}"),
                        ("https://my-instance.cn-hangzhou.ots.aliyuncs.com", emulator.endpoint), ("table: orders\n", f"table: {table}\n")):
        assert shown in replay
        replay = replay.replace(shown, here)
    keys = {"TABLESTORE_ACCESS_KEY_ID": emulator.access_key_id, "TABLESTORE_ACCESS_KEY_SECRET": emulator.access_key_secret}
    (tmp_path / "replay.yaml").write_text(replay + "auto_create: true\n")
    Job(tmp_path, [tmp_path / "replay.yaml"], "--until-end", env=keys).end(3)
    emulator.flush()
    lines = [json.loads(line) for line in emulator.journal.read_text().splitlines()]
    assert sorted(line["primary_key"] for line in lines if line.get("table") == table and line.get("result") == "ok" and "op" in line) == [
        [["id", "integer", 1]], [["id", "integer", 2]]]
    assert [message.value() for message in read_messages(broker, again)] == [b'{"nothing": 3}']
