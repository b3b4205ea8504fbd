"""The emulator against a slow, obvious model of the service (model/): 10,000 random sequences, equal in results and errors."""
import os
import random
import subprocess
import sys

import pytest
from tablestore.metadata import Row as SdkRow  # noqa: F401  (the SDK must be there: it judges our codec)
from tablestore.plainbuffer.plain_buffer_builder import PlainBufferBuilder

from model import messages, plainbuffer, play, writes
from model.values import Cell, Row

BIN = os.environ.get("OTSPIPE_BIN", "build/release/otspipe")
SEED = os.environ.get("OTSPIPE_MODEL_SEED", "1")
SEQUENCES, PROCESSES = 10000, 2


def test_random_sequences_end_as_in_the_model():
    share = SEQUENCES // PROCESSES
    runs = [subprocess.Popen([sys.executable, "-m", "model.play", "--bin", os.path.abspath(BIN), "--seed", SEED, "--first",
                              str(number * share), "--count", str(share)], cwd=os.path.dirname(__file__), stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, text=True) for number in range(PROCESSES)]
    said = [run.communicate()[0] for run in runs]
    assert [run.returncode for run in runs] == [0] * PROCESSES, "\n".join(said)
    assert sum(int(text.split()[0]) for text in said) > 10 * SEQUENCES


def test_a_difference_is_found_shrunk_and_shown_with_its_seed(monkeypatch):
    monkeypatch.setattr(writes, "expectation", lambda *_: None)
    with pytest.raises(play.Different) as found:
        play.run(BIN, "mutant", 0, 300)
    said = str(found.value)
    assert "python -m model.play --seed mutant --first " in said and " requests are enough" in said
    assert len(said.split("are enough")[1].splitlines()) <= 6


def sdk_value(value):
    kind, data = value
    return bytearray(data) if kind == "binary" else data.decode() if kind == "string" else data


def test_our_codec_is_the_sdks():
    rng = random.Random(1)
    values = [("integer", -2**63), ("integer", 2**63 - 1), ("double", -0.0), ("boolean", True), ("string", "é".encode()), ("string", b""),
              ("binary", b"\0\xff"), ("binary", b"")]
    for _ in range(300):
        keys = tuple((b"k%d" % at, rng.choice([value for value in values if value[0] not in ("double", "boolean")])) for at in range(3))
        cells = tuple(Cell(b"c%d" % at, 0, rng.choice(values), rng.choice([None, 1, 1704164645678])) for at in range(rng.randrange(5)))
        theirs = PlainBufferBuilder.serialize_for_put_row([(name.decode(), sdk_value(value)) for name, value in keys],
                                                          [(cell.name.decode(), sdk_value(cell.value)) + ((cell.time,) if cell.time else ())
                                                           for cell in cells])
        ours = plainbuffer.encode(Row(keys, cells))
        assert bytes(theirs) == ours
        assert plainbuffer.decode(ours) == [Row(keys, cells)]


def test_every_operation_of_the_model_has_its_bytes():
    assert set(messages.REQUESTS) == set(messages.ANSWERS)
