"""The clock of a ticket in a real browser: the countdown on form, list and board, and why a target was missed."""

import frappe
import pytest
from frappe.utils import add_to_date, now_datetime
from playwright.sync_api import expect

from support_retainer.testing import make_contract, make_issue
from tests.browser import desk

STAFF = ("Retainer Manager", "Support Team")


@pytest.fixture
def issue():
    """Round the clock, an hour to answer; opened two hours ago and on hold for half an hour since."""
    frappe.flags.current_time = add_to_date(now_datetime(), hours=-2)
    contract = make_contract("Enterprise", "2026-08-31")
    policy = frappe.get_doc("SLA Policy", "Enterprise SLA")
    policy.always_open = 1
    policy.save()
    then = frappe.flags.current_time
    opened = {"opening_date": then.date(), "opening_time": then.time()}
    made = make_issue(contract, priority="P3 Medium", **opened)
    frappe.flags.current_time = add_to_date(now_datetime(), minutes=-90)
    made = frappe.get_doc("Issue", made.name)
    made.update({"status": "On Hold", "retainer_pause_reason": "Vendor"})
    made.save()
    frappe.flags.current_time = add_to_date(now_datetime(), minutes=-60)
    made.status = "Open"
    made.save()
    frappe.flags.current_time = None
    frappe.db.commit()
    return made


def test_the_form_counts_down_and_says_why_a_target_was_missed(login, screenshot, issue):
    page = login(*STAFF)
    page.goto(f"/app/issue/{issue.name}")
    panel = page.locator(".retainer-sla-panel")
    resolution = panel.locator(".retainer-sla-badge").nth(1)
    expect(panel.locator(".retainer-sla-badge").first).to_contain_text("over")
    expect(resolution).to_contain_text("40h")
    screenshot(page, "issue-clock")

    page.get_by_text("Why was this missed?").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Paused (Vendor)")
    expect(dialog.locator(".retainer-why-target")).to_have_count(2)
    screenshot(page, "issue-why")


def test_the_list_has_a_countdown_that_ticks(login, screenshot, issue):
    page = login(*STAFF)
    page.goto("/app/issue")
    row = page.locator(".list-row", has=page.locator(f"[data-name='{issue.name}']"))
    pill = row.locator(".retainer-sla-badge")
    expect(pill).to_contain_text("Answer -")
    before = pill.inner_text()
    expect(pill).not_to_have_text(before, timeout=5000)
    screenshot(page, "issue-list")


def test_erpnexts_own_actions_are_still_in_the_list_and_feed_the_clock(login, issue):
    page = login(*STAFF)
    page.goto("/app/issue")
    page.locator(f".list-row-checkbox[data-name='{issue.name}']").check()
    page.get_by_role("button", name="Actions").click()
    with page.expect_response("**/*set_multiple_status*") as answer:
        page.get_by_text("Set as Closed").first.click()
    assert answer.value.ok
    frappe.db.rollback()
    assert frappe.db.exists("SLA Event", {"issue": issue.name, "event": "Resolved"})


def test_a_card_on_a_board_shows_both_targets(login, screenshot, issue):
    board = frappe.get_doc(
        doctype="Kanban Board", kanban_board_name="Desk", reference_doctype="Issue", field_name="status", fields="[]"
    )
    board.extend("columns", [{"column_name": status} for status in ("Open", "On Hold", "Closed")])
    board.insert()
    frappe.db.commit()
    page = login(*STAFF)
    desk.open_board(page, "/app/issue/view/kanban/Desk")
    card = page.locator(f".kanban-card-wrapper[data-name='{issue.name}']")
    expect(card.locator(".retainer-sla-badge")).to_have_count(2)
    screenshot(page, "issue-board")


def test_a_duplicate_is_merged_from_its_form(login, issue):
    duplicate = make_issue(customer=issue.customer)
    frappe.db.commit()
    page = login(*STAFF)
    page.goto(f"/app/issue/{duplicate.name}")
    page.get_by_role("button", name="Actions").click()
    page.get_by_role("link", name="Merge into another Issue").click()
    dialog = page.get_by_role("dialog")
    dialog.locator("[data-fieldname=into] input").fill(issue.name)
    dialog.locator("[data-fieldname=into] input").press("Tab")
    dialog.get_by_role("button", name="Merge").click()
    page.wait_for_url(f"**/app/issue/{issue.name}")
    frappe.db.rollback()
    assert frappe.db.get_value("Issue", duplicate.name, "retainer_merged_into") == issue.name
