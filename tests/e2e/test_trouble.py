"""trouble: what a person sees when something is wrong, and that it heals where it should."""
import pathlib
import subprocess

import pytest
from job import BIN, Job, config_text, wait_for


def write_config(folder, text, name="job.yaml"):
    path = pathlib.Path(folder) / name
    path.write_text(text)
    return path


def run(*arguments):
    return subprocess.run([BIN, *map(str, arguments)], capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=30)


def test_a_missing_file_is_named(tmp_path):
    done = run("run", tmp_path / "nowhere.yaml")
    assert done.returncode == 2
    assert "nowhere.yaml" in done.stderr and "No such file" in done.stderr


def test_an_unknown_key_names_the_nearest(broker, emulator, tmp_path):
    text = config_text(broker.address, emulator, ["t"]).replace("instance:", "instence:")
    done = run("run", write_config(tmp_path, text))
    assert done.returncode == 2
    assert "job.yaml:6:3: tablestore.instence" in done.stderr and "'instance'" in done.stderr.replace('"', "'") or \
        "tablestore.instance" in done.stderr


def test_a_value_out_of_range_names_the_range(broker, emulator, tmp_path):
    text = config_text(broker.address, emulator, ["t"], write="max_in_flight: 0")
    done = run("run", write_config(tmp_path, text))
    assert done.returncode == 2
    assert "write.max_in_flight: 0 is out of range; 1 to 1000" in done.stderr


def test_wrong_credentials_are_said_at_once(broker, emulator, tmp_path):
    topic = broker.create_topic("secret", 1)
    text = config_text(broker.address, emulator, [topic]).replace(emulator.access_key_secret, "not-the-secret")
    job = Job(tmp_path, [write_config(tmp_path, text)]).end(2, limit_s=20)
    assert "OTSAuthFailed" in job.text() and "secret" in job.text()
    assert "not-the-secret" not in job.text()


def test_an_unreachable_broker_is_named_and_waited_for(emulator, tmp_path):
    text = config_text("127.0.0.1:1", emulator, ["t"])
    job = Job(tmp_path, [write_config(tmp_path, text)])
    wait_for(lambda: "127.0.0.1:1" in job.text(), "the address in the log")
    assert job.process.poll() is None, "it heals by itself: it must not end"
    job.terminate()
    job.end(143, limit_s=30)


def test_a_topic_that_does_not_exist_is_named(broker, emulator, tmp_path):
    text = config_text(broker.address, emulator, ["no-such-topic"], table="t")
    job = Job(tmp_path, [write_config(tmp_path, text)])
    wait_for(lambda: "no-such-topic" in job.text(), "the topic in the log")
    job.terminate()
    job.end(143, limit_s=30)


def test_another_primary_key_is_shown_side_by_side(broker, emulator, tmp_path):
    topic = broker.create_topic("otherkey", 1)
    one = write_config(tmp_path, config_text(broker.address, emulator, [topic], keys=(("k", "string"),)))
    Job(tmp_path, [one], "--until-end").end(0)
    two = write_config(tmp_path, config_text(broker.address, emulator, [topic], keys=(("k", "integer"), ("s", "integer"))))
    job = Job(tmp_path, [two], "--until-end").end(2)
    line = next(line for line in job.text().splitlines() if "primary key" in line)
    assert "k STRING" in line.replace("string", "STRING") and "s INTEGER" in line.replace("integer", "INTEGER")


def test_a_missing_table_without_auto_create_says_so(broker, emulator, tmp_path):
    topic = broker.create_topic("missing", 1)
    text = config_text(broker.address, emulator, [topic], auto_create=False)
    job = Job(tmp_path, [write_config(tmp_path, text)]).end(2, limit_s=20)
    assert topic in job.text() and "auto" in job.text()


@pytest.mark.parametrize("line, words", [
    ("transforms=a\ntransforms.a.type=org.apache.kafka.connect.transforms.InsertField$Value", "transforms"),
    ("value.converter=io.confluent.connect.avro.AvroConverter", "AvroConverter"),
    ("topics.regex=a.*", "topics.regex"),
])
def test_what_we_do_not_have_is_refused_by_name(broker, emulator, tmp_path, line, words):
    worker = write_config(tmp_path, f"bootstrap.servers={broker.address}\n"
                                    "key.converter=org.apache.kafka.connect.json.JsonConverter\n"
                                    "value.converter=org.apache.kafka.connect.json.JsonConverter\n", "worker.properties")
    connector = write_config(tmp_path, "name=x\nconnector.class=TableStoreSinkConnector\ntopics=t\n"
                                       f"tablestore.endpoint={emulator.endpoint}\ntablestore.instance.name=i\n"
                                       "tablestore.access.key.id=a\ntablestore.access.key.secret=b\n" + line + "\n",
                             "connector.properties")
    done = run("run", worker, connector)
    assert done.returncode == 2
    assert words in done.stderr and "connector.properties:8" in done.stderr


def test_a_service_that_goes_away_is_waited_for(broker, emulator, tmp_path):
    topic = broker.create_topic("away", 1)
    broker.produce(topic, [b'{"k":"a"}'])
    emulator.faults([{"operation": "BulkImport", "action": "error", "code": "OTSServerUnavailable", "status": 503}])
    job = Job(tmp_path, [write_config(tmp_path, config_text(broker.address, emulator, [topic], name=topic,
                                                            write="retry_most: 500ms"))])
    wait_for(lambda: "OTSServerUnavailable" in job.text(), "the trouble in the log")
    emulator.faults([])
    wait_for(lambda: broker.committed(f"connect-{topic}", topic) == {0: 1}, "the commit")
    job.terminate()
    job.end(143)


@pytest.mark.parametrize("command", [[], ["run"], ["check"], ["explain"], ["emulator"]])
def test_every_command_has_help(command):
    done = run(*command, "--help")
    assert done.returncode == 0 and done.stdout.startswith(("usage", "otspipe")) and done.stderr == ""


def test_the_version_is_printed():
    done = run("--version")
    assert done.returncode == 0 and done.stdout.startswith("otspipe 0.")


def test_until_end_of_a_topic_that_does_not_exist_is_a_failure(broker, emulator, tmp_path):
    text = config_text(broker.address, emulator, ["no-such-topic"], table="t")
    job = Job(tmp_path, [write_config(tmp_path, text)], "--until-end").end(1, limit_s=30)
    assert "no-such-topic" in job.text()


def test_properties_that_belong_together_are_judged_together(broker, emulator, tmp_path):
    """A trust store in PEM needs its type beside it: another mistake must not take that away."""
    store = tmp_path / "ca.pem"
    store.write_text("")
    text = config_text(broker.address, emulator, ["t"], properties={
        "ssl.truststore.type": "PEM", "ssl.truststore.location": store, "fetch.min.byts": "1", "session.timeout.ms": "soon"})
    done = run("check", write_config(tmp_path, text))
    assert done.returncode == 2
    lines = done.stderr.splitlines()
    assert len(lines) == 2 and "fetch.min.byts" in lines[0] and "session.timeout.ms" in lines[1], done.stderr
