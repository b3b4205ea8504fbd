"""play: sequences against the emulator and the model; a failing one is shrunk and printed with the seed that makes it again.

By hand: python -m model.play --bin BINARY --seed SEED [--first N] [--count N], in tests/e2e.
"""
import argparse
import http.client
import json
import os
import pathlib
import random
import re
import signal
import subprocess
import sys
import tempfile
import time

from . import messages
from .connection import Connection
from .generate import Maker
from .refused import INVALID, Refused
from .service import Service, Unknown
from .values import ANYTHING

BASE_MS = 1704164645678        # 2024-01-02T03:04:05.678Z
STEP_MS = 30 * 86400 * 1000    # from one sequence to the next; no sequence waits so long


class Different(AssertionError):
    """The emulator's answer is not the model's."""


class Emulator:
    """A process of its own, its clock in our hands."""

    def __init__(self, binary):
        self.folder = tempfile.TemporaryDirectory()
        ready = pathlib.Path(self.folder.name) / "ready"
        self.process = subprocess.Popen([binary, "emulator", "--listen", "127.0.0.1:0", "--ready-file", str(ready), "--control",
                                         "--no-clock-check", "--clock", "2024-01-02T03:04:05.678Z"], stdout=subprocess.DEVNULL)
        while not ready.exists():
            assert self.process.poll() is None, "the emulator did not start"
            time.sleep(0.005)
        host, port = ready.read_text().strip().rsplit(":", 1)
        self.control = http.client.HTTPConnection(host, int(port))
        self.connection = Connection(host, int(port), "local", "testid", "testsecret", "2024-01-02T03:04:05.678Z")

    def set_clock(self, ms):
        self.control.request("POST", "/_control/clock", json.dumps({"ms": ms}))
        answer = self.control.getresponse()
        body = answer.read()
        assert answer.status == 200, body

    def ask(self, request, names=None):
        """`names`: what the emulator calls the transactions that requests call #1, #2 ..."""
        if request.get("transaction") is not None:
            request = request | {"transaction": (names or {}).get(request["transaction"], "00000000-0000-0000-0000-000000000000")}
        status, _, body = self.connection.send("/" + request["op"], messages.encode(request))
        return messages.decode(request, status, body)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(20)
        self.folder.cleanup()
        return code

    def __enter__(self):
        return self

    def __exit__(self, *_):
        assert self.stop() == 143


# ---- one answer against the other ----

def same(expected, found, learn, where="answer"):
    """Raises Different at the first place that differs. A number that the model does not know is taken over from the answer."""
    if expected is ANYTHING:
        return
    if isinstance(expected, Refused):
        if not isinstance(found, dict) or "code" not in found or not expected.matches(found):
            raise Different(f"{where}: expected {sorted(expected.codes)} {expected.words or ''}, found {found}")
    elif isinstance(expected, Unknown):
        if not isinstance(found, int):
            raise Different(f"{where}: expected a number, found {found!r}")
        learn(expected, found)
    elif isinstance(expected, dict):
        if not isinstance(found, dict) or not set(found) <= set(expected):
            raise Different(f"{where}: expected {expected}, found {found}")
        for name, value in expected.items():
            if name != "learns":
                same(value, found.get(name), learn, f"{where}.{name}")
    elif isinstance(expected, (list, tuple)):
        if not isinstance(found, (list, tuple)) or len(expected) != len(found):
            raise Different(f"{where}: expected {expected!r}, found {found!r}")
        for at, (one, other) in enumerate(zip(expected, found)):
            same(one, other, learn, f"{where}[{at}]")
    elif repr(expected) != repr(found):
        raise Different(f"{where}: expected {expected!r}, found {found!r}")


class Game:
    """A sequence under way: the model beside the emulator."""

    def __init__(self, emulator, index):
        self.emulator = emulator
        self.service = Service(BASE_MS + index * STEP_MS)
        self.names = {}
        emulator.set_clock(self.service.now)

    def expected(self, request):
        if "body" in request:
            return Refused(INVALID)
        try:
            return self.service.answer(request)
        except Refused as refused:
            return refused

    def play(self, request):
        if request["op"] == "wait":
            self.service.now += request["ms"]
            self.emulator.set_clock(self.service.now)
            return
        expected = self.expected(request)
        found = self.emulator.ask(request, self.names)
        if "as" in request and "code" not in found:
            self.names[request["as"]] = found["transaction"]
        pending = self.pending(expected)
        same(expected, found, lambda unknown, number: self.learn(pending, unknown, number))
        if any(learns is not None for learns in pending.values()):
            self.learn_rest(pending)

    def pending(self, expected):
        """What the answer still has to tell: {id of the Unknown: where it belongs}."""
        rows = [expected] if isinstance(expected, dict) else []
        if rows and "tables" in expected:
            rows = [row for table in expected["tables"] if isinstance(table, tuple) for row in table[1]]
        elif rows and "rows" in expected:
            rows = expected["rows"]
        learns = [row["learns"] for row in rows if isinstance(row, dict) and row.get("learns")]
        return {id(next(value[1] for value in key if isinstance(value[1], Unknown))): (table, key) for table, key in learns}

    def learn(self, pending, unknown, number):
        learns = pending[id(unknown)]
        if learns is not None:
            pending[id(unknown)] = None
            self.service.learn(learns, number)

    def learn_rest(self, pending):
        """Numbers that no answer told (BulkImport): the rows that the model does not know, in order."""
        learns = [one for one in pending.values() if one is not None]
        table = learns[0][0]
        found = self.emulator.ask(Maker(None, self.service).everything(table.name))["rows"]
        at = table.auto_column()
        keys = sorted((tuple(value for _, value in row.keys) for row in found), key=lambda key: key[at][1])
        new = [key for key in keys if key not in table.rows]
        if len(new) != len(learns):
            raise Different(f"{len(learns)} rows with auto-increment keys were made, {len(new)} are new")
        for one, key in zip(learns, new):
            self.service.learn(one, key[at][1])

    def finish(self):
        """The tables as they are now, then away with them."""
        maker = Maker(None, self.service)
        for name in list(self.service.tables):
            self.play(maker.everything(name))
            self.play({"op": "DeleteTable", "table": name})


def replay(binary, index, requests):
    """(what goes wrong when these requests alone are sent to a fresh emulator, the request with which it does); (None, None)."""
    with Emulator(binary) as emulator:
        game, request = Game(emulator, index), None
        try:
            for request in requests:
                game.play(request)
            request = "the end"
            game.finish()
        except AssertionError as wrong:
            return wrong, request
    return None, None


def shrink(binary, index, requests, culprit):
    """Requests are dropped, in large pieces first, while the same one still fails."""
    size = len(requests) // 2
    while size > 0:
        at = 0
        while at < len(requests):
            fewer = requests[:at] + requests[at + size:]
            if replay(binary, index, fewer)[1] == culprit:
                requests = fewer
            else:
                at += size
        size //= 2
    return requests


def run_sequence(emulator, seed, index, kinds=None):
    """The requests that were sent, and what went wrong or None."""
    rng = random.Random(f"{seed}:{index}")
    game, requests = Game(emulator, index), []
    maker = Maker(rng, game.service)
    try:
        for _ in range(rng.choice([4, 8, 12, 20, 30])):
            requests.append(maker.request())
            game.play(requests[-1])
        game.finish()
    except AssertionError as wrong:
        return requests, wrong
    return requests, None


def brief(request):
    """Long runs of one character cut short."""
    return re.sub(r"(.)\1{40,}", lambda run: f"{run[1]}*{len(run[0])}", request if isinstance(request, str) else repr(request))


def explain(binary, seed, index, requests, wrong):
    """What to read when it fails."""
    lines = [f"sequence {index} of seed {seed}: {brief(str(wrong))}", f"again with: python -m model.play --seed {seed} --first {index} --count 1"]
    again, culprit = replay(binary, index, requests)
    if again is None:
        return "\n".join(lines + ["a fresh emulator does not show it with these requests:"] + [f"  {brief(request)}" for request in requests])
    few = shrink(binary, index, requests, culprit)
    lines += [f"{len(few)} of {len(requests)} requests are enough: {brief(str(replay(binary, index, few)[0]))}"]
    return "\n".join(lines + [f"  {brief(request)}" for request in few])


def run(binary, seed, first, count):
    """Sequences [first, first + count); the number of requests that were sent. Different at the first failure."""
    sent = 0
    with Emulator(binary) as emulator:
        for index in range(first, first + count):
            requests, wrong = run_sequence(emulator, seed, index)
            sent += len(requests)
            if wrong is not None:
                raise Different(explain(binary, seed, index, requests, wrong))
    return sent


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", default=os.environ.get("OTSPIPE_BIN", "build/release/otspipe"))
    parser.add_argument("--seed", default="1")
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--count", type=int, default=1000)
    asked = parser.parse_args()
    try:
        print(run(asked.bin, asked.seed, asked.first, asked.count), "requests, no difference")
    except Different as wrong:
        print(wrong)
        sys.exit(1)


if __name__ == "__main__":
    main()
