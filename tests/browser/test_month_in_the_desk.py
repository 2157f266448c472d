"""A month as the manager and the agent live it: each does in the desk what their roles let them."""

import re

import frappe
import pytest
from frappe.utils import add_days, add_months, formatdate, nowdate
from playwright.sync_api import expect

from support_retainer.demo import people
from support_retainer.demo.story import AGENT, MANAGER
from support_retainer.testing.factories import (
    bill,
    load_catalogue_of,
    make_contract,
    make_customer,
    make_issue,
    make_timesheet,
)
from tests.browser import desk

CLIENT = "Coral Bay Trading"


@pytest.fixture
def team(site):
    """The manager and the agent of the demo, on a site that sells catalogue 000."""
    for person in (MANAGER, AGENT):
        people.make_user(person.email, person.first_name, person.last_name, person.roles, "System User")
    people.make_employee(AGENT)
    load_catalogue_of("Professional")
    frappe.db.commit()


@pytest.fixture
def contract(team):
    contract = make_contract("Professional", nowdate(), customer=make_customer(CLIENT))
    frappe.db.commit()
    return contract


@pytest.fixture
def issue(contract):
    issue = make_issue(contract, priority="P2 High", retainer_channel="Phone")
    frappe.db.commit()
    return issue


def test_the_manager_finds_everything_from_the_workspace(login, screenshot, contract):
    page = login(user=MANAGER.email)
    page.goto("/app/support-retainer")

    expect(page.get_by_text(re.compile(r"^\d+ active$"))).to_be_visible()
    for label in ("Support Package", "Retainer Contract", "Hour Ledger", "Retainer Billing Period"):
        expect(page.locator(".links-widget-box:visible .link-item", has_text=label).first).to_be_visible()
    screenshot(page, "month-workspace")


def test_the_manager_makes_a_contract_from_a_package_and_submits_it(login, screenshot, team):
    make_customer(CLIENT)
    frappe.db.commit()
    page = login(user=MANAGER.email)
    page.goto("/app/retainer-contract/new")

    desk.choose(page, "customer", CLIENT)
    desk.choose(page, "package", "Professional")
    desk.fill(page, "go_live_date", formatdate(nowdate()))
    expect(desk.field(page, "notice_days").locator("input")).to_have_value("30")
    screenshot(page, "month-new-contract")
    desk.save(page)
    desk.submit(page)

    expect(desk.indicator(page)).to_have_text("Active")
    glance = page.locator(".retainer-glance")
    expect(glance).to_contain_text("8:00 h left")
    expect(glance).to_contain_text(f"on {formatdate(nowdate())}, as it stands now (1 line)")
    expect(glance).to_contain_text("AED 800.00")
    screenshot(page, "month-contract-active")
    desk.tab(page, "Terms")
    terms = desk.field(page, "terms").locator(".grid-body .grid-row")
    expect(terms).to_have_count(1)
    expect(terms.first).to_contain_text("Professional")
    expect(terms.first).to_contain_text("800.00")
    screenshot(page, "month-contract-terms")
    desk.tab(page, "Connections")
    for doctype in ("Hour Ledger", "Retainer Billing Period"):
        link = page.locator(f".document-link[data-doctype='{doctype}']:visible")
        expect(link.locator(".count")).to_have_text("1")


def test_the_agent_sees_contract_policy_and_due_times_on_the_ticket(login, screenshot, issue):
    page = login(user=AGENT.email)
    page.goto(f"/app/issue/{issue.name}")

    expect(desk.field(page, "sla_policy")).to_contain_text("Professional SLA")
    expect(page.locator(".retainer-sla-panel")).to_contain_text("Response")
    expect(page.locator(".retainer-sla-panel")).to_contain_text("Resolution")
    expect(page.locator(".modal.show")).to_have_count(0)
    screenshot(page, "month-issue")


def test_the_agent_sees_coverage_before_and_after_handing_in_the_time(login, screenshot, issue):
    page = login(user=AGENT.email)
    page.goto("/app/timesheet/new")
    choose_employee(page)
    row = desk.open_last_row(page, "time_logs")
    desk.choose(page, "activity_type", "Troubleshooting", within=row)
    row.locator("[data-fieldname=from_time] input").first.fill(f"{formatdate(nowdate())} 00:10:00")
    row.locator("[data-fieldname=hours] input").first.fill("0.5")
    row.locator("[data-fieldname=hours] input").first.press("Tab")
    row.locator("[data-fieldname=issue] input").first.fill(issue.name)
    row.locator("[data-fieldname=issue] .awesomplete [role=option]").first.click()
    desk.close_row(page)

    preview = page.locator(".retainer-coverage")
    expect(preview).to_contain_text("Emergency")
    expect(preview).to_contain_text("AED 300.00")
    screenshot(page, "month-timesheet-preview")
    desk.save(page)
    desk.submit(page)

    expect(desk.indicator(page)).to_have_text("Submitted")
    expect(page.locator(".retainer-coverage")).to_contain_text("emergency minimum of 2:00 h")
    screenshot(page, "month-timesheet-submitted")
    assert frappe.db.count("Timesheet Detail", {"issue": issue.name, "docstatus": 1, "retainer_billed_minutes": 120})


def choose_employee(page):
    box = desk.field(page, "employee").locator("input").first
    box.click()
    box.fill(AGENT.last_name)
    desk.field(page, "employee").locator(".awesomplete [role=option]", has_text=AGENT.last_name).first.click()


def test_the_manager_reads_on_the_invoice_how_each_amount_came_about(login, screenshot, team):
    last_month = add_months(nowdate(), -1)
    contract = make_contract("Professional", last_month, customer=make_customer(CLIENT))
    make_timesheet(
        {
            "retainer_contract": contract.name,
            "activity_type": "Training",
            "from_time": f"{last_month} 10:00:00",
            "minutes": 90,
        }
    )
    run = bill(nowdate(), contract)
    frappe.db.commit()
    page = login(user=MANAGER.email)
    page.goto(f"/printview?doctype=Sales%20Invoice&name={run.flags.invoices[-1]}")

    first, last = formatdate(nowdate()), formatdate(add_days(add_months(nowdate(), 1), -1))
    expect(page.get_by_text(f"Professional, {first} to {last}, in advance")).to_be_visible()
    expect(page.get_by_text("Training: 1.5 hours x AED 150.00")).to_be_visible()
    screenshot(page, "month-invoice-print")


def test_an_exclusion_without_a_price_is_refused_in_words_that_help(login, screenshot, team):
    page = login(user=MANAGER.email)
    page.goto("/app/support-package/new")
    desk.fill(page, "package_name", "Basic Care")
    desk.choose(page, "currency", "AED")
    desk.fill(page, "monthly_fee", "100")
    desk.tab(page, "Coverage")
    row = desk.add_row(page, "coverage")
    desk.choose(page, "activity_type", "Training", within=row)
    row.locator("select[data-fieldname=treatment]").select_option("Hourly")
    desk.close_row(page)
    desk.save(page)

    expect(desk.message(page)).to_contain_text(re.compile("Training.*rate", re.IGNORECASE | re.DOTALL))
    expect(desk.message(page)).to_contain_text("Row 1")
    screenshot(page, "month-package-refused")
    assert not frappe.db.exists("Support Package", "Basic Care")


def test_a_second_contract_of_the_same_client_is_refused_and_names_the_first(login, screenshot, contract):
    page = login(user=MANAGER.email)
    page.goto("/app/retainer-contract/new")
    desk.choose(page, "customer", CLIENT)
    desk.choose(page, "package", "Growth")
    desk.fill(page, "go_live_date", formatdate(nowdate()))
    desk.save(page)

    expect(desk.message(page)).to_contain_text(contract.name)
    expect(desk.message(page)).to_contain_text("End that one first")
    screenshot(page, "month-second-contract")


def test_the_manager_changes_the_package_from_a_day_on(login, screenshot, team):
    contract = make_contract("Professional", add_days(nowdate(), -20), customer=make_customer(CLIENT))
    frappe.db.commit()
    page = login(user=MANAGER.email)
    page.goto(f"/app/retainer-contract/{contract.name}")

    actions = page.locator(".inner-group-button[data-label=Actions]")
    actions.get_by_role("button").click()
    actions.get_by_text("Change Package").click()
    dialog = page.locator(".modal.show")
    desk.choose(page, "package", "Enterprise", dialog)
    expect(dialog.locator("[data-fieldname=monthly_fee] input")).not_to_have_value("")
    screenshot(page, "month-change-package")
    dialog.get_by_role("button", name="Change Package").click()

    timeline = page.locator(".retainer-glance li.current")
    expect(timeline).to_contain_text("Enterprise")
    screenshot(page, "month-package-changed")
