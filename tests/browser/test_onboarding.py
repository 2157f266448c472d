"""The first steps of the workspace, clicked through by a manager on a site that sells nothing yet."""

import re
import time

import frappe
from playwright.sync_api import Page, expect

from tests.browser import desk

MANAGER = ("Retainer Manager", "Support Team", "Projects User", "Accounts User")
CLIENT = "Coral Bay Trading"
TEN_MINUTES = 600


def step(page: Page, title: str, button: str) -> None:
    page.locator(".onboarding-step:visible", has_text=title).click()
    page.locator(".onboarding-step-footer:visible").get_by_role("button", name=button).click()


def workspace(page: Page) -> None:
    expect(page.locator(".onboarding-step:visible").first).to_be_visible()
    desk.come_to_rest(page)


def continue_to(page: Page, title: str) -> None:
    """What a step says before its page is used."""
    told = page.locator(".modal.show", has=page.locator(".modal-title", has_text=title))
    told.get_by_role("button", name="Continue").click()
    expect(told).to_have_count(0)


def test_a_manager_gets_from_nothing_to_a_live_contract(login, screenshot, site):
    page, began = login(*MANAGER), time.monotonic()
    page.goto("/app/support-retainer")
    workspace(page)
    screenshot(page, "onboarding")
    load_an_offer(page)
    workspace(page)
    step(page, "Check the settings", "Open the settings")
    continue_to(page, "Check the settings")
    expect(desk.field(page, "fee_item").locator("input")).to_have_value("Support Retainer Fee")
    page.locator("#navbar-breadcrumbs a", has_text="Support Retainer").click()
    workspace(page)
    sign(page, screenshot)
    assert time.monotonic() - began < TEN_MINUTES
    frappe.db.rollback()
    contract = frappe.get_doc("Retainer Contract", {"customer": CLIENT})
    assert (contract.docstatus, contract.status, contract.package) == (1, "Active", "Growth")


def load_an_offer(page: Page) -> None:
    step(page, "Choose what you sell", "Open the packages")
    continue_to(page, "Load Catalogue")
    page.get_by_role("button", name="Load Catalogue").click()
    dialog = page.locator(".modal.show")
    dialog.locator("select").select_option("000")
    expect(dialog).to_contain_text("Creates these packages")
    dialog.get_by_role("button", name="Load", exact=True).click()
    expect(page.locator(".modal.show .msgprint")).to_contain_text("Contracts can be made from: Starter, Growth")
    page.get_by_role("button", name="To the workspace").click()


def sign(page: Page, screenshot) -> None:
    """The client is new too, and made on the way."""
    step(page, "Sign the first contract", "Make a contract")
    box = desk.field(page, "customer").locator("input").first
    box.click()
    box.fill(CLIENT)
    page.locator(".awesomplete:visible [role=option]", has_text="Create a new Customer").click()
    quick = page.locator(".modal.show", has_text="New Customer")
    expect(quick.locator("[data-fieldname=customer_name] input").first).to_have_value(CLIENT)
    quick.get_by_role("button", name="Save").click()
    expect(box).to_have_value(CLIENT)
    desk.choose(page, "package", "Growth")
    expect(desk.field(page, "notice_days").locator("input")).to_have_value("30")
    desk.field(page, "go_live_date").locator("input").click()
    page.locator(".datepicker.active .datepicker--button", has_text="Today").click()
    desk.save(page)
    saved = page.locator(".modal.show", has_text="Document Saved")
    expect(saved).to_be_visible()
    saved.locator(".btn-modal-close").click()
    expect(saved).to_have_count(0)
    desk.submit(page)
    expect(desk.indicator(page)).to_have_text("Active")
    expect(page.locator(".retainer-glance")).to_contain_text("4:00 h left")
    screenshot(page, "onboarding-live")
    back_to_the_workspace(page)


def back_to_the_workspace(page: Page) -> None:
    """Frappe takes the one whose step is done there."""
    done = page.locator(".modal.show", has_text="Action Complete")
    done.get_by_role("button", name="Continue").click()
    page.wait_for_url(re.compile("support-retainer|Support%20Retainer"))
    workspace(page)
