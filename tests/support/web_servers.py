"""Web servers on loopback that answer well, badly, slowly, without end, or not at all."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.server.asked.append((self.path, dict(self.headers)))
        parts = urlsplit(self.path)
        answer = getattr(self, "answer_" + (parts.path.strip("/").split("/")[0] or "fine"), self.answer_fine)
        try:
            answer({name: unquote(values[0]) for name, values in parse_qs(parts.query).items()})
        except OSError:
            self.close_connection = True

    def send(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def answer_fine(self, query: dict[str, str]) -> None:
        self.send(self.server.status, b"<p>Welcome</p>", Set_Cookie="sid=planted; Path=/")

    def answer_json(self, query: dict[str, str]) -> None:
        self.send(200, self.server.json.encode(), Content_Type="application/json")

    def answer_error(self, query: dict[str, str]) -> None:
        self.send(503, b"busy")

    def answer_redirect(self, query: dict[str, str]) -> None:
        self.send(302, b"", Location=query["to"])

    def answer_loop(self, query: dict[str, str]) -> None:
        self.send(302, b"", Location=self.path)

    def answer_endless(self, query: dict[str, str]) -> None:
        self.send_response(200)
        self.end_headers()
        while True:
            self.wfile.write(b"x" * 65536)

    def answer_drip(self, query: dict[str, str]) -> None:
        """A byte at a time, each well within any time-out that begins anew with a byte."""
        self.send_response(200)
        self.send_header("Content-Length", "100000")
        self.end_headers()
        for _byte in range(100_000):
            self.wfile.write(b"x")
            time.sleep(0.1)

    def answer_dripping_head(self, query: dict[str, str]) -> None:
        for letter in b"HTTP/1.1 200 OK\r\n" + b"X-Slow: " + b"x" * 100_000:
            self.wfile.write(bytes([letter]))
            time.sleep(0.1)

    def answer_broken(self, query: dict[str, str]) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        self.wfile.write(b"half")
        self.close_connection = True

    def log_message(self, *arguments: object) -> None:
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, *arguments: object) -> None:
        super().__init__(*arguments)
        self.status = 200
        self.json = "[]"
        self.asked: list[tuple[str, dict[str, str]]] = []

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.server_address[1]}{path}"


@contextmanager
def web_server() -> Iterator[Server]:
    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def silent_port() -> Iterator[int]:
    """Connections are taken by the system and never answered."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        sock.listen(50)
        yield sock.getsockname()[1]


def refusing_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]
