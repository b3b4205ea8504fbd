"""The Java connector's recorded behaviour (recordings/README.md) against `otspipe explain --compat connector-1.1`: the same rows from the
same records, and where they differ on purpose, exactly the row that is written down beside the reason."""
import json
import pathlib

import pytest

from explain import explain

FOLDER = pathlib.Path(__file__).parent / "recordings"
NAMES = sorted(path.stem for path in FOLDER.glob("*.jsonl"))
NEEDED = {"name": "recorded", "bootstrap.servers": "127.0.0.1:1", "connector.class": "TableStoreSinkConnector",
          "tablestore.endpoint": "http://127.0.0.1:1", "tablestore.instance.name": "i", "tablestore.access.key.id": "a",
          "tablestore.access.key.secret": "b", "compat": "connector-1.1"}
RECORD = ("partition", "offset", "timestamp", "key", "value")


def comparable(row):
    """Columns in any order: Connect's maps have none. A point is compared whole."""
    if row["op"] == "error":
        return {"op": "error"}
    if row["op"] == "timeseries":
        return {part: row[part] for part in ("op", "measurement", "data_source", "tags", "time_us", "fields")}
    return {"op": row["op"], "primary_key": row["primary_key"], "columns": sorted(row["columns"])}


@pytest.mark.parametrize("name", NAMES)
def test_rows_are_those_of_the_java_connector_or_of_the_manual(tmp_path, name):
    head, *lines = map(json.loads, (FOLDER / f"{name}.jsonl").read_text().splitlines())
    connector = tmp_path / "connector.properties"
    connector.write_text("".join(f"{key}={value}\n" for key, value in (NEEDED | head["properties"]).items()))
    rows = explain([connector], [{"topic": head["topic"]} | {part: line[part] for part in RECORD} for line in lines])
    for line, row in zip(lines, rows, strict=True):
        wanted = line.get("otspipe", line["java"])
        assert comparable(row) == comparable(wanted), line.get("why", "as the Java connector")
        assert ("otspipe" in line) == ("why" in line)
        if wanted["op"] == "error":
            assert all(row.get(part) == wanted[part] for part in ("stage", "column") if part in wanted)


def test_no_recording_is_lost():
    assert len(NAMES) == 38 and sum(len((FOLDER / f"{name}.jsonl").read_text().splitlines()) - 1 for name in NAMES) == 624


def test_every_difference_has_one_of_a_few_reasons():
    reasons = {json.loads(line).get("why") for name in NAMES for line in (FOLDER / f"{name}.jsonl").read_text().splitlines()}
    assert len(reasons - {None}) == 15, reasons
