"""docs/emulator.md: its programs run, its commands start, its tables are complete."""
import os
import pathlib
import re
import shlex
import shutil
import signal
import subprocess
import sys

import pytest
from job import BIN
from service_fixture import Service

TOP = pathlib.Path(__file__).parents[2]
PAGE = (TOP / "docs" / "emulator.md").read_text()


def block(language):
    return re.search(rf"```{language}\n(.*?)```", PAGE, re.S).group(1)


def shell_lines():
    return [line for text in re.findall(r"```sh\n(.*?)```", PAGE, re.S) for line in text.splitlines()]


def program(tmp_path, emulator, language, name):
    """The page's program, at this emulator, whose instance and keys are those of the page."""
    source = tmp_path / name
    assert "http://127.0.0.1:8087" in block(language)
    source.write_text(block(language).replace("http://127.0.0.1:8087", emulator.endpoint))
    return source


def said(*command, folder=None, **environment):
    ended = subprocess.run(command, cwd=folder, env=os.environ | environment, capture_output=True, text=True, timeout=120)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def make_table(emulator):
    said(sys.executable, "-c", "import sys; from tablestore import *; OTSClient(sys.argv[1], 'testid', 'testsecret', 'local').create_table("
         "TableMeta('shown', [('id', 'STRING')]), TableOptions(), ReservedThroughput(CapacityUnit(0, 0)))", emulator.endpoint)


def test_the_python_program_reads_what_it_wrote(tmp_path, emulator):
    out = said(sys.executable, program(tmp_path, emulator, "python", "first.py"))
    assert "'colour', 'blue'" in out and "'count', 3" in out


def test_the_node_program_lists_the_tables(tmp_path, emulator, node_client):
    make_table(emulator)
    assert "shown" in said(*node_client[:-1], program(tmp_path, emulator, "js", "first.js"))


def test_the_java_program_lists_the_tables(tmp_path, emulator, java_client):
    make_table(emulator)
    classes = java_client[java_client.index("-cp") + 1]
    assert "[shown]" in said("java", "-XX:TieredStopAtLevel=1", "-cp", classes.split(":", 1)[1], program(tmp_path, emulator, "java", "First.java"))


def test_the_go_program_lists_the_tables(tmp_path, emulator, go_client):
    make_table(emulator)
    program(tmp_path, emulator, "go", "main.go")
    for name in ("go.mod", "go.sum"):
        shutil.copy(pathlib.Path(__file__).parent / "clients" / "go" / name, tmp_path)
    gopath = str(pathlib.Path(go_client[0]).parent.parent / "gopath")
    assert "[shown]" in said("go", "run", "-trimpath", ".", folder=tmp_path, GOPATH=gopath, GOFLAGS="-modcacherw -buildvcs=false -mod=mod", CGO_ENABLED="0")


@pytest.mark.parametrize("line", [line for line in shell_lines() if " emulator" in line])
def test_a_command_starts_an_emulator(tmp_path, line):
    words = shlex.split(line.removesuffix("&"))
    words = [str(TOP / word) if word.startswith("configs/") else word for word in words]
    ready = tmp_path / "ready"
    listen = [] if "--listen" in words else ["--listen", "127.0.0.1:0"]
    words = ["127.0.0.1:0" if word.startswith("127.0.0.1:") else word for word in words]
    process = subprocess.Popen([os.path.abspath(BIN), *words[1:], *listen, "--ready-file", str(ready)], cwd=tmp_path,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    first = process.stdout.readline()
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 143 and "endpoint" in first


def test_the_curl_commands_are_answered(tmp_path):
    service = Service(tmp_path, "--control")
    lines = [line for line in shell_lines() if line.startswith("curl ")]
    assert len(lines) >= 4
    for line in lines:
        assert said(*shlex.split(line.replace("127.0.0.1:8088", service.address).replace("curl ", "curl -sf ", 1))).startswith("{")
    service.stop()


def test_the_table_of_options_is_that_of_help():
    table = PAGE.split("## Options")[1].split("##")[0]
    shown = re.findall(r"--([a-z-]+)", "\n".join(line.split("|")[1] for line in table.splitlines() if line.startswith("| `")))
    known = re.findall(r"^  --([a-z-]+)", said(BIN, "emulator", "--help"), re.M)
    assert sorted(shown) == sorted(known)


def test_the_table_of_the_control_path_is_that_of_the_code():
    shown = set(re.findall(r"^\| `(GET|POST) /_control/([a-z]+)`", PAGE, re.M))
    known = {(method, path) for path, method in re.findall(r'\{"/_control/([a-z]+)", "(GET|POST)"',
                                                           (TOP / "src" / "emulator" / "control.c").read_text())}
    assert shown == known and len(known) >= 7


def test_the_operations_are_those_of_the_code():
    text = PAGE.split("* **Operations**:")[1].split("* **")[0]
    known = set(re.findall(r'^    \{"([A-Z][A-Za-z]+)", "/', (TOP / "src" / "emulator" / "operation.c").read_text(), re.M))
    assert set(re.findall(r"[A-Z][A-Za-z]+", text)) == known
