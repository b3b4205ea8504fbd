"""sealed: temporary credentials over TLS: the service wants a token, and its certificate is from an authority of its own."""
import sys

import certifi

certifi.where = lambda: sys.argv[6]  # the SDK trusts these authorities only

import service  # noqa: E402
from checks import part, refused, same  # noqa: E402
from service import columns, connect, create, key, put, scan  # noqa: E402

token = sys.argv[5]

for name, how in (("V2", {}), ("V4", {"region": "cn-hangzhou"})):
    with part(name):
        service.client = connect(sts_token=token, **how)
        create(f"sealed{name}")
        value = "0123456789abcdef" * 65536
        put(f"sealed{name}", key("sealed", 1), [("v", value), ("n", 1)])
        same(f"{name}: a row of 1 MB", columns(f"sealed{name}", key("sealed", 1)), {"v": value, "n": 1})
        for i in range(20):
            put(f"sealed{name}", key("range", i), [("n", i)])
        same(f"{name}: a range", len(scan(f"sealed{name}", key("range", 0), key("range", 20), limit=7)), 20)
        refused(f"{name}: an error", "OTSObjectNotExist", 404, service.client.describe_table, "missing", message=service.MISSING)

with part("refused tokens"):
    refused("no token", "OTSAuthFailed", 403, connect().list_table)
    refused("another token", "OTSAuthFailed", 403, connect(sts_token=token + "x").list_table)
    refused("another secret", "OTSAuthFailed", 403, connect(sts_token=token, access_key_secret="guess").list_table,
            message="Signature mismatch.")

with part("instances"):
    same("another instance has tables of its own", connect(sts_token=token, instance_name="other").list_table(), ())
    same("which the first has", sorted(connect(sts_token=token).list_table()), ["sealedV2", "sealedV4"])
