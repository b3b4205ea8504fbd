"""Every fault of the emulator: seen by a client of bare sockets, and survived by `otspipe run` with nothing lost or overtaken."""
import base64
import hashlib
import hmac
import http.client
import json
import pathlib
import subprocess
import time

import oracle
import pytest
from job import BIN, Job, config_text, wait_for
from model import messages
from model.connection import Connection
from model.values import Cell, Row
from service_fixture import Service

SAMPLES = pathlib.Path(__file__).parents[2] / "configs" / "faults"


class Raw(Connection):
    """Says what it is told to, and hears what comes, whatever it is."""

    def __init__(self, emulator, token=None):
        host, port = emulator.address.rsplit(":", 1)
        date = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime())
        super().__init__(host, int(port), emulator.instance, emulator.access_key_id, emulator.access_key_secret, date)
        if token is not None:
            self.names["x-ots-ststoken"] = token

    def ask(self, operation, **request):
        return self.send(f"/{operation}", messages.encode({"op": operation, **request}))

    def code(self, operation, **request):
        """The status, or the error's code."""
        status, _, body = self.ask(operation, **request)
        return status if status == 200 else messages.pb.Error.FromString(body).code

    def put(self, key, number=0):
        row = Row(((b"k", ("string", key.encode())),), (Cell(b"n", value=("integer", number)),))
        return self.code("PutRow", table="t", row=row)

    def tell(self, key):
        """Sends a PutRow and waits for nothing."""
        heard, self.answer = self.answer, lambda: (200, {}, b"")
        self.put(key)
        self.answer = heard

    def hear_end(self):
        """All that comes until the connection is closed."""
        while True:
            piece = self.socket.recv(65536)
            if not piece:
                return self.rest
            self.rest += piece


@pytest.fixture
def raw(emulator):
    connection = Raw(emulator)
    assert connection.code("CreateTable", table="t", keys=[("k", "string", False)], defined=[], throughput=(0, 0), indexes=[],
                           options={"ttl": -1, "max_versions": 1}) == 200
    yield connection
    connection.close()


@pytest.fixture
def start(tmp_path):
    """Starts an emulator with these options; all are stopped in the end."""
    started = []

    def one(*options):
        started.append(Service(tmp_path, *options))
        return started[-1]

    yield one
    for service in started:
        service.stop()


def keys_applied(emulator):
    emulator.flush()
    lines = [json.loads(line) for line in emulator.journal.read_text().splitlines()]
    return [line["primary_key"][0][2] if line.get("event") is None else line["event"] for line in lines
            if line.get("result", "ok") == "ok"]


def digest_is_right(names, body):
    return names["x-ots-contentmd5"] == base64.b64encode(hashlib.md5(body).digest()).decode()


def signature_is_right(emulator, path, names):
    text = "".join(f"{name}:{names[name]}\n" for name in sorted(names) if name.startswith("x-ots-")) + path
    made = base64.b64encode(hmac.digest(emulator.access_key_secret.encode(), text.encode(), "sha1")).decode()
    return names["authorization"] == f"OTS {emulator.access_key_id}:{made}"


# ---- answers that go wrong ----

@pytest.mark.parametrize("rule, missing", [
    ({"action": "half_answer"}, lambda length: length - length // 2), ({"action": "half_answer", "bytes": 0}, lambda length: length),
    ({"action": "half_answer", "bytes": 1 << 20}, lambda length: 1), ({"action": "wrong_length", "bytes": 7}, lambda length: 7)])
def test_less_comes_than_was_promised(emulator, raw, rule, missing):
    emulator.faults([rule])
    raw.tell("a")
    head, body = raw.hear_end().split(b"\r\n\r\n", 1)
    promised = next(int(line.split(b": ")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length"))
    assert head.startswith(b"HTTP/1.1 200 ") and promised - len(body) == missing(promised)
    wait_for(lambda: keys_applied(emulator) == ["a", "unanswered"], "the line of the journal")
    assert emulator.counters()["unanswered"] == 1


@pytest.mark.parametrize("action, digest, signature, named", [
    ("wrong_digest", False, True, True), ("wrong_signature", True, False, True), ("no_request_id", True, True, False)])
def test_one_thing_of_an_answer_is_wrong_and_all_else_fits(emulator, raw, action, digest, signature, named):
    emulator.faults([{"action": action, "operation": "*"}])
    status, names, body = raw.ask("ListTable")
    assert status == 200 and digest_is_right(names, body) == digest and ("x-ots-requestid" in names) == named
    assert signature_is_right(emulator, "/ListTable", names) == signature
    raw.put("a")
    wait_for(lambda: keys_applied(emulator) == ["a", "unanswered"], "the line of the journal")
    emulator.faults([])
    status, names, body = raw.ask("ListTable")
    assert digest_is_right(names, body) and signature_is_right(emulator, "/ListTable", names) and "x-ots-requestid" in names


def test_a_dripping_answer_is_whole_in_the_end(emulator, raw):
    emulator.faults([{"action": "drip", "bytes": 1, "ms": 2, "operation": "*"}])
    status, names, body = raw.ask("ListTable")
    assert status == 200 and digest_is_right(names, body) and len(body) > 0
    assert raw.put("a") == 200
    assert keys_applied(emulator) == ["a"]


def test_a_client_that_leaves_a_dripping_answer_was_not_answered(emulator, raw):
    emulator.faults([{"action": "drip", "ms": 3_600_000}])
    raw.tell("a")
    while b"\r\n\r\n" not in raw.rest:
        raw.rest += raw.socket.recv(65536)
    assert raw.rest.endswith(b"\r\n\r\n"), "the pause is before the first byte of the body"
    raw.close()
    wait_for(lambda: keys_applied(emulator) == ["a", "unanswered"], "the line of the journal")


@pytest.mark.parametrize("rule, body", [({"body": "<html>bad gateway</html>"}, b"<html>bad gateway</html>"),
                                        ({"body_base64": "AP8K"}, b"\x00\xff\n")])
def test_an_error_need_not_be_protobuf(emulator, raw, rule, body):
    emulator.faults([{"action": "error", "status": 502, "count": 1, "operation": "ListTable", **rule}])
    assert raw.ask("ListTable")[0::2] == (502, body)
    assert raw.ask("ListTable")[0] == 200


# ---- clients that give up ----

@pytest.mark.parametrize("rule, applied", [
    ({"action": "hang"}, []), ({"action": "hang", "applied": True}, ["a", "unanswered"]),
    ({"action": "late", "hold": True, "ms": 1}, ["a", "unanswered"]),
    ({"action": "delay", "ms": 3_600_000, "on_hangup": "drop"}, []),
    ({"action": "delay", "ms": 100, "on_hangup": "apply"}, ["a", "unanswered"])])
def test_a_client_that_hangs_up_is_noticed(emulator, raw, rule, applied):
    emulator.faults([rule])
    raw.tell("a")
    wait_for(lambda: emulator.counters()["in_flight"] == 1, "the request")
    raw.close()
    wait_for(lambda: emulator.counters()["hung_up"] == 1 and emulator.counters()["in_flight"] == 0, "the hang-up")
    wait_for(lambda: keys_applied(emulator) == applied, f"{applied} in the journal")
    assert emulator.counters()["connections_open"] <= 2


def test_what_was_cut_is_applied_late_or_never_as_the_rule_says(emulator, raw):
    for rule, key in (("cut_before", "before"), ("cut_after", "after"), ("late", "late")):
        emulator.faults([{"action": rule, **({"ms": 1} if rule == "late" else {})}])
        raw.tell(key)
        assert raw.hear_end() == b""
        raw.open()
    wait_for(lambda: keys_applied(emulator) == ["after", "unanswered", "late", "unanswered"], "the journal")
    assert emulator.counters()["cut"] == 3


# ---- capacity, credentials ----

def test_a_token_bucket_refuses_what_goes_over(emulator, raw):
    emulator.faults([{"action": "throttle", "write_rate": 0, "write_burst": 2, "read_rate": 0, "read_burst": 1}])
    assert [raw.put("a"), raw.put("b"), raw.put("c")] == [200, 200, "OTSNotEnoughCapacityUnit"]
    keys = ((b"k", ("string", b"a")),)
    assert [raw.code("GetRow", table="t", keys=keys, versions=1) for _ in range(2)] == [200, "OTSNotEnoughCapacityUnit"]
    assert emulator.counters()["codes"] == {"OTSNotEnoughCapacityUnit": {"requests": 2, "rows": 1}}


def test_rows_that_are_read_fail_by_their_key(emulator, raw):
    def read(*keys):
        keys = [((b"k", ("string", key)),) for key in keys]
        request = {"op": "BatchGetRow", "tables": [{"table": "t", "keys": keys, "versions": 1}]}
        answer = messages.pb.BatchGetRowResponse.FromString(raw.ask("BatchGetRow", **request)[2])
        return [row.is_ok or row.error.code for row in answer.tables[0].rows]

    emulator.faults([{"action": "row_error", "key": "b", "code": "OTSTimeout"}])
    codes = [raw.code("GetRow", table="t", keys=((b"k", ("string", key)),), versions=1) for key in (b"a", b"b")]
    assert codes == [200, "OTSTimeout"] and read(b"a", b"b", b"c") == [True, "OTSTimeout", True]
    emulator.faults([{"action": "throttle", "read_rate": 0, "read_burst": 2}])
    assert read(b"a", b"b", b"c") == [True, True, "OTSNotEnoughCapacityUnit"]


def test_a_bucket_refills(emulator, raw):
    emulator.faults([{"action": "throttle", "write_rate": 50, "write_burst": 1}])
    assert raw.put("a") == 200
    wait_for(lambda: raw.put("b") == 200, "a unit")


def test_credentials_are_refused_until_the_rule_is_removed(emulator, raw):
    emulator.faults([{"action": "refuse_credentials", "skip": 1}])
    assert [raw.code("ListTable"), raw.code("ListTable"), raw.put("a")] == [200, "OTSAuthFailed", "OTSAuthFailed"]
    emulator.faults([])
    assert raw.put("a") == 200


def test_a_token_expires_after_so_many_requests_and_a_client_without_one_goes_on(start):
    service = start("--access-key", "testid:testsecret", "--sts-token", "CAIS+/=token", "--access-key", "other:secret", "--faults",
                    str(SAMPLES / "expired-token.json"))
    renewed = Raw(service, token="CAIS+/=token")
    other = Raw(service)
    other.names["x-ots-accesskeyid"], other.secret = "other", b"secret"
    assert {renewed.code("ListTable") for _ in range(1000)} == {200}
    status, _, body = renewed.ask("ListTable")
    error = messages.pb.Error.FromString(body)
    assert (status, error.code, error.message) == (403, "OTSAuthFailed", "The security token is expired.")
    assert other.code("ListTable") == 200 and renewed.code("ListTable") == "OTSAuthFailed"
    service.faults([])
    assert renewed.code("ListTable") == 200


# ---- seeds, lists, counters ----

def test_one_seed_and_the_same_requests_give_the_same_faults(emulator, raw):
    rules = [{"action": "error", "code": "OTSServerBusy", "probability": 0.3},
             {"action": "row_error", "code": "OTSTimeout", "probability": 0.3}]

    def run(seed):
        emulator.faults(rules, seed=seed)
        return [raw.put(f"key-{number}") for number in range(60)]

    first = run(5)
    assert first == run(5) and first != run(6)
    assert set(first) == {200, "OTSServerBusy", "OTSTimeout"}


def test_the_list_names_each_rule_and_how_often_it_acted(emulator, raw):
    emulator.faults([{"name": "one", "action": "row_error", "key_prefix": "a", "count": 1}, {"action": "hang", "table": "other"}], seed=9)
    assert [raw.put("ab"), raw.put("ac"), raw.put("b")] == ["OTSServerBusy", 200, 200]
    assert emulator.control("faults") == {"seed": 9, "rules": [
        {"name": "one", "action": "row_error", "matched": 2, "acted": 1, "left": 0},
        {"name": "", "action": "hang", "matched": 0, "acted": 0, "left": None}]}


def test_a_column_that_goes_back_is_counted_with_examples(emulator, raw):
    emulator.control("order", b'{"column": "n"}')
    for key, number in (("a", 1), ("a", 2), ("b", 5), ("a", 2), ("a", 1), ("b", 4), ("a", 3)):
        raw.put(key, number)
    counters = emulator.counters()
    assert counters["order_went_back"] == 2
    assert counters["order_examples"] == [{"table": "t", "key": [["k", "string", "a"]], "old": 2, "new": 1},
                                          {"table": "t", "key": [["k", "string", "b"]], "old": 5, "new": 4}]
    raw.code("DeleteTable", table="t")
    raw.code("CreateTable", table="t", keys=[("k", "string", False)], defined=[], throughput=(0, 0), indexes=[],
             options={"ttl": -1, "max_versions": 1})
    raw.put("a", 0)
    assert emulator.counters()["order_went_back"] == 2, "another table of that name"


def test_a_reset_begins_anew_and_keeps_tables(emulator, raw):
    emulator.control("order", b'{"column": "n"}')
    emulator.faults([{"action": "row_error", "count": 1}])
    assert [raw.put("a", 2), raw.put("a", 2), raw.put("a", 1)] == ["OTSServerBusy", 200, 200]
    emulator.control("reset", b"{}")
    counters = emulator.counters()
    assert (counters["rows"], counters["faults"], counters["order_went_back"], counters["codes"]) == (0, 0, 0, {})
    assert counters["connections_ever"] >= counters["connections_open"] >= 1
    assert raw.put("a", 5) == 200 and emulator.control("faults")["rules"] == []


# ---- the control path ----

def ask_control(emulator, method="GET", path="counters", **names):
    connection = http.client.HTTPConnection(emulator.address, timeout=30)
    connection.request(method, f"/_control/{path}", headers={name.replace("_", "-"): value for name, value in names.items()})
    answer = connection.getresponse()
    status, body = answer.status, answer.read()
    connection.close()
    return status, json.loads(body)


def test_browsers_have_no_business_with_the_control_path(emulator):
    assert ask_control(emulator)[0] == 200
    assert ask_control(emulator, Host="localhost:8087")[0] == ask_control(emulator, Host="[::1]:1")[0] == 200
    assert ask_control(emulator, "POST", "reset", Origin="http://127.0.0.1:8087")[0] == 403
    assert ask_control(emulator, "POST", "reset", Origin="null")[0] == 403
    for name in ("example.org", "127.0.0.1.example.org:80", "localhost.example.org", "127.", "10.0.0.1", ""):
        assert ask_control(emulator, Host=name)[0] == 403, name


def test_wrong_ways_to_control_are_named(emulator):
    assert ask_control(emulator, "PUT", "faults") == (405, {"error": "GET or POST"})
    assert ask_control(emulator, "GET", "reset") == (405, {"error": "POST"})
    assert ask_control(emulator, "GET", "nothing")[0] == 404
    assert ask_control(emulator, "POST", "order")[0] == 200


def test_a_token_protects_control_where_others_can_reach_it(start):
    refused = subprocess.run([BIN, "emulator", "--listen", "0.0.0.0:0", "--control"], capture_output=True, text=True, timeout=30)
    assert refused.returncode == 2 and "--control on 0.0.0.0: others can reach it, so a --control-token is needed" in refused.stderr
    service = start("--control-token", "sesame", "--listen", "0.0.0.0:0")
    assert ask_control(service)[0] == ask_control(service, x_otspipe_control_token="sesam")[0] == 403
    assert ask_control(service, x_otspipe_control_token="sesame", Host="example.org")[0] == 200
    assert ask_control(service, x_otspipe_control_token="sesame", Origin="http://example.org")[0] == 403
    assert "sesame" not in pathlib.Path(f"/proc/{service.process.pid}/cmdline").read_text()


def test_the_order_column_may_be_given_at_the_start(start):
    service = start("--order-column", "n")
    connection = Raw(service)
    connection.code("CreateTable", table="t", keys=[("k", "string", False)], defined=[], throughput=(0, 0), indexes=[],
                    options={"ttl": -1, "max_versions": 1})
    assert [connection.put("a", 2), connection.put("a", 1)] == [200, 200]
    assert service.counters()["order_went_back"] == 1
    refused = subprocess.run([BIN, "emulator", "--listen", "127.0.0.1:0", "--order-column", "a b"], capture_output=True, text=True,
                             timeout=30)
    assert refused.returncode == 2 and "--order-column a b: not a name" in refused.stderr


# ---- our own client ----

def start_job(broker, emulator, tmp_path, topic, options=("--until-end",), extra=""):
    text = config_text(broker.address, emulator, [topic], name=topic, extra=extra,
                       write="settle: 300ms\nretry_first: 5ms\nretry_most: 200ms\n")
    path = tmp_path / f"{topic}.yaml"
    path.write_text(text)
    return Job(tmp_path, [path], *options)


def produce(broker, name, records):
    truth = oracle.Truth(broker.create_topic(name, 4))
    truth.produce(broker, 4, records, keys=records // 10)
    return truth


def judge(broker, emulator, truth):
    emulator.flush()
    seen = oracle.check(emulator.journal, truth, truth.topic)
    oracle.check_commits(oracle.read_commits(broker, f"connect-{truth.topic}"), truth, seen["first_time"])
    counters = emulator.counters()
    assert counters["keys_in_flight_twice"] == 0 and counters["faults"] > 0, counters
    assert sum(broker.committed(f"connect-{truth.topic}", truth.topic).values()) == truth.count()
    return seen


@pytest.mark.parametrize("rule, unanswered", [
    ({"action": "half_answer", "probability": 0.1}, True),
    ({"action": "wrong_length", "probability": 0.1}, True),
    ({"action": "wrong_digest", "probability": 0.1}, True),
    ({"action": "wrong_signature", "probability": 0.1}, True),
    ({"action": "no_request_id", "probability": 0.1}, True),
    ({"action": "drip", "bytes": 20, "ms": 1, "probability": 0.2}, False),
    ({"action": "throttle", "write_rate": 20000, "write_burst": 500}, False),
    ({"action": "throttle", "write_rate": 20000, "write_burst": 500, "whole_request": True}, False),
    ({"action": "late", "ms": 1, "ms_most": 50, "probability": 0.05}, True),
    ({"action": "late", "hold": True, "ms": 1, "ms_most": 50, "count": 2}, True),
    ({"action": "hang", "applied": True, "count": 2}, True),
], ids=lambda value: value["action"] if isinstance(value, dict) else "")
def test_no_row_is_lost_or_overtaken(broker, emulator, tmp_path, rule, unanswered):
    truth = produce(broker, rule["action"], 20_000)
    emulator.faults([{"operation": "BulkImport", **rule}], seed=3)
    start_job(broker, emulator, tmp_path, truth.topic, extra="tablestore.stall_timeout: 1s\n").end(0)
    assert (judge(broker, emulator, truth)["unanswered"] > 0) == unanswered


@pytest.mark.parametrize("sample, records", [("throttled", 2_500), ("flaky", 20_000), ("slow", 20_000)])
def test_the_samples_lose_nothing(broker, start, tmp_path, sample, records):
    service = start("--faults", str(SAMPLES / f"{sample}.json"), "--order-column", "s")
    truth = produce(broker, sample, records)
    start_job(broker, service, tmp_path, truth.topic).end(0)
    judge(broker, service, truth)


def test_credentials_that_are_mended_let_the_work_go_on(broker, emulator, tmp_path):
    truth = produce(broker, "credentials", 20_000)
    emulator.faults([{"action": "refuse_credentials", "skip": 10}])
    job = start_job(broker, emulator, tmp_path, truth.topic, options=())
    wait_for(lambda: "OTSAuthFailed" in job.text(), "the trouble in the log")
    assert job.process.poll() is None, job.tail()
    assert emulator.counters()["rows"] < truth.count()
    emulator.faults([])
    wait_for(lambda: emulator.counters()["rows"] == truth.count(), "the rest")
    wait_for(lambda: sum(broker.committed(f"connect-{truth.topic}", truth.topic).values()) == truth.count(), "the commits")
    job.terminate()
    job.end(143)
    emulator.flush()
    assert oracle.check(emulator.journal, truth, truth.topic)["replays"] == 0
