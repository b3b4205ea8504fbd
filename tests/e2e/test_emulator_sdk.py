"""The official SDKs, unmodified, as judges of the emulator: client programs of ours under clients/, each of many checks."""
import json
import os
import signal
import subprocess

import pytest
from service_fixture import Service

BIN = os.environ.get("OTSPIPE_BIN", "build/release/otspipe")


def run_client(command, emulator, least, *more, **environment):
    """The client prints every check that failed; its last line is their count: fewer than there were means that some were lost."""
    ended = subprocess.run([*command, emulator.endpoint, emulator.access_key_id, emulator.access_key_secret, emulator.instance, *more],
                           env=os.environ | environment, capture_output=True, text=True, timeout=120)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert int(ended.stdout.splitlines()[-1]) >= least


def test_the_java_sdk_finds_everything_as_the_service_has_it(emulator, java_client):
    run_client(java_client, emulator, 735)


def test_the_go_sdk_finds_everything_as_the_service_has_it(emulator, go_client):
    run_client(go_client, emulator, 325)


def test_the_python_sdk_finds_everything_as_the_service_has_it(emulator, python_client):
    run_client(python_client, emulator, 375)


def test_the_java_sdk_of_the_connector_sends_tags_as_a_text(emulator, java_old_client):
    run_client(java_old_client, emulator, 9)


def test_every_point_of_a_table_is_dumped_as_a_line(emulator, series_dump):
    from tablestore import CreateTimeseriesTableRequest, OTSClient, TimeseriesKey, TimeseriesRow, TimeseriesTableMeta
    client = OTSClient(emulator.endpoint, emulator.access_key_id, emulator.access_key_secret, emulator.instance)
    client.create_timeseries_table(CreateTimeseriesTableRequest(TimeseriesTableMeta("t")))
    fields = {"b": True, "d": 1e300, "i": -(1 << 63), "s": 'quoted "\\\n数据', "y": bytearray(b"\0\xff")}
    client.put_timeseries_data("t", [TimeseriesRow(TimeseriesKey("m", "h", {"b": "2", "a": "1"}), fields, 5)])
    client.put_timeseries_data("t", [TimeseriesRow(TimeseriesKey("m", f"h{i % 7}", {}), {"i": i}, i) for i in range(200)])
    ended = subprocess.run([*series_dump, emulator.endpoint, emulator.access_key_id, emulator.access_key_secret, emulator.instance, "t"],
                           capture_output=True, text=True, timeout=60)
    assert ended.returncode == 0 and ended.stderr.split()[-1] == "201", ended.stderr
    points = {(point["data_source"], point["time_us"]): point for point in map(json.loads, ended.stdout.splitlines())}
    assert len(points) == 201 and points["h6", 6]["fields"] == [["i", "integer", 6]]
    assert points["h", 5] == {
        "measurement": "m", "data_source": "h", "tags": [["a", "1"], ["b", "2"]], "time_us": 5,
        "fields": [["b", "boolean", True], ["d", "double", 1e300], ["i", "integer", -(1 << 63)], ["s", "string", fields["s"]],
                   ["y", "binary", "AP8="]]}


def test_the_node_sdk_finds_everything_as_the_service_has_it(emulator, node_client):
    run_client(node_client, emulator, 215)


@pytest.mark.parametrize("sdk, least", [("java", 16), ("go", 9), ("python", 11), ("node", 8)])
def test_an_sdk_with_temporary_credentials_over_tls(tmp_path, request, sdk, least):
    token, authority = "tok+en/==", str(tmp_path / "tls" / "tls-authority.pem")
    service = Service(tmp_path, "--tls-dir", str(tmp_path / "tls"), "--instance", "local", "--instance", "other",
                      "--access-key", "testid:testsecret", "--sts-token", token)
    service.endpoint = f"https://{service.address}"
    run_client(request.getfixturevalue(f"{sdk}_client"), service, least, token, authority, NODE_EXTRA_CA_CERTS=authority)
    service.stop()


def test_a_client_that_retries_gets_through_throttling(emulator):
    from tablestore import CapacityUnit, OTSClient, ReservedThroughput, Row, TableMeta, TableOptions
    client = OTSClient(emulator.endpoint, emulator.access_key_id, emulator.access_key_secret, emulator.instance)
    client.create_table(TableMeta("t", [("k", "STRING")]), TableOptions(), ReservedThroughput(CapacityUnit(0, 0)))
    emulator.faults([{"action": "error", "operation": "PutRow", "code": "OTSServerBusy", "count": 2}])
    client.put_row("t", Row([("k", "a")], [("v", 1)]))
    counters = emulator.counters()
    assert (counters["faults"], counters["operations"]["PutRow"]["requests"], counters["rows"]) == (2, 3, 1)
    emulator.flush()
    lines = emulator.journal.read_text().splitlines()
    assert [line.rsplit('"result":', 1)[1] for line in lines] == ['"OTSServerBusy"}', '"OTSServerBusy"}', '"ok"}']


def emulator_says(*options):
    ended = subprocess.run([BIN, "emulator", *options], capture_output=True, text=True, timeout=30)
    return ended.returncode, ended.stdout, ended.stderr


@pytest.mark.parametrize("options, words", [
    (["--listen", "8087"], "--listen 8087: HOST:PORT was expected"),
    (["--listen", "127.0.0.1:70000"], "HOST:PORT was expected"),
    (["--access-key", "only-an-id"], "--access-key: ID:SECRET or ID:SECRET@INSTANCE was expected"),
    (["--latency-ms", "fast"], "--latency-ms fast: a number from 0 to 3600000"),
    (["--listen", "127.0.0.1:0", "--journal", "/nowhere/journal"], "/nowhere/journal"),
    (["--listen", "127.0.0.1:0", "--faults", "/nowhere/faults"], "/nowhere/faults"),
    (["--clock", "yesterday"], "--clock yesterday: a time in UTC"),
    (["--no-such-option"], "--help"),
    (["extra"], "extra: no argument was expected"),
])
def test_a_mistake_on_the_command_line_is_named(options, words):
    code, out, err = emulator_says(*options)
    assert code == 2 and out == "" and words in err


def test_a_fault_file_is_read_with_its_mistakes_named(tmp_path):
    rules = tmp_path / "rules.json"
    rules.write_text('{"rules": [ // the only one\n {"action": "explode"}]}')
    code, _, err = emulator_says("--listen", "127.0.0.1:0", "--faults", str(rules))
    assert code == 2 and f"{rules}: line 2, column 4: rules[0].action: one of" in err


def test_a_port_in_use_is_an_error_and_an_interrupt_ends_it_with_130(emulator):
    code, _, err = emulator_says("--listen", emulator.address)
    assert code == 2 and emulator.address in err
    other = subprocess.Popen([BIN, "emulator", "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, text=True)
    assert other.stdout.readline().startswith("endpoint")
    other.send_signal(signal.SIGINT)
    assert other.wait(20) == 130


def test_help_names_every_option():
    code, out, _ = emulator_says("--help")
    assert code == 0
    for option in ("listen", "instance", "access-key", "access-key-file", "sts-token", "tls", "tls-dir", "tls-cert", "tls-key",
                   "ready-file", "journal", "latency-ms", "faults", "faults-help", "control", "control-token", "order-column", "clock",
                   "no-clock-check"):
        assert f"--{option}" in out
