"""The emulator's door: recorded requests sent byte for byte, and what is refused there."""
import http.client
import json
import pathlib

from service_fixture import Service

VECTORS = pathlib.Path(__file__).parent.parent / "vectors"
FROZEN = "2024-01-02T03:04:05.678Z"


def replay(service, name):
    """The recorded request as it was; the answer's status, headers and body."""
    request = json.loads((VECTORS / f"{name}.json").read_text())["request"]
    connection = http.client.HTTPConnection(service.address, timeout=30)
    connection.request("POST", request["path"], bytes.fromhex(request["body_hex"]), dict(request["headers"]))
    answer = connection.getresponse()
    found = answer.status, answer.headers, answer.read()
    connection.close()
    return found


def test_a_recorded_request_is_good_again_when_the_clock_stands_still(tmp_path):
    (tmp_path / "now").mkdir()
    now, frozen = Service(tmp_path / "now", "--instance", "inst"), Service(tmp_path, "--instance", "inst", "--clock", FROZEN)
    status, _, body = replay(now, "node/014_list_table")
    assert status == 403 and b"Mismatch between system time and x-ots-date" in body
    status, headers, body = replay(frozen, "node/014_list_table")
    assert (status, body) == (200, b"")
    assert headers["x-ots-date"] == "2024-01-02T03:04:05.678000Z"
    now.stop()
    frozen.stop()
