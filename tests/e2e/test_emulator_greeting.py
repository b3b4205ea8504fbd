"""What `otspipe emulator` says when it starts: the facts are true, the lines of Python run as they are printed."""
import os
import pty
import re
import ssl
import subprocess
import sys
import urllib.request

import pytest

BIN = os.environ.get("OTSPIPE_BIN", "build/release/otspipe")


class Greeted:
    def __init__(self, *options, env=None, **pipes):
        self.process = subprocess.Popen([BIN, "emulator", "--listen", "127.0.0.1:0", *options], text=True, bufsize=1,
                                        env={**os.environ, **(env or {})}, **(pipes or {"stdout": subprocess.PIPE}))

    def text(self):
        lines = []
        while not lines or "print(" not in lines[-1]:
            lines.append(self.process.stdout.readline())
            assert lines[-1], "it ended: " + "".join(lines)
        return "".join(lines)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        assert self.process.wait(20) == 143


def run_python(greeting):
    code = greeting.split("\n\n", 1)[1]
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)


def facts(greeting):
    return dict(re.split(r"  +", line, maxsplit=1) for line in greeting.split("\n\n", 1)[0].splitlines())


@pytest.mark.parametrize("options", [
    (), ("--tls",), ("--instance", "first", "--instance", "second", "--access-key", "i'd\\n:se@cret'@second", "--sts-token", "a\\t'b"),
])
def test_the_lines_of_python_run_as_they_are_printed(tmp_path, options):
    with Greeted(*options, env={"XDG_STATE_HOME": str(tmp_path)}) as emulator:
        greeting = emulator.text()
        lines = greeting.split("\n\n", 1)[1].splitlines()
        assert len(lines) == (6 if "--tls" in options else 5) and "\x1b" not in greeting
        ended = run_python(greeting)
        assert (ended.returncode, ended.stdout) == (0, "('first',)\n"), ended.stderr


def test_facts_name_what_there_is(tmp_path):
    data = tmp_path / "data.db"
    with Greeted("--data", str(data), "--access-key", "id:secret", "--tls") as emulator:
        found = facts(emulator.text())
    assert re.fullmatch(r"https://127\.0\.0\.1:\d+", found["endpoint"])
    assert (found["instance"], found["access key id"], found["access key secret"]) == ("local", "id", "secret")
    assert found["clients trust"] == str(tmp_path / "tls-authority.pem") and found["data"].endswith("0 tables, 0 rows")
    assert (tmp_path / "tls-key.pem").stat().st_mode & 0o777 == 0o600


def test_a_made_certificate_stays_and_is_refused_by_those_who_do_not_trust_it(tmp_path):
    texts = set()
    for _ in range(2):
        with Greeted("--tls-dir", str(tmp_path / "tls"), "--control") as emulator:
            found = facts(emulator.text())
            texts.add((tmp_path / "tls" / "tls-authority.pem").read_bytes())
            url = found["endpoint"] + "/_control/counters"
            trusting = ssl.create_default_context(cafile=found["clients trust"])
            assert b'"requests":0' in urllib.request.urlopen(url, context=trusting, timeout=30).read()
            curl = subprocess.run(["curl", "-sS", "--cacert", found["clients trust"], url.replace("127.0.0.1", "localhost")],
                                  capture_output=True, text=True, timeout=30)
            assert curl.returncode == 0 and '"requests":0' in curl.stdout, curl.stderr
            with pytest.raises(urllib.error.URLError, match="CERTIFICATE_VERIFY_FAILED"):
                urllib.request.urlopen(url, timeout=30)
    assert len(texts) == 1


def test_a_certificate_of_ones_own_is_served(tmp_path):
    with Greeted("--tls-dir", str(tmp_path)) as emulator:
        emulator.text()
    own = ("--tls-cert", str(tmp_path / "tls-certificate.pem"), "--tls-key", str(tmp_path / "tls-key.pem"))
    with Greeted(*own, "--control") as emulator:
        found = facts(emulator.text())
        assert "clients trust" not in found
        context = ssl.create_default_context(cafile=str(tmp_path / "tls-authority.pem"))
        assert urllib.request.urlopen(found["endpoint"] + "/_control/counters", context=context, timeout=30).status == 200


@pytest.mark.parametrize("options, words", [
    (["--tls-cert", "/nowhere/chain"], "--tls-cert and --tls-key belong together"),
    (["--tls-cert", "/nowhere/chain", "--tls-key", "/nowhere/key"], "/nowhere/chain: No such file"),
    (["--tls-dir", "/dev/null/x"], "/dev/null/x: Not a directory"),
    (["--tls-cert", "/dev/null", "--tls-key", "/dev/null"], "certificate or its key was not accepted"),
    (["--instance", "a b"], "--instance a b: 1 to 64 letters"),
    (["--instance", "a", "--instance", "a"], "--instance a is there twice"),
    (["--access-key", "a:b@c"], "the access key id a is for the instance c, which is not there"),
    (["--access-key", "a:b", "--access-key", "a:c"], "the access key id a is there twice"),
    (["--access-key-file", "/nowhere/keys"], "open /nowhere/keys"),
])
def test_mistakes_are_named(options, words):
    ended = subprocess.run([BIN, "emulator", "--listen", "127.0.0.1:0", *options], capture_output=True, text=True, timeout=30)
    assert ended.returncode == 2 and words in ended.stderr, ended.stderr


def test_a_taken_port_comes_with_advice():
    with Greeted() as emulator:
        address = facts(emulator.text())["endpoint"].removeprefix("http://")
        ended = subprocess.run([BIN, "emulator", "--listen", address], capture_output=True, text=True, timeout=30)
        assert ended.returncode == 2
        assert f"listen on {address}: the port is taken, perhaps by another emulator; --listen 127.0.0.1:0 picks" in ended.stderr


def on_terminal(env):
    ours, theirs = pty.openpty()
    with Greeted(env=env, stdout=theirs):
        os.close(theirs)
        text = b""
        while b"print(" not in text:
            text += os.read(ours, 4096)
    os.close(ours)
    return text.decode()


def test_a_terminal_sees_colours_unless_it_does_not_want_them():
    assert "\x1b[1mlocal\x1b[0m" in on_terminal({"TERM": "xterm", "NO_COLOR": ""})
    assert "\x1b" not in on_terminal({"TERM": "xterm", "NO_COLOR": "1"})
    assert "\x1b" not in on_terminal({"TERM": "dumb", "NO_COLOR": ""})
