"""The words of the commands: --help, the manual pages, what `cmake --install` installs: all of one source, none with a gap."""
import os
import pathlib
import pty
import re
import subprocess
import termios

import pytest
from table_command import read_until

BIN = os.path.abspath(os.environ.get("OTSPIPE_BIN", "build/release/otspipe"))


def said(*words, **options):
    done = subprocess.run([BIN, *words], capture_output=True, text=True, timeout=30, **options)
    assert (done.returncode, done.stderr) == (0, ""), (words, done.stderr)
    return done.stdout


def commands(path=()):
    """All there are, by what the help lists: [], ["run"], ["table"], ["table", "ls"]..."""
    section = re.search(r"^Commands:\n((?:  .*\n)+)", said(*path, "--help"), re.M)
    found = [path]
    for name in re.findall(r"^  (\S+)", section.group(1), re.M) if section else []:
        found += commands((*path, name))
    return found


ALL = commands()
IDS = [" ".join(path) or "otspipe" for path in ALL]


def options_of_help(path):
    return re.findall(r"^  --([a-z-]+)", said(*path, "--help"), re.M)


def test_no_command_is_missing():
    assert len(ALL) >= 17 and {(), ("run",), ("table",), ("table", "scan"), ("completion",)} <= set(ALL)


@pytest.mark.parametrize("path", ALL, ids=IDS)
def test_help_has_two_examples_and_says_the_same_however_it_is_asked_for(path):
    text = said(*path, "--help")
    examples = text.split("\nExamples:\n")[1]
    assert text.startswith(f"usage: otspipe{''.join(' ' + name for name in path)}")
    assert len(re.findall(r"^  \S", examples, re.M)) >= 2
    assert "\nExit codes:\n" in text and max(map(len, text.split("\nExamples:\n")[0].splitlines())) <= 80
    assert text == said("help", *path) == said(*path, "-h")


@pytest.mark.parametrize("path", ALL, ids=IDS)
def test_the_manual_page_is_without_a_warning_and_has_what_help_has(path, tmp_path):
    page = tmp_path / "page.1"
    page.write_text(said("man", *path))
    for command in (["groff", "-man", "-ww", "-z", str(page)], ["man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z", str(page)]):
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, env=os.environ | {"MANROFFSEQ": ""})
        assert (done.returncode, done.stderr) == (0, ""), done.stderr
    shown = subprocess.run(["man", "-l", str(page)], capture_output=True, text=True, timeout=60,
                           env=os.environ | {"MANWIDTH": "200", "MAN_KEEP_FORMATTING": "", "LC_ALL": "C.UTF-8"}).stdout
    for option in options_of_help(path):
        assert re.search(rf"^       --{option}\b", shown, re.M), option
    for line in said(*path, "--help").split("\nExamples:\n")[1].splitlines():
        assert re.sub(r"\s+", " ", line.strip()) in re.sub(r"\s+", " ", shown)
    assert all(title in shown for title in ("NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXIT STATUS", "EXAMPLES", "SEE ALSO"))


def test_pages_name_pages_that_are_there(tmp_path):
    said("man", "--folder", str(tmp_path / "man"))
    pages = {path.name: path.read_text().replace("\\-", "-") for path in (tmp_path / "man").iterdir()}
    assert len(pages) == len(ALL)
    for text in pages.values():
        for name in re.findall(r"\\fB(otspipe[a-z-]*)\\fR\(1\)", text):
            assert f"{name}.1" in pages, name


def test_every_variable_that_the_program_reads_is_told():
    sources = pathlib.Path(__file__).parents[2] / "src"
    read = {name for path in sources.rglob("*.c") for name in re.findall(r'(?:getenv|connect_environment)\("(\w+)"\)', path.read_text())}
    told = set()
    for path in ALL:
        section = said(*path, "--help").split("\nEnvironment:\n")[1:]
        told |= {name for text in section for name in re.findall(r"[A-Za-z_]+", text.split("\n\n")[0])}
    assert len(read) >= 9 and {name for name in read if name not in told and name.lower() not in told} == set()


@pytest.mark.parametrize("path", [("run", "--no-such", "--help"), ("emulator", "--listen", "--help"), ("check", "nowhere.yaml", "-h"),
                                  ("demo", "--rate", "x", "--help"), ("table", "scan", "--from", "a", "--help")])
def test_help_is_given_whatever_else_is_wrong(path):
    assert said(*path).startswith("usage: otspipe ")


@pytest.mark.parametrize("words, told", [
    (["rnu"], "otspipe: there is no command 'rnu'; is 'run' meant? 'otspipe --help' lists them"),
    (["table", "scann"], "otspipe table: there is no command 'scann'; is 'scan' meant? 'otspipe table --help' lists them"),
    (["help", "emulater"], "is 'emulator' meant?"),
    (["man", "table", "lss"], "is 'ls' meant?"),
    (["run", "--sumary", "json"], "--sumary is no option of 'otspipe run'; is --summary meant? 'otspipe run --help' shows the options"),
    (["run", "--until"], "is --until-end meant?"),
    (["emulator", "--acces-key=a:secret"], "--acces-key is no option of 'otspipe emulator'; is --access-key meant?"),
    (["demo", "--keep=yes"], "--keep: it takes no value"),
    (["run", "--log-level", "loud", "x.yaml"], "--log-level loud: one of error warn info debug was expected"),
    (["run", "--summary"], "--summary: json is missing behind it"),
    (["emulator", "--data", ""], "--data: the name of a file was expected"),
    (["emulator", "--latency-ms=-1"], "--latency-ms -1: a number from 0 to 3600000 was expected"),
    (["run"], "usage: otspipe run CONFIG...; 'otspipe run --help' shows how"),
    (["demo", "\033[31m"], r"\x1b[31m: no argument was expected"),
    (["\033[31m"], r"there is no command '\x1b[31m'"),
    (["help", "a", "b", "c"], "c: nothing was expected here"),
    (["completion", "fish"], "bash is the only shell it knows"),
    (["--versoin"], "is --version meant?"),
])
def test_a_mistake_is_named_with_what_was_meant(words, told):
    done = subprocess.run([BIN, *words], capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stdout) == (2, "") and told in done.stderr and "secret" not in done.stderr


def test_no_word_at_all_is_a_mistake_that_shows_the_help():
    for words in ([], ["table"]):
        done = subprocess.run([BIN, *words], capture_output=True, text=True, timeout=30)
        assert (done.returncode, done.stdout) == (2, "") and done.stderr == said(*words, "--help")


def on_terminal(width, words, **environment):
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, width))
    clean = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    process = subprocess.Popen([BIN, *words], stdin=theirs, stdout=theirs, stderr=theirs, env=clean | {"TERM": "xterm"} | environment)
    os.close(theirs)
    text = read_until(ours, None, "")
    os.close(ours)
    assert process.wait(30) == 0
    return text.replace("\r\n", "\n")


def test_a_terminal_gets_bold_headings_and_lines_of_its_width():
    text = on_terminal(60, ["emulator", "--help"])
    assert "\033[1mOptions:\033[0m\n" in text
    plain = re.sub(r"\033\[\d*m", "", text)
    assert max(map(len, plain.split("Examples:")[0].splitlines())) <= 60 and re.sub(r"\s+", " ", plain) == re.sub(
        r"\s+", " ", said("emulator", "--help"))
    assert max(map(len, on_terminal(300, ["emulator", "--help"]).splitlines())) <= 100
    for environment in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        assert "\033" not in on_terminal(80, ["emulator", "--help"], **environment)


@pytest.mark.parametrize("words", [["run", "--help"], ["man", "run"], ["completion", "bash"], ["help", "table"], ["--version"]])
def test_a_full_disk_is_an_error(words):
    with open("/dev/full", "w") as full:
        assert subprocess.run([BIN, *words], stdout=full, stderr=subprocess.DEVNULL, timeout=30).returncode == 1


def test_install_puts_everything_where_it_is_looked_for(tmp_path):
    build = pathlib.Path(BIN).parent
    done = subprocess.run(["cmake", "--install", str(build), "--prefix", "/usr"], capture_output=True, text=True, timeout=120,
                          env=os.environ | {"DESTDIR": str(tmp_path)})
    assert done.returncode == 0, done.stderr
    top = tmp_path / "usr"
    assert {path.name for path in tmp_path.iterdir()} == {"usr"} and {path.name for path in top.iterdir()} == {"bin", "share"}
    program = top / "bin" / "otspipe"
    assert subprocess.run([program, "--version"], capture_output=True, text=True).stdout.startswith("otspipe 0.")
    pages = {path.name: path.read_text() for path in (top / "share" / "man" / "man1").iterdir()}
    assert set(pages) == {"-".join(("otspipe", *path)) + ".1" for path in ALL}
    assert pages["otspipe-table-scan.1"] == said("man", "table", "scan"), "built with the program"
    assert (top / "share" / "bash-completion" / "completions" / "otspipe").read_text() == said("completion", "bash")
    doc = top / "share" / "doc" / "otspipe"
    assert all((doc / name).is_file() for name in ("README.md", "CHANGELOG.md", "LICENSE", "docs/delivery.md", "configs/minimal.yaml"))
    checked = subprocess.run([program, "check", doc / "configs" / "minimal.yaml"], capture_output=True, text=True,
                             env=os.environ | {"TABLESTORE_ACCESS_KEY_ID": "a", "TABLESTORE_ACCESS_KEY_SECRET": "b"})
    assert checked.returncode == 0, checked.stderr
    manual = subprocess.run(["man", "-M", str(top / "share" / "man"), "otspipe-run"], capture_output=True, text=True)
    assert manual.returncode == 0 and "otspipe run" in manual.stdout
