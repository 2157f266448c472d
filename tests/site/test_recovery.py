"""The disaster recovery document: written from what is known at this moment, ours in full and the client's without
what is ours to know."""

import io

import frappe
import pytest
from frappe.utils import add_to_date, now_datetime
from pypdf import PdfReader

from support_retainer.maintenance import backups
from support_retainer.testing import make_contract
from support_retainer.testing.sites import make_site
from tests.support.people import acting_as, make_client, make_user
from tests.support.web import Web, with_password

pytestmark = pytest.mark.commits
FORMAT = "Site Disaster Recovery"
DOWNLOAD = "/api/method/support_retainer.portal.sites_page.recovery_document"


@pytest.fixture
def contract(site):
    manager = make_user("Retainer Manager")
    frappe.db.set_value("User", manager, {"first_name": "Mona", "full_name": "Mona Manager", "mobile_no": "+971 4 1"})
    made = make_contract("Professional", "2026-08-31", account_manager=manager)
    make_client(made, emergency_contact=1)
    return made


@pytest.fixture
def watched(contract):
    made = make_site(
        contract,
        site_name="erp.client.example",
        off_site_copy="Bucket in Frankfurt",
        recovery_notes="Ask <b>Mona</b> first",
        api_key="the-key",
        api_secret="the-secret",
    )
    made.db_set({"newest_backup_at": now_datetime(), "newest_backup_mb": 12.5, "versions": "erpnext 15.71.1"})
    frappe.db.commit()
    return made


def restored(site, **values):
    row = {"site": site.name, "started_at": now_datetime(), "seconds": 95, "source": "Taken for the Test", **values}
    made = frappe.get_doc(doctype="Restore Test", **row).insert(ignore_permissions=True)
    frappe.db.commit()
    return made


def printed(site) -> str:
    return frappe.get_print("Managed Site", site.name, FORMAT)


def test_it_says_what_lies_where_whom_to_call_how_to_restore_and_the_last_proof(watched):
    restored(watched, status="Passed", tables=703, rows=41_210)
    text = printed(watched)
    for part in (
        "Bucket in Frankfurt",
        "12.5 MB",
        "15.71.1",
        "Mona Manager",
        "+971 4 1",
        "Emergency contact of the client",
        "bench --site erp.client.example restore",
        "703 tables with 41,210 rows",
        "Ask &lt;b&gt;Mona&lt;/b&gt; first",
    ):
        assert part in text, part
    for secret in ("the-key", "the-secret"):
        assert secret not in text


def test_it_follows_the_facts(watched):
    assert "No restore was ever tested" in printed(watched)
    restored(watched, status="Running")
    assert "No restore was ever tested" in printed(watched)
    restored(watched, status="Failed", reason="The dump is cut off")
    assert "The dump is cut off" in printed(watched)
    old = restored(watched, status="Passed", tables=1, rows=1, started_at=add_to_date(now_datetime(), seconds=5))
    assert "The last restore test" not in printed(watched)
    frappe.db.delete("Restore Test", {"name": ["!=", old.name]})
    old.db_set("started_at", add_to_date(now_datetime(), days=-91))
    assert "older than 90 days" in printed(watched)
    watched.db_set({"newest_backup_at": add_to_date(now_datetime(), hours=-200), "off_site_copy": ""})
    text = printed(watched)
    assert "See why none was taken" in text
    assert "No copy outside the server is recorded" in text


def test_a_bare_site_is_printed_with_what_is_missing(site):
    text = printed(make_site())
    assert "No backup was ever seen" in text
    assert "Nobody is recorded" in text


def test_parts_of_a_backup_are_told_by_what_lies_in_the_folder(site, tmp_path, monkeypatch):
    for name in (
        "20260913_020000-x-files.tar",
        "20260914_020000-x-files-enc.tgz",
        "20260914_020000-x-private-files.tar",
        "20260914_020000-x-site_config_backup.json",
        "20260914_020000-x-database.sql.gz",
        "notes.txt",
    ):
        (tmp_path / name).touch()
    monkeypatch.setattr(backups, "in_folder", lambda _site: list(tmp_path.iterdir()))
    found = {part: str(at) for part, at in backups.newest_parts("x").items()}
    assert found == dict.fromkeys(("files", "private-files", "site_config_backup"), "2026-09-14 02:00:00")


def test_a_client_fetches_it_without_what_is_ours_to_know(watched, contract, site):
    on_call = make_user("Retainer Agent")
    settings = frappe.get_doc("Retainer Settings")
    shift = {"user": on_call, "day": "Monday", "start_time": "00:00:00", "end_time": "12:00:00"}
    settings.append("on_call", shift).parent_doc.save()
    watched.db_set("local_site", "folder-of-ours")
    restored(watched, status="Failed", reason="The database refuses the dump: words of a tool")
    ours = printed(watched)
    assert [word in ours for word in (on_call, "words of a tool", "folder-of-ours")] == [True] * 3
    reader = with_password(make_client(contract))
    frappe.db.commit()
    assert f"{DOWNLOAD}?site=erp.client.example" in Web(site, reader).get("/support/sites/erp.client.example").text
    answer = Web(site, reader).get(DOWNLOAD, {"site": watched.name})
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.get_data())).pages)
    for part in ("Bucket in Frankfurt", "Mona Manager", "Failed", "bench --site erp.client.example restore"):
        assert part in text, part
    for secret in ("the-key", on_call, "words of a tool", "folder-of-ours", "Missing"):
        assert secret not in text, secret


def test_nobody_else_fetches_it(watched, contract, site):
    stranger = with_password(make_client(make_contract("Growth", "2026-07-01")))
    narrow = with_password(make_client(contract, tickets="Own"))
    frappe.db.commit()
    for user in (stranger, narrow):
        assert Web(site, user).get(DOWNLOAD, {"site": watched.name}).status_code == 404
    with acting_as(make_user("Projects User")), pytest.raises(frappe.PermissionError):
        printed(watched)
