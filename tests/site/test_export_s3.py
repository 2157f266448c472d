"""The copy in a bucket: the same bytes, gone with the archive; a bucket that fails does not spoil the export."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import frappe
import pytest

from support_retainer.offboarding.export import deletion, job, request
from support_retainer.testing import make_contract
from tests.support.client_site import no_archives_left  # noqa: F401 - a fixture
from tests.support.stories import at

pytestmark = [pytest.mark.commits, pytest.mark.usefixtures("no_archives_left")]


class Bucket(dict):
    """What lies in it by path; `answers` is the status of every answer."""

    answers = 200


def handler(bucket: Bucket) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"]))
            if bucket.answers == 200:
                bucket[self.path] = content
            self.answer()

        def do_DELETE(self) -> None:
            if bucket.answers == 200:
                bucket.pop(self.path, None)
            self.answer()

        def answer(self) -> None:
            self.send_response(bucket.answers)
            self.send_header("Content-Length", "0")
            self.end_headers()

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
    yield held
    server.shutdown()
    server.server_close()


@pytest.fixture
def export(bucket):
    at("2026-09-14 19:30")
    made = request.request(make_contract("Growth", "2026-08-31").name, copy_to_s3=1)
    frappe.db.commit()
    return made


def events(export) -> list[str]:
    return frappe.get_all("Data Export Event", {"data_export": export.name}, pluck="event", order_by="creation")


def test_the_copy_has_the_same_bytes_and_goes_with_the_archive(bucket, export):
    job.run(export.name)
    export.reload()
    name = export.parts[0].file_name
    assert bucket == {
        f"/handover/exports/{export.name}/{name}": Path(frappe.get_site_path("private", "files", name)).read_bytes()
    }
    assert events(export)[-1] == "Copied"
    deletion.delete_archive(export, "test")
    assert bucket == {}


def test_a_bucket_that_refuses_leaves_the_export_ready(bucket, export):
    bucket.answers = 403
    job.run(export.name)
    assert (export.reload().status, export.s3_folder) == ("Ready", None)
    assert events(export)[-1] == "Failed"


def test_an_archive_is_not_called_deleted_while_its_copy_is_left(bucket, export):
    job.run(export.name)
    bucket.answers = 403
    with pytest.raises(Exception, match="403"):
        deletion.delete_archive(export.reload(), "test")
    assert export.status == "Ready"
    assert Path(frappe.get_site_path("private", "files", export.parts[0].file_name)).exists()
