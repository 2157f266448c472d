"""A manager asks for an export in the desk and watches it; the client fetches it from the portal and ticks a duty."""

import zipfile

import frappe
import pytest
from playwright.sync_api import expect

from support_retainer.offboarding import checklist, notice
from support_retainer.offboarding.export import deletion, job
from support_retainer.testing import bill, make_contract, make_customer, make_issue
from tests.browser import desk
from tests.support.client_site import no_archives_left  # noqa: F401 - a fixture
from tests.support.people import make_client

pytestmark = pytest.mark.usefixtures("no_archives_left")
MANAGER = ("Retainer Manager", "Accounts Manager", "Support Team", "Sales User")


@pytest.fixture
def contract(site):
    start = frappe.utils.add_days(frappe.utils.today(), -20)
    made = make_contract("Growth", start, customer=make_customer("Harbor & Pine Design"))
    make_issue(made, subject="The stock report is empty")
    bill(start, made)
    frappe.db.commit()
    return made


@pytest.fixture
def grace(contract):
    user = make_client(contract, is_admin=1, can_approve=1)
    frappe.db.commit()
    return user


def test_a_manager_asks_for_an_export_watches_it_and_sends_a_link(login, screenshot, contract, grace):
    page = login(*MANAGER)
    page.goto(f"/app/client-data-export/new?contract={contract.name}")
    expect(desk.field(page, "contract").locator("input").first).to_have_value("Harbor & Pine Design")
    screenshot(page, "export-new")
    desk.save(page)
    expect(page.locator(".progress-message, .form-dashboard-section .progress").first).to_be_visible()
    frappe.db.rollback()
    export = frappe.get_last_doc("Client Data Export", {"contract": contract.name})
    values = {
        "status": "Running",
        "started_at": frappe.utils.now(),
        "progress": 42,
        "step": "Database of client.example",
    }
    frappe.db.set_value("Client Data Export", export.name, values, update_modified=False)
    frappe.db.commit()
    expect(page.get_by_text("Database of client.example (42 %)")).to_be_visible()
    screenshot(page, "export-running")
    job.run(export.name)
    frappe.db.commit()
    page.goto(f"/app/client-data-export/{export.name}")
    expect(desk.indicator(page)).to_have_text("Ready")
    screenshot(page, "export-ready")
    page.get_by_role("button", name="Send Link").click()
    page.locator(".modal.show .btn-primary").click()
    expect(page.get_by_text("The link is on its way.")).to_be_visible()
    frappe.db.rollback()
    assert frappe.get_all("Data Export Link", {"parent": export.name}, pluck="user") == [grace]


def test_the_client_fetches_the_archive_and_marks_a_duty_as_done(login, screenshot, contract, grace, tmp_path):
    notice.give(contract.reload())
    export = frappe.get_doc(doctype="Client Data Export", contract=contract.name).insert()
    frappe.db.commit()
    job.run(export.name)
    frappe.db.commit()
    page = login(user=grace)
    page.goto("/support/exports")
    expect(page.get_by_role("heading", name="Exports")).to_be_visible()
    screenshot(page, "portal-exports")
    with page.expect_download() as fetched:
        page.get_by_role("button", name="Download").first.click()
    path = tmp_path / "archive.zip"
    fetched.value.save_as(path)
    assert "manifest.json" in zipfile.ZipFile(path).namelist()
    page.goto("/support/exports")
    page.get_by_role("button", name="Mark as done").first.click()
    expect(page.get_by_role("button", name="Mark as done")).to_have_count(2)
    frappe.db.rollback()
    assert checklist.running(contract.name).progress > 0
    phone = login(user=grace, width=390, height=844)
    phone.goto("/support/exports")
    screenshot(phone, "portal-exports-phone")
    assert phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 1")


def test_the_checklist_in_the_desk_shows_what_is_unpaid(login, screenshot, contract, grace):
    notice.give(contract.reload())
    frappe.db.commit()
    page = login(*MANAGER)
    page.goto(f"/app/offboarding/{checklist.running(contract.name).name}")
    expect(page.get_by_text("Unpaid, and no reason to hold anything back")).to_be_visible()
    screenshot(page, "offboarding")


def test_a_client_gives_notice_follows_the_end_and_keeps_the_proofs(login, screenshot, contract, grace):
    """From the day of notice to the certificates, as the one who runs the client's account sees it."""
    page = login(user=grace)
    page.goto("/support/contract")
    expect(page.get_by_text("If you give notice today, the contract ends on")).to_be_visible()
    page.get_by_role("button", name="Give notice").scroll_into_view_if_needed()
    screenshot(page, "notice-before")
    page.get_by_role("button", name="Give notice").click()
    screenshot(page, "notice-confirm")
    page.get_by_role("button", name="Yes, go on").click()
    expect(page.get_by_role("button", name="Withdraw notice")).to_be_visible()
    page.goto("/support/exports")
    expect(page.get_by_role("heading", name="What is yours to do")).to_be_visible()
    screenshot(page, "notice-checklist")
    frappe.db.rollback()
    yesterday = frappe.utils.add_days(frappe.utils.today(), -1)
    contract.reload().db_set("end_date", yesterday)
    ending = checklist.running(contract.name)
    ending.db_set({"end_date": yesterday, "transition_end": frappe.utils.add_days(yesterday, 30)})
    notice.end_contracts()
    export = frappe.get_doc(doctype="Client Data Export", contract=contract.name).insert()
    frappe.db.commit()
    job.run(export.name)
    deletion.delete_archive(export.reload(), "the time it is kept is over")
    frappe.db.commit()
    page.goto("/support")
    expect(page.get_by_role("link", name="Estimates")).to_have_count(0)
    screenshot(page, "ended-overview")
    page.goto("/support/exports")
    page.get_by_role("button", name="Ask for deletion of your data").click()
    page.get_by_role("button", name="Yes, go on").click()
    expect(page.get_by_text("that we delete your data")).to_be_visible()
    with page.expect_download() as fetched:
        page.get_by_role("link", name="Certificate of deletion").click()
    assert fetched.value.path().read_bytes()[:4] == b"%PDF"
    screenshot(page, "ended-exports")
    manager = login(*MANAGER)
    manager.goto(f"/app/offboarding/{ending.name}")
    expect(desk.indicator(manager)).to_have_text("Transition")
    screenshot(manager, "ended-offboarding")
    manager.get_by_role("button", name="Actions").click()
    manager.locator(".dropdown-menu.show").get_by_text("Delete Data").click()
    screenshot(manager, "ended-delete-data")
    manager.locator(".modal.show .btn-primary").click()
    expect(desk.indicator(manager)).to_have_text("Closed")
    screenshot(manager, "ended-deleted")
    page.reload()
    expect(page.get_by_text("Your data was deleted on")).to_be_visible()
    screenshot(page, "ended-erased")


def test_a_manager_sees_why_an_export_failed_and_retries_or_cancels_it(login, screenshot, contract, grace):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("support_retainer.offboarding.export.disk.RESERVE", 10**18)
        export = frappe.get_doc(doctype="Client Data Export", contract=contract.name, passphrase="x" * 12).insert()
        frappe.db.commit()
        job.run(export.name)
        frappe.db.commit()
    page = login(*MANAGER)
    page.goto(f"/app/client-data-export/{export.name}")
    expect(desk.indicator(page)).to_have_text("Failed")
    screenshot(page, "export-failed")
    page.get_by_role("button", name="Retry").click()
    page.locator(".modal.show input[data-fieldname=passphrase]").fill("another passphrase")
    screenshot(page, "export-retry")
    page.locator(".modal.show .btn-primary").click()
    expect(desk.indicator(page)).to_have_text("Queued")
    page.get_by_role("button", name="Cancel Export").click()
    page.locator(".modal.show input[data-fieldname=why]").fill("Asked for twice")
    page.locator(".modal.show .btn-primary").click()
    expect(desk.indicator(page)).to_have_text("Cancelled")
    screenshot(page, "export-cancelled")
