"""trouble with Tablestore: each message of docs/troubleshooting.md, provoked with the emulator or something in its place."""
import http.server
import json
import re
import socket
import subprocess
import threading
import time
import types

import pytest
from job import BIN, Job, config_text, wait_for
from page import said


def write(folder, address, service, topic="t", **settings):
    path = folder / "job.yaml"
    path.write_text(config_text(address, service, [topic], **settings))
    return path


def start(folder, address, service, topic="t", *options, **settings):
    return Job(folder, [write(folder, address, service, topic, **settings)], *options)


def connect(folder, service, topic="t", **settings):
    done = subprocess.run([BIN, "check", "--connect", write(folder, "127.0.0.1:1", service, topic, **settings)],
                          capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60)
    return done.stdout, done.returncode


def at(endpoint):
    return types.SimpleNamespace(endpoint=endpoint, instance="local", access_key_id="testid", access_key_secret="testsecret")


@pytest.fixture
def web():
    """A web server that answers anything with a page, at first with status 200."""
    class Page(http.server.BaseHTTPRequestHandler):
        status = 200

        def do_POST(self):
            body = b"<html><h1>It works</h1></html>"
            self.send_response(Page.status)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    server.page = Page
    server.endpoint = f"http://127.0.0.1:{server.server_address[1]}"
    yield server
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("name, message", [
    ("access_key_secret", "table <name>: DescribeTable: 403 OTSAuthFailed: Signature mismatch."),
    ("access_key_id", "OTSAuthFailed: The AccessKeyID does not exist."),
    ("instance", "OTSAuthFailed: The instance is not found."),
])
def test_what_is_refused_at_start_ends_the_job(emulator, tmp_path, name, message):
    setattr(emulator, name, "otherwise")
    job = start(tmp_path, "127.0.0.1:1", emulator).end(2, limit_s=20)
    assert said(job.text(), message)
    out, code = connect(tmp_path, emulator)
    assert code == 1 and re.search(r"^error: instance \S+ at \S+: DescribeTable: 403 OTSAuthFailed", out, re.M), out
    assert out.count("OTSAuthFailed") == 1


def test_a_missing_permission_ends_the_job_at_start(emulator, tmp_path):
    emulator.faults([{"operation": "DescribeTable", "action": "error", "code": "OTSNoPermissionAccess", "status": 403,
                      "message": "You have no permission."}])
    job = start(tmp_path, "127.0.0.1:1", emulator).end(2, limit_s=20)
    assert said(job.text(), "OTSNoPermissionAccess: <words>") and "RAM policy" in job.text()
    out, code = connect(tmp_path, emulator)
    assert code == 1 and "ok: instance local at" in out, "the key itself is good"
    assert "error: table t: DescribeTable: 403 OTSNoPermissionAccess" in out


def test_a_missing_permission_is_waited_for_while_running(broker, emulator, tmp_path):
    topic = broker.create_topic("forbidden", 1)
    broker.produce(topic, [b'{"k":"a"}'])
    emulator.faults([{"operation": "BulkImport", "action": "error", "code": "OTSNoPermissionAccess", "status": 403,
                      "message": "You have no permission."}])
    job = start(tmp_path, broker.address, emulator, topic, name=topic, extra="statistics_interval: 500ms\n")
    message = "table <name>: refused, tried again in <n> s and then once a minute: BulkImport: <words>"
    wait_for(lambda: said(job.text(), message), message)
    wait_for(lambda: re.search(rf"waits_for=table {topic} since \d+ s: refused, tried again", job.text()), "the statistics line")
    emulator.faults([])
    wait_for(lambda: re.search(rf"table {topic}: over after \d+ s; failures=1", job.text()), "the end of it")
    assert job.text().count(" warn ") == 1
    job.terminate()
    job.end(143)


def test_throttling_for_long_is_said_once(broker, emulator, tmp_path):
    topic = broker.create_topic("throttled", 1)
    broker.produce(topic, [b'{"k":"a"}'])
    emulator.faults([{"operation": "BulkImport", "action": "error", "code": "OTSNotEnoughCapacityUnit", "status": 403}])
    job = start(tmp_path, broker.address, emulator, topic, name=topic, write="retry_most: 500ms")
    message = "table <name>: not written for <n> s, tried <n> times, again in <n> s: BulkImport: <words>"
    wait_for(lambda: said(job.text(), message), message)
    emulator.faults([])
    wait_for(lambda: re.search(rf"table {topic}: over after 1\d s", job.text()), "its end, with the time from the beginning")
    assert job.text().count(" warn ") == 1
    job.terminate()
    job.end(143)


def test_another_primary_key_names_the_column(emulator, tmp_path):
    both = (("k", "string"), ("n", "integer"))
    subprocess.run([BIN, "table", "create", "t", "k:string,n:string", "--endpoint", emulator.endpoint, "--instance",
                    emulator.instance, "--access-key", f"{emulator.access_key_id}:{emulator.access_key_secret}"],
                   check=True, capture_output=True)
    job = start(tmp_path, "127.0.0.1:1", emulator, keys=both).end(2, limit_s=20)
    assert said(job.text(), "table <name> has primary key (<columns>); the configuration says (<columns>): column <n> is "
                            "another one")
    assert "(k STRING, n STRING); the configuration says (k STRING, n INTEGER): column 2 is" in job.text()
    out, code = connect(tmp_path, emulator, keys=both)
    assert code == 1 and "column 2 is another one" in out and "ok: instance" in out


def test_a_missing_table_is_said(emulator, tmp_path):
    job = start(tmp_path, "127.0.0.1:1", emulator, auto_create=False).end(2, limit_s=20)
    assert said(job.text(), "table <name>: it does not exist and auto_create (auto.create) is off: create it, or set "
                            "auto_create")


def test_a_clock_that_is_wrong_is_said_and_worked_around(emulator, tmp_path):
    emulator.control("clock", json.dumps({"ms": int(time.time() * 1000) + 3_600_000}).encode())
    job = start(tmp_path, "127.0.0.1:1", emulator)
    message = "this machine's clock differs from Tablestore's, requests are dated by theirs now"
    wait_for(lambda: said(job.text(), message), message)
    wait_for(lambda: "table t is there" in job.text() or "table created" in job.text(), "the table")
    job.terminate()
    job.end(143)
    out, code = connect(tmp_path, emulator)
    assert code == 1 and re.search(r"^error: clock: this machine's is 3\d\d\d s behind Tablestore's", out, re.M), out
    emulator.control("clock", json.dumps({"ms": int(time.time() * 1000) - 200_000}).encode())
    out, _ = connect(tmp_path, emulator)
    assert re.search(r"^warning: clock: this machine's is 20\d s ahead of", out, re.M), out


def ends_waited_for(folder, service, message):
    """It is said once with its reason, shown in the statistics line, and SIGTERM ends the wait in order."""
    job = start(folder, "127.0.0.1:1", service, extra="statistics_interval: 500ms\n")
    wait_for(lambda: said(job.text(), message), message)
    assert said(job.text(), "table <name> cannot be looked at yet, tried again every second for <n> s")
    wait_for(lambda: re.search(r"waits_for=table t since [12] s, \d+ failures: DescribeTable: ", job.text()), "the line")
    job.terminate()
    job.end(143, limit_s=20)
    assert job.text().count(" warn ") == 1
    out, code = connect(folder, service)
    assert code == 1 and said(out, message), out
    assert "clock" not in out, "whoever answers there, its clock is not Tablestore's"


@pytest.mark.parametrize("endpoint, message", [
    ("http://127.0.0.1:1", "DescribeTable: <address>: Connection refused"),
    ("http://nowhere.invalid", "DescribeTable: <address>: the name was not found"),
])
def test_an_endpoint_that_cannot_be_reached_is_waited_for(tmp_path, endpoint, message):
    ends_waited_for(tmp_path, at(endpoint), message)


def test_https_to_plain_http_is_said(emulator, tmp_path):
    ends_waited_for(tmp_path, at(emulator.endpoint.replace("http:", "https:")),
                    "DescribeTable: <address>: TLS was not understood; is it http:// and not https://?")


def test_plain_http_to_tls_is_said(broker, tmp_path):
    ends_waited_for(tmp_path, at(f"http://{broker.tls_address}"), "DescribeTable: <address>: the answer is not HTTP")


def test_a_certificate_nobody_knows_is_said(broker, tmp_path):
    ends_waited_for(tmp_path, at(f"https://{broker.tls_address}"), "SSL certificate problem: <words>")


def test_another_service_is_said(broker, tmp_path):
    ends_waited_for(tmp_path, at(f"http://{broker.address}"),
                    "DescribeTable: <address>: the connection was closed without an answer")


def test_a_web_page_is_no_answer(web, tmp_path):
    ends_waited_for(tmp_path, at(web.endpoint), "DescribeTable: answer <n> of <address> cannot be trusted: the answer is not "
                                                "signed (it has no Authorization header)")


def test_a_web_servers_refusal_ends_the_job(web, tmp_path):
    web.page.status = 404
    job = start(tmp_path, "127.0.0.1:1", at(web.endpoint)).end(2, limit_s=20)
    assert said(job.text(), "DescribeTable: <n> without a code") and "this is not an answer of Tablestore" in job.text()


def test_a_silent_endpoint_costs_a_check_two_seconds(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as port:
        out, code = connect(tmp_path, at(f"http://127.0.0.1:{port.getsockname()[1]}"))
    assert code == 1 and "no whole answer within 2000 ms" in out


def test_a_disk_that_is_full_is_an_error(broker, emulator, tmp_path):
    topic = broker.create_topic("full", 1)
    path = write(tmp_path, broker.address, emulator, topic)
    for words in (["check", path], ["check", "--connect", path], ["run", "--until-end", "--summary", "json", path]):
        with open("/dev/full", "w") as full:
            done = subprocess.run([BIN, *words], stdout=full, stderr=subprocess.PIPE, text=True, timeout=60)
        assert done.returncode == 1, words
        assert said(done.stderr, "No space left on device"), words
