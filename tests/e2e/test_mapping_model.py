"""What records become against a slow, obvious model (mapping_model/): 100,000 random records with random schemas and settings through
`otspipe explain`, equal line by line."""
import json
import os
import subprocess
import sys

import pytest

import explain
from mapping_model import exact, play, table

BIN = os.environ.get("OTSPIPE_BIN", "build/release/otspipe")
SEED = os.environ.get("OTSPIPE_MODEL_SEED", "1")
RECORDS, PROCESSES = 100_000, 2


def test_random_records_become_what_the_model_says():
    share = RECORDS // play.EACH // PROCESSES
    known = dict(cwd=os.path.dirname(__file__), env=os.environ | {"OTSPIPE_BIN": os.path.abspath(BIN)}, text=True)
    runs = [subprocess.Popen([sys.executable, "-m", "mapping_model.play", "--seed", SEED, "--first", str(number * share), "--count",
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
    assert "python -m mapping_model.play --seed mutant --first " in said
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


def test_values_near_the_limits_become_what_the_model_says(tmp_path):
    settings = table.Settings(value_format="json", mode="record_value", keys=[("id", "string")], map_values="typed", nested="text")
    route = {"topic": "t", "primary_key": {"mode": "record_value", "columns": [{"name": "id", "type": "string"}]}}
    records = [{"topic": "t", "partition": 0, "offset": offset, "timestamp": 0, "key": None, "value": json.dumps(value).encode()}
               for offset, value in enumerate(near_the_limits())]
    out = explain.explain_lines(explain.yaml_file(tmp_path, {"routes": [route]}), [play.asked(record) for record in records])
    said = [(play.wanted(settings, record), play.comparable(line)) for record, line in zip(records, out)]
    assert [place for place, (wanted, got) in enumerate(said) if wanted != got] == []
    assert [json.loads(wanted)["op"] for wanted, _ in said].count("error") == 9


def outcomes(seed, count):
    """How often each operation, stage of an error, and type of column came of this many configurations."""
    seen = {}
    for number in range(count):
        chosen, records = play.scene(seed, number)
        for record in records:
            line = table.explain(chosen.model, record)
            for word in [line["op"], line.get("stage")] + [kind for _, kind, _ in line.get("columns", []) + line.get("primary_key", [])]:
                seen[word] = seen.get(word, 0) + 1
    return seen


def test_chance_reaches_every_operation_stage_and_type():
    seen = outcomes(SEED, 40)
    for word in ("put", "update", "delete", "error", "convert", "map", "transform", "limit", "integer", "double", "boolean", "string",
                 "binary", "delete_all", "auto_increment"):
        assert seen.get(word, 0) >= 5, (word, seen)
    assert seen["error"] < 0.6 * 40 * play.EACH, "most records should become rows"
