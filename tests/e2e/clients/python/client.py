"""client: the official Python SDK, unmodified, against the emulator: client.py ENDPOINT ID SECRET INSTANCE [TOKEN AUTHORITY].

With a token, and the certificate of who vouches for the service: what there is to check of that. Every check that fails is printed; the
last line is the count of checks. The exit code tells whether all passed."""
import importlib
import sys

import checks

PARTS = ("tables", "types_and_rows", "reads", "batches", "transactions", "series", "doors")

for name in ("sealed",) if len(sys.argv) > 5 else PARTS:
    importlib.import_module(name)  # each does its checks as it is read
print(checks.count)
sys.exit(1 if checks.failed else 0)
