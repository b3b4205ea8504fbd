"""`otspipe demo`: the first minute of somebody who has no broker, no account and no configuration."""
import json
import os
import pty
import re
import select
import signal
import subprocess

import pytest

BIN = os.environ.get("OTSPIPE_BIN", "build/release/otspipe")


def demo(folder, *options):
    return subprocess.run([os.path.abspath(BIN), "demo", *options], cwd=folder, capture_output=True, text=True, timeout=60)


def test_records_become_rows_and_the_summary_says_so(tmp_path):
    ended = demo(tmp_path, "--records", "700", "--rate", "0")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert ended.stderr == ""
    assert re.search(r"^records  700 produced", ended.stdout, re.M) and re.search(r"^rows     700 written", ended.stdout, re.M)
    assert re.search(r"^latency  p50 \d+\.\d ms, p99 \d+\.\d ms", ended.stdout, re.M)
    assert ended.stdout.count("joining the consumer group") == 1, "a pipe gets a line once"
    shown = [json.loads(line) for line in ended.stdout.splitlines() if line.startswith("{")]
    assert shown and all(row["table"] == "sensors" and row["op"] == "put" for row in shown)


def test_what_it_says_to_try_next_works(tmp_path):
    ended = demo(tmp_path, "--records", "10")
    commands = [line.split("#")[0].strip() for line in ended.stdout.split("Try next:")[1].splitlines() if line.startswith("  ")]
    assert len(commands) == 3 and commands[2] == f"{os.path.abspath(BIN)} demo --keep", "named as it was called"
    said = [subprocess.run(["bash", "-c", command], cwd=tmp_path, capture_output=True, text=True, timeout=30) for command in commands[:2]]
    assert [one.returncode for one in said] == [0, 0], said
    assert said[0].stdout.startswith("name: demo")
    assert json.loads(said[1].stdout)["primary_key"] == [["sensor", "string", "pump-1"], ["report", "integer", 7]]


def test_the_reports_become_points_of_time_series(tmp_path):
    ended = demo(tmp_path, "--timeseries", "--records", "700", "--rate", "0")
    assert ended.returncode == 0 and ended.stderr == "", ended.stdout + ended.stderr
    assert re.search(r"^rows     700 written", ended.stdout, re.M)
    shown = [json.loads(line) for line in ended.stdout.splitlines() if line.startswith("{")]
    assert shown and all(point["op"] == "timeseries" and point["measurement"] == "sensors" for point in shown)
    assert all([tag for tag, _ in point["tags"]] == ["site"] and point["data_source"] for point in shown)
    commands = [line.split("#")[0].strip() for line in ended.stdout.split("Try next:")[1].splitlines() if line.startswith("  ")]
    said = [subprocess.run(["bash", "-c", command], cwd=tmp_path, capture_output=True, text=True, timeout=30) for command in commands[:2]]
    assert [one.returncode for one in said] == [0, 0], said
    assert json.loads(said[1].stdout)["time_us"] == 1700000000000000


@pytest.fixture
def start(tmp_path):
    started = []

    def begin(*options):
        started.append(subprocess.Popen([os.path.abspath(BIN), "demo", *options], cwd=tmp_path, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, text=True))
        return started[-1]

    yield begin
    for process in started:  # one that is gone already is not there to be killed
        process.kill()
        process.wait()


def read_until(process, words):
    lines = []
    for line in process.stdout:
        lines.append(line)
        if words in line:
            return "".join(lines)
    raise AssertionError("".join(lines))


@pytest.mark.parametrize("number, code", [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupt_leaves_no_file_behind(start, tmp_path, number, code):
    process = start("--records", "0")
    read_until(process, '"table":"sensors"')
    assert os.listdir(tmp_path) == ["otspipe-demo.yaml"]
    process.send_signal(number)
    rest = process.stdout.read()
    assert process.wait(30) == code and "Try next" not in rest and "written to table sensors" in rest
    assert os.listdir(tmp_path) == []


def test_kept_broker_and_table_can_be_used_with_its_configuration(start, tmp_path):
    from tablestore import OTSClient
    process = start("--records", "300", "--rate", "0", "--keep", "--config", "mine.yaml")
    said = read_until(process, "Broker and table stay up")
    endpoint = re.search(r"sensors at (\S+),", said).group(1)
    client = OTSClient(endpoint, "testid", "testsecret", "local")
    assert list(client.list_table()) == ["sensors"]
    again = (tmp_path / "mine.yaml").read_text().replace("name: demo", "name: again")
    (tmp_path / "again.yaml").write_text(again)
    ran = subprocess.run([BIN, "run", "--until-end", "--summary", "json", str(tmp_path / "again.yaml")], capture_output=True, text=True,
                         timeout=60)
    assert ran.returncode == 0 and json.loads(ran.stdout)["rows"] == 300, ran.stderr
    process.send_signal(signal.SIGINT)
    assert process.wait(30) == 130 and os.listdir(tmp_path) == ["again.yaml"]


def test_kept_points_can_be_tried_with_what_it_says(start, tmp_path):
    process = start("--timeseries", "--records", "30", "--rate", "0", "--keep")
    said = read_until(process, "Broker and table stay up")
    commands = [line.split("#")[0].strip() for line in said.split("Try next:")[1].splitlines() if line.startswith("  ")]
    assert commands[2].endswith("check --connect otspipe-demo.yaml")
    tried = subprocess.run(["bash", "-c", commands[2]], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert tried.returncode == 0 and "is there, for time series" in tried.stdout + tried.stderr, tried
    process.send_signal(signal.SIGINT)
    assert process.wait(30) == 130


def test_a_file_of_yours_is_not_written_over(tmp_path):
    (tmp_path / "otspipe-demo.yaml").write_text("mine: true\n")
    ended = demo(tmp_path, "--records", "10")
    assert ended.returncode == 2 and "left as it is; --config names another" in ended.stderr
    assert (tmp_path / "otspipe-demo.yaml").read_text() == "mine: true\n"


@pytest.mark.parametrize("options, words", [
    (["--records", "many"], "--records many: a number from 0 up was expected"),
    (["--rate", "-1"], "--rate -1: a number from 0 to 10000000 was expected"),
    (["extra"], "extra: no argument was expected"),
    (["--no-such"], "'otspipe demo --help' shows the options"),
])
def test_a_mistake_on_the_command_line_is_named(tmp_path, options, words):
    ended = demo(tmp_path, *options)
    assert ended.returncode == 2 and words in ended.stderr and os.listdir(tmp_path) == []


def on_terminal(folder, environment, *options):
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(folder)
        os.execve(os.path.abspath(BIN), ["otspipe", "demo", *options], {**os.environ, "TERM": "xterm", **environment})
    said = b""
    while select.select([terminal], [], [], 60)[0]:
        try:
            said += os.read(terminal, 65536)
        except OSError:  # the other end was closed
            break
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    return said.decode()


def test_a_terminal_gets_one_table_that_is_drawn_again(tmp_path):
    said = on_terminal(tmp_path, {}, "--records", "400")
    assert "\033[15A" in said and "\033[1m  sensor " in said and re.search(r"400 rows  \d+ rows/s  lag 0  p50", said)
    points = on_terminal(tmp_path, {}, "--timeseries", "--records", "400")
    assert re.search(r"400 rows  \d+ rows/s  lag 0  p50", points) and re.search(r"  (pump|fan|valve|boiler)-\d{3} +\d+  (north|east|south|west) ", points)
    plain = on_terminal(tmp_path, {"NO_COLOR": "1"}, "--records", "100")
    assert "\033[1m" not in plain and "\033[36m" not in plain
