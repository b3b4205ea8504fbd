"""The emulator's door: recorded requests sent byte for byte, and what is refused there."""
import http.client
import json
import pathlib
import zlib

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


def client(service, *credentials):
    from tablestore import OTSClient
    return OTSClient(service.endpoint, *credentials)


def make_table(of, name):
    from tablestore import CapacityUnit, ReservedThroughput, TableMeta, TableOptions
    of.create_table(TableMeta(name, [("k", "STRING")]), TableOptions(), ReservedThroughput(CapacityUnit(0, 0)))


def test_each_instance_has_tables_of_its_own_and_a_pair_may_open_one_only(tmp_path):
    from tablestore import OTSServiceError, Row
    keys = tmp_path / "keys"
    keys.write_text("# pairs\n\nall:one-secret\nsts:hidden tok+en==\n")
    service = Service(tmp_path, "--instance", "first", "--instance", "second", "--access-key", "bound:its:secret@second",
                      "--access-key-file", str(keys))
    first, second = client(service, "all", "one-secret", "first"), client(service, "bound", "its:secret", "second")
    for of, table in (first, "a"), (second, "b"):
        make_table(of, table)
        of.put_row(table, Row([("k", "x")], [("v", 1)]))
    assert list(first.list_table()) == ["a"] and list(client(service, "all", "one-secret", "second").list_table()) == ["b"]
    from tablestore import OTSClient
    with_token = OTSClient(service.endpoint, "sts", "hidden", "second", sts_token="tok+en==")
    assert list(with_token.list_table()) == ["b"]
    for credentials, words in ((("bound", "its:secret", "first"), "instance is not found"), (("nobody", "x", "first"), "does not exist"),
                               (("sts", "hidden", "first"), "token is not valid"), (("all", "wrong", "first"), "Signature mismatch")):
        try:
            client(service, *credentials).list_table()
        except OTSServiceError as error:
            assert error.get_error_code() == "OTSAuthFailed" and words in error.get_error_message()
        else:
            raise AssertionError(f"{credentials} came in")
    service.flush()
    named = [json.loads(line)["instance"] for line in service.journal.read_text().splitlines()]
    assert named == ["first", "second"]
    argv = pathlib.Path(f"/proc/{service.process.pid}/cmdline").read_bytes()
    assert b"secret" not in argv
    service.stop()


def test_recorded_v4_and_packed_requests_are_taken(tmp_path):
    service = Service(tmp_path, "--instance", "inst", "--clock", FROZEN)
    status, headers, _ = replay(service, "java/020_list_table_v4")
    assert status == 200 and headers["Authorization"].startswith("OTS testid:")
    status, headers, body = replay(service, "java/019_put_row_deflate")
    plain = zlib.decompress(body)
    assert status == 404 and b"OTSObjectNotExist" in plain
    assert headers["x-ots-response-compress-type"] == "deflate" and int(headers["x-ots-response-compress-size"]) == len(plain)
    service.stop()
