"""A server moves, from the plan to its proof: the manager plans, the client approves, the work is done and charged."""

import re

import frappe
import pytest
from frappe.utils import add_days, add_to_date, nowdate
from playwright.sync_api import expect

from support_retainer.catalogues import loader
from support_retainer.testing import bill, make_contract, make_customer
from support_retainer.testing.sites import make_site
from tests.browser import desk
from tests.support.people import make_client, make_user
from tests.support.stories import allow_foreign_currency, invoices

SITE = "erp.coralbay.example"
PACKAGE = "Self-hosted with moves apart"


@pytest.fixture
def contract(site):
    """Moves are charged by the hour here, with a fee at their start."""
    loader.load("001")
    allow_foreign_currency()
    package = frappe.copy_doc(frappe.get_doc("Support Package", "Self-Hosted ERPNext Support"))
    package.package_name = PACKAGE
    for rule in package.coverage:
        if rule.activity_type == "Server Migration":
            rule.update({"treatment": "Hourly", "rate": 80, "one_off_fee": 250})
    package.insert()
    made = make_contract(PACKAGE, add_days(nowdate(), -32), customer=make_customer("Coral Bay Trading"))
    make_site(made, site_name=SITE, monitoring_level="None")
    frappe.db.commit()
    return made


def button(page, label):
    return page.locator(".page-head:visible").get_by_role("button", name=label, exact=True)


def pick(page, fieldname, value):
    desk.field(page, fieldname).locator("select").select_option(value)


def saved(page):
    desk.save(page)
    expect(page.locator(".indicator-pill:visible", has_text="Not Saved")).to_have_count(0)


def test_a_server_moves_with_the_clients_word_and_its_fee(login, screenshot, contract):
    manager = make_user("Retainer Manager", "Support Team", "Projects User", "Accounts User")
    approver = make_client(contract, can_approve=1)
    frappe.db.commit()
    page = login(user=manager)
    page.goto(f"/app/managed-site/{SITE}")
    expect(desk.indicator(page)).to_have_text("Unknown")
    page.locator(".document-link[data-doctype='Maintenance Job'] .btn-new").click()
    page.wait_for_url(re.compile("/maintenance-job/new"))
    desk.choose(page, "activity", "Server Migration")
    expect(desk.field(page, "title").locator("input")).to_have_value("Server Migration")
    desk.fill(page, "due_date", frappe.utils.format_date(add_days(nowdate(), 3), "dd-MM-yyyy"))
    screenshot(page, "migration-new")
    saved(page)
    page.wait_for_url(re.compile("/maintenance-job/(?!new)"))
    expect(desk.field(page, "steps")).to_contain_text("Restore on the new server")
    expect(page.get_by_text("250.00 is charged when the job starts")).to_be_visible()
    note = desk.field(page, "note").locator("textarea")
    note.fill("Your data moves to a server in Frankfurt.")
    note.blur()  # a tab would open the first row of the checklist
    expect(desk.indicator(page)).to_have_text("Not Saved")
    starts = add_to_date(None, days=1, as_datetime=True).replace(hour=20, minute=0, second=0, microsecond=0)
    for fieldname, moment in (("window_starts", starts), ("window_ends", add_to_date(starts, hours=4))):
        desk.fill(page, fieldname, frappe.utils.format_datetime(moment, "dd-MM-yyyy HH:mm:ss"))
    desk.fill(page, "rollback_plan", "The old server stays ready for a week; the domain is led back.")
    saved(page)
    screenshot(page, "migration-planned")
    button(page, "Ask the Client").click()
    expect(page.get_by_text(f"Asked {approver}.")).to_be_visible()

    client = login(user=approver)
    client.goto("/support/sites")
    card = client.locator("section.card", has_text="Please decide: Server Migration")
    expect(card).to_contain_text("led back")
    expect(card).to_contain_text("Frankfurt")
    expect(card).to_contain_text("250.00 is charged once when the work begins.")
    screenshot(client, "migration-decide")
    client.get_by_role("button", name="Approve").click()
    client.get_by_role("button", name="Yes, go on").click()
    expect(client.get_by_text(f"Maintenance of {SITE}")).to_be_visible()

    frappe.db.rollback()
    job = frappe.get_all("Maintenance Job", {"site": SITE}, pluck="name")[0]
    page.reload()
    expect(desk.field(page, "approval")).to_contain_text("Approved")
    pick(page, "status", "In Progress")
    saved(page)
    expect(desk.field(page, "one_off_fee")).to_contain_text("250.00")
    button(page, "Log Time").click()
    page.locator(".modal.show [data-fieldname=minutes] input").fill("90")
    page.locator(".modal.show .btn-primary", has_text="Log").click()
    expect(page.locator(".desk-alert", has_text="Logged on")).to_be_visible()
    page.reload()  # the form loads itself anew after that, and would take back what is chosen meanwhile
    expect(desk.indicator(page)).to_have_text("In Progress")
    pick(page, "status", "Done")
    desk.save(page)
    expect(desk.message(page)).to_contain_text("Evidence")
    screenshot(page, "migration-not-ready")
    page.keyboard.press("Escape")

    frappe.db.rollback()
    record = frappe.get_doc("Maintenance Job", job)
    for row in record.steps:
        row.update({"done": 1, "finding": "As before"})
    record.append("evidence", {"what": "Rows of every table, before and after"})
    record.save()
    frappe.db.commit()
    page.reload()
    desk.fill(page, "verification", "The client's key users have logged in.")
    pick(page, "status", "Done")
    desk.save(page)
    expect(desk.indicator(page)).to_have_text("Done")
    screenshot(page, "migration-done")
    client.goto(f"/support/sites/{SITE}")
    expect(client.locator("section[aria-labelledby=upgrades]")).to_contain_text("Done")
    screenshot(client, "migration-portal-done")
    frappe.db.set_value("User", approver, "language", "ar")
    frappe.db.commit()
    client.reload()
    expect(client.locator("html[dir=rtl] svg.days")).to_have_css("transform", "matrix(-1, 0, 0, 1, 0, 0)")

    frappe.db.rollback()
    for sheet in frappe.get_all("Timesheet Detail", {"issue": ["is", "set"]}, pluck="parent"):
        frappe.get_doc("Timesheet", sheet).submit()
    bill(add_days(nowdate(), 31), contract)
    frappe.db.commit()
    charged = [
        item.amount for one in invoices(contract) for item in one.items if "Server Migration" in item.description
    ]
    assert charged == [120, 250]
