"""A server moves: planned, approved in the portal with its fee in sight, done with proof on one ticket, and charged."""

import frappe
import pytest
from frappe.utils import add_days, add_to_date, today

from support_retainer.catalogues import loader
from support_retainer.exceptions import JobNotReady
from support_retainer.maintenance import api
from support_retainer.testing import bill, make_contract
from support_retainer.testing.sites import make_site
from tests.support.people import make_client, make_user
from tests.support.stories import allow_foreign_currency, invoices
from tests.support.web import Web, with_password

pytestmark = pytest.mark.commits
SITE = "erp.coralbay.example"


@pytest.fixture
def contract(site):
    """Moves are charged by the hour here, with a fee at their start."""
    loader.load("001")
    allow_foreign_currency()
    package = frappe.copy_doc(frappe.get_doc("Support Package", "Self-Hosted ERPNext Support"))
    package.package_name = "Self-hosted with moves apart"
    for rule in package.coverage:
        if rule.activity_type == "Server Migration":
            rule.update({"treatment": "Hourly", "rate": 80, "one_off_fee": 250})
    package.insert()
    made = make_contract(package.name, add_days(today(), -32))
    make_site(made, site_name=SITE, monitoring_level="None")
    return made


def test_a_server_moves_with_the_clients_word_its_proof_and_its_fee(contract, site):
    make_user("Retainer Manager")
    approver = make_client(contract, can_approve=1)
    with_password(approver)
    starts = add_to_date(None, days=1, as_datetime=True)
    plan = {"window_starts": starts, "window_ends": add_to_date(starts, hours=4), "note": "To Frankfurt."}
    job = frappe.get_doc(
        doctype="Maintenance Job", activity="Server Migration", site=SITE, due_date=today(), **plan
    ).insert()
    assert (job.title, job.kind) == ("Server Migration", "Server Migration")
    assert job.steps[2].step == "Restore on the new server"
    job.update({"rollback_plan": "The old server stays ready."}).save()
    api.ask_approval(job.name)
    frappe.db.commit()
    web = Web(site, approver)
    page = web.get("/support/sites").text
    for said in (
        "Please decide: Server Migration",
        "The old server stays ready.",
        "To Frankfurt.",
        "250.00 is charged once",
    ):
        assert said in page
    with pytest.raises(JobNotReady, match="Approval"):
        job.reload().update({"status": "In Progress"}).save()
    frappe.db.rollback()  # what was refused still holds the job
    assert web.call("support_retainer.portal.upgrades.answer", job=job.name, approved=1).status_code == 200
    frappe.db.commit()
    job.reload().update({"status": "In Progress"}).save()
    sheets = api.log_time(job.name, 90)
    assert frappe.get_doc("Timesheet", sheets[0]).time_logs[0].issue == job.reload().issue
    frappe.db.commit()
    with pytest.raises(JobNotReady, match="Evidence"):
        job.update({"status": "Done"}).save()
    frappe.db.rollback()
    job.reload()
    for row in job.steps:
        row.done = 1
    job.append("evidence", {"what": "Rows of every table, before and after"})
    job.update({"status": "Done"}).save()
    frappe.get_doc("Timesheet", sheets[0]).submit()
    frappe.db.commit()
    assert "Server Migration" in web.get(f"/support/sites/{SITE}").text
    bill(add_days(today(), 31), contract)
    charged = [row.amount for one in invoices(contract) for row in one.items if "Server Migration" in row.description]
    assert charged == [120, 250]
