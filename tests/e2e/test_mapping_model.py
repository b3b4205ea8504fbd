"""What records become against a slow, obvious model (mapping_model/): 100,000 random records with random schemas and settings through
`otspipe explain`, equal line by line."""
import json
import os
import subprocess
import sys

import pytest

import explain
from mapping_model import exact, play, series, table

BIN = os.environ.get("OTSPIPE_BIN", "build/release/otspipe")
SEED = os.environ.get("OTSPIPE_MODEL_SEED", "1")
RECORDS, PROCESSES = 100_000, 2


@pytest.mark.parametrize("kind", play.KINDS)
def test_random_records_become_what_the_model_says(kind):
    share = RECORDS // play.EACH // PROCESSES
    known = dict(cwd=os.path.dirname(__file__), env=os.environ | {"OTSPIPE_BIN": os.path.abspath(BIN)}, text=True)
    runs = [subprocess.Popen([sys.executable, "-m", "mapping_model.play", "--kind", kind, "--seed", SEED, "--first", str(number * share), "--count",
                              str(share)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **known) for number in range(PROCESSES)]
    said = [run.communicate()[0] for run in runs]
    assert [run.returncode for run in runs] == [0] * PROCESSES, "\n".join(said)
    assert sum(int(text.split()[0]) for text in said) == RECORDS


def test_a_difference_is_found_shrunk_and_shown_with_its_seed(monkeypatch, tmp_path):
    true = exact.integer
    monkeypatch.setitem(exact.CELLS, "integer", lambda *value: abs(true(*value)))
    with pytest.raises(play.Different) as found:
        for number in range(100):
            play.play("mutant", number, tmp_path)
    said = str(found.value)
    assert "python -m mapping_model.play --kind table --seed mutant --first " in said
    assert "-" not in said.split("--- expected")[1].splitlines()[1] and "-" in said.split("--- got")[1].splitlines()[1]
    assert len(said.split("--- record")[1].splitlines()[1]) < 600


MB = 1 << 20


def near_the_limits():
    """Values as bytes: texts of 1 KB and 2 MB, 1,024 columns, a row of 4 MB, each at its limit and one beyond."""
    for key in ("k" * 1024, "k" * 1025, "é" * 512, "é" * 512 + "k"):
        yield {"id": key}
    for size in (2 * MB, 2 * MB + 1):
        yield {"id": "k", "a": "x" * size}
    for count in (1024, 1025):
        yield {"id": "k"} | {f"c{number}": number for number in range(count)}
    for size in (2 * MB - 16, 2 * MB - 15):  # names and the other values are 16 bytes
        yield {"id": "k", "a": "x" * (2 * MB), "b": "x" * size, "c": 1, "d": True}
    for name in ("n" * 255, "n" * 256, "1n", "n1", "_", "n-n", ""):
        yield {"id": "k", name: 1}


def errors_of(folder, settings, route, values):
    """Places of the values that become errors, which the model says too."""
    records = [{"topic": "t", "partition": 0, "offset": offset, "timestamp": 0, "key": None, "value": json.dumps(value).encode()}
               for offset, value in enumerate(values)]
    out = explain.explain_lines(explain.yaml_file(folder, {"routes": [route]}), [play.asked(record) for record in records])
    said = [(play.wanted(settings, record), play.comparable(line)) for record, line in zip(records, out)]
    assert [place for place, (wanted, got) in enumerate(said) if wanted != got] == []
    return [place for place, (wanted, _) in enumerate(said) if json.loads(wanted)["op"] == "error"]


def test_values_near_the_limits_become_what_the_model_says(tmp_path):
    settings = table.Settings(value_format="json", mode="record_value", keys=[("id", "string")], map_values="typed", nested="text")
    route = {"topic": "t", "primary_key": {"mode": "record_value", "columns": [{"name": "id", "type": "string"}]}}
    assert len(errors_of(tmp_path, settings, route, near_the_limits())) == 9


def points_near_the_limits():
    """Pairs, at the limit and one beyond."""
    point = {"m": "m", "d": "d", "ts": 0, "f": 1}
    for name, most in ("m", 128), ("d", 256), ("tag", 509), ("f", 2 * MB):
        yield point | {name: "x" * most}
        yield point | {name: "x" * (most + 1)}
    yield point | {"m": "é" * 64}
    yield point | {"m": "é" * 64 + "x"}
    for count in (1023, 1024):
        yield point | {f"f{number}": number for number in range(count)}
    for name in ("n" * 128, "n" * 129, "x_1", "1x", "_x", "_tags"):
        yield point | {name: 1}
    for size in (2 * MB - 21, 2 * MB - 20):  # m, d, the time, the names of two fields, f: 21 bytes
        yield point | {"a": "x" * (2 * MB), "b": "x" * size}


def test_points_near_the_limits_become_what_the_model_says(tmp_path):
    settings = series.Settings(source="d", tags=["tag"], unit="microseconds")
    route = {"topic": "t", "mode": "timeseries", "timeseries": {
        "measurement": {"field": "m"}, "data_source": "d", "tags": ["tag"], "time": {"field": "ts", "unit": "us"}}}
    count = len(list(points_near_the_limits()))
    assert errors_of(tmp_path, settings, route, points_near_the_limits()) == list(range(1, count, 2))


def outcomes(seed, count, kind):
    """How often each operation, stage of an error, and type of column came of this many configurations."""
    seen = {}
    for number in range(count):
        chosen, records = play.scene(seed, number, kind)
        for record in records:
            line = chosen.model.explain(record)
            cells = [cell for part in ("columns", "primary_key", "fields") for cell in line.get(part, [])]
            for word in [line["op"], line.get("stage")] + [kind for _, kind, _ in cells]:
                seen[word] = seen.get(word, 0) + 1
    return seen


REACHED = {"table": ("put", "update", "delete", "error", "convert", "map", "transform", "limit", "integer", "double", "boolean", "string",
                     "binary", "delete_all", "auto_increment"),
           "series": ("timeseries", "error", "convert", "map", "limit", "integer", "double", "boolean", "string", "binary")}


@pytest.mark.parametrize("kind", play.KINDS)
def test_chance_reaches_every_operation_stage_and_type(kind):
    seen = outcomes(SEED, 40, kind)
    for word in REACHED[kind]:
        assert seen.get(word, 0) >= 5, (word, seen)
    assert seen["error"] < 0.6 * 40 * play.EACH, "most records should become rows"
