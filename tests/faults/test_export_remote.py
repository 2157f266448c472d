"""A site elsewhere that stumbles: its export goes on where it stopped, and ends with every row once."""

import csv
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from support_retainer.archive.staging import Staging
from support_retainer.offboarding.export import remote_api
from support_retainer.offboarding.export.remote_api import RemoteApi, SiteAway, SiteRefuses
from support_retainer.offboarding.export.remote_site import RemoteSite

ROWS = 23
PAGE = 5
FILE = b"attached" * 1_000
DOCTYPES = [
    {"name": "Note", "module": "Desk"},
    {"name": "Order", "module": "Selling"},
    {"name": "Order Item", "module": "Selling", "istable": 1},
    {"name": "Settings", "module": "Core", "issingle": 1},
    {"name": "Shown", "module": "Core", "is_virtual": 1},
]
ITEMS = [
    {"name": "r1", "parent": "Order", "fieldname": "items", "fieldtype": "Table", "options": "Order Item"},
    {"name": "r2", "parent": "Order", "fieldname": "section", "fieldtype": "Section Break"},
]


class Remote:
    """A Frappe site as far as an export sees it; `stumbles` are what it does instead of answering, one per request."""

    def __init__(self) -> None:
        self.stumbles: list[object] = []
        self.asked: list[str] = []
        self.cap = 10**9  # rows a page has at most, however many are asked for
        self.tables = {
            "Note": [{"name": f"note-{n:03d}", "content": f'"{n}",\nnext'} for n in range(ROWS)],
            "Order": [{"name": "order-1"}],
            "Order Item": [{"name": "row-1", "parent": "order-1", "parenttype": "Order"}],
            "DocType": DOCTYPES,
            "DocField": ITEMS,
            "File": [{"name": "f1", "file_name": "a.txt", "file_url": "/private/files/a.txt", "is_folder": 0}],
        }

    def answer(self, path: str, query: dict[str, str]) -> tuple[int, bytes]:
        if path == "/private/files/a.txt":
            return 200, FILE
        if path == "/api/resource/Settings/Settings":
            return 200, b'{"data": {"name": "Settings", "colour": "red", "rows": []}}'
        if path.startswith("/api/resource/"):
            return self.page(path.rsplit("/", 1)[1].replace("%20", " "), query)
        if path.endswith("/ping"):
            return 200, b'{"message": "pong"}'
        if path.endswith("get_versions"):
            return 200, b'{"message": {"erpnext": {"version": "15.0.0"}}}'
        return 403, b"{}"

    def page(self, doctype: str, query: dict[str, str]) -> tuple[int, bytes]:
        if doctype not in self.tables:
            return 403, b"{}"
        filters = {row[0]: row[2] for row in json.loads(query["filters"])}
        rows = [row for row in self.tables[doctype] if row["name"] > filters.get("name", "")]
        return 200, json.dumps({"data": rows[: min(int(query["limit_page_length"]), self.cap)]}).encode()


def handler(remote: Remote) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            remote.asked.append(self.path)
            stumble = remote.stumbles.pop(0) if remote.stumbles else None
            query = {key: values[0] for key, values in parse_qs(parts.query).items()}
            status, body = remote.answer(parts.path, query)
            if stumble == "gone":
                self.connection.close()
                return
            if isinstance(stumble, int):
                status, body = stumble, b"{}"
            self.send_response(status)
            if status == 429:
                self.send_header("Retry-After", "0")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[: len(body) // 2] if stumble == "half" else body)
            if stumble == "half":
                self.wfile.flush()
                self.connection.close()

        def log_message(self, *_arguments: object) -> None:
            pass

    return Handler


@pytest.fixture
def remote(monkeypatch) -> Iterator[tuple[Remote, RemoteApi]]:
    monkeypatch.setattr(remote_api, "PAGE", PAGE)
    monkeypatch.setattr(remote_api, "BETWEEN", 0)
    served = Remote()
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler(served))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    api = RemoteApi(f"http://127.0.0.1:{server.server_port}", "key", "secret", allow_private=True)
    api.pauses = (0,) * 5
    yield served, api
    server.shutdown()
    server.server_close()


class Quiet:
    def tell(self, *_arguments: object, **_keywords: object) -> None:
        pass


def stage(folder, api: RemoteApi) -> Staging:
    staging = Staging(folder)
    RemoteSite("elsewhere", api).stage(staging, Quiet())
    return staging


def notes(staging: Staging) -> list[str]:
    with staging.path("csv/Note.csv").open(newline="") as file:
        return [row["name"] for row in csv.DictReader(file)]


ALL = [f"note-{n:03d}" for n in range(ROWS)]


@pytest.mark.parametrize("stumble", [500, 502, 429, "half", "gone"])
def test_a_stumble_at_every_third_request_loses_and_doubles_nothing(site, remote, tmp_path, stumble):
    served, api = remote
    served.stumbles = [None, None, stumble] * 20
    staging = stage(tmp_path / "work", api)
    assert notes(staging) == ALL
    with staging.path("csv/Order Item of Order.csv").open(newline="") as file:
        assert file.read() == "name,parent,parenttype\r\nrow-1,order-1,Order\r\n"
    assert staging.path("csv/Settings.csv").read_text().splitlines() == ["name,colour", "Settings,red"]
    assert staging.path("fetched/00000000").read_bytes() == FILE


def test_a_site_that_goes_away_is_told_and_the_next_attempt_asks_only_for_what_is_missing(site, remote, tmp_path):
    served, api = remote
    # DocTypes and fields with the empty page that ends each, two refusals, versions, two pages of notes
    stage_of_notes = 2 + 2 + 2 + 1 + 2
    served.stumbles = [None] * stage_of_notes + ["gone"] * 100
    with pytest.raises(SiteAway, match="went away"):
        stage(tmp_path / "work", api)
    with (tmp_path / "work" / "csv" / "Note.csv").open("ab") as file:
        file.write(b'note-010,"half a pa')  # what a kill would have left behind
    served.stumbles, served.asked = [], []
    staging = stage(tmp_path / "work", api)
    assert notes(staging) == ALL
    first = parse_qs(urlsplit(served.asked[0]).query)
    assert json.loads(first["filters"][0]) == [["name", ">", "note-009"]]


def test_a_site_that_caps_its_pages_below_what_we_ask_for_comes_over_whole(site, remote, tmp_path, monkeypatch):
    served, api = remote
    monkeypatch.setattr(remote_api, "PAGE", 500)
    served.cap, names = 100, [f"note-{n:04d}" for n in range(350)]
    served.tables["Note"] = [{"name": name} for name in names]
    assert notes(stage(tmp_path / "work", api)) == names


def test_a_site_that_gives_the_same_page_for_ever_is_left_out_and_said(site, remote, tmp_path):
    served, api = remote
    usual = served.page
    served.page = lambda doctype, query: usual(doctype, query | ({"filters": "[]"} if doctype == "Note" else {}))
    staging = stage(tmp_path / "work", api)
    assert "same page" in staging.done["remote:/Note"]["refused"]


def test_what_the_key_may_not_read_is_left_out_and_said(site, remote, tmp_path):
    served, api = remote
    usual = served.answer
    served.answer = lambda path, query: (403, b"{}") if path.endswith("/Note") else usual(path, query)
    staging = stage(tmp_path / "work", api)
    assert "403" in staging.done["remote:/Note"]["refused"]
    assert staging.done["remote:backup"]["refused"]


def test_a_doctype_that_is_broken_there_is_left_out_and_said(site, remote, tmp_path):
    served, api = remote
    usual = served.answer
    served.answer = lambda path, query: (500, b"{}") if path.endswith("/Order") else usual(path, query)
    staging = stage(tmp_path / "work", api)
    assert "each time" in staging.done["remote:/Order"]["refused"]
    assert notes(staging) == ALL


HEALTH = {"db_storage_usage": 40.5, "private_files_size": 3, "public_files_size": "2.5", "backups_size": None}


def test_how_much_room_a_site_elsewhere_needs_is_what_it_tells(site, remote):
    served, api = remote
    usual = served.answer
    served.answer = lambda path, query: (
        (200, json.dumps({"data": HEALTH}).encode()) if "Health" in path else usual(path, query)
    )
    assert RemoteSite("elsewhere", api).size() == (40_500_000, 11_000_000)
    assert RemoteSite("elsewhere", api, include_files=False).size() == (40_500_000, 0)


@pytest.mark.parametrize("answer", [(403, b"{}"), (404, b"{}"), (500, b"{}"), (200, b'{"data": {}}'), (200, b"{}")])
def test_a_site_that_does_not_tell_its_size_is_of_unknown_size(site, remote, answer):
    served, api = remote
    usual = served.answer
    served.answer = lambda path, query: answer if "Health" in path else usual(path, query)
    assert RemoteSite("elsewhere", api).size() is None


def test_a_redirect_is_not_followed_with_our_key(site, remote, tmp_path):
    served, api = remote
    served.stumbles = [302]
    with pytest.raises(SiteRefuses, match="302"):
        stage(tmp_path / "work", api)


def test_an_address_in_our_network_needs_to_be_allowed(site):
    with pytest.raises(SiteRefuses, match="private"):
        RemoteApi("http://127.0.0.1:8000", "key", "secret")
