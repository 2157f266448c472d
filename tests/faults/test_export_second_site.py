"""The export of a real Frappe site elsewhere, through its REST API alone: killed on its way, and whole in the end."""

import csv
import hashlib
import io
import time
from pathlib import Path

import frappe
import pytest
import requests

from support_retainer.archive.verify import verify
from support_retainer.offboarding.export import job, remote_api, request
from support_retainer.testing import make_contract
from tests.support.client_site import (
    archive_of,
    inside,
    manage,
    no_archives_left,  # noqa: F401 - a fixture
)
from tests.support.export_worker import steps, worker
from tests.support.people import make_client
from tests.support.stories import at

pytestmark = [pytest.mark.commits, pytest.mark.usefixtures("no_archives_left")]
TRICKY = 'Said "it\'s, 50 % off"; \\path\nعربي 🙂'
# Tables that are written by being asked, or by the site's own clock.
LIVE = {"Access Log", "Activity Log", "Error Log", "Scheduled Job Log", "Sessions", "View Log", "Route History", "User"}


@pytest.fixture
def export(site, second_site):
    """With the key of an Administrator there, who may read everything."""
    at("2026-09-14 19:30")
    contract = make_contract("Growth", "2026-08-31")
    make_client(contract, is_admin=1)
    key, secret = second_site.key_of("Administrator")
    manage(None, contract, api_key=key, api_secret=secret, internal=1)
    site_record = frappe.get_last_doc("Managed Site")
    site_record.db_set("url", second_site.url.rstrip("/"))
    made = request.request(contract.name)
    frappe.db.commit()
    return made


def names_there(site, doctype: str) -> list[str]:
    return sorted(row[0] for row in site.sql(f"SELECT CAST(name AS CHAR) FROM `tab{doctype}`") if row != [""])


def tables_there(site) -> set[str]:
    tables = {row[0][3:] for row in site.sql("SHOW TABLES LIKE 'tab%'")}
    return tables & {row[0] for row in site.sql("SELECT name FROM tabDocType WHERE issingle = 0 AND is_virtual = 0")}


def names_exported(archive, manifest) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for entry in manifest.tables:
        if entry.path.startswith("csv/"):
            with archive.open(entry.path) as member:
                rows = csv.DictReader(io.TextIOWrapper(member, encoding="utf-8", newline=""))
                found.setdefault(entry.doctype, []).extend(row["name"] for row in rows)
    return {doctype: sorted(names) for doctype, names in found.items()}


def test_a_site_elsewhere_comes_over_whole_though_the_worker_is_killed(site, second_site, export):
    put_in(second_site, "Note", title="Tricky", content=TRICKY, public=1)
    put_in(second_site, "File", file_name="تقرير.txt", content="of the client", is_private=1)
    second_site.bench("backup", "--with-files")
    seen = []
    for least in (100, 900):
        process = worker(site, export.name)
        until = time.monotonic() + 300
        while steps(export) < least and process.poll() is None:
            assert time.monotonic() < until
            time.sleep(0.05)
        process.kill()
        process.communicate()
        seen.append(steps(export))
    assert 100 <= seen[0] < seen[1]
    frappe.db.rollback()
    job.run(export.name)
    export.reload()
    assert verify(archive_of(export)).problems == []
    assert not frappe.db.exists("Data Export Event", {"data_export": export.name, "detail": ["like", "%beforehand%"]})
    tables = tables_there(second_site)
    assert len(tables) > 600
    with inside(export) as (archive, manifest):
        exported = names_exported(archive, manifest)
        skipped = {row.path for row in manifest.skipped}
        assert all("No DocType" in row.reason for row in manifest.skipped)
        differing = {
            doctype: (len(names_there(second_site, doctype)), len(exported.get(doctype, [])))
            for doctype in sorted(tables - LIVE)
            if f"csv/{doctype}.csv" not in skipped or names_there(second_site, doctype)
            if names_there(second_site, doctype) != exported.get(doctype, [])
        }
        assert differing == {}
        notes = list(csv.DictReader(io.StringIO(archive.read("csv/Note.csv").decode(), newline="")))
        assert [row["content"] for row in notes if row["title"] == "Tricky"] == [TRICKY]
        assert archive.read("files/private/تقرير.txt") == b"of the client"
        settings = archive.read("csv/System Settings.csv").decode().splitlines()
        assert len(settings) >= 2
        check_backups(second_site, archive, manifest)


def put_in(site, doctype: str, **values: object) -> None:
    login = {"Authorization": f"token {site.api_key}:{site.api_secret}"}
    url = f"{site.url.rstrip('/')}/api/resource/{doctype}"
    done = requests.post(url, json=values, headers=login, timeout=30)
    assert done.status_code == 200, done.text


def check_backups(site, archive, manifest) -> None:
    """The newest backup of each kind, byte for byte."""
    made = {file.name: file for file in Path(frappe.local.sites_path, site.name, "private", "backups").iterdir()}
    fetched = {entry.path.split("/")[-1]: entry.sha256 for entry in manifest.files if "backups/" in entry.path}
    assert len(fetched) >= 3
    assert any(name.endswith("database.sql.gz") for name in fetched)
    for name, digest in fetched.items():
        assert hashlib.sha256(made[name].read_bytes()).hexdigest() == digest


def test_what_a_lesser_key_may_not_read_is_named_and_the_rest_is_whole(site, second_site, export, monkeypatch):
    """With the key of a System Manager, as a careful client gives one."""
    monkeypatch.setattr(remote_api, "BETWEEN", 0)
    record = frappe.get_last_doc("Managed Site")
    record.update({"api_key": second_site.api_key, "api_secret": second_site.api_secret})
    record.save()
    frappe.db.commit()
    job.run(export.name)
    export.reload()
    assert verify(archive_of(export)).problems == []
    with inside(export) as (archive, manifest):
        exported = names_exported(archive, manifest)
        refused = [row.path for row in manifest.skipped]
    told = tuple(path.removeprefix("csv/").removesuffix(".csv") for path in refused)
    missing = {
        name
        for name in tables_there(second_site) - set(exported)
        if not any(path == name or path.startswith(f"{name} of ") for path in told)
    }
    assert refused
    assert missing == set()
    assert export.left_out == len(manifest.skipped)
