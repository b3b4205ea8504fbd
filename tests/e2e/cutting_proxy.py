"""cutting proxy: hands each request on to the service, whole, and of some closes the client's connection instead of handing
the answer back: the request was applied and the client cannot know."""
import http.client
import http.server
import threading


class CuttingProxy:
    """`cut(number)` says of the n-th request for `operation` whether its answer is kept."""

    def __init__(self, address, operation, cut):
        self.operation, self.cut = operation, cut
        self.whole = self.kept = 0
        self.lock = threading.Lock()
        proxy = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                proxy.on_request(self, address)

            def log_message(self, *words):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.endpoint = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def on_request(self, handler, address):
        body = handler.rfile.read(int(handler.headers["Content-Length"]))
        with self.lock:
            counts = handler.path == f"/{self.operation}"
            self.whole += counts
            keep = counts and self.cut(self.whole)
            self.kept += keep
        service = http.client.HTTPConnection(address, timeout=30)
        service.request("POST", handler.path, body, dict(handler.headers))
        answer = service.getresponse()
        words = answer.read()
        service.close()
        if keep:
            handler.close_connection = True
            return
        handler.send_response_only(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("connection", "content-length"):
                handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(words)))
        handler.end_headers()
        handler.wfile.write(words)

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()
