"""The desk in a real browser: the records of this app open for those who may see them."""

import pytest
from playwright.sync_api import expect


@pytest.mark.parametrize(
    ("role", "route", "title"),
    [
        ("Retainer Manager", "support-package", "Support Package"),
        ("Retainer Manager", "sla-policy", "SLA Policy"),
        ("Retainer Agent", "retainer-contract", "Retainer Contract"),
    ],
)
def test_a_list_opens_for_a_role_that_may_read_it(login, screenshot, role, route, title):
    page = login(role)
    page.goto(f"/app/{route}")

    expect(page.locator(".page-title .title-text:visible")).to_have_text(title)
    screenshot(page, f"list-{route}")


def test_a_new_package_shows_its_form(login, screenshot):
    page = login("Retainer Manager")
    page.goto("/app/support-package/new")

    expect(page.locator("[data-fieldname=package_name] input:visible").first).to_be_editable()
    screenshot(page, "form-support-package")


def test_somebody_without_a_role_of_ours_is_turned_away(login):
    page = login("Employee")
    page.goto("/app/support-package")

    expect(page.get_by_role("heading", name="Not permitted")).to_be_visible()
    expect(page.locator(".list-row")).to_have_count(0)
