"""Sites in the desk: a check that finds an outage, an upgrade from the client's wish to its end, a backup that is
restored, an advisory, an audit, and an announcement that the client reads."""

import gzip
import re

import frappe
import pytest
from frappe.utils import add_days, add_to_date, nowdate
from playwright.sync_api import expect

from support_retainer.catalogues import loader
from support_retainer.maintenance import uploaded
from support_retainer.monitoring.run import check_sites
from support_retainer.testing.factories import make_contract, make_customer
from support_retainer.testing.sites import make_site
from tests.browser import desk
from tests.support.people import make_client, make_user
from tests.support.stories import allow_foreign_currency
from tests.support.web_servers import web_server

SITE = "erp.coralbay.example"
SQL = b"""-- MariaDB dump
CREATE TABLE `tabDocType` (`name` varchar(140) PRIMARY KEY);
INSERT INTO `tabDocType` VALUES ('User'), ('Role');
-- Dump completed on 2026-09-14 10:00:00
"""


@pytest.fixture
def manager(site):
    return make_user("Retainer Manager", "Accounts User", "Projects User", "System Manager")


@pytest.fixture
def contract(manager):
    loader.load("001")
    allow_foreign_currency()
    customer = make_customer("Coral Bay Trading")
    made = make_contract("Maintenance and Support", add_days(nowdate(), -10), quantity=1000, customer=customer)
    frappe.db.commit()
    return made


@pytest.fixture
def watched(contract):
    made = make_site(contract, site_name=SITE, monitoring_level="None")
    figures = (
        "scheduler: Active\npending jobs: 3\nfailing jobs: 0\nerrors per day: 12\ndatabase mb: 612\nstorage mb: 900"
    )
    made.db_set({"versions": "erpnext 15.70.0", "figures": figures, "newest_backup_at": "2026-09-14 02:00:00"})
    frappe.db.commit()
    return made.name


def button(page, label):
    return page.locator(".page-head:visible").get_by_role("button", name=label, exact=True)


def pick(page, fieldname, value):
    desk.field(page, fieldname).locator("select").select_option(value)


def tick(page, fieldname):
    desk.field(page, fieldname).locator("input.input-with-feedback").check()


def test_a_site_is_entered_checked_and_its_outage_is_a_ticket(login, screenshot, contract, manager):
    page = login(user=manager)
    with web_server() as server:
        page.goto("/app/managed-site/new")
        desk.fill(page, "site_name", SITE)
        desk.fill(page, "url", server.url())
        desk.choose(page, "contract", "Coral Bay Trading")
        pick(page, "monitoring_level", "24x7")
        page.locator(".section-head:visible", has_text="Access").click()
        tick(page, "internal")
        desk.save(page)
        page.wait_for_url(re.compile(r"/managed-site/erp\.coralbay"))
        expect(desk.indicator(page)).to_have_text("Unknown")
        expect(desk.field(page, "customer")).to_contain_text("Coral Bay Trading")
        server.status = 500
        button(page, "Check Now").click()
        expect(page.get_by_text("The check has started.")).to_be_visible()
        frappe.db.rollback()
        assert check_sites(SITE).opened == 1  # the worker's part
        expect(desk.indicator(page)).to_have_text("Down")
        expect(page.get_by_text("Uptime: the server answers with an error.").first).to_be_visible()
        screenshot(page, "site-down")
    page.goto("/app/site-incident")
    expect(page.locator(".list-row", has_text="Uptime").first).to_contain_text("Open")
    screenshot(page, "site-incidents")
    page.locator(".list-row a", has_text=f"{SITE}: Uptime").first.click()
    expect(desk.field(page, "reason")).to_contain_text("the server answers with an error")
    screenshot(page, "site-incident")


def test_an_upgrade_from_the_client_s_wish_to_its_end(login, screenshot, contract, watched, manager):
    approver = make_client(contract, can_approve=1)
    make_user("Retainer Agent")
    frappe.db.commit()
    client = login(user=approver)
    client.goto(f"/support/sites/{SITE}")
    client.get_by_role("button", name="Ask for an upgrade").click()
    client.get_by_label("To version").fill("18.0")
    client.get_by_label("What should we know?").fill("Please not in the week of the closing.")
    screenshot(client, "portal-upgrade-ask")
    client.get_by_role("button", name="Send").click()
    client.wait_for_url(re.compile("/support/tickets/"))
    expect(client.get_by_role("heading", level=1)).to_have_text(f"Upgrade of {SITE}")

    frappe.db.rollback()
    job = frappe.db.get_value("Maintenance Job", {"site": SITE, "kind": "Upgrade"})
    page = login(user=manager)
    page.goto(f"/app/maintenance-job/{job}")
    expect(page.get_by_text("0 of 1 upgrades of this contract year are used.")).to_be_visible()
    screenshot(page, "upgrade-wanted")
    button(page, "Ask the Client").click()
    expect(desk.message(page)).to_contain_text("Staging Test")
    screenshot(page, "upgrade-not-ready")
    page.keyboard.press("Escape")
    starts = add_to_date(None, days=1, as_datetime=True).replace(hour=20, minute=0, second=0)
    pick(page, "staging_result", "Passed")
    desk.fill(page, "staging_note", "All reports compared on a copy of last night.")
    desk.fill(page, "rollback_plan", "Restore the backup that is taken right before.")
    for fieldname, moment in (("window_starts", starts), ("window_ends", add_to_date(starts, hours=3))):
        desk.fill(page, fieldname, frappe.utils.format_datetime(moment, "dd-MM-yyyy HH:mm:ss"))
    desk.save(page)
    expect(page.locator(".indicator-pill:visible", has_text="Not Saved")).to_have_count(0)
    button(page, "Ask the Client").click()
    expect(page.get_by_text(f"Asked {approver}.")).to_be_visible()

    client.goto("/support/sites")
    screenshot(client, "portal-upgrade-decide")
    client.get_by_role("button", name="Approve").click()
    client.get_by_role("button", name="Yes, go on").click()
    expect(client.get_by_text(f"Maintenance of {SITE}")).to_be_visible()
    screenshot(client, "portal-upgrade-approved")

    page.reload()
    expect(desk.field(page, "approval")).to_contain_text("Approved")
    pick(page, "status", "In Progress")
    desk.save(page)
    expect(desk.indicator(page)).to_have_text("In Progress")
    button(page, "Log Time").click()
    page.locator(".modal.show [data-fieldname=minutes] input").fill("30")
    screenshot(page, "upgrade-log-time")
    page.locator(".modal.show .btn-primary", has_text="Log").click()
    expect(page.locator(".desk-alert", has_text="Logged on")).to_be_visible()
    screenshot(page, "upgrade-under-way")

    frappe.db.rollback()
    record = frappe.get_doc("Maintenance Job", job)
    for row in record.steps:
        row.done = 1
    record.append("evidence", {"what": "Minutes of the key users' test"})
    record.save()
    frappe.db.commit()
    page.reload()
    desk.fill(page, "verification", "The key users have tested sales and stock.")
    pick(page, "status", "Done")
    desk.save(page)
    expect(desk.indicator(page)).to_have_text("Done")
    screenshot(page, "upgrade-done")
    client.goto(f"/support/sites/{SITE}")
    expect(client.locator("section[aria-labelledby=upgrades]")).to_contain_text("Done")
    screenshot(client, "portal-upgrade-done")


def test_a_backup_file_is_restored(login, screenshot, watched, manager, tmp_path):
    file = tmp_path / "20260914_100000-coralbay-database.sql.gz"
    file.write_bytes(gzip.compress(SQL))
    page = login(user=manager)
    page.goto(f"/app/managed-site/{SITE}")
    button(page, "Test a Backup File").click()
    page.wait_for_url(re.compile("/restore-test/new"))
    desk.field(page, "upload").get_by_role("button", name="Attach").click()
    page.locator(".modal.show input[type=file]").first.set_input_files(file)
    page.locator(".modal.show .btn-primary", has_text="Upload").click()
    expect(desk.field(page, "upload")).to_contain_text("coralbay-database")
    screenshot(page, "restore-attached")
    desk.save(page)
    button(page, "Restore it").click()
    expect(desk.indicator(page)).to_have_text("Running")
    frappe.db.rollback()
    uploaded.run(frappe.db.get_value("Restore Test", {"site": SITE}))  # the worker's part
    page.reload()
    expect(desk.indicator(page)).to_have_text("Passed")
    screenshot(page, "restore-passed")


def test_an_advisory_makes_a_job_for_each_affected_site(login, screenshot, watched, manager):
    page = login(user=manager)
    page.goto("/app/security-advisory/new")
    desk.fill(page, "title", "Anyone may read attachments")
    desk.fill(page, "app", "erpnext")
    form = desk.open_last_row(page, "fixes")
    form.locator("[data-fieldname=fixed_in] input").fill("15.71.2")
    desk.close_row(page)
    screenshot(page, "advisory-new")
    desk.save(page)
    page.wait_for_url(re.compile(r"/security-advisory/(?!new)"))
    screenshot(page, "advisory")
    expect(desk.field(page, "affected_sites")).to_contain_text("1")
    page.goto("/app/maintenance-job")
    expect(page.locator(".list-row", has_text="Anyone may read attachments").first).to_be_visible()
    screenshot(page, "maintenance-jobs")
    page.goto("/app/maintenance-job/view/calendar/default")
    expect(page.locator(".fc-daygrid-day, .fc-day").first).to_be_visible()
    screenshot(page, "maintenance-calendar")


def test_an_audit_is_filled_in_from_the_checks(login, screenshot, watched, manager):
    job = frappe.get_doc(doctype="Maintenance Job", activity="Server Audit", site=SITE, due_date=nowdate()).insert()
    frappe.db.commit()
    page = login(user=manager)
    page.goto(f"/app/maintenance-job/{job.name}")
    button(page, "Fill in from Checks").click()
    expect(page.get_by_text("findings filled in from the checks.")).to_be_visible()
    expect(desk.field(page, "steps")).to_contain_text("12 errors in the last day.")
    screenshot(page, "audit-filled")


def test_an_announcement_is_a_banner_of_the_client(login, screenshot, contract, watched, manager):
    reader = make_client(contract)
    frappe.db.commit()
    page = login(user=manager)
    page.goto("/app/client-announcement/new")
    desk.fill(page, "title", "New data centre")
    pick(page, "kind", "Maintenance")
    tick(page, "published")
    message = desk.field(page, "message").locator("textarea")
    message.fill("We move on Sunday. Nothing changes for you.")
    message.blur()
    screenshot(page, "announcement")
    desk.save(page)
    expect(page.get_by_text("ANN-").first).to_be_visible()
    client = login(user=reader)
    client.goto("/support")
    expect(client.get_by_text("We move on Sunday. Nothing changes for you.")).to_be_visible()
    screenshot(client, "portal-announcement")
