"""progress: what `run` shows of long work on a terminal, and in a log."""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time

from job import BIN, Job, config_text


def on_terminal(path, until, *options, columns=150, limit_s=60):
    """Runs until the text has the pattern, then stops it in order: what the terminal got."""
    child, terminal = pty.fork()
    if child == 0:
        os.environ.update(NO_COLOR="1", TERM="xterm")
        os.execv(BIN, [BIN, "run", *options, str(path)])
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    text, asked, end = "", False, time.monotonic() + limit_s
    while time.monotonic() < end:
        if re.search(until, text) and not asked:
            asked = True
            os.kill(child, signal.SIGTERM)
        if not select.select([terminal], [], [], 0.05)[0]:
            continue
        try:
            data = os.read(terminal, 65536)
        except OSError:
            break
        if not data:
            break
        text += data.decode()
    os.close(terminal)
    os.waitpid(child, 0)
    assert asked, text
    return text


def test_the_status_line_says_what_is_waited_for_and_since_when(emulator, tmp_path):
    path = tmp_path / "job.yaml"
    path.write_text(config_text("127.0.0.1:1", emulator, ["t"]))
    text = on_terminal(path, r"waits for broker 127\.0\.0\.1:1 since [1-9] s, \d+ failures: Connection refused")
    lines = [line for line in text.split("\r\x1b[K") if "waits for" in line]
    assert all(len(line.split("\r\n")[0]) < 150 for line in lines)
    assert "\x1b[3" not in text, "NO_COLOR is set"


def test_the_status_line_has_records_rate_lag_and_what_is_in_flight(broker, emulator, tmp_path):
    topic = broker.create_topic("status", 1)
    broker.produce(topic, [b'{"k":"%d"}' % number for number in range(50)])
    path = tmp_path / "job.yaml"
    path.write_text(config_text(broker.address, emulator, [topic], name=topic))
    on_terminal(path, r"50 records  \d+ rows/s  lag 0  0 in flight")


def test_until_end_has_a_bar_to_the_end(broker, emulator_slow, tmp_path):
    topic = broker.create_topic("bar", 1)
    broker.produce(topic, [b'{"k":"%d"}' % number for number in range(50_000)])
    path = tmp_path / "job.yaml"
    path.write_text(config_text(broker.address, emulator_slow, [topic], name=topic, write="max_in_flight: 1"))
    text = on_terminal(path, r"\[#+ +\] +\d+ %  \d+ s left  \d+ records", "--until-end")
    assert "signal 15" in text


def test_before_the_tables_are_there_a_log_says_so(tmp_path, emulator):
    emulator.endpoint = "http://127.0.0.1:1"
    path = tmp_path / "job.yaml"
    path.write_text(config_text("127.0.0.1:2", emulator, ["t"], extra="statistics_interval: 200ms\n"))
    job = Job(tmp_path, [path])
    try:
        end = time.monotonic() + 30
        while "waits_for=table t since 1 s" not in job.text():
            assert time.monotonic() < end, job.text()
            time.sleep(0.02)
        assert "waits_for=the consumer group" not in job.text()
    finally:
        job.terminate()
        job.end(143)
