"""Every example of --help, which is also the man page's, runs as printed, in the folder of somebody who has what it names."""
import re
import signal
import subprocess

import pytest
from job import BIN, wait_for
from test_man import ALL, said


def examples():
    """(example's command, its text), all of them."""
    found = []
    for path in ALL:
        text = said(*path, "--help").split("\nExamples:\n")[1]
        found += [(" ".join(path), example) for example in re.findall(r"^  (\S.*)$", text, re.M)]
    return sorted(set(found))


EXAMPLES = examples()
TEXTS = sorted({text for _, text in EXAMPLES})
ENDLESS = {"run": lambda words: "--until-end" not in words, "emulator": lambda words: True, "demo": lambda words: True}


def is_endless(text):
    words = text.split()
    return words[0] == "otspipe" and ENDLESS.get(words[1], lambda words: False)(words)


def test_all_examples_are_there():
    assert len(EXAMPLES) >= 2 * len(ALL) and sum(is_endless(text) for text in TEXTS) >= 8


@pytest.mark.parametrize("text", [text for text in TEXTS if not is_endless(text)])
def test_an_example_runs_as_printed(reader_with_broker, text):
    reader = reader_with_broker
    reader.own_configurations()
    reader.tables(*[name for name in ("orders", "events", "copy") if f"table create {name}" not in text])
    reader.good(text)


@pytest.mark.parametrize("text", [text for text in TEXTS if is_endless(text) and text.split()[1] == "run"])
def test_a_job_of_an_example_writes_rows_until_it_is_stopped(reader_with_broker, text):
    reader = reader_with_broker
    reader.own_configurations()
    reader.tables("orders")
    before = reader.emulator.counters()["rows"]
    reader.until(text, lambda said: wait_for(lambda: reader.emulator.counters()["rows"] > before, "a row"))


@pytest.mark.parametrize("text", [text for text in TEXTS if is_endless(text) and text.split()[1] == "emulator"])
def test_an_emulator_of_an_example_serves_until_it_is_stopped(reader, text):
    """On a port of its own, where the example takes the usual one: that may be taken here."""
    here = text if "--listen" in text else f"{text} --listen 127.0.0.1:0"
    reader.until(here, lambda said: wait_for(lambda: "endpoint" in said(), "the greeting"))


def test_the_demos_of_the_examples_play_to_their_end(reader):
    """All at once, each in its folder: they take ten seconds each."""
    texts = [text for text in TEXTS if is_endless(text) and text.split()[1] == "demo"]
    assert len(texts) >= 3
    started = []
    for number, text in enumerate(texts):
        folder = reader.folder / f"demo-{number}"
        folder.mkdir()
        out = (folder / "out").open("w")
        started.append((text, folder / "out", subprocess.Popen(["bash", "-c", f"exec {text}"], cwd=folder, env=reader.environment,
                                                                stdout=out, stderr=subprocess.STDOUT)))
    try:
        for text, out, process in started:
            if "--keep" in text:
                wait_for(lambda: "stay up until Ctrl-C" in out.read_text() or process.poll() is not None, "the end of the play", 90)
                process.send_signal(signal.SIGINT)
            assert process.wait(90) == (130 if "--keep" in text else 0), out.read_text()
            assert "\nlatency  p50" in out.read_text()
    finally:
        for _, _, process in started:
            process.kill()
            process.wait()


def test_examples_of_the_man_pages_are_those_of_help():
    for path in ALL:
        page = subprocess.run([BIN, "man", *path], capture_output=True, text=True, timeout=30).stdout
        shown = re.findall(r"^\.TP\n\\fB(.*)\\fR$", page.split(".SH EXAMPLES\n")[1].split(".SH SEE ALSO")[0], re.M)
        for written, plain in (("\\-", "-"), ("\\(aq", "'"), ("\\(ti", "~"), ("\\e", "\\")):
            shown = [text.replace(written, plain) for text in shown]
        assert sorted(shown) == sorted(text for name, text in EXAMPLES if name == " ".join(path))
