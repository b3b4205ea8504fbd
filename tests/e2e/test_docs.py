"""docs: what README.md and docs/ say is there."""
import json
import os
import pathlib
import re
import subprocess

from job import BIN

TOP = pathlib.Path(__file__).parents[2]
PAGES = [TOP / "README.md", *sorted((TOP / "docs").glob("*.md"))]


def test_the_readmes_configuration_is_the_sample():
    text = (TOP / "README.md").read_text()
    shown = re.search(r"<!-- configs/minimal.yaml -->\n```yaml\n(.*?)```", text, re.S).group(1)
    assert shown == (TOP / "configs" / "minimal.yaml").read_text()
    assert len(shown.splitlines()) <= 12


def test_the_samples_are_right(tmp_path):
    keys = {"TABLESTORE_ACCESS_KEY_ID": "id", "TABLESTORE_ACCESS_KEY_SECRET": "secret"}
    samples = [[TOP / "configs" / "minimal.yaml"], [TOP / "configs" / "kafka_to_table.yaml"],
               [TOP / "configs" / "kafka_to_timeseries.yaml"],
               [TOP / "configs" / "connect" / "worker.properties", TOP / "configs" / "connect" / "orders.properties"],
               [TOP / "configs" / "connect" / "worker.properties", TOP / "configs" / "connect" / "orders.json"]]
    for files in samples:
        done = subprocess.run([BIN, "check", *files], capture_output=True, text=True, timeout=30, env=os.environ | keys)
        assert done.returncode == 0, f"{files}: {done.stderr}"
        assert "secret" not in done.stdout.replace("access_key_secret", "").replace("SECRET", "")


def series_of(files):
    """The section that makes a point of a record, as `check` prints it."""
    keys = {"TABLESTORE_ACCESS_KEY_ID": "id", "TABLESTORE_ACCESS_KEY_SECRET": "secret"}
    done = subprocess.run([BIN, "check", *files], capture_output=True, text=True, timeout=30, env=os.environ | keys)
    assert done.returncode == 0, done.stderr
    return re.search(r"^    mode: timeseries\n(?:    .*\n)*?(    timeseries:\n(?:      .*\n)+)", done.stdout, re.M).group(1)


def test_the_time_series_of_the_docs_are_the_manuals(tmp_path):
    manual = TOP / "tests" / "manual" / "timeseries"
    text = (TOP / "docs" / "timeseries.md").read_text()
    page = tmp_path / "page.yaml"
    page.write_text(re.search(r"<!-- tests/manual/timeseries -->\n```yaml\n(.*?)```", text, re.S).group(1))
    for worker, form in (("standalone", "properties"), ("distributed", "json")):
        files = [manual / f"connect-{worker}.properties", manual / f"connect-tablestore-sink-quickstart.{form}"]
        assert series_of(files) == series_of([page])
    message = (manual / "message.json").read_text()
    assert re.search(r"```json\n(.*?)```", text, re.S).group(1) == message
    keys = {"TABLESTORE_ACCESS_KEY_ID": "id", "TABLESTORE_ACCESS_KEY_SECRET": "secret"}
    done = subprocess.run([BIN, "explain", page], capture_output=True, text=True, timeout=30, env=os.environ | keys,
                          input=json.dumps({"value": message}))
    assert done.stdout == (manual / "rows.jsonl").read_text()


def test_links_lead_somewhere():
    links = [(page, link) for page in PAGES for link in re.findall(r"\]\(([^)#]+)\)", page.read_text())]
    assert len(links) >= 5
    missing = [f"{page.name}: {link}" for page, link in links if not (page.parent / link).exists()]
    assert not missing


def test_the_words_of_dev_are_those_it_lists():
    listed = set(re.findall(r"^\./dev (\w+)", subprocess.run([TOP / "dev"], capture_output=True, text=True).stdout, re.M))
    taken = set(re.findall(r"^ {4}(\w+)\)", (TOP / "dev").read_text(), re.M)) - {"help"}
    assert listed == taken


def test_every_assumption_of_the_emulator_is_on_the_page():
    """A row names the file of each place in the code that says [assumed]; `×2` behind it stands for two."""
    page = (TOP / "docs" / "assumptions.md").read_text()
    told = {}
    for name, times in re.findall(r"`emulator/([a-z_]+\.[ch])`(?: ×(\d+))?", page):
        told[name] = told.get(name, 0) + int(times or 1)
    marked = {path.name: path.read_text().count("[assumed]") for path in (TOP / "src" / "emulator").glob("*.[ch]")}
    assert told == {name: count for name, count in marked.items() if count > 0}
