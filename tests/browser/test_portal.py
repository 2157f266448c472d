"""The client's story in a real browser, at a desk and on a phone, and no serious fault of access anywhere."""

import re
from pathlib import Path

import frappe
import pytest
from playwright.sync_api import expect

from support_retainer.hours import approvals
from support_retainer.portal import routes
from support_retainer.testing import bill, make_contract, make_customer, make_issue, make_timesheet
from tests.browser.access import SIZES, faults, fits
from tests.support.people import make_client, make_user
from tests.support.stories import worked


@pytest.fixture
def client(site) -> str:
    """A client in the third week, with tickets, time, an invoice and a question to answer."""
    start = frappe.utils.add_days(frappe.utils.today(), -20)
    contract = make_contract("Growth", start, customer=make_customer("Harbor & Pine Design"))
    user = make_client(contract, can_approve=1, is_admin=1)
    frappe.db.set_value("User", user, {"first_name": "Grace", "full_name": "Grace Whitfield"})
    bill(start, contract)
    for number, subject in enumerate(("Payslips are a day late", "The stock report is empty", "Printer at the gate")):
        issue = make_issue(contract, raised_by=user, subject=subject, description="<p>Since this morning.</p>")
        day = frappe.utils.add_days(frappe.utils.today(), -2 - number)
        make_timesheet(worked(issue, f"{day} 0{7 + number}:00", 45 + number))
    staff = make_user("Retainer Agent")
    frappe.db.set_value("User", staff, "full_name", "Omar Nasser")
    message = {"communication_type": "Communication", "sent_or_received": "Sent", "recipients": user}
    answer = frappe.get_doc(
        doctype="Communication",
        reference_doctype="Issue",
        reference_name=issue.name,
        subject="Printer",
        content="<p>Which gate do you mean?</p>",
        sender=staff,
        **message,
    ).insert()
    frappe.db.set_value("Communication", answer.name, "owner", staff)
    approvals.request(contract.name, 120, "Data import")
    frappe.get_doc(doctype="Help Category", category_name="Printing").insert(ignore_if_duplicate=True)
    frappe.get_doc(
        doctype="Help Article",
        title="A printer that does not print",
        category="Printing",
        content="Switch the printer off and on.",
        published=1,
    ).insert()
    frappe.db.commit()
    return user


@pytest.mark.parametrize("size", SIZES)
def test_every_page_is_accessible_and_fits(login, screenshot, client, axe, size):
    width, height = SIZES[size]
    page = login(user=client, width=width, height=height)
    issue = frappe.db.get_value("Issue", {"raised_by": client, "subject": ["like", "Printer%"]})
    wrong = []
    for route in routes.PAGES:
        if "<" in route.path and "tickets" not in route.path:
            continue  # pages of one record are walked by test_portal_records.py
        path = route.path.replace("<name>", issue)
        assert page.goto(path).status == 200, path
        screenshot(page, f"portal-{size}-{path.strip('/').replace('/', '-').replace(issue, 'one')}")
        wrong += faults(page, axe)
        if not fits(page):
            wrong.append(f"{path} is wider than the window")
    assert wrong == []


def test_an_arabic_client_reads_from_right_to_left(login, screenshot, client, axe):
    frappe.db.set_value("User", client, "language", "ar")
    frappe.db.commit()
    page = login(user=client, width=390, height=844)
    for path in (route.path for route in routes.PAGES if "<" not in route.path):
        page.goto(path)
        assert page.evaluate("document.documentElement.dir") == "rtl"
        screenshot(page, f"portal-arabic-{path.strip('/').replace('/', '-')}")
        assert faults(page, axe) == []
        assert fits(page), path


@pytest.mark.parametrize("size", SIZES)
def test_a_client_opens_a_ticket_talks_closes_and_rates(login, screenshot, client, size, tmp_path: Path):
    width, height = SIZES[size]
    page = login(user=client, width=width, height=height)
    page.goto("/support")
    page.get_by_role("link", name="New ticket").click()
    page.get_by_label("Subject").fill("The printer does not print")
    expect(page.get_by_role("link", name="A printer that does not print")).to_be_visible()
    page.get_by_label("Description").fill("It is switched on.")
    page.get_by_text("P3 Medium").click()
    for choice in page.get_by_text("When support opens").all():
        choice.click()  # outside support hours only
    log = tmp_path / "printer log.txt"
    log.write_text("paper jam")
    page.get_by_label("Files").set_input_files([log])
    expect(page.get_by_text("printer log.txt")).to_be_visible()
    screenshot(page, f"portal-{size}-new-ticket-filled")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The printer does not print")
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("printer log.*txt")).click()  # Frappe may have told it from another
    assert Path(download.value.path()).read_text() == "paper jam"
    page.get_by_label("Message").fill("It works again, thank you.")
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".talk")).to_contain_text("It works again")
    page.get_by_role("button", name="Close ticket").click()
    page.get_by_role("button", name="Yes, go on").click()
    page.get_by_text("5 ★").click()
    page.get_by_role("button", name="Send rating").click()
    expect(page.locator("#notice")).to_contain_text("Thank you")
    screenshot(page, f"portal-{size}-rated")


def test_a_refusal_of_the_server_is_shown_as_words(login, client):
    page = login(user=client)
    page.goto("/support/tickets")
    page.get_by_role("link", name="The stock report is empty").click()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("alert")).to_contain_text("write what you want to tell us")


def test_a_refusal_inside_a_dialog_is_said_inside_it(login, client):
    page = login(user=client)
    page.goto("/support/contract")
    page.get_by_role("button", name="Invite a colleague").click()
    dialog = page.locator("#invite")
    dialog.get_by_label("Email").fill(client)
    dialog.get_by_label("First name").fill("Grace")
    dialog.get_by_role("button", name="Invite").click()
    expect(dialog.get_by_role("alert")).to_contain_text("is a contact already")


def test_what_waits_for_the_user_comes_first_and_leads_there(login, client):
    page = login(user=client)
    page.goto("/support")
    first = page.locator("main section.card").first
    expect(first.get_by_role("heading")).to_contain_text("Waiting for your word")
    first.get_by_role("link", name="Data import").click()
    expect(page.get_by_role("button", name="Approve")).to_be_visible()


def test_articles_are_listed_and_found(login, client):
    page = login(user=client)
    page.goto("/support/help")
    expect(page.get_by_role("link", name="A printer that does not print")).to_be_visible()
    page.get_by_label("What do you want to know?").fill("coffee machine")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_text("No article fits this search.")).to_be_visible()


def test_an_approver_decides_and_an_admin_invites(login, screenshot, client):
    page = login(user=client)
    page.goto("/support/hours")
    page.get_by_role("button", name="Approve").click()
    page.get_by_role("button", name="Yes, go on").click()
    expect(page.get_by_role("button", name="Approve")).to_have_count(0)
    page.goto("/support/contract")
    page.get_by_role("button", name="Invite a colleague").click()
    page.get_by_label("Email").fill("noor@harborpine.example")
    page.get_by_label("First name").fill("Noor")
    screenshot(page, "portal-desk-invite")
    page.locator("#invite").get_by_role("button", name="Invite").click()
    expect(page.get_by_text("noor@harborpine.example").first).to_be_visible()


def test_the_whole_way_goes_with_the_keyboard(login, client):
    page = login(user=client)
    page.goto("/support")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="New ticket")).to_be_focused()
    page.goto("/support/contract")
    page.get_by_role("button", name="Invite a colleague").press("Enter")
    page.keyboard.press("Escape")
    expect(page.locator("#invite")).to_be_hidden()
