"""`otspipe completion bash`: the script in a real bash, with words as readline cuts them, and once with a real TAB."""
import os
import pty
import select
import subprocess

import pytest
from test_man import ALL

BIN = os.path.abspath(os.environ.get("OTSPIPE_BIN", "build/release/otspipe"))
COMPLETE = 'eval "$("$0" completion bash)"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _otspipe; printf "%s\\n" "${COMPREPLY[@]}"'
COMMANDS = " ".join(path[0] for path in ALL if len(path) == 1)
TABLE_COMMANDS = "ls describe create get scan put rm"


def offered(folder, *words):
    """What is offered for the last of the words; the words before it are those that readline cuts at blanks and at '='."""
    done = subprocess.run(["bash", "--norc", "-uc", COMPLETE, BIN, "otspipe", *words], cwd=folder, capture_output=True, text=True,
                          timeout=30, env=os.environ | {"HOME": str(folder)})
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.split()


@pytest.fixture
def folder(tmp_path):
    for name in ("orders.yaml", "worker.properties", "sink.json", "notes.txt", "orders.db", "rows.jsonl"):
        (tmp_path / name).touch()
    (tmp_path / "more.d").mkdir()
    (tmp_path / "more.d" / "other.yaml").touch()
    return tmp_path


CONFIGS = "more.d orders.yaml sink.json worker.properties"


@pytest.mark.parametrize("words, expected", [
    ([""], COMMANDS),
    (["e"], "explain emulator"),
    (["--"], "--help --version"),
    (["table", ""], TABLE_COMMANDS),
    (["table", "de"], "describe"),
    (["nosuch", ""], ""),
    (["run", ""], CONFIGS),
    (["run", "--until-end", "or"], "orders.yaml"),
    (["run", "orders.yaml", "w"], "worker.properties"),
    (["run", "more.d/"], "more.d/other.yaml"),
    (["run", "~/w"], "~/worker.properties"),
    (["run", "nothing-begins-so"], ""),
    (["run", "--su"], "--summary"),
    (["run", "--summary", ""], "json"),
    (["run", "--summary", "="], "json"),
    (["run", "--log-level", "=", "de"], "debug"),
    (["run", "--log-level=de"], "--log-level=debug"),
    (["run", "--log-level", "x"], ""),
    (["run", "--no-such-option=x"], ""),
    (["emulator", "--data", ""], "more.d orders.db"),
    (["emulator", "--data", "=", "o"], "orders.db"),
    (["emulator", "--tls-dir", ""], "more.d"),
    (["emulator", "--listen", ""], ""),
    (["emulator", ""], ""),
    (["demo", "--r"], "--records --rate"),
    (["table", "scan", "orders", "--config", "=", ""], CONFIGS),
    (["table", "scan", "orders", "--json", "--re"], "--reverse --retry-for"),
    (["table", "put", "orders", "r"], "rows.jsonl"),
    (["table", "get", "orders", ""], ""),
    (["help", "t"], "table"),
    (["help", "table", "s"], "scan"),
    (["help", "run", ""], ""),
    (["man", "--"], "--folder --help"),
    (["man", "table", "r"], "rm"),
    (["man", "--folder", ""], "more.d"),
    (["completion", ""], "bash"),
])
def test_what_may_stand_there_is_offered(folder, words, expected):
    assert sorted(offered(folder, *words)) == sorted(expected.split())


def test_every_option_of_every_command_is_offered_and_taken(folder):
    """Those of the help; and the reader of the command line knows each: it takes a value or none, and goes on to the next mistake."""
    for command in COMMANDS.split() + [f"table {name}" for name in TABLE_COMMANDS.split()]:
        words = command.split()
        text = subprocess.run([BIN, *words, "--help"], capture_output=True, text=True, timeout=30).stdout
        options = [line.split()[0] for line in text.splitlines() if line.startswith("  --")]
        assert sorted(offered(folder, *words, "--")) == sorted(options) and len(options) >= 1
        for option in set(options) - {"--help"}:
            told = subprocess.run([BIN, *words, option, "x", "--no-such"], capture_output=True, text=True, timeout=30, cwd=folder)
            assert told.returncode == 2 and f"{option} is no option" not in told.stderr, "it ends at the next mistake"


def test_names_with_blanks_stay_whole(folder):
    (folder / "my orders.yaml").touch()
    done = subprocess.run(["bash", "--norc", "-c", COMPLETE, BIN, "otspipe", "run", "my"], cwd=folder, capture_output=True, text=True)
    assert done.stdout == "my orders.yaml\n"


def type_into(terminal, text, until):
    os.write(terminal, text.encode())
    said = ""
    while until not in said:
        assert select.select([terminal], [], [], 30)[0], f"30 s passed without {until!r}: {said!r}"
        said += os.read(terminal, 65536).decode()
    return said


def test_a_tab_in_a_shell_completes(folder):
    (folder / "my orders.yaml").touch()
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(folder)
        os.execvpe("bash", ["bash", "--norc", "--noprofile", "-i"], os.environ | {"PS1": "ready> ", "TERM": "dumb", "HISTFILE": ""})
    type_into(terminal, "", "ready> ")
    type_into(terminal, f"otspipe() {{ '{BIN}' \"$@\"; }}; source <(otspipe completion bash)\n", "ready> ")
    type_into(terminal, "otspipe tab\tscan orders --conf\tmy\t", "table scan orders --config my\\ orders.yaml ")
    type_into(terminal, "\x15otspipe run --log-level=w\t", "otspipe run --log-level=warn ")
    os.write(terminal, b"\x15exit\n")
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
