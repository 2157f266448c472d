"""The agent's ticket and queues: whose it is, what an hour on it is, and where to look next."""

import frappe
import pytest
from playwright.sync_api import expect

from support_retainer.testing import make_contract, make_customer, make_issue
from tests.browser import desk

AGENT = ("Retainer Agent", "Support Team", "Projects User")


@pytest.fixture
def issue(site):
    contract = make_contract("Professional", frappe.utils.nowdate(), customer=make_customer("Coral Bay Trading"))
    issue = make_issue(contract, priority="P2 High")
    frappe.db.commit()
    return issue


def test_the_ticket_says_whose_it_is_and_what_an_hour_would_be(login, screenshot, issue):
    page = login(*AGENT)
    page.goto(f"/app/issue/{issue.name}")
    card = page.locator(".retainer-contract-card")
    expect(card).to_contain_text("Coral Bay Trading")
    expect(card).to_contain_text("8:00 h of Support Hours left")
    expect(card).to_contain_text("An hour from now")
    screenshot(page, "agent-ticket")


def test_a_queue_is_one_click_away(login, screenshot, issue):
    taken = make_issue(frappe.get_doc("Retainer Contract", issue.retainer_contract), subject="Somebody has this one")
    frappe.db.set_value("Issue", taken.name, "_assign", '["somebody@example.com"]')
    frappe.db.commit()
    page = login(*AGENT)
    page.goto("/app/issue")
    queues = page.locator(".inner-group-button[data-label=Queues]")
    queues.get_by_role("button").click()
    queues.get_by_text("Assigned to Nobody").click()
    expect(page.locator(".list-row", has_text=issue.subject)).to_be_visible()
    expect(page.locator(".list-row", has_text="Somebody has this one")).to_have_count(0)
    screenshot(page, "agent-queue")


def test_the_board_is_there_from_the_start(login, screenshot, issue):
    page = login(*AGENT)
    desk.open_board(page, "/app/issue/view/kanban/Support Tickets")
    expect(page.locator(".kanban-column", has_text="On Hold")).to_be_visible()
    expect(page.locator(".kanban-card", has_text=issue.subject)).to_be_visible()
    screenshot(page, "agent-board")
