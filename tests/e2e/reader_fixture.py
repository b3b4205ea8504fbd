"""reader: a folder as somebody has it who reads the documentation and types what it prints: the program at build/release, the
samples, configurations of his own for a real broker and an emulator, some rows and records."""
import os
import pathlib
import shutil
import signal
import subprocess
import uuid

import pytest
from job import BIN, config_text
from table_command import environment

TOP = pathlib.Path(__file__).parents[2]
MANUAL = TOP / "tests" / "manual" / "quickstart"
ROWS = """\
{"table":"orders","op":"put","primary_key":[["id","string","o-2024-7"]],"columns":[["price","double",9.5],["state","string","new"]]}
{"table":"orders","op":"put","primary_key":[["id","string","o-1"]],"columns":[["price","double",7.5]]}
"""
EVENTS = '{"op":"put","primary_key":[["device","string","sensor-7"],["at","integer",%d],["n","integer",12]],"columns":[["temperature","double",21.5]]}\n'
TABLES = {"orders": "id:string", "events": "device:string,at:integer,n:integer", "copy": "device:string,at:integer,n:integer"}


class Reader:
    def __init__(self, folder, emulator, broker=None):
        self.folder, self.emulator, self.broker = pathlib.Path(folder) / "reader", emulator, broker
        (self.folder / "build").mkdir(parents=True)
        (self.folder / "build" / "release").symlink_to(pathlib.Path(BIN).absolute().parent)
        for name in ("configs", "docs", "README.md"):
            (self.folder / name).symlink_to(TOP / name)
        (self.folder / "connectors").mkdir()
        for name in ("worker.properties", "orders.properties", "orders.json"):
            shutil.copy(TOP / "configs" / "connect" / name, self.folder)
        shutil.copy(self.folder / "orders.json", self.folder / "connectors")
        self.environment = environment(emulator) | {
            "PATH": f"{pathlib.Path(BIN).absolute().parent}:{os.environ['PATH']}", "HOME": str(self.folder),
            "TABLESTORE_ACCESS_KEY_ID": emulator.access_key_id, "TABLESTORE_ACCESS_KEY_SECRET": emulator.access_key_secret}
        self.write("rows.jsonl", ROWS)
        self.write("records.jsonl", '{"value": "{\\"id\\": \\"o-9\\", \\"price\\": 1.5}"}\n')

    def write(self, name, text):
        (self.folder / name).write_text(text)

    def own_topic(self, count=2):
        """A topic of his own with some orders in it."""
        topic = self.broker.create_topic("orders", 1)
        self.broker.produce(topic, [b'{"id": "o-%d", "price": 9.5}' % number for number in range(count)])
        return topic

    def own_configurations(self):
        """What the documentation calls kafka_to_table.yaml, and the manual's two files."""
        topic, name = self.own_topic(), f"reader-{uuid.uuid4().hex[:6]}"
        self.write("kafka_to_table.yaml", config_text(self.broker.address, self.emulator, [topic], table="orders", name=name,
                                                      keys=(("id", "string"),)))
        manuals = self.broker.create_topic("test", 1)
        self.broker.produce(manuals, [(MANUAL / "struct.json").read_bytes()])
        own = {"bootstrap.servers": self.broker.address, "tablestore.endpoint": self.emulator.endpoint, "topics": manuals, "name": name + "c",
               "tablestore.access.key.id": self.emulator.access_key_id, "tablestore.instance.name": self.emulator.instance,
               "tablestore.access.key.secret": self.emulator.access_key_secret}
        for file in ("connect-standalone.properties", "connect-tablestore-sink-quickstart.properties"):
            pairs = [(line, line.split("=", 1)[0].strip()) for line in (MANUAL / file).read_text().splitlines()]
            self.write(file, "".join(f"{key}={own[key]}\n" if key in own else line + "\n" for line, key in pairs))

    def tables(self, *names):
        for name in names:
            self.good(f"otspipe table create {name} {TABLES[name]} --max-versions 10")
        if "orders" in names:
            self.good("otspipe table put orders rows.jsonl")
        if "events" in names:
            self.write("events.jsonl", "".join(EVENTS % at for at in (-5, 100, 101)))
            self.good("otspipe table put events events.jsonl")

    def run(self, script, limit_s=120):
        return subprocess.run(["bash", "--norc", "-euo", "pipefail", "-c", script], cwd=self.folder, env=self.environment,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=limit_s)

    def good(self, script, limit_s=120):
        """What it says on stdout; it must end well."""
        done = self.run(script, limit_s)
        assert done.returncode == 0, f"{script}\n{done.stdout}{done.stderr}"
        return done.stdout

    def until(self, script, condition, number=signal.SIGTERM, code=143):
        """A command that does not end by itself: runs until the condition holds, then is stopped; answers what it said."""
        with (self.folder / "said").open("w+") as said:
            process = subprocess.Popen(["bash", "--norc", "-c", f"exec {script}"], cwd=self.folder, env=self.environment,
                                       stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT)
            try:
                condition((self.folder / "said").read_text)
                process.send_signal(number)
                assert process.wait(60) == code, (self.folder / "said").read_text()
            finally:
                process.kill()
                process.wait()
        return (self.folder / "said").read_text()


@pytest.fixture
def reader(tmp_path, emulator):
    return Reader(tmp_path, emulator)


@pytest.fixture
def reader_with_broker(tmp_path, emulator, broker):
    return Reader(tmp_path, emulator, broker)
