"""What the guides show: one picture each, of the demo's story. ./docs/screenshots runs them."""

import frappe
import pytest
from playwright.sync_api import expect

from support_retainer.demo.story import AGENT, FALCON, MANAGER

pytestmark = pytest.mark.commits

CLIENT = {"customer": FALCON.name}


def newest(doctype: str, **filters: object) -> str:
    return frappe.get_last_doc(doctype, filters=filters).name


def contract() -> str:
    return newest("Retainer Contract", **CLIENT)


def test_workspace(login, picture):
    page = login(user=MANAGER.email)
    page.goto("/app/support-retainer")
    expect(page.locator(".number-widget-box").first).to_contain_text("AED")
    picture(page, "desk-workspace")


def test_contract(login, picture):
    page = login(user=MANAGER.email)
    page.goto(f"/app/retainer-contract/{contract()}")
    expect(page.locator(".retainer-glance")).to_contain_text("h left")
    picture(page, "desk-contract")


def test_package(login, picture):
    page = login(user=MANAGER.email)
    page.goto("/app/support-package/Professional")
    expect(page.locator(".title-text").first).to_contain_text("Professional")
    picture(page, "desk-package")


def test_ticket(login, picture):
    page = login(user=AGENT.email)
    page.goto(f"/app/issue/{newest('Issue', **CLIENT)}")
    expect(page.locator(".retainer-sla-panel")).to_be_visible()
    expect(page.locator(".retainer-contract-card")).to_be_visible()
    picture(page, "desk-ticket")


def test_why(login, picture):
    page = login(user=AGENT.email)
    page.goto(f"/app/issue/{newest('Issue', **CLIENT)}")
    page.locator(".retainer-why").click()
    expect(page.get_by_role("dialog").locator("table").first).to_be_visible()
    picture(page, "desk-why")


def test_timesheet(login, picture):
    page = login(user=AGENT.email)
    row = frappe.get_last_doc("Timesheet Detail", filters={"retainer_contract": contract(), "docstatus": 1})
    page.goto(f"/app/timesheet/{row.parent}")
    expect(page.locator(".form-page:visible")).to_contain_text("Included")
    picture(page, "desk-timesheet")


@pytest.mark.parametrize(
    ("report", "name"),
    [
        ("Hour Statement", "desk-hour-statement"),
        ("SLA Compliance", "desk-sla-compliance"),
        ("Billing Forecast", "desk-billing-forecast"),
    ],
)
def test_report(login, picture, report, name):
    page = login(user=MANAGER.email)
    page.goto(f"/app/query-report/{report}")
    expect(page.locator(".datatable .dt-row").nth(1)).to_be_visible()
    picture(page, name)


def test_invoice_with_worklog(login, picture):
    page = login(user=MANAGER.email)
    invoice = newest("Sales Invoice", retainer_contract=contract(), docstatus=1)
    page.goto(f"/printview?doctype=Sales%20Invoice&name={invoice}&format=Retainer%20Invoice%20with%20Worklog")
    expect(page.locator(".print-format").first).to_contain_text("Invoice")
    picture(page, "desk-invoice")


def test_contract_on_paper(login, picture):
    page = login(user=MANAGER.email)
    page.goto(f"/printview?doctype=Retainer%20Contract&name={contract()}&format=Retainer%20Contract%20Summary")
    expect(page.locator(".print-format").first).to_contain_text("Support Contract")
    picture(page, "desk-contract-paper")


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/support", "portal-overview"),
        ("/support/tickets", "portal-tickets"),
        ("/support/tickets/new", "portal-new-ticket"),
    ],
)
def test_portal(login, picture, path, name):
    page = login(user=FALCON.user)
    page.goto(path)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    picture(page, name)


def test_portal_ticket(login, picture):
    page = login(user=FALCON.user)
    page.goto(f"/support/tickets/{newest('Issue', **CLIENT)}")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    picture(page, "portal-ticket")


def test_portal_on_a_phone(login, picture):
    page = login(user=FALCON.user, width=390, height=844)
    page.goto("/support")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    picture(page, "portal-phone")
