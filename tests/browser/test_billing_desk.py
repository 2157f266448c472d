"""Billing in the desk: a run that moves and what it could not do, service on hold, and the invoice the client gets."""

import re

import frappe
import pytest
from frappe.utils import add_days, nowdate
from playwright.sync_api import expect

from support_retainer.billing import api, run_record
from support_retainer.testing.factories import bill, make_contract, make_customer, make_issue, make_timesheet
from tests.browser import desk
from tests.support.people import make_user

CLIENT = "Coral Bay Trading"


@pytest.fixture
def manager(site):
    return make_user("Retainer Manager", "Accounts Manager", "Accounts User")


@pytest.fixture
def contract(manager):
    made = make_contract("Growth", nowdate(), customer=make_customer(CLIENT))
    frappe.db.commit()
    return made


def choose_action(page, label):
    actions = page.locator(".inner-group-button[data-label=Actions]")
    actions.locator("button").click()
    actions.locator(".dropdown-item", has_text=label).click()


def test_a_run_that_works_shows_how_far_it_is_and_can_be_stopped(login, screenshot, manager):
    run = run_record.start(frappe.utils.getdate(), planned=40)
    frappe.db.set_value("Retainer Billing Run", run.name, {"done": 10, "failed": 1})
    frappe.db.commit()
    page = login(user=manager)
    page.goto(f"/app/retainer-billing-run/{run.name}")
    expect(page.get_by_text("11 of 40 periods, 1 failed")).to_be_visible()
    screenshot(page, "billing-run-under-way")

    frappe.db.set_value("Retainer Billing Run", run.name, "done", 30)
    frappe.db.commit()
    expect(page.get_by_text("31 of 40 periods, 1 failed")).to_be_visible()
    page.get_by_role("button", name="Stop").click()
    page.locator(".modal.show .btn-primary", has_text="Yes").click()
    expect(desk.indicator(page)).to_have_text("Stopped")


def test_what_a_run_could_not_bill_is_listed_with_its_reason_and_tried_again(login, screenshot, manager, contract):
    frappe.db.set_value("Customer", contract.customer, "disabled", 1)
    run = bill(nowdate(), contract)
    frappe.db.commit()
    page = login(user=manager)
    page.goto(f"/app/retainer-billing-run/{run.name}")
    expect(page.locator(".retainer-failures:visible")).to_contain_text(contract.name)
    expect(page.locator(".retainer-failures")).to_contain_text("disabled")
    screenshot(page, "billing-run-failures")

    frappe.db.set_value("Customer", contract.customer, "disabled", 0)
    frappe.db.commit()
    page.get_by_role("button", name="Retry What Failed").click()
    page.wait_for_url(re.compile(rf"/retainer-billing-run/(?!{run.name})"))


def test_service_is_put_on_hold_and_taken_up_again_from_the_contract(login, screenshot, manager, contract):
    page = login(user=manager)
    page.goto(f"/app/retainer-contract/{contract.name}")
    choose_action(page, "Suspend Service")
    page.locator(".modal.show textarea").fill("The shop is closed for the season.")
    screenshot(page, "contract-suspend")
    page.locator(".modal.show .btn-primary", has_text="Suspend").click()
    expect(page.get_by_text("Service is on hold, as agreed").first).to_be_visible()
    expect(desk.indicator(page)).to_have_text("Suspended")
    screenshot(page, "contract-suspended")

    choose_action(page, "Resume Service")
    page.locator(".modal.show .btn-primary", has_text="Yes").click()
    expect(desk.indicator(page)).to_have_text("Active")


def test_an_invoice_prints_with_its_lines_and_the_worklog(login, screenshot, manager):
    first = add_days(nowdate(), -40)
    contract = make_contract("Growth", first, customer=make_customer(CLIENT))
    bill(first, contract)
    issue = make_issue(contract, subject="The till prints no receipts", retainer_channel="Phone")
    day = add_days(first, 3)
    make_timesheet(
        {"from_time": f"{day} 10:00:00", "minutes": 60, "issue": issue.name},
        {"from_time": f"{day} 12:00:00", "minutes": 60, "issue": issue.name, "activity_type": "Training"},
    )
    made = bill(nowdate(), contract).flags.invoices[0]
    frappe.db.commit()
    page = login(user=manager)
    page.goto(f"/printview?doctype=Sales Invoice&name={made}&format=Retainer Invoice with Worklog&no_letterhead=1")
    expect(page.get_by_text("Training: 1 hour x AED 150.00")).to_be_visible()
    expect(page.get_by_text("The till prints no receipts").first).to_be_visible()
    screenshot(page, "invoice-with-worklog")


def test_the_settings_say_what_each_switch_of_billing_does(login, screenshot, manager):
    page = login(user=manager)
    page.goto("/app/retainer-settings")
    expect(page.get_by_text("One Invoice per Customer")).to_be_visible()
    screenshot(page, "billing-settings")


def test_a_reading_of_a_metered_contract_is_typed_in_the_desk(login, screenshot, manager):
    frappe.db.set_single_value("Accounts Settings", "allow_multi_currency_invoices_against_single_party_account", 1)
    contract = make_contract("Maintenance", nowdate(), customer=make_customer(CLIENT), quantity=6000)
    frappe.db.commit()
    page = login(user=manager)
    page.goto("/app/metered-reading/new")
    desk.choose(page, "contract", CLIENT)
    desk.fill(page, "quantity", "7000")
    desk.save(page)
    expect(desk.field(page, "metric")).to_contain_text("Lines of code")
    screenshot(page, "metered-reading")
    assert api.next_invoices(contract.name)["totals"] == {"SEK": "9700.00"}
