"""emulator: `otspipe emulator` as a process with a journal and its control path; a fresh one for each test."""
import json
import os
import pathlib
import signal
import subprocess
import time
import urllib.request

import pytest

BIN = os.environ.get("OTSPIPE_BIN", "build/release/otspipe")


class Service:
    access_key_id = "testid"
    access_key_secret = "testsecret"
    instance = "local"

    def __init__(self, folder, *options):
        self.folder = pathlib.Path(folder)
        self.journal = self.folder / "journal.jsonl"
        ready = self.folder / "emulator.ready"
        self.log = self.folder / "emulator.log"
        self.process = subprocess.Popen([BIN, "emulator", "--listen", "127.0.0.1:0", "--ready-file", str(ready), "--journal",
                                         str(self.journal), "--control", *options], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=self.log.open("w"))
        while not ready.exists():
            assert self.process.poll() is None, self.log.read_text()
            time.sleep(0.01)
        self.address = ready.read_text().strip()
        self.endpoint = f"http://{self.address}"

    def control(self, path, body=None):
        request = urllib.request.Request(f"{self.endpoint}/_control/{path}", data=body,
                                         method="GET" if body is None else "POST")
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read())

    def counters(self):
        return self.control("counters")

    def faults(self, rules, seed=1):
        self.control("faults", json.dumps({"rules": rules, "seed": seed}).encode())

    def flush(self):
        self.control("flush", b"{}")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        assert code == 143, f"the emulator ended with {code}:\n{self.log.read_text()}"


@pytest.fixture
def emulator(tmp_path):
    service = Service(tmp_path)
    yield service
    service.stop()


@pytest.fixture
def emulator_slow(tmp_path):
    """Every request takes 20 ms, so that many are in flight."""
    service = Service(tmp_path, "--latency-ms", "20")
    yield service
    service.stop()
