"""Calls, vendors and articles in the desk, as an agent of the support team uses them."""

import frappe
import pytest
from playwright.sync_api import expect

from support_retainer.testing import make_contract, make_issue
from tests.browser.desk import choose

AGENT = ("Retainer Agent",)


@pytest.fixture
def issue():
    contract = make_contract("Enterprise", "2026-08-31")
    frappe.get_doc(doctype="Help Category", category_name="Printing", published=1).insert()
    made = make_issue(contract, subject="Invoices print empty pages", priority="P3 Medium", retainer_channel="Email")
    frappe.db.commit()
    return made


def open_issue(login, issue):
    page = login(*AGENT)
    page.goto(f"/app/issue/{issue.name}")
    expect(page.locator(".retainer-sla-badge")).to_have_count(2)
    return page


def act(page, label):
    page.locator(".page-actions .inner-group-button", has_text="Actions").locator("button").click()
    page.locator(".page-actions .dropdown-menu:visible").get_by_text(label, exact=True).click()
    return page.locator(".modal.show")


def reloaded(issue):
    frappe.db.rollback()
    return frappe.get_doc("Issue", issue.name)


def test_a_call_is_logged_from_the_ticket(login, screenshot, issue):
    page = open_issue(login, issue)
    page.get_by_role("button", name="Log a Call").click()
    dialog = page.locator(".modal.show")
    dialog.locator("[data-fieldname=summary] textarea").fill("Talked it through, another letterhead helps.")
    choose(page, "activity_type", "User Support", dialog)
    screenshot(page, "log-call")
    dialog.get_by_role("button", name="Log", exact=True).click()
    expect(page.locator(".desk-alert", has_text="Call logged on")).to_be_visible()
    expect(page.locator(".retainer-sla-badge").first).to_contain_text("met")
    screenshot(page, "log-call-done")
    assert frappe.get_all("Timesheet Detail", {"issue": issue.name}, pluck="retainer_channel") == ["Phone"]
    assert reloaded(issue).retainer_channel == "Email"


def test_what_was_typed_outlives_a_refusal_and_a_broken_line(login, screenshot, issue):
    page = open_issue(login, issue)
    page.get_by_role("button", name="Log a Call").click()
    dialog = page.locator(".modal.show", has_text="What was said")
    said = dialog.locator("[data-fieldname=summary] textarea")
    said.fill("A long talk about letterheads.")
    dialog.locator("[data-fieldname=minutes] input").fill("3000")
    choose(page, "activity_type", "User Support", dialog)
    log = dialog.get_by_role("button", name="Log", exact=True)
    log.click()
    refusal = page.locator(".modal.show", has=page.locator(".msgprint"))
    expect(refusal).to_contain_text("longer than a day")
    screenshot(page, "log-call-refused")
    refusal.locator(".btn-modal-close").click()
    expect(refusal).to_have_count(0)
    expect(said).to_have_value("A long talk about letterheads.")

    dialog.locator("[data-fieldname=minutes] input").fill("10")
    page.route("**/*log_call", lambda route: route.abort())
    log.click()
    expect(page.locator(".desk-alert", has_text="what you typed is kept")).to_be_visible()
    page.unroute("**/*log_call")
    log.click()
    expect(page.locator(".desk-alert", has_text="Call logged on")).to_be_visible()
    expect(dialog).to_have_count(0)
    frappe.db.rollback()
    assert frappe.db.count("Timesheet Detail", {"issue": issue.name}) == 1


def test_a_ticket_is_escalated_to_a_vendor_and_taken_back(login, screenshot, issue):
    page = open_issue(login, issue)
    dialog = act(page, "Escalate to Vendor")
    dialog.locator("[data-fieldname=vendor] input").fill("Hosting Ltd")
    dialog.locator("[data-fieldname=reference] input").fill("4711")
    screenshot(page, "vendor-ask")
    dialog.get_by_role("button", name="Escalate").click()
    expect(page.locator(".retainer-sla-badge").first).to_contain_text("paused")
    expect(page.locator(".form-timeline, .new-timeline").first).to_contain_text("Escalated to Hosting Ltd (4711)")
    screenshot(page, "vendor-waiting")
    assert reloaded(issue).retainer_vendor == "Hosting Ltd"

    dialog = act(page, "Vendor Answered")
    dialog.locator("[data-fieldname=note] textarea").fill("The disk was full.")
    dialog.get_by_role("button", name="Go on").click()
    expect(page.locator(".retainer-sla-badge").first).not_to_contain_text("paused")
    assert reloaded(issue).status == "Open"


def test_a_solved_ticket_is_published_to_the_knowledge_base(login, screenshot, issue):
    issue.update({"status": "Resolved", "resolution_details": "<p>Choose another letterhead.</p>"}).save()
    frappe.db.commit()
    page = open_issue(login, issue)
    dialog = act(page, "Publish to Knowledge Base")
    choose(page, "category", "Printing", dialog)
    screenshot(page, "publish")
    dialog.get_by_role("button", name="Publish").click()
    page.wait_for_url("**/app/help-article/**")
    screenshot(page, "published")
    frappe.db.rollback()
    assert frappe.db.exists("Help Article", {"title": issue.subject, "published": 1})
