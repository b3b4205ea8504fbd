"""`check --connect` and error sinks: what `run` would find is said, and nothing is made."""
import subprocess
import uuid

import pytest
from job import BIN
from test_errors import to_topic
from test_trouble_kafka import LOGIN, connect


def line_of(out, what):
    """The one line about it, without its name."""
    [line] = [line for line in out.splitlines() if f": error {what}: " in line]
    return line.replace(f" error {what}:", "")


def check_topic(folder, broker, emulator, name, more="", address=None, **settings):
    topic = broker.create_topic("checked", 1)
    out, code = connect(folder, address or broker.address, emulator, topic, name=topic, errors=to_topic(name, more), **settings)
    return line_of(out, f"topic {name}"), code


def exists(broker, name):
    return name in broker.admin.list_topics(timeout=30).topics


def test_an_error_topic_that_is_there_is_ticked(broker, emulator, tmp_path):
    name = broker.create_topic("checked_errors", 3)
    assert check_topic(tmp_path, broker, emulator, name) == ("ok: is there, 3 partitions", 0)


@pytest.mark.parametrize("more, line, code", [
    ("", "warning: does not exist; create it, or set errors.replication, unless the cluster makes topics by itself "
         "(auto.create.topics.enable)", 0),
    ("replication: 1\n", "ok: does not exist; 'run' creates it, replicas=1", 0),
    ("replication: 3\n", "error: it cannot be made: Broker: Invalid replication factor; replicas=3: make it yourself, or set "
                         "errors.replication (errors.deadletterqueue.topic.replication.factor) to what the cluster has brokers for", 1),
])
def test_an_error_topic_that_is_missing_is_not_made_but_whether_it_could_be_is_said(broker, emulator, tmp_path, more, line, code):
    name = f"missing_{uuid.uuid4().hex[:6]}"
    assert check_topic(tmp_path, broker, emulator, name, more) == (line, code)
    assert not exists(broker, name)


def test_an_error_topic_that_may_not_be_used_is_an_error(broker, emulator, tmp_path):
    name = broker.create_topic("forbidden_errors", 1)
    line, code = check_topic(tmp_path, broker, emulator, name, address=broker.login_address, properties=LOGIN)
    assert (line, code) == ("error: Broker: Topic authorization failed; allow this user to write to it", 1)


def test_an_error_topic_is_asked_for_at_its_own_brokers(broker, emulator, tmp_path):
    name = broker.create_topic("elsewhere_errors", 1)
    line, code = check_topic(tmp_path, broker, emulator, name, "brokers: 127.0.0.1:1\n")
    assert line.startswith("error: Connection refused") and code == 1
    line, code = check_topic(tmp_path, broker, emulator, name, f"brokers: 127.0.0.1:1,{broker.address}\n")
    assert (line, code) == ("ok: is there, 1 partition", 0)
    line, code = check_topic(tmp_path, broker, emulator, name, address="127.0.0.1:1")
    assert (line, code) == ("warning: not looked at: no broker answers", 1)


def test_a_dead_letter_queue_is_looked_for_too(broker, emulator, tmp_path):
    name = broker.create_topic("dead_checked", 1)
    out, code = connect(tmp_path, broker.address, emulator, broker.create_topic("checked", 1),
                        errors=f"convert_sink: topic\nconvert_topic: {name}\n")
    assert (line_of(out, f"topic {name}"), code) == ("ok: is there, 1 partition", 0)


@pytest.mark.parametrize("columns, auto_create, line, code", [
    (None, True, "ok: does not exist; 'run' creates it (auto_create)", 0),
    (None, False, "error: it does not exist and auto_create (auto.create) is off: create it, or set auto_create", 1),
    ("topic_partition:string,offset:integer", False, "ok: is there, with the primary key of the configuration", 0),
    ("topic_partition:string,offset:string", True, "error: table <errors> has primary key (topic_partition STRING, offset STRING); the "
     "configuration says (topic_partition STRING, offset INTEGER): column 2 is another one", 1),
])
def test_an_error_table_is_looked_at_as_run_would(broker, emulator, tmp_path, columns, auto_create, line, code):
    topic, errors = broker.create_topic("checked", 1), f"errors_{uuid.uuid4().hex[:6]}"
    options = ["--endpoint", emulator.endpoint, "--instance", emulator.instance, "--access-key",
               f"{emulator.access_key_id}:{emulator.access_key_secret}"]
    for table, key in ((topic, "k:string"), (errors, columns)):
        if key is not None:
            subprocess.run([BIN, "table", "create", table, key, *options], check=True, capture_output=True, timeout=30)
    out, found = connect(tmp_path, broker.address, emulator, topic, auto_create=auto_create,
                         errors=f"tolerance: all\nsink: table\ntable: {errors}\n")
    assert line_of(out, f"table {errors}").replace(errors, "<errors>").startswith(line) and found == code, out
