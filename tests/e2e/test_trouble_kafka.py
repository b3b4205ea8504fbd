"""trouble with Kafka: each message of docs/troubleshooting.md, provoked with a real broker or a plain socket."""
import os
import re
import signal
import socket
import subprocess
import threading

import pytest
from broker_fixture import free_port
from job import BIN, Job, config_text, wait_for
from page import said


LOGIN = {"security.protocol": "sasl_plaintext", "sasl.mechanism": "PLAIN", "sasl.username": "nobody", "sasl.password": "known"}


def start(folder, address, emulator, topic="t", *options, **settings):
    path = folder / "job.yaml"
    path.write_text(config_text(address, emulator, [topic], **settings))
    return Job(folder, [path], *options)


def connect(folder, address, emulator, topic="t", **settings):
    """What `check --connect` prints, and its exit code."""
    path = folder / "check.yaml"
    path.write_text(config_text(address, emulator, [topic], **settings))
    done = subprocess.run([BIN, "check", "--connect", path], capture_output=True, text=True, stdin=subprocess.DEVNULL,
                          timeout=60)
    assert done.stderr == ""
    return done.stdout, done.returncode


@pytest.fixture
def silent():
    """A port that takes connections and says nothing."""
    with socket.socket() as port:
        port.bind(("127.0.0.1", 0))
        port.listen(8)
        yield f"127.0.0.1:{port.getsockname()[1]}"


def waited_for(job, message):
    """It is said, and does not end the process; SIGTERM does, in order."""
    wait_for(lambda: said(job.text(), message), message)
    assert job.process.poll() is None
    job.terminate()
    job.end(143, limit_s=30)
    assert job.text().count(" warn ") == 1, job.text()


def test_a_refused_connection_is_said_once_and_counted(emulator, tmp_path):
    job = start(tmp_path, "127.0.0.1:1", emulator, extra="statistics_interval: 1s\n")
    wait_for(lambda: re.search(r"waits_for=broker 127.0.0.1:1 since \d+ s, [2-9] failures: Connection refused", job.text()),
             "the failures in the statistics line")
    waited_for(job, "broker <address>: Connection refused; tried again within <n> s")


def test_a_name_that_is_unknown_is_waited_for(emulator, tmp_path):
    job = start(tmp_path, "no-such-host.invalid:9092", emulator)
    waited_for(job, "broker <address>: Failed to resolve '<address>'")


def test_a_silent_port_is_said_before_the_library_gives_it_up(silent, emulator, tmp_path):
    waited_for(start(tmp_path, silent, emulator), "broker <address>: connected, but no answer yet")


def test_tls_that_is_not_answered_is_said(silent, emulator, tmp_path):
    job = start(tmp_path, silent, emulator, properties={"security.protocol": "ssl"})
    waited_for(job, "broker <address>: connected, but TLS is not answered yet")


def test_plain_text_to_a_port_of_tls_is_said(broker, emulator, tmp_path):
    waited_for(start(tmp_path, broker.tls_address, emulator),
               "broker <address>: Disconnected while requesting ApiVersion: <words>")


def test_tls_to_a_port_of_plain_text_is_said(broker, emulator, tmp_path):
    job = start(tmp_path, broker.address, emulator, properties={"security.protocol": "ssl"})
    waited_for(job, "broker <address>: SSL handshake failed: <words>; tried again within <n> s")


def test_a_certificate_nobody_knows_ends_the_job(broker, emulator, tmp_path):
    job = start(tmp_path, broker.tls_address, emulator, properties={"security.protocol": "ssl"}).end(2, limit_s=30)
    assert said(job.text(), "broker <address>: SSL handshake failed: <words>certificate verify failed<words>")


def test_a_port_that_wants_a_login_is_said_once(broker, emulator, tmp_path):
    """The broker lets the connection in for a moment each time: that is no health."""
    job = start(tmp_path, broker.login_address, emulator, extra="statistics_interval: 1s\n")
    wait_for(lambda: re.search(r"waits_for=broker .* [4-9] failures", job.text()), "four failures")
    assert "over after" not in job.text()
    waited_for(job, "broker <address>: Disconnected: verify that security.protocol is correctly configured, broker might "
                    "require SASL authentication")


@pytest.mark.parametrize("change, message", [
    ({"sasl.password": "wrong"}, "SASL authentication error: Authentication failed: Invalid username or password"),
    ({"sasl.mechanism": "SCRAM-SHA-256"}, "mechanism handshake failed: Broker: Unsupported SASL mechanism: <words>"),
    ({}, "Group authorization failed"),
])
def test_a_login_that_is_refused_ends_the_job(broker, emulator, tmp_path, change, message):
    job = start(tmp_path, broker.login_address, emulator, properties=LOGIN | change).end(2, limit_s=30)
    assert said(job.text(), message)
    assert "wrong" not in job.text()


def test_a_login_where_none_is_asked_for_ends_the_job(broker, emulator, tmp_path):
    job = start(tmp_path, broker.address, emulator, properties=LOGIN).end(2, limit_s=30)
    assert said(job.text(), "mechanism handshake failed: Broker: Request not valid in current SASL state")


def test_a_missing_topic_is_waited_for_until_it_is_there(broker, emulator, tmp_path):
    topic = f"late{os.getpid()}"
    job = start(tmp_path, broker.address, emulator, topic, name=topic,
                properties={"topic.metadata.refresh.interval.ms": "500"})
    wait_for(lambda: said(job.text(), "topic <name>: Unknown topic or partition; looked for again every 30 s"), "the topic")
    broker.create_topic(topic, 1, unique=False)
    wait_for(lambda: re.search(rf"topic {topic}: over after \d+ s; failures=\d+", job.text()), "its end")
    job.terminate()
    job.end(143)


def test_a_missing_topic_has_no_end(broker, emulator, tmp_path):
    job = start(tmp_path, broker.address, emulator, "never", "--until-end").end(1, limit_s=30)
    assert said(job.text(), "topic <name>: it does not exist, so it has no end to read until")
    assert "looked for" not in job.text()


def test_two_processes_of_one_name_end_the_first(broker, emulator, tmp_path):
    topic = broker.create_topic("fenced", 1)
    twins = {"name": topic, "properties": {"group.instance.id": "twin", "heartbeat.interval.ms": "300"}}
    first = start(tmp_path, broker.address, emulator, topic, **twins)
    wait_for(lambda: "assigned" in first.text(), "the first's partitions")
    second = start(tmp_path, broker.address, emulator, topic, **twins)
    first.end(1, limit_s=60)
    assert said(first.text(), "Static consumer fenced by other consumer with same group.instance.id")
    assert first.text().count("Static consumer fenced") == 1
    second.terminate()
    second.end(143)


def test_limits_below_a_record_are_named(broker, emulator, tmp_path):
    topic = broker.create_topic("large", 1)
    broker.produce(topic, [b'{"k":"1","v":"' + b"x" * 50_000 + b'"}'])
    small = {"fetch.max.bytes": "1000", "message.max.bytes": "1000", "fetch.message.max.bytes": "1000",
             "receive.message.max.bytes": "2000"}
    job = start(tmp_path, broker.address, emulator, topic, name=topic, properties=small)
    waited_for(job, "broker <address>: Receive failed: Invalid response size <words>: increase receive.message.max.bytes")


def test_a_process_that_slept_joins_again(broker, emulator, tmp_path):
    topic = broker.create_topic("slept", 1)
    job = start(tmp_path, broker.address, emulator, topic, name=topic,
                properties={"session.timeout.ms": "2000", "heartbeat.interval.ms": "300"})
    wait_for(lambda: "assigned" in job.text(), "its partitions")
    job.process.send_signal(signal.SIGSTOP)
    wait_for(lambda: broker.members(f"connect-{topic}") == 0, "the end of its session")
    job.process.send_signal(signal.SIGCONT)
    wait_for(lambda: job.text().count("assigned") == 2, "its partitions again")
    assert said(job.text(), "the process was away for <n> ms") and said(job.text(), "assignment lost")
    job.terminate()
    job.end(143)


@pytest.mark.parametrize("files, code", [(12, 1), (20, 143)])
def test_a_limit_of_open_files_is_an_error_and_no_crash(broker, emulator, tmp_path, files, code):
    """With 12 the program cannot begin; with 20 the connection to the group's coordinator is one too many."""
    path = tmp_path / "job.yaml"
    path.write_text(config_text(broker.address, emulator, ["t"]))
    log = tmp_path / "job.log"
    process = subprocess.Popen(["prlimit", f"--nofile={files}", BIN, "run", path], stdin=subprocess.DEVNULL,
                               stderr=log.open("w"))
    wait_for(lambda: said(log.read_text(), "Too many open files"), "the limit")
    if code == 143:
        process.terminate()
    assert process.wait(30) == code, log.read_text()


class Relay:
    """Hands on what comes to its port, from when it is opened on."""

    def __init__(self, port, to):
        self.to = ("127.0.0.1", int(to.rsplit(":", 1)[1]))
        self.listener = socket.create_server(("127.0.0.1", port), reuse_port=True)
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            far = socket.create_connection(self.to)
            for ends in ((near, far), (far, near)):
                threading.Thread(target=self.hand_on, args=ends, daemon=True).start()

    @staticmethod
    def hand_on(source, target):
        try:
            while data := source.recv(65536):
                target.sendall(data)
        except OSError:
            pass
        target.close()


def test_a_broker_that_comes_back_is_said_with_how_long_it_took(broker, emulator, tmp_path):
    topic = broker.create_topic("back", 1)
    broker.produce(topic, [b'{"k":"a"}'])
    port = free_port()
    job = start(tmp_path, f"127.0.0.1:{port}", emulator, topic, name=topic)
    wait_for(lambda: said(job.text(), "broker <address>: Connection refused; tried again within <n> s"), "the refusal")
    relay = Relay(port, broker.address)
    wait_for(lambda: re.search(rf"broker 127.0.0.1:{port}: over after \d+ s; failures=\d+", job.text()), "the end of it")
    wait_for(lambda: emulator.counters()["rows"] == 1, "the row")
    relay.listener.close()
    job.terminate()
    job.end(143)


def test_a_port_that_is_taken_by_a_silent_one_gets_other_words(emulator, tmp_path):
    port = free_port()
    job = start(tmp_path, f"127.0.0.1:{port}", emulator, extra="statistics_interval: 1s\n")
    wait_for(lambda: said(job.text(), "broker <address>: Connection refused; tried again within <n> s"), "the refusal")
    with socket.create_server(("127.0.0.1", port)):
        wait_for(lambda: "connected, but no answer yet" in job.text(), "other words in the statistics line")
    job.terminate()
    job.end(143, limit_s=30)


def test_everything_good_is_ticked(broker, emulator, tmp_path):
    topic = broker.create_topic("ticked", 3)
    out, code = connect(tmp_path, broker.address, emulator, topic, name=topic)
    assert code == 0
    assert out.splitlines() == [
        f"ok: broker {broker.address}: answers", f"ok: topic {topic}: 3 partitions, may be read",
        f"ok: group connect-{topic}: may be used; nothing is committed yet",
        f"ok: instance {emulator.instance} at {emulator.endpoint}: answers, and takes the access key",
        f"ok: table {topic}: does not exist; 'run' creates it (auto_create)", "ok: clock: within 1 s of Tablestore's"]
    assert emulator.counters()["rows"] == 0 and broker.members(f"connect-{topic}") == 0


def test_every_address_is_tried(broker, emulator, tmp_path):
    topic = broker.create_topic("tried", 1)
    out, code = connect(tmp_path, f"127.0.0.1:1,{broker.address},nowhere.invalid:9092", emulator, topic)
    assert code == 1
    assert "error: broker 127.0.0.1:1: Connection refused; nothing listens there" in out
    assert f"ok: broker {broker.address}: answers" in out and "ok: topic" in out
    assert "error: broker nowhere.invalid:9092: Failed to resolve" in out


def test_all_that_is_wrong_is_told_at_once(broker, emulator, tmp_path):
    out, code = connect(tmp_path, broker.login_address, emulator, "never", properties=LOGIN, auto_create=False)
    assert code == 1
    errors = [line for line in out.splitlines() if line.startswith("error: ")]
    assert len(errors) == 3, out
    assert "topic never: Topic authorization failed; allow this user" in errors[0]
    assert "group connect-e2e: " in errors[1] and "Group authorization failed" in errors[1]
    assert "table never: it does not exist and auto_create (auto.create) is off" in errors[2]


def test_a_silent_broker_and_a_wrong_secret_cost_two_seconds(silent, emulator, tmp_path):
    emulator.access_key_secret = "wrong-secret"
    out, code = connect(tmp_path, silent, emulator)
    assert code == 1 and "wrong-secret" not in out
    assert f"error: broker {silent}: no answer within 2 s" in out
    assert "OTSAuthFailed: Signature mismatch." in out


def test_mistakes_of_a_file_come_before_any_connection(emulator, tmp_path):
    path = tmp_path / "check.yaml"
    path.write_text(config_text("127.0.0.1:1", emulator, ["t"]).replace("instance:", "instence:"))
    done = subprocess.run([BIN, "check", "--connect", path], capture_output=True, text=True, timeout=30)
    assert done.returncode == 2 and done.stdout == "" and "tablestore.instence" in done.stderr
