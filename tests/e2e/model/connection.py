"""connection: signed requests over one kept connection, with sockets only: quick, and no code of the program under test."""
import base64
import hashlib
import hmac
import socket


class Connection:
    def __init__(self, host, port, instance, access_key_id, secret, date):
        self.where, self.secret = (host, port), secret.encode()
        self.names = {"x-ots-accesskeyid": access_key_id, "x-ots-apiversion": "2015-12-31", "x-ots-date": date,
                      "x-ots-instancename": instance}
        self.open()

    def open(self):
        self.socket = socket.create_connection(self.where, timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.rest = b""

    def close(self):
        self.socket.close()

    def send(self, path, body, names=None):
        """(status, headers by lower-case name, body) of a signed POST."""
        names = dict(self.names if names is None else names)
        names["x-ots-contentmd5"] = base64.b64encode(hashlib.md5(body).digest()).decode()
        text = "".join(f"{name}:{value}\n" for name, value in sorted(names.items()))
        digest = hmac.digest(self.secret, f"{path}\nPOST\n\n{text}".encode(), "sha1")
        names["x-ots-signature"] = base64.b64encode(digest).decode()
        return self.post(path, names, body)

    def post(self, path, names, body):
        head = "".join(f"{name}: {value}\r\n" for name, value in names.items())
        self.socket.sendall(f"POST {path} HTTP/1.1\r\nHost: local\r\nContent-Length: {len(body)}\r\n{head}\r\n".encode() + body)
        return self.answer()

    def _more(self):
        piece = self.socket.recv(1 << 16)
        if piece == b"":
            raise ConnectionError("the emulator closed the connection")
        self.rest += piece

    def answer(self):
        while b"\r\n\r\n" not in self.rest:
            self._more()
        head, self.rest = self.rest.split(b"\r\n\r\n", 1)
        lines = head.decode("latin-1").split("\r\n")
        names = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines[1:])}
        length = int(names["content-length"])
        while len(self.rest) < length:
            self._more()
        body, self.rest = self.rest[:length], self.rest[length:]
        if names.get("connection", "").lower() == "close":
            self.close()
            self.open()
        return int(lines[0].split(" ")[1]), names, body
