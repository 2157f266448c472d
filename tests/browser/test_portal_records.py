"""Pages of one record each, beside the tickets: who relies on a screen reader or has a phone gets through them too."""

from datetime import timedelta

import frappe
import pytest
from frappe.utils import add_days, add_to_date, nowdate

from support_retainer.billing import suspension
from support_retainer.domain.suspension import SuspendedFor
from support_retainer.hours import estimates
from support_retainer.monitoring import rollup
from support_retainer.offboarding import notice
from support_retainer.reporting import drafts, sending
from support_retainer.site_time import to_site, utc_now
from support_retainer.testing import bill, make_contract, make_customer, make_issue, make_timesheet
from support_retainer.testing.sites import make_site
from tests.browser.access import SIZES, faults, fits
from tests.support.people import make_client
from tests.support.stories import worked

SITE = "erp.harborpine.example"
TASKS = [{"task": "Print the batch number on the delivery note", "hours": 4, "rate": 150}]


@pytest.fixture
def client(site) -> dict[str, str]:
    """An admin with one of each record; service is on hold and the contract under notice."""
    contract = make_contract("Professional", add_days(nowdate(), -40), customer=make_customer("Harbor & Pine Design"))
    user = make_client(contract, can_approve=1, is_admin=1, receives_reports=1)
    make_client(contract, tickets="Own", can_approve=1, approval_limit=500)
    issue = make_issue(contract, raised_by=user, subject="Payslips are a day late")
    make_timesheet(worked(issue, f"{add_days(nowdate(), -20)} 09:00", 50))
    bill(nowdate(), contract)
    quotation = estimates.make(issue, TASKS, add_days(nowdate(), 14))
    quotation.submit()
    watch(contract)
    report = drafts.make(contract.name, "Monthly", add_days(nowdate(), -20))
    sending.send(report.name)
    notice.give(contract.reload())
    suspension.suspend(contract.reload(), SuspendedFor.OVERDUE)
    frappe.get_doc(doctype="Client Data Export", contract=contract.name).insert()
    frappe.db.commit()
    return {"user": user, "estimate": quotation.name, "report": report.name}


def watch(contract) -> None:
    """A site with checks, an outage and a window ahead."""
    record, now = make_site(contract, site_name=SITE), utc_now()
    for minutes in range(5, 100, 5):
        row = {"at": to_site(now - timedelta(minutes=minutes)), "is_up": int(minutes != 50), "response_ms": 200}
        frappe.get_doc(doctype="Site Check", site=record.name, **row).insert()
    outage = {"title": "Down", "check": "Uptime", "reason": "Timeout", "started_at": add_to_date(None, hours=-2)}
    frappe.get_doc(doctype="Site Incident", site=record.name, **outage).insert()
    starts = add_to_date(None, days=1, as_datetime=True)
    record.reload().append(
        "windows", {"starts_at": starts, "ends_at": add_to_date(starts, hours=2), "reason": "Upgrade"}
    )
    record.save()
    rollup.sum_up()


@pytest.mark.parametrize("size", SIZES)
def test_pages_of_one_record_are_accessible_and_fit(login, screenshot, client, axe, size):
    width, height = SIZES[size]
    page, wrong = login(user=client["user"], width=width, height=height), []
    paths = {
        "site": f"/support/sites/{SITE}",
        "report": f"/support/reports/{client['report']}",
        "estimate": f"/support/estimates/{client['estimate']}",
        "exports-at-the-end": "/support/exports",
        "contract-at-the-end": "/support/contract",
        "invoices": "/support/invoices",
    }
    for name, path in paths.items():
        assert page.goto(path).status == 200, path
        screenshot(page, f"portal-{size}-{name}")
        wrong += faults(page, axe)
        if not fits(page):
            wrong.append(f"{path} is wider than the window")
    assert wrong == []


def test_a_notice_is_withdrawn_while_service_is_on_hold(login, client):
    page = login(user=client["user"])
    page.goto("/support/contract")
    page.get_by_role("button", name="Withdraw notice").click()
    with page.expect_navigation():
        page.get_by_role("button", name="Yes, go on").click()
    page.get_by_role("heading", name="Give notice").wait_for()
    frappe.db.rollback()
    row = frappe.db.get_value("Retainer Contract", {}, ["status", "notice_given_on", "end_date"])
    assert row == ("Suspended", None, None)
