"""start: endpoint, credentials, table and schema are looked at before the first record is taken; what is wrong is said at once.
How soon is measured, not judged: `pytest -s` shows it, and docs/troubleshooting.md has the numbers."""
import json
import re
import socket
import subprocess

import pytest
from job import BIN, Job, config_text, wait_for
from page import said
from test_flow import write_config
from test_trouble_tablestore import at


def start(folder, broker, service, topic, *options, name=None, **settings):
    text = config_text(broker.address, service, [topic], name=name or topic, extra="statistics_interval: 100ms\n", **settings)
    return Job(folder, [write_config(folder, text)], *options)


def say_when(job, words):
    """From the start of the process to the line."""
    print(f"\n{words!r}: said {job.times_ms(words)[0] - job.started_ms:.0f} ms after the start")


def nothing_was_taken(job, broker, emulator, topic):
    """No consumer was even made: no member of the group, no commit, no row; and what the job counts is nothing."""
    assert broker.members(f"connect-{topic}") == 0
    assert broker.committed(f"connect-{topic}", topic) == {}
    assert emulator.counters()["rows"] == 0
    assert set(re.findall(r"records=(\d+)", job.text())) <= {"0"}
    assert "group" not in job.text()


def make_table(emulator, table, key):
    subprocess.run([BIN, "table", "create", table, key, "--endpoint", emulator.endpoint, "--instance", emulator.instance, "--access-key",
                    f"{emulator.access_key_id}:{emulator.access_key_secret}"], check=True, capture_output=True, timeout=30)


REFUSED = [("access_key_id", "OTSAuthFailed: The AccessKeyID does not exist."),
           ("access_key_secret", "table <name>: DescribeTable: 403 OTSAuthFailed: Signature mismatch."),
           ("instance", "OTSAuthFailed: The instance is not found."),
           ("missing", "table <name>: it does not exist and auto_create (auto.create) is off: create it, or set auto_create"),
           ("schema", "table <name> has primary key (<columns>); the configuration says (<columns>): column <n> is another one")]


@pytest.mark.parametrize("what, message", REFUSED, ids=[what for what, _ in REFUSED])
def test_what_only_a_person_can_mend_ends_the_job_before_a_record_is_taken(broker, emulator, tmp_path, what, message):
    topic = broker.create_topic("started", 1)
    broker.produce(topic, [b'{"k": "a"}'] * 10)
    if what == "schema":
        make_table(emulator, topic, "k:integer")
    if hasattr(emulator, what):
        setattr(emulator, what, "otherwise")
    job = start(tmp_path, broker, emulator, topic, auto_create=what != "missing").end(2, limit_s=30)
    assert said(job.text(), message)
    assert job.text().count(" error ") == 1 and " warn " not in job.text(), "once, and nothing else"
    nothing_was_taken(job, broker, emulator, topic)
    say_when(job, " error ")


@pytest.mark.parametrize("endpoint, message", [
    ("http://127.0.0.1:1", "DescribeTable: <address>: Connection refused"),
    ("http://nowhere.invalid", "DescribeTable: <address>: the name was not found"),
], ids=["refused", "unknown"])
def test_an_endpoint_that_is_not_there_is_waited_for_before_a_record_is_taken(broker, emulator, tmp_path, endpoint, message):
    topic = broker.create_topic("unreached", 1)
    broker.produce(topic, [b'{"k": "a"}'] * 10)
    job = start(tmp_path, broker, at(endpoint), topic)
    wait_for(lambda: said(job.text(), message), message)
    wait_for(lambda: re.search(r"records=0 .*waits_for=table", job.text()), "the statistics line, still without a record")
    nothing_was_taken(job, broker, emulator, topic)
    say_when(job, "cannot be looked at yet")
    job.terminate()
    job.end(143, limit_s=30)
    nothing_was_taken(job, broker, emulator, topic)


def test_an_endpoint_that_says_nothing_is_said_long_before_its_time_is_over(broker, emulator, tmp_path):
    topic = broker.create_topic("silent", 1)
    broker.produce(topic, [b'{"k": "a"}'] * 10)
    message = "table <name>: <words> is not answered yet; is tablestore.endpoint right, does a firewall drop packets?"
    with socket.create_server(("127.0.0.1", 0)) as port:
        job = start(tmp_path, broker, at(f"http://127.0.0.1:{port.getsockname()[1]}"), topic)
        wait_for(lambda: said(job.text(), message), message)
        say_when(job, "is not answered yet; is")
        wait_for(lambda: re.search(r"records=0 .*waits_for=table", job.text()), "the statistics line, still without a record")
        nothing_was_taken(job, broker, emulator, topic)
        job.terminate()
        job.end(143, limit_s=30)


def test_every_table_that_is_wrong_is_said_at_one_start(broker, emulator, tmp_path):
    topics = [broker.create_topic("all_wrong", 1) for _ in range(3)]
    make_table(emulator, topics[1], "k:integer")
    text = config_text(broker.address, emulator, topics, name=topics[0], auto_create=False, errors="tolerance: all\nsink: table\ntable: err_t\n")
    job = Job(tmp_path, [write_config(tmp_path, text)]).end(2, limit_s=30)
    lines = [line for line in job.text().splitlines() if " error " in line]
    assert len(lines) == 4
    for table, words in ((topics[0], "does not exist"), (topics[1], "has primary key"), (topics[2], "does not exist"), ("err_t", "does not exist")):
        assert sum(f"table {table}" in line and words in line for line in lines) == 1, lines
    nothing_was_taken(job, broker, emulator, topics[0])


@pytest.mark.parametrize("round", range(4))
def test_two_jobs_that_make_the_same_tables_at_once_both_end_well(broker, emulator, tmp_path, round):
    """CreateTable takes a while, so that the one who is second has asked before the first is done."""
    emulator.faults([{"action": "delay", "operation": "CreateTable", "ms": 20 * round, "ms_most": 400}], seed=round + 1)
    topics = [broker.create_topic("raced", 1) for _ in range(5)]
    for topic in topics:
        broker.produce(topic, [b'{"k": "%d"}' % number for number in range(20)] + [b"bad"])
    errors = "tolerance: all\nsink: table\ntable: raced_errors\n"
    jobs = []
    for name in ("one", "other"):
        path = tmp_path / f"{name}.yaml"
        path.write_text(config_text(broker.address, emulator, topics, name=f"{topics[0]}-{name}", errors=errors))
        jobs.append(Job(tmp_path, [path], "--until-end", "--summary", "json"))
    for job in jobs:
        summary = job.end(3).summary()
        assert (summary["records"], summary["rows"], summary["set_aside"]) == (105, 100, 5)
        assert " error " not in job.text()
    [rule] = emulator.control("faults")["rules"]
    assert rule["acted"] > 6, "both have tried to make a table at least once"
    emulator.flush()
    lines = [json.loads(line) for line in emulator.journal.read_text().splitlines()]
    keys = {(line["table"], str(line["primary_key"])) for line in lines if "primary_key" in line and line["result"] == "ok"}
    assert len(keys) == 5 * 20 + 5
