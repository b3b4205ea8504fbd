"""table_command: `otspipe table` as a process against an emulator, in a pipe or on a terminal of its own."""
import json
import os
import pty
import re
import select
import subprocess
import termios

BIN = os.environ.get("OTSPIPE_BIN", "build/release/otspipe")


def environment(service, **more):
    clean = {name: value for name, value in os.environ.items() if not name.startswith("OTSPIPE_E") and not name.startswith("OTSPIPE_I")
             and not name.startswith("OTSPIPE_A") and name != "OTSPIPE_STS_TOKEN"}
    where = {"OTSPIPE_ENDPOINT": service.endpoint} if service else {}
    return clean | where | {name: value for name, value in more.items() if value is not None}


def table(service, *words, stdin="", env=None):
    """stdout, stderr and exit code, in a pipe. Keys and instance are the emulator's own, as nobody says others."""
    done = subprocess.run([BIN, "table", *map(str, words)], input=stdin, capture_output=True, text=True, timeout=60,
                          env=env or environment(service))
    return done.stdout, done.stderr, done.returncode


def good(service, *words, stdin=""):
    out, err, code = table(service, *words, stdin=stdin)
    assert code == 0, (words, out, err)
    return out


def rows(service, *words):
    return [json.loads(line) for line in good(service, *words).splitlines()]


def read_until(fd, words, text):
    """Until the words are there, or the other side has gone (words None)."""
    while words is None or words not in text:
        ready, _, _ = select.select([fd], [], [], 60)
        assert ready, f"60 s passed without {words!r}: {text!r}"
        try:
            piece = os.read(fd, 65536)
        except OSError:
            piece = b""
        if not piece:
            return text
        text += piece.decode()
    return text


def on_terminal(service, *words, width=80, types=(), env=None):
    """What a terminal of that width shows, and the exit code; `types` are pairs: what is waited for, what is typed then."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, width))
    process = subprocess.Popen([BIN, "table", *map(str, words)], stdin=theirs, stdout=theirs, stderr=theirs,
                               env=environment(service, TERM="xterm", **(env or {})))
    os.close(theirs)
    text = ""
    for waited_for, typed in types:
        text = read_until(ours, waited_for, text)
        os.write(ours, typed.encode())
    text = read_until(ours, None, text).replace("\r\n", "\n")
    os.close(ours)
    return text, process.wait(60)


def plain(text):
    """Without colours."""
    return re.sub(r"\033\[[0-9;]*[mK]", "", text)


def line(op="put", key=(("id", "string", "a"),), columns=(), **more):
    return json.dumps(more | {"op": op, "primary_key": [list(cell) for cell in key], "columns": [list(cell) for cell in columns]})


def sdk(service):
    from tablestore import OTSClient
    return OTSClient(service.endpoint, service.access_key_id, service.access_key_secret, service.instance)
