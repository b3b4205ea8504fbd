"""record: sequences as files for tests/fuzz/fuzz_emulator_request.c: what was asked, two bytes of length, the body.

By hand: python -m model.record --bin BINARY --seed SEED --count N FOLDER, in tests/e2e; then let the fuzzer merge them.
"""
import argparse
import pathlib
import random

from . import messages
from .generate import Maker
from .play import Emulator, Game

ASKED = ["CreateTable", "ListTable", "DescribeTable", "UpdateTable", "DeleteTable", "ComputeSplitPointsBySize", "CreateIndex", "DropIndex",
         "AddDefinedColumn", "DeleteDefinedColumn", "StartLocalTransaction", "CommitTransaction", "AbortTransaction", "PutRow",
         "UpdateRow", "DeleteRow", "GetRow", "GetRange", "BatchGetRow", "BatchWriteRow", "BulkImport"]
WAIT, MEND, MOST = 0x7f, 0x80, 6000


def record(kind, length, body=b""):
    return bytes([kind]) + length.to_bytes(2, "little") + body


class Recorder(Game):
    def __init__(self, emulator):
        super().__init__(emulator, 0)
        self.records = []

    def play(self, request):
        if request["op"] == "wait":
            power = request["ms"].bit_length() - 1
            self.records.append(record(WAIT, power))
            request = {"op": "wait", "ms": 1 << power}
        else:
            name = request.get("transaction")
            body = messages.encode(request if name is None else request | {"transaction": self.names.get(name, name)})
            if len(body) < 1000:
                self.records.append(record(MEND | ASKED.index(request["op"]), len(body), body))
        super().play(request)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", required=True)
    parser.add_argument("--seed", default="corpus")
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("folder", type=pathlib.Path)
    asked = parser.parse_args()
    for index in range(asked.count):
        rng = random.Random(f"{asked.seed}:{index}")
        with Emulator(asked.bin) as emulator:
            game = Recorder(emulator)
            maker = Maker(rng, game.service)
            for _ in range(rng.choice([4, 8, 16])):
                game.play(maker.request())
        data = b"".join(game.records)
        if len(data) < MOST:
            (asked.folder / f"sequence_{index:03}").write_bytes(data)


if __name__ == "__main__":
    main()
