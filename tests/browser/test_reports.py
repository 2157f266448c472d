"""Reports as the manager reviews and the client reads them, and the advisor on a contract."""

import re

import frappe
import pytest
from playwright.sync_api import expect

from support_retainer.reporting import drafts, sending
from support_retainer.testing import make_contract, make_issue, make_timesheet
from tests.browser import desk
from tests.browser.desk import choose
from tests.support.people import make_client
from tests.support.stories import at, worked


@pytest.fixture
def report(site):
    """A month with six tickets on Professional, in which somebody asked a lot."""
    at("2026-01-31 09:00")
    contract = make_contract("Professional", "2026-01-31")
    for day in ("02-03", "02-04", "02-10", "02-11", "02-17", "02-18"):
        issue = make_issue(
            contract,
            subject="How do I cancel a delivery note?",
            opening_date=f"2026-{day}",
            opening_time="09:00:00",
            retainer_cause="User Error",
        )
        at(f"2026-{day} 18:30")
        make_timesheet(worked(issue, f"2026-{day} 10:00", 100))
    at("2026-03-02 09:00")
    reader = make_client(contract, receives_reports=1)
    made = drafts.make(contract.name, "Monthly", "2026-02-10")
    frappe.db.commit()
    return frappe._dict(doc=made, contract=contract, reader=reader)


def test_the_manager_sees_it_as_the_client_will(report, login, screenshot):
    page = login("Retainer Manager", "Accounts Manager", "Sales User")
    page.goto(f"/app/support-report/{report.doc.name}")
    preview = page.locator("[data-fieldname=preview] .support-report")
    expect(preview).to_contain_text("Monthly Support Report")
    expect(preview.locator("svg[role=img]")).to_have_count(3)
    expect(page.locator(".form-message")).to_contain_text("Made from the figures")
    screenshot(page, "report-draft")


def test_the_advisor_compares_every_package(report, login, screenshot):
    page = login("Retainer Manager", "Accounts Manager", "Sales User")
    page.goto(f"/app/retainer-contract/{report.contract.name}")
    page.get_by_role("button", name="View").first.click()
    page.get_by_role("link", name="Which Package Fits?").click()
    dialog = page.locator(".modal.show")
    expect(dialog.locator("table").first.locator("tbody tr")).to_have_count(5)
    expect(dialog.locator("svg.frappe-chart")).to_have_count(1)
    screenshot(page, "advisor")


def test_the_advisor_replays_the_file_of_a_lead(report, login, screenshot):
    lead = frappe.get_doc(doctype="Lead", lead_name="Layla & Sons", email_id="layla@lead.example").insert()
    frappe.db.commit()
    page = login("Retainer Manager", "Accounts Manager", "Sales User")
    page.goto(f"/app/lead/{lead.name}")
    page.get_by_role("button", name="View").first.click(timeout=20_000)
    page.get_by_role("link", name="Which Package Fits?").click()
    dialog = page.locator(".modal.show", has_text="Replay a File")
    expect(dialog).to_contain_text("no tickets and no time", timeout=20_000)
    dialog.get_by_role("button", name="Attach a File").click()
    uploader = page.locator(".modal.show .file-uploader")
    rows = "".join(f"{number},High,2026-0{number}-02 09:00,2026-0{number}-03 09:00,12:00\n" for number in range(1, 6))
    text = f"Ticket ID,Priority,Created time,Resolved time,Time tracked\n{rows}6,,2026-05-05 09:00,,\n"
    export = {"name": "freshdesk.csv", "mimeType": "text/csv", "buffer": text.encode()}
    uploader.locator("input[type=file]").first.set_input_files([export])
    page.locator(".modal.show .btn-primary", has_text="Upload").click()
    expect(dialog.locator("[data-fieldname=file] select")).to_have_value(re.compile("."), timeout=20_000)
    dialog.locator("[data-fieldname=product] select").select_option("freshdesk")
    choose(page, "activity_type", "User Support", dialog)
    screenshot(page, "advisor-file")
    dialog.get_by_role("button", name="Replay", exact=True).click()
    shown = page.locator(".modal.show", has_text="Which Package Fits Layla & Sons?")
    expect(shown.locator("table").first.locator("tbody tr")).to_have_count(5, timeout=20_000)
    expect(shown.locator("svg.frappe-chart")).to_have_count(1)
    expect(shown).to_contain_text("1 of 6 lines were left out")
    screenshot(page, "advisor-lead")


def test_the_client_reads_it_on_a_desk_and_on_a_phone(report, login, screenshot):
    sending.send(report.doc.name)
    frappe.db.commit()
    page = login(user=report.reader)
    page.goto(f"/support/reports/{report.doc.name}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Monthly Support Report")
    widths = page.eval_on_selector_all("figure img", "all => all.map(one => one.naturalWidth)")
    assert len(widths) == 3
    assert all(widths)
    screenshot(page, "report-portal")
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    screenshot(page, "report-portal-phone")
    page.get_by_label("A question or a remark on this report").fill("Thank you, let us talk about the training.")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("let us talk about the training")).to_be_visible()


def test_the_dashboard_of_the_business_leads_to_its_rows(report, login, screenshot):
    page = login("Retainer Manager", "Accounts Manager", "Sales User")
    page.goto("/app/dashboard-view/Support Business")
    expect(page.locator(".number-widget-box")).to_have_count(8)
    desk.wait_for_charts(page, 5)
    screenshot(page, "dashboard-business")
    page.locator(".number-widget-box a", has_text="AED").click()
    expect(page).to_have_url(re.compile("Monthly%20Recurring%20Revenue"))
    page.locator(".dt-row a[href^='/app/retainer-contract']").first.click()
    expect(page.locator(".list-row", has_text=report.contract.customer).first).to_be_visible()


FIGURES = {  # report -> a figure that has rows in the month of the fixture
    "SLA Compliance": "Issues%20by%20Promise",
    "Response and Resolution Percentiles": "Issues%20by%20Promise",
    "Team Utilisation": "Time%20Worked",
    "Support Capacity": "Team%20Utilisation",
    "Profitability": "Time%20Worked",
    "Renewal Risk": "/app/issue?retainer_contract=",
    "Monthly Recurring Revenue": "/app/retainer-contract?name=",
}


def test_figures_of_each_report_are_links_to_their_rows(report, login, screenshot):
    page = login("Retainer Manager", "Accounts Manager", "Sales User")
    solved = {"first_responded_on": "2026-02-03 09:10:00", "first_response_time": 600}
    frappe.db.set_value("Issue", {"retainer_contract": report.contract.name}, solved)
    worker = frappe.db.get_value("User", {"email": ["like", "retainer-manager%"]})
    frappe.db.set_value("Timesheet", {"docstatus": 1}, "user", worker)
    frappe.db.commit()
    for name, target in FIGURES.items():
        page.goto(f"/app/query-report/{name}?from_date=2026-02-01&to_date=2026-02-28")
        link = page.locator(f".dt-row a[href*='{target}']:visible").first
        expect(link).to_have_text(re.compile(r"\d"), timeout=20_000)
        screenshot(page, f"drill-{name.lower().replace(' ', '-')}")
