"""A small S3-compatible bucket on loopback, and the settings that name it."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import frappe
import pytest


class Bucket(dict):
    """What lies in it by path, and parts of uploads that nobody finished, by key and id; `answers` is the status of
    every answer."""

    answers = 200

    def __init__(self) -> None:
        super().__init__()
        self.half: dict[tuple[str, str], str] = {}

    def listed(self) -> bytes:
        rows = "".join(f"<Upload><Key>{key}</Key><UploadId>{number}</UploadId></Upload>" for key, number in self.half)
        return f"<ListMultipartUploadsResult>{rows}</ListMultipartUploadsResult>".encode()

    def drop(self, path: str) -> None:
        parts = urlsplit(path)
        if number := parse_qs(parts.query).get("uploadId"):
            self.half.pop((parts.path.split("/", 2)[2], number[0]), None)
        self.pop(parts.path, None)


def handler(bucket: Bucket) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"]))
            if bucket.answers == 200:
                bucket[self.path] = content
            self.answer()

        def do_DELETE(self) -> None:
            if bucket.answers == 200:
                bucket.drop(self.path)
            self.answer()

        def do_GET(self) -> None:
            self.answer(bucket.listed())

        def answer(self, body: bytes = b"") -> None:
            self.send_response(bucket.answers)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            pass

    return Handler


@pytest.fixture
def bucket(site) -> Iterator[Bucket]:
    held = Bucket()
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler(held))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings = frappe.get_doc("S3 Backup Settings")
    settings.update({"bucket": "handover", "access_key_id": "key", "secret_access_key": "secret", "enabled": 0})
    settings.endpoint_url = f"http://127.0.0.1:{server.server_port}"
    settings.flags.ignore_validate = settings.flags.ignore_mandatory = True
    settings.save()
    frappe.db.commit()
    yield held
    server.shutdown()
    server.server_close()
