"""Clients at the edge of HTTP and beyond it, against the running emulator; requests signed by a few lines of our own."""
import base64
import contextlib
import datetime
import email.utils
import hashlib
import hmac
import http.client
import socket
import zlib

import pytest
from service_fixture import Service

MB = 1024 * 1024


def signed(path, body, **changes):
    headers = {"x-ots-date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
               "x-ots-apiversion": "2015-12-31", "x-ots-accesskeyid": "testid", "x-ots-instancename": "local",
               "x-ots-contentmd5": base64.b64encode(hashlib.md5(body).digest()).decode()}
    headers.update({f"x-ots-{name.replace('_', '-')}": value for name, value in changes.items()})
    text = path + "\nPOST\n\n" + "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    headers["x-ots-signature"] = base64.b64encode(hmac.new(b"testsecret", text.encode(), hashlib.sha1).digest()).decode()
    return headers


def ask(service, path, body=b"", method="POST", headers=None, **more):
    connection = http.client.HTTPConnection(service.address, timeout=60)
    connection.request(method, path, body, signed(path, body) if headers is None else headers, **more)
    answer = connection.getresponse()
    found = answer.status, answer.headers, answer.read()
    connection.close()
    return found


def string(text):
    return bytes([len(text)]) + text.encode()


def refusal(found):
    """The two texts of the protobuf Error; the answer is signed for those who are known."""
    status, headers, body = found
    assert headers["x-ots-contentmd5"] == base64.b64encode(hashlib.md5(body).digest()).decode()
    code_bytes = body[1]
    return status, body[2:2 + code_bytes].decode(), body[4 + code_bytes:].decode(errors="replace")


def verify(path, headers):
    text = "".join(f"{name}:{headers[name]}\n" for name in sorted(k.lower() for k in headers.keys()) if name.startswith("x-ots-")) + path
    signature = base64.b64encode(hmac.new(b"testsecret", text.encode(), hashlib.sha1).digest()).decode()
    assert headers["Authorization"] == f"OTS testid:{signature}"


def test_every_refusal_is_the_services_own_and_signed(emulator):
    body = b"x" * (5 * MB + 1)
    cases = [
        (ask(emulator, "/ListTable", method="GET"), "/ListTable", 405, "OTSMethodNotAllowed"),
        (ask(emulator, "/ListTable", method="PUT"), "/ListTable", 405, "OTSMethodNotAllowed"),
        (ask(emulator, "/NoSuchThing"), "/NoSuchThing", 400, "OTSParameterInvalid"),
        (ask(emulator, "/PutRow", body), "/PutRow", 413, "OTSRequestBodyTooLarge"),
        (ask(emulator, "/PutRow", body[:-1]), "/PutRow", 400, "OTSParameterInvalid"),
        (ask(emulator, "/PutRow", b"\xff"), "/PutRow", 400, "OTSParameterInvalid"),
        (ask(emulator, "/DescribeTable"), "/DescribeTable", 400, "OTSParameterInvalid"),
        (ask(emulator, "/ListTable", headers=signed("/ListTable", b"", instancename="elsewhere")), "/ListTable", 403, "OTSAuthFailed"),
        (ask(emulator, "/ListTable", headers=signed("/ListTable", b"", date="2001-01-01T00:00:00Z")), "/ListTable", 403, "OTSAuthFailed"),
    ]
    for found, path, status, code in cases:
        assert refusal(found)[:2] == (status, code), found
        verify(path, found[1])
    status, headers, _ = ask(emulator, "/ListTable", headers=signed("/ListTable", b"", accesskeyid="nobody"))
    assert status == 403 and headers["Authorization"] is None
    status, headers, body = ask(emulator, "/ListTable")
    assert (status, body) == (200, b"")
    verify("/ListTable", headers)
    assert abs(email.utils.parsedate_to_datetime(headers["Date"]).timestamp() - datetime.datetime.now().timestamp()) < 120


def table_body(name):
    column = b"\x0a" + string("k") + b"\x10\x02"
    meta = b"\x0a" + string(name) + b"\x12" + bytes([len(column)]) + column
    options = b"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x10\x01"
    return b"\x0a" + bytes([len(meta)]) + meta + b"\x12\x02\x0a\x00" + b"\x1a" + bytes([len(options)]) + options


def test_the_same_request_in_each_of_its_forms_is_good(emulator):
    """Chunked, HTTP/1.0, asked for first, packed, with a path as curl sends it."""
    for form in ("plain", "chunked", "old", "expected", "packed"):
        plain = body = table_body(form)
        more = {}
        if form == "packed":
            body = zlib.compress(plain)
            more = {"request_compress_type": "deflate", "request_compress_size": str(len(plain)), "response_compress_type": "deflate"}
        headers = signed("/CreateTable", body, **more)
        if form == "chunked":
            found = ask(emulator, "/CreateTable", iter([body[:5], body[5:]]), headers=headers, encode_chunked=True)
        elif form in ("old", "expected"):
            host, port = emulator.address.split(":")
            with contextlib.closing(socket.create_connection((host, int(port)), 60)) as wire:
                headers["Content-Length"] = str(len(body))
                if form == "expected":
                    headers |= {"Expect": "100-continue", "Host": "x", "Connection": "close"}
                lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
                wire.sendall(f"POST /CreateTable HTTP/1.{0 if form == 'old' else 1}\r\n{lines}\r\n".encode())
                if form == "expected":
                    assert wire.recv(25) == b"HTTP/1.1 100 Continue\r\n\r\n"
                wire.sendall(body)
                answer = http.client.HTTPResponse(wire)
                answer.begin()
                found = answer.status, answer.headers, answer.read()
                assert wire.recv(1) == b""  # closed, as such a client expects
        else:
            found = ask(emulator, "/CreateTable", body, headers=headers)
        assert found[0] == 200, (form, found)
    assert sorted(ask(emulator, "/ListTable")[2]) == sorted(b"".join(b"\x0a" + string(n) for n in
                                                                   ("plain", "chunked", "old", "expected", "packed")))


@pytest.mark.parametrize("said, heard", [
    (b"POST /PutRow HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 6000000\r\n\r\n", b"HTTP/1.1 413"),
    (b"POST /PutRow HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", b"HTTP/1.1 4"),
    (b"POST /PutRow HTTP/1.1\r\nHost: x\r\nX-Long: " + b"a" * 40000 + b"\r\n\r\n", b"HTTP/1.1 431"),
    (b"POST /PutRow HTTP/1.1\r\nHost: x\r\n" + b"".join(b"X-Many-%d: 1\r\n" % i for i in range(200)) + b"Content-Length: 0\r\n\r\n",
     b"HTTP/1.1 400"),
    (b"POST /PutRow HTTP/1.1\r\nHost: x\r\n\r\n", b"HTTP/1.1 400"),
    (b"GET /\r\n\r\n", b"HTTP/1.1 4"),
    (b"\x16\x03\x01\x02\x00\x01\r\n\r\n", b""),  # TLS: closed
])
def test_what_is_wrong_already_as_http_is_refused(emulator, said, heard):
    host, port = emulator.address.split(":")
    with contextlib.closing(socket.create_connection((host, int(port)), 60)) as wire:
        wire.sendall(said)
        assert wire.recv(len(heard) or 1) == heard
    assert ask(emulator, "/ListTable")[0] == 200


def test_hundreds_of_silent_connections_keep_no_sdk_out(tmp_path):
    from tablestore import CapacityUnit, OTSClient, ReservedThroughput, Row, TableMeta, TableOptions
    service = Service(tmp_path)
    client = OTSClient(service.endpoint, "testid", "testsecret", "local")
    client.create_table(TableMeta("t", [("k", "STRING")]), TableOptions(), ReservedThroughput(CapacityUnit(0, 0)))
    host, port = service.address.split(":")
    said = (b"", b"POST /PutRow HTTP/1.1\r\nX: ", b"POST /PutRow HTTP/1.1\r\nContent-Length: 5000000\r\n\r\n" + b"x" * 1000)
    crowd = []
    for i in range(700):
        crowd.append(socket.create_connection((host, int(port)), 60))
        crowd[-1].sendall(said[i % 3])
        if i % 10 == 0:
            client.put_row("t", Row([("k", str(i))], [("v", i)]))
    counters = service.counters()
    assert (counters["rows"], counters["connections_open"] >= 700) == (70, True)
    for wire in crowd:
        wire.close()
    service.stop()
