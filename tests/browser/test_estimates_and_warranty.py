"""Additional work from the estimate to the invoice, the triage of a warranty claim, and a timer on an empty pool."""

import re

import frappe
import pytest
from frappe.utils import add_days, nowdate
from playwright.sync_api import Page, expect

from support_retainer.demo import people
from support_retainer.demo.story import AGENT, MANAGER
from support_retainer.hours import estimates, warranty
from support_retainer.testing import make_contract, make_customer, make_issue, make_timesheet
from support_retainer.testing.factories import load_catalogue_of
from tests.browser import desk
from tests.support.additional_work import on_task
from tests.support.people import make_client
from tests.support.stories import worked

CLIENT = "Harbor & Pine Design"
WORK = (("Print the batch number on the delivery note", 4, 150), ("Test it with the storekeeper", 2, 150))


@pytest.fixture
def team(site):
    for person in (MANAGER, AGENT):
        people.make_user(person.email, person.first_name, person.last_name, person.roles, "System User")
    people.make_employee(AGENT)
    load_catalogue_of("Growth")
    frappe.db.commit()


@pytest.fixture
def round_the_clock(team):
    """Support hours are always, so that an empty pool is what the client pays for at any hour of the test."""
    policy = frappe.get_doc("SLA Policy", "Growth SLA")
    policy.update({"always_open": 1, "windows": [], "holiday_list": None}).save()


@pytest.fixture
def contract(team):
    return make_contract("Growth", add_days(nowdate(), -20), customer=make_customer(CLIENT))


@pytest.fixture
def approver(contract):
    user = make_client(contract, can_approve=1)
    frappe.db.set_value("User", user, {"first_name": "Grace", "full_name": "Grace Whitfield"})
    frappe.db.commit()
    return user


@pytest.fixture
def issue(contract, approver):
    issue = make_issue(contract, subject="The delivery note shows no batch numbers", raised_by=approver)
    frappe.db.commit()
    return issue


@pytest.fixture
def sent(issue):
    tasks = [{"task": task, "hours": hours, "rate": rate} for task, hours, rate in WORK]
    quotation = estimates.make(issue, tasks, add_days(nowdate(), 14))
    quotation.submit()
    frappe.db.commit()
    return quotation


def standing(page: Page):
    return page.locator(".retainer-estimate:visible")


def press(page: Page, label: str) -> None:
    page.locator(".page-actions:visible").get_by_role("button", name=label, exact=True).click()


def test_the_manager_makes_an_estimate_from_the_ticket_and_sends_it(login, screenshot, issue, approver):
    page = login(user=MANAGER.email)
    page.goto(f"/app/issue/{issue.name}")
    create = page.locator(".inner-group-button[data-label=Create]")
    create.get_by_role("button").click()
    create.get_by_text("Estimate", exact=True).click()
    dialog = page.locator(".modal.show")
    for number, (task, hours, rate) in enumerate(WORK):
        dialog.locator(".grid-add-row").click()
        row = dialog.locator(".grid-body .rows > .grid-row").nth(number)
        for name, value in (("task", task), ("hours", hours), ("rate", rate)):
            row.locator(f"[data-fieldname={name}]").first.click()
            row.locator(f"[data-fieldname={name}] :is(input, textarea)").first.fill(str(value))
    screenshot(page, "estimate-dialog")
    dialog.get_by_role("button", name="Create Draft").click()

    expect(standing(page)).to_contain_text(f"Not sent. When you submit it, {approver} can answer it.")
    screenshot(page, "estimate-draft")
    desk.submit(page)
    expect(standing(page)).to_contain_text("Waits for the answer")
    expect(page.locator(".page-actions").get_by_role("button", name="Set as Lost")).to_have_count(0)
    screenshot(page, "estimate-sent")
    assert frappe.db.get_value("Quotation", {"issue": issue.name}, ["net_total", "docstatus"]) == (900, 1)


def test_the_client_approves_and_the_agent_sees_tasks_and_hours(login, screenshot, sent, approver):
    page = login(user=approver)
    page.goto(f"/support/estimates/{sent.name}")
    screenshot(page, "estimate-portal-waiting")
    page.get_by_role("button", name=re.compile("^Approve up to")).click()
    page.get_by_role("dialog").get_by_role("button").first.click()
    expect(page.get_by_text("How far the work has come")).to_be_visible()
    screenshot(page, "estimate-portal-approved")
    frappe.db.rollback()
    on_task(sent, f"{add_days(nowdate(), -1)} 09:00", 200)
    frappe.db.commit()

    page = login(user=AGENT.email)
    page.goto(f"/app/issue/{sent.issue}")
    listed = page.locator(".retainer-estimates")
    expect(listed).to_contain_text("3:20 of 6:00 h used (55 %)")
    expect(listed.get_by_role("listitem")).to_have_count(2)
    expect(listed).to_contain_text(f"{WORK[0][0]}: 3:20 of 4:00 h, Working")
    screenshot(page, "estimate-agent")


def test_the_manager_reads_where_it_stands_and_makes_the_invoice(login, screenshot, sent, approver):
    estimates.approve(sent.name, approver)
    on_task(sent, f"{add_days(nowdate(), -1)} 09:00", 240)
    on_task(sent, f"{add_days(nowdate(), -1)} 14:00", 60, line=1)
    frappe.db.commit()
    page = login(user=MANAGER.email)
    page.goto(f"/app/quotation/{sent.name}")
    expect(standing(page)).to_contain_text("5:00 of 6:00 h used")
    expect(standing(page)).to_contain_text("(83 %)")
    screenshot(page, "estimate-standing")
    press(page, "Make Invoice")
    expect(page).to_have_url(re.compile("/app/sales-invoice/"))
    expect(desk.indicator(page)).to_have_text("Draft")
    screenshot(page, "estimate-invoice")
    assert frappe.db.get_value("Sales Invoice", {"retainer_contract": sent.retainer_contract}, "net_total") == 750


def test_the_manager_writes_down_a_refusal_and_sends_a_new_version(login, screenshot, sent):
    page = login(user=MANAGER.email)
    page.goto(f"/app/quotation/{sent.name}")
    press(page, "Record Answer")
    dialog = page.locator(".modal.show")
    dialog.locator("[data-fieldname=answer] select").select_option("Declined")
    dialog.locator("[data-fieldname=note] textarea").fill("Too much for this quarter")
    screenshot(page, "estimate-record-answer")
    dialog.get_by_role("button", name="Record").click()
    expect(standing(page)).to_contain_text("Declined: Too much for this quarter")
    press(page, "New Version")
    page.locator(".modal.show").get_by_role("button", name="Yes").click()
    expect(standing(page)).to_contain_text("Version 2")
    screenshot(page, "estimate-new-version")
    assert frappe.db.get_value("Quotation", sent.name, "status") == "Lost"


def test_the_triage_asks_and_concludes_before_anything_is_saved(login, screenshot, issue):
    make_timesheet(worked(issue, f"{add_days(nowdate(), -1)} 10:00", 90))
    claim = warranty.claim_for(issue)
    frappe.db.commit()
    page = login(user=AGENT.email)
    page.goto(f"/app/warranty-claim/{claim.name}")
    expect(desk.field(page, "retainer_reproduced")).to_contain_text("Nobody can show it again")
    expect(page.locator("[data-fieldname=retainer_changed]:visible")).to_have_count(0)
    screenshot(page, "triage-first-question")
    desk.field(page, "retainer_reproduced").locator("select").select_option("Only on the client's site")
    desk.field(page, "retainer_changed").locator("select").select_option("A change of the client")
    found = page.locator(".retainer-triage")
    expect(found).to_contain_text("The evidence points to Client Change.")
    expect(found).to_contain_text("Not Covered")
    expect(found).to_contain_text("The 1:30 h worked so far: AED")
    screenshot(page, "triage-not-covered")
    desk.field(page, "retainer_changed").locator("select").select_option("Our configuration")
    expect(found).to_contain_text("The evidence points to Our Configuration.")
    expect(found).to_contain_text("covered by the warranty until")
    screenshot(page, "triage-covered")
    assert not frappe.db.get_value("Warranty Claim", claim.name, "retainer_changed")


def test_a_timer_on_an_empty_pool_says_so(login, screenshot, round_the_clock, issue):
    make_timesheet(worked(issue, f"{add_days(nowdate(), -1)} 09:00", 240))
    frappe.db.commit()
    page = login(user=AGENT.email)
    page.goto(f"/app/issue/{issue.name}")
    page.get_by_role("button", name="Start Timer").click()
    dialog = page.locator(".modal.show")
    desk.choose(page, "activity_type", "User Support", within=dialog)
    dialog.get_by_role("button", name="Start", exact=True).click()
    alert = page.locator("#alert-container .desk-alert", has_text="Included hours are used up")
    expect(alert).to_contain_text("1:00 h at AED 150.00 per hour")
    expect(page.locator(".retainer-timer")).to_contain_text("Running")
    screenshot(page, "timer-empty-pool")
