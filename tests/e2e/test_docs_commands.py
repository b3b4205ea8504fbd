"""Every command that README.md and docs/ print runs as printed: a block that nothing runs is a failure."""
import os
import pathlib
import re
import shlex
import subprocess

import pytest
from job import BIN, wait_for

TOP = pathlib.Path(__file__).parents[2]
PAGES = [TOP / "README.md", *sorted((TOP / "docs").glob("*.md"))]
EMULATOR_PAGE = "emulator.md"  # line by line in test_docs_emulator.py, but for ports that may be taken here
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.M | re.S)
BLOCKS = {(page.name, text) for page in PAGES for language, text in FENCE.findall(page.read_text()) if language == "sh"}

RUN = {}  # (page, first line): the test that runs the block
NOT_RUN = {
    ("README.md", "./dev demo"): "it builds the tree that is being tested; the demo that it ends in is test_demo.py's",
    ("README.md", "./dev test"): "it is what runs this",
}


def runs(page, first_line):
    """The test gets the block that begins with that line."""
    found = [text for name, text in BLOCKS if name == page and text.splitlines()[0] == first_line]

    def with_block(test):
        RUN[page, first_line] = test.__name__
        return pytest.mark.parametrize("block", found, ids=[page])(test)
    return with_block


@runs("README.md", "build/release/otspipe check orders.yaml")
def test_the_readers_own_topic(reader_with_broker, block):
    reader = reader_with_broker
    reader.broker.create_topic("orders", 2, unique=False)
    reader.broker.produce("orders", [b'{"id": "o-7", "price": 9.5}', b'{"id": "o-8", "price": 8.5}'], partition=1)
    text = re.search(r"```yaml\n(.*?)```", (TOP / "README.md").read_text(), re.S).group(1)
    reader.write("orders.yaml", text.replace("localhost:9092", reader.broker.address)
                 .replace("https://my-instance.cn-hangzhou.ots.aliyuncs.com", reader.emulator.endpoint)
                 .replace("instance: my-instance", f"instance: {reader.emulator.instance}"))
    said = reader.good(block)
    assert '"primary_key":[["id","string","o-1"]]' in said, "explain"
    assert '[["id","string","o-7"]]' in said and '[["id","string","o-8"]]' in said, "scan, of what run has written"


@runs("README.md", "build/release/otspipe run connect-standalone.properties connect-tablestore-sink-quickstart.properties")
def test_the_files_of_kafka_connect(reader_with_broker, block):
    reader = reader_with_broker
    reader.own_configurations()
    reader.until(block, lambda said: wait_for(lambda: reader.emulator.counters()["rows"] == 1, "the row"))


@runs("README.md", "build/release/otspipe table create orders id:string")
def test_a_table_is_made_filled_and_looked_into(reader, block):
    assert reader.good(block).count('"id","string","o-1"') == 1


@runs("README.md", "cmake --install build/release --prefix /usr/local")
def test_installing(reader, tmp_path, block):
    reader.environment["DESTDIR"] = str(tmp_path / "root")
    reader.good(block)
    assert os.access(tmp_path / "root/usr/local/bin/otspipe", os.X_OK) and (tmp_path / "root/usr/local/share/man/man1/otspipe.1").exists()


@runs("table.md", "build/release/otspipe emulator &")
def test_the_first_steps_with_a_table(reader, block):
    """The emulator of the first line is the fixture's: another one may have the port here, and it needs a moment to listen."""
    assert '["paid","boolean",true]' in reader.good(block.split("\n", 1)[1])


@runs("table.md", "build/release/otspipe table scan orders | build/release/otspipe table put copy --of orders")
def test_a_table_is_copied(reader, block):
    reader.tables("orders")
    reader.good("otspipe table create copy id:string")
    reader.good(block)
    assert reader.good("otspipe table scan copy").count('"table":"copy"') == 2


@runs("convert.md", "build/release/otspipe convert worker.properties orders.properties --output orders.yaml")
def test_a_connector_becomes_yaml(reader, block):
    assert reader.good(block).startswith("name: orders\n"), "check prints what counts"


@runs("convert.md", "for f in connectors/*.json; do build/release/otspipe convert worker.properties $f --output ${f%.json}.yaml; done")
def test_every_connector_becomes_yaml(reader, block):
    reader.good(block)
    assert "name: orders" in (reader.folder / "connectors" / "orders.yaml").read_text()


@runs("emulator-data.md", "build/release/otspipe emulator --data orders.db")
def test_an_emulator_that_keeps_its_tables(reader, block):
    ready = reader.folder / "ready"
    reader.until(f"{block.strip()} --listen 127.0.0.1:0 --ready-file ready", lambda said: wait_for(ready.exists, "the emulator"))
    assert (reader.folder / "orders.db").stat().st_size > 0


@runs("emulator-faults.md", "curl -X POST --data-binary @rules.json http://127.0.0.1:8087/_control/faults")
def test_rules_are_sent_shown_and_taken_back(reader, block):
    """With the page's own rules, at the fixture's port: another emulator may have the usual one here."""
    reader.write("rules.json", re.search(r"```json\n(.*?)```", (TOP / "docs" / "emulator-faults.md").read_text(), re.S).group(1))
    said = reader.good(block.replace("127.0.0.1:8087", reader.emulator.address).replace("curl ", "curl -sf "))
    assert said.count('"one bad key"') >= 1 and reader.emulator.control("faults")["rules"] == []


def test_every_block_is_run_or_listed():
    there = {(page, text.splitlines()[0]) for page, text in BLOCKS if page != EMULATOR_PAGE}
    told = RUN.keys() | NOT_RUN.keys()
    assert there - told == set(), "no test runs these blocks: add one with @runs, or say in NOT_RUN why none can"
    assert told - there == set(), "these blocks are not in the documentation any more"
    assert len(there) == len([page for page, _ in BLOCKS if page != EMULATOR_PAGE]), "two blocks of a page begin with the same line"
    lines = [line for page, text in BLOCKS if page == EMULATOR_PAGE for line in text.splitlines()]
    assert len(lines) >= 7 and all(" emulator" in line or line.startswith("curl ") for line in lines)


def test_commands_are_in_blocks_that_can_be_found():
    """Neither in a block without a language nor in one that is indented: nothing would run them."""
    for page in PAGES:
        text = page.read_text()
        hidden = [line for language, block in FENCE.findall(text) if language != "sh" for line in block.splitlines()]
        hidden += [line for line in FENCE.sub("", text).splitlines() if line.startswith("    ")]
        found = [line for line in hidden if re.match(r"\s*(\$ |\./dev |(build/release/)?otspipe |curl |cmake )", line)]
        assert found == [], page.name


def inline_commands():
    """`otspipe ...` in the running text of all pages."""
    found = set()
    for page in PAGES:
        for code in re.findall(r"`([^`\n]+)`", FENCE.sub("", page.read_text())):
            found |= {part.strip(" )") for part in re.split(r"\||;|&&|\$\(|<\(", code) if re.match(r"\s*(build/release/)?otspipe ", part)}
    return sorted(found)


def test_commands_in_the_text_are_those_there_are():
    """Each names a command of --help and only options that it has."""
    commands = inline_commands()
    assert len(commands) >= 20
    for command in commands:
        words = [word.split("=")[0] for word in shlex.split(command.replace("...", ""))[1:]]
        path = words[:2] if words[0] == "table" and len(words) > 1 and words[1].islower() else words[:1]
        if not path[0].islower():
            continue  # COMMAND stands for any
        done = subprocess.run([BIN, "help", *path], capture_output=True, text=True, timeout=30)
        assert done.returncode == 0, command
        known = set(re.findall(r"^  (--[a-z-]+)", done.stdout, re.M))
        assert {word for word in words if word.startswith("--")} <= known, command


def test_the_words_of_dev_in_the_text_are_those_there_are():
    listed = set(re.findall(r"^\./dev (\w+)", subprocess.run([TOP / "dev"], capture_output=True, text=True).stdout, re.M))
    assert {word for page in PAGES for word in re.findall(r"\./dev (\w+)", page.read_text())} <= listed


def test_the_record_of_the_contributing_page_becomes_a_row(reader):
    """It is a line of text there: it needs what stands behind it."""
    command = re.search(r"`(echo [^`]*otspipe explain[^`]*)`", (TOP / "docs" / "contributing.md").read_text()).group(1)
    assert '"op":"' in reader.good(command)
