"""client: the official Python SDK, unmodified, against the emulator: client.py ENDPOINT ID SECRET INSTANCE.

Every check that fails is printed; the last line is the count of checks. The exit code tells whether all passed."""
import sys

import checks
import tables  # each does its checks as it is read, in this order
import types_and_rows
import reads
import batches
import transactions
import doors

assert tables and types_and_rows and reads and batches and transactions and doors
print(checks.count)
sys.exit(1 if checks.failed else 0)
