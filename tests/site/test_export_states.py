"""What an export leaves behind in each of its states: no secret, no file of the client's, nobody who is not told."""

from pathlib import Path

import frappe
import pytest
from rq.timeouts import JobTimeoutException

from support_retainer.exceptions import ExportRefused
from support_retainer.offboarding.export import job, links, publish, request, working_folder
from support_retainer.portal import exports as portal
from support_retainer.testing import bill, make_contract
from tests.support.client_site import (
    inside,
    manage,
    no_archives_left,  # noqa: F401 - a fixture
)
from tests.support.people import acting_as, make_client, make_user
from tests.support.stories import at
from tests.support.web import Web, with_password

pytestmark = [pytest.mark.commits, pytest.mark.usefixtures("no_archives_left")]
PASSPHRASE = "correct horse battery"


@pytest.fixture
def growth(site):
    at("2026-09-14 19:30")
    return make_contract("Growth", "2026-08-31", account_manager=make_user("Retainer Manager"))


def asked(contract, **values):
    export = request.request(contract.name, **values)
    frappe.db.commit()
    return export


def made(contract, **values):
    export = asked(contract, **values)
    job.run(export.name)
    return export.reload()


def again(export):
    request.retry(export.reload())
    frappe.db.commit()
    job.run(export.name)


def broken(monkeypatch, error: Exception | None = None):
    """Packing fails, when everything is staged already."""

    def fails(*_arguments: object) -> None:
        raise error or ValueError("The printer burns")

    monkeypatch.setattr(job, "pack", fails)


def secrets_of(export) -> bool:
    kept = {"doctype": export.doctype, "name": export.name}
    return bool(frappe.db.exists("__Auth", kept) or frappe.db.get_value(export.doctype, export.name, "passphrase"))


def files_of(export) -> list[str]:
    folder = working_folder.folder_of(export.name)
    staged = [str(file) for file in folder.rglob("*") if file.is_file() and file.name != "lock"]
    private = Path(frappe.get_site_path("private", "files")).glob(f"{export.name}-*.zip*")
    return staged + [str(file) for file in private]


def test_a_failure_forgets_the_passphrase_and_asks_for_it_before_the_next_attempt(growth, monkeypatch):
    with monkeypatch.context() as patch:
        broken(patch)
        export = made(growth, passphrase=PASSPHRASE)
    assert (export.status, export.error) == ("Failed", "The printer burns")
    assert not secrets_of(export)
    with pytest.raises(ExportRefused, match="at least 8"):
        request.retry(export)
    request.retry(export, PASSPHRASE)
    frappe.db.commit()
    job.run(export.name)
    export.reload()
    assert export.status == "Ready"
    assert not secrets_of(export)
    with inside(export, PASSPHRASE) as (archive, _manifest):
        assert "documents/handover.pdf" in archive.namelist()


def test_whoever_looks_after_the_client_is_told_of_a_failure_until_it_is_settled(growth, monkeypatch):
    def tasks(status: str) -> list[str]:
        about = {"reference_type": "Client Data Export", "reference_name": export.name, "status": status}
        return frappe.get_all("ToDo", about, pluck="allocated_to")

    with monkeypatch.context() as patch:
        broken(patch)
        export = made(growth)
        again(export)
    assert tasks("Open") == [growth.account_manager]
    again(export)
    assert (tasks("Open"), tasks("Closed")) == ([], [growth.account_manager])


@pytest.mark.parametrize("status", ["Queued", "Running", "Failed"])
def test_a_cancelled_export_leaves_only_its_record(growth, monkeypatch, status):
    with monkeypatch.context() as patch:
        broken(patch)
        export = made(growth)
    assert files_of(export)
    export.keep_passphrase(PASSPHRASE)
    orphan = Path(frappe.get_site_path("private", "files", publish.name_of(export, 1, 2)))
    orphan.write_bytes(b"left by a kill")
    export.db_set("status", status)
    request.cancel(export, "Not needed")
    frappe.db.commit()
    assert (export.status, files_of(export), secrets_of(export)) == ("Cancelled", [], False)
    assert frappe.get_last_doc("Data Export Event", {"data_export": export.name}).detail == "Not needed"
    with pytest.raises(ExportRefused, match="cancelled"):
        request.cancel(export, "Again")
    job.run(export.name)
    assert export.reload().status == "Cancelled"


@pytest.mark.parametrize("moment", ["begin", "publish"])
def test_a_worker_notices_that_its_export_was_cancelled_and_clears_up(growth, monkeypatch, moment):
    """At the first sign of life after it, and at the latest before it would say Ready."""
    export = asked(growth)
    where, name = {"begin": (job.handover, "stage"), "publish": (job, "pack")}[moment]
    usual = getattr(where, name)

    def cancelled(*arguments: object) -> object:
        result = usual(*arguments)
        request.cancel(frappe.get_doc(export.doctype, export.name), "Not needed")
        frappe.db.commit()
        return result

    monkeypatch.setattr(where, name, cancelled)
    job.run(export.name)
    assert export.reload().status == "Cancelled"
    assert files_of(export) == []
    assert not export.parts


def test_what_a_failure_left_goes_after_a_week_and_what_a_kill_left_at_once(growth, monkeypatch):
    with monkeypatch.context() as patch:
        broken(patch)
        failed = made(growth)
    ready, busy = made(growth), asked(growth)
    for export in (ready, busy):
        folder = working_folder.folder_of(export.name)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "database.sql.gz").write_bytes(b"of a client")
    archive = Path(frappe.get_site_path("private", "files", ready.parts[0].file_name))
    working_folder.sweep()
    assert not working_folder.folder_of(ready.name).exists()
    assert archive.exists()
    assert files_of(failed)
    frappe.db.set_value(failed.doctype, failed.name, "modified", "2026-01-01", update_modified=False)
    assert working_folder.sweep() == [failed.name]
    assert files_of(failed) == []
    assert files_of(busy)
    again(failed)
    assert failed.reload().status == "Ready"


def test_an_archive_opens_through_its_doors_only_and_each_download_is_written_down(site, growth):
    """Frappe's own url for a private file gives it to its owner and to whoever may read the record it hangs on."""
    kim = make_client(growth, is_admin=1)
    agent, manager = make_user("Retainer Agent"), make_user("Retainer Manager")
    frappe.db.commit()
    frappe.set_user(kim)
    export = request.request(growth.name)
    frappe.db.commit()
    job.run(export.name)
    assert frappe.session.user == kim
    frappe.set_user("Administrator")
    for person in (kim, agent, manager):
        with_password(person)
    frappe.db.commit()
    export.reload()
    direct = f"/private/files/{export.parts[0].file_name}"
    by_method = f"/api/method/frappe.handler.download_file?file_url={direct}"
    for person in (None, kim, agent, manager):
        web = Web(site, person)
        assert {web.get(path).status_code for path in (direct, by_method)} <= {403, 404}, person
    door = f"/api/method/support_retainer.offboarding.export.download.for_staff?export={export.name}"
    assert {Web(site, person).get(door).status_code for person in (None, kim, agent)} == {403}
    assert Web(site, manager).get(door).data[:2] == b"PK"
    frappe.db.rollback()
    trail = frappe.get_all("Data Export Event", {"data_export": export.name, "event": "Downloaded"}, ["by_user"])
    assert [row.by_user for row in trail] == [manager]


def test_an_export_that_a_client_asked_for_holds_what_he_may_not_read_in_the_desk(site, growth):
    bill("2026-09-30", growth)
    kim = make_client(growth.reload(), is_admin=1)
    frappe.db.commit()
    frappe.set_user(kim)
    export = request.request(growth.name)
    frappe.db.commit()
    job.run(export.name)
    frappe.set_user("Administrator")
    with inside(export.reload()) as (archive, manifest):
        assert manifest.skipped == []
        assert [name for name in archive.namelist() if name.startswith("records/invoices/")]


def test_a_site_that_we_have_no_key_to_is_named_in_the_manifest_and_told(site, growth):
    site = manage(None, growth)
    export = made(growth)
    assert (export.status, export.left_out) == ("Ready", 1)
    with inside(export) as (_archive, manifest):
        assert [(row.path, "no key" in row.reason) for row in manifest.skipped] == [(f"sites/{site.site_name}", True)]
    kim = make_client(growth.reload(), is_admin=1)
    with_password(kim)
    frappe.db.commit()
    assert "1 files or tables could not be had" in Web(frappe.local.site, kim).get("/support/exports").text
    assert links.make(export, kim)


@pytest.mark.parametrize("end", [ValueError("The printer burns"), JobTimeoutException("too long")])
def test_who_cancels_while_the_worker_fails_or_runs_out_of_time_has_the_last_word(growth, monkeypatch, end):
    export = asked(growth)

    def cancelled(*_arguments: object) -> None:
        request.cancel(frappe.get_doc(export.doctype, export.name), "Not needed")
        frappe.db.commit()
        raise end

    monkeypatch.setattr(job, "pack", cancelled)
    job.run(export.name)
    export.reload()
    assert export.status == "Cancelled"
    assert files_of(export) == []
    assert not frappe.get_all("ToDo", {"reference_type": export.doctype, "reference_name": export.name})


def test_a_cancelled_export_keeps_no_client_from_asking_again(growth):
    admin = make_client(growth, is_admin=1)
    request.cancel(asked(growth), "Not needed")
    with acting_as(admin):
        again_asked = portal.ask(growth.name)
        with pytest.raises(ExportRefused, match="last 24 hours"):
            portal.ask(growth.name)
    assert frappe.db.get_value("Client Data Export", again_asked, "status") == "Queued"


def test_a_site_of_unknown_size_is_named_in_the_trail_and_one_that_is_too_large_does_not_begin(growth, monkeypatch):
    """The sizes of a site elsewhere, as far as it tells them."""
    record = manage(None, growth, api_key="key", api_secret="secret", internal=1)
    record.db_set("url", "http://127.0.0.1:9")
    sizes = [None, (10**15, 0)]
    monkeypatch.setattr("support_retainer.offboarding.export.remote_site.RemoteSite.size", lambda _self: sizes.pop(0))
    monkeypatch.setattr("support_retainer.offboarding.export.remote_site.RemoteSite.stage", broken_stage)
    export = made(growth)
    started = frappe.get_all("Data Export Event", {"data_export": export.name, "event": "Started"}, pluck="detail")
    assert any(record.site_name in detail and "beforehand" in detail for detail in started)
    assert export.error == "The line is dead"
    again(export)
    assert "GB free" in export.reload().error


def broken_stage(*_arguments: object) -> None:
    raise ValueError("The line is dead")
