"""play: random settings and records through `otspipe explain` and through the model, compared record by record. One seed and number always
make the same. A difference is made as small as it goes, and shown with its configuration."""
import argparse
import base64
import json
import pathlib
import random
import re
import sys
import tempfile
import time
from itertools import islice

import explain

from . import records, series_records, series_settings, settings, table

EACH = 250  # records for each configuration
TRIED_BYTES = 2 << 20  # of shorter records, in one step of making a difference small
KINDS = {"table": (settings.Chosen, records.Records), "series": (series_settings.Chosen, series_records.SeriesRecords)}


class Different(Exception):
    pass


def asked(record):
    """The record as `explain` takes it; bytes that are no text in base64."""
    said = {name: record[name] for name in ("topic", "partition", "offset", "timestamp") if record[name] is not None}
    for part in ("key", "value"):
        raw = record[part]
        try:
            said[part] = None if raw is None else raw.decode()
        except UnicodeDecodeError:
            said[part + "_base64"] = base64.b64encode(raw).decode()
    return json.dumps(said)


def wanted(model, record):
    return json.dumps(model.explain(record))


def comparable(line):
    """The line without the words of an error: its stage and its column are compared. A time of writing is NOW."""
    said = json.loads(line)
    if said.get("op") == "error":
        assert said.pop("error"), line
    for cell in said.get("columns", []):
        if cell[:2] == ["timestamp", "integer"] and abs(cell[2] / 1000 - time.time()) < 3600:
            cell[2] = table.NOW
    return json.dumps(said)


def differences(chosen, records, folder):
    """(record, expected, what came) wherever they differ."""
    out = explain.explain_lines(chosen.files(folder), [asked(record) for record in records])
    return [(record, expected, line) for record, line in zip(records, out)
            if (expected := wanted(chosen.model, record)) != comparable(line)]


OUTSIDE = re.compile(rb'("(?:[^"\\]|\\.)*")|\s+')


def shorter(raw):
    """Every shorter form of the bytes worth a try: without blanks, without one member or item, without a stretch of bytes."""
    yield OUTSIDE.sub(lambda found: found[1] or b"", raw)
    marks = [found for found in re.finditer(rb'"(?:[^"\\]|\\.)*"|[\[\]{},]', raw) if len(found[0]) == 1]
    for number, mark in enumerate(marks):
        ends = list(depths(marks[number + 1:]))
        if mark[0] in b"{[,":
            yield from (raw[:mark.end()] + raw[end.end() if end[0] == b"," else end.start():] for end in ends[:1])
            yield from (raw[:mark.start()] + raw[end.start():] for end in ends[:1] if mark[0] == b",")
    step = len(raw)
    while step:
        yield from (raw[:at] + raw[at + step:] for at in range(0, len(raw), step))
        step //= 2


def depths(marks):
    """The commas and the bracket that end what begins before these marks."""
    depth = 0
    for mark in marks:
        if depth == 0 and mark[0] in b",]}":
            yield mark
        depth += (mark[0] in b"[{") - (mark[0] in b"]}")
        if depth < 0:
            return


def shrink(chosen, found, folder):
    """The same difference with less in the record."""
    for _ in range(30):
        record = found[0]
        tries = [record | {part: text} for part in ("value", "key") if record[part] for text in
                 islice(shorter(record[part]), TRIED_BYTES // len(record[part])) if len(text) < len(record[part])]
        smaller = [one for one in differences(chosen, tries, folder) if kind_of(one) == kind_of(found)] if tries else []
        if not smaller:
            break
        found = min(smaller, key=lambda one: len(one[0]["key"] or b"") + len(one[0]["value"] or b""))
    return found


def kind_of(found):
    return tuple((said["op"], said.get("stage")) for said in map(json.loads, found[1:]))


def tell(chosen, found, place):
    record, expected, line = found
    return (f"{place}\n--- {chosen.form}\n{chosen.show()}\n--- record\n{asked(record)}\n--- expected\n{expected}\n--- got\n{line.strip()}")


def scene(seed, number, kind="table"):
    """(configuration, records), always the same."""
    rng = random.Random(f"{seed} {number}")
    configuration, maker = KINDS[kind]
    chosen = configuration(rng)
    maker = maker(rng, chosen.model)
    return chosen, [maker.record(offset) for offset in range(EACH)]


def play(seed, number, folder, kind="table"):
    chosen, records = scene(seed, number, kind)
    found = differences(chosen, records, folder)
    if found:
        alone = differences(chosen, [found[0][0]], folder)
        first = shrink(chosen, alone[0], folder) if alone else found[0]
        note = "" if alone else " (only after the records before it)"
        raise Different(tell(chosen, first, f"python -m mapping_model.play --kind {kind} --seed {seed} --first {number} --count 1{note}"))


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--kind", choices=KINDS, default="table")
    options.add_argument("--seed", default="1")
    options.add_argument("--first", type=int, default=0)
    options.add_argument("--count", type=int, default=1)
    options.add_argument("--most", type=int, default=1, help="differences to show before the end")
    given = options.parse_args()
    shown = 0
    with tempfile.TemporaryDirectory() as folder:
        for number in range(given.first, given.first + given.count):
            try:
                play(given.seed, number, pathlib.Path(folder), given.kind)
            except Different as different:
                print(different, flush=True)
                shown += 1
                if shown >= given.most:
                    return 1
    print(f"{given.count * EACH} records agree" if not shown else f"{shown} differences")
    return shown > 0


if __name__ == "__main__":
    sys.exit(main())
