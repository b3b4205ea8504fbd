"""job: one `otspipe run` process, started, watched and ended by id."""
import json
import os
import pathlib
import signal
import subprocess
import time
from datetime import datetime

BIN = os.environ.get("OTSPIPE_BIN", "build/release/otspipe")


def wait_for(condition, what, limit_s=60):
    """Waits for a condition, never for time: the limit only ends a test that has failed already."""
    end = time.monotonic() + limit_s
    while time.monotonic() < end:
        answer = condition()
        if answer:
            return answer
        time.sleep(0.02)
    raise AssertionError(f"{limit_s} s passed without: {what}")


def config_text(broker, emulator, topics, table=None, name="e2e", keys=(("k", "string"),), mode="record_value",
                extra="", kafka_extra="", properties=None, auto_create=True, write="", errors="", series=""):
    """The YAML form with what tests vary."""
    lines = [f"name: {name}", "kafka:", f"  brokers: [{broker}]", f"  topics: [{', '.join(topics)}]"]
    if kafka_extra:
        lines += ["  " + line for line in kafka_extra.splitlines()]
    lines += ["  properties:"] + [f"    {key}: '{value}'" for key, value in (properties or {}).items()] if properties else []
    lines += ["tablestore:", f"  endpoint: {emulator.endpoint}", f"  instance: {emulator.instance}",
              f"  access_key_id: {emulator.access_key_id}", f"  access_key_secret: {emulator.access_key_secret}"]
    lines += [f"auto_create: {'true' if auto_create else 'false'}"]
    if write:
        lines += ["write:"] + ["  " + line for line in write.splitlines()]
    if errors:
        lines += ["errors:"] + ["  " + line for line in errors.splitlines()]
    lines += ["routes:"]
    for topic in topics:
        lines += [f"  - topic: {topic}", f"    table: {table or topic}"]
        if series:
            lines += ["    mode: timeseries", "    timeseries:"] + ["      " + line for line in series.splitlines()]
            continue
        lines += ["    primary_key:", f"      mode: {mode}"]
        if mode != "kafka":
            lines += ["      columns:"] + [f"        - {{name: {key}, type: {kind}}}" for key, kind in keys]
    return "\n".join(lines) + "\n" + extra


class Job:
    """`files` are configuration files; the output is kept in the folder for a failing test to show."""
    count = 0

    def __init__(self, folder, files, *options, env=None):
        Job.count += 1
        self.log = pathlib.Path(folder) / f"job-{Job.count}.log"
        self.out = pathlib.Path(folder) / f"job-{Job.count}.out"
        self.started_ms = time.time() * 1000
        self.process = subprocess.Popen([BIN, "run", *options, *map(str, files)], stdin=subprocess.DEVNULL,
                                        stdout=self.out.open("w"), stderr=self.log.open("w"),
                                        env=os.environ | (env or {}))

    def wait(self, limit_s=120):
        try:
            return self.process.wait(limit_s)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"otspipe did not end in {limit_s} s:\n{self.tail()}")

    def end(self, expected=0, limit_s=120):
        code = self.wait(limit_s)
        assert code == expected, f"exit code {code}, not {expected}:\n{self.tail()}"
        return self

    def terminate(self):
        self.process.send_signal(signal.SIGTERM)

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def summary(self):
        return json.loads(self.out.read_text().splitlines()[-1])

    def text(self):
        return self.log.read_text()

    def times_ms(self, words):
        """When lines with these words were logged."""
        return [datetime.fromisoformat(line[:24]).timestamp() * 1000 for line in self.text().splitlines() if words in line]

    def tail(self):
        return "\n".join(self.text().splitlines()[-30:])

    def rss_kb(self):
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS"):
                return int(line.split()[1])
        return 0
