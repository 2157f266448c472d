"""A client asks for an upgrade in the portal: a ticket, a job that plans it, the client's word, the work, its fee."""

import frappe
import pytest
from frappe.utils import add_days, add_to_date, getdate, today

from support_retainer.exceptions import JobNotReady
from support_retainer.maintenance import api
from support_retainer.monitoring import view
from support_retainer.site_time import utc_now
from support_retainer.testing import bill, make_contract
from support_retainer.testing.sites import make_site
from tests.support.people import acting_as, make_client, make_user
from tests.support.stories import allow_foreign_currency, invoices
from tests.support.web import Web, with_password

pytestmark = pytest.mark.commits
REQUEST, ANSWER = (f"support_retainer.portal.upgrades.{name}" for name in ("request", "answer"))
SITE = "odoo.client.example"


@pytest.fixture
def contract(site):
    """Started a month and a day ago, so that a period is over tomorrow."""
    allow_foreign_currency()
    return make_contract("Maintenance and Support", add_days(today(), -32), quantity=1000)


@pytest.fixture
def web(contract, site):
    make_site(contract, site_name=SITE)
    approver = make_client(contract, can_approve=1)
    with_password(approver)
    frappe.db.commit()
    return Web(site, approver)


def the_job(**filters):
    frappe.db.commit()  # what a request has written since is seen from here on
    return frappe.get_doc("Maintenance Job", {"site": SITE, **filters})


def test_the_page_of_a_site_says_what_the_contract_grants_and_what_it_costs(web):
    page = web.get(f"/support/sites/{SITE}").text
    assert "0 of 1 upgrades of this contract year are used." in page
    assert "9,900.00 is charged once when the work begins." in page
    assert "Ask for an upgrade" in page


def test_a_request_is_a_ticket_and_a_job_with_the_steps_of_the_package(web, contract):
    manager = make_user("Retainer Manager")
    frappe.db.commit()
    day = add_days(today(), 20)
    answer = web.call(REQUEST, site=SITE, version="18.0", wanted_by=day, wish="Please after the closing.")
    assert answer.status_code == 200
    job = the_job()
    assert (job.kind, job.target_version, job.due_date) == ("Upgrade", "18.0", getdate(day))
    assert (job.activity, job.activity_type) == ("Yearly Version Upgrade", "Version Upgrade")
    assert job.steps[0].step == "Set up test and development instances with their databases"
    issue = frappe.get_doc("Issue", job.issue)
    assert answer.json["message"] == f"/support/tickets/{issue.name}"
    assert (issue.retainer_contract, issue.managed_site) == (contract.name, SITE)
    assert (issue.raised_by, issue.retainer_channel) == (web.user, "Portal")
    assert "after the closing" in issue.description
    assert frappe.db.exists("Notification Log", {"for_user": manager, "document_name": job.name})
    page = web.get(f"/support/sites/{SITE}").text
    assert f"/support/tickets/{issue.name}" in page
    assert "not planned yet" in page


def test_a_second_request_while_one_is_under_way_leaves_nothing_behind(web):
    web.call(REQUEST, site=SITE)
    again = web.call(REQUEST, site=SITE)
    assert again.status_code == 417
    assert "under way already" in again.text
    frappe.db.rollback()
    assert frappe.db.count("Maintenance Job", {"site": SITE}) == 1
    assert frappe.db.count("Issue", {"managed_site": SITE}) == 1


@pytest.mark.parametrize("day", ["2020-01-01", "soon", "2026-13-45", "<script>"])
def test_a_day_that_is_none_or_over_is_told_so(web, day):
    answer = web.call(REQUEST, site=SITE, wanted_by=day)
    assert answer.status_code == 417
    assert "choose a day from today on" in answer.text


def test_a_package_without_upgrades_offers_none(site):
    allow_foreign_currency()
    contract = make_contract("Basic", "2026-08-31")
    watched = make_site(contract)
    person = make_client(contract, can_approve=1)
    with_password(person)
    frappe.db.commit()
    web = Web(site, person)
    assert "Ask for an upgrade" not in web.get(f"/support/sites/{watched.name}").text
    assert web.call(REQUEST, site=watched.name).status_code == 404


def planned(web):
    """Asked for by the client, planned by us, approved by the client."""
    web.call(REQUEST, site=SITE, version="18.0")
    job = the_job()
    starts = add_to_date(None, hours=-1, as_datetime=True)
    plan = {"staging_result": "Passed", "rollback_plan": "The backup of the night"}
    job.update({**plan, "window_starts": starts, "window_ends": add_to_date(starts, hours=3)}).save()
    api.ask_approval(job.name)
    frappe.db.commit()
    assert "Waits for your word" in web.get(f"/support/sites/{SITE}").text
    assert web.call(ANSWER, job=job.name, approved=1).status_code == 200
    return the_job()


def finish(job):
    for row in job.steps:
        row.done = 1
    job.append("evidence", {"what": "Minutes of the test"})
    job.update({"status": "Done", "verification": "Key users have tested"}).save()


def test_an_upgrade_is_counted_once_a_year_and_its_fee_is_on_the_next_invoice(web, contract):
    make_user("Retainer Agent")
    job = planned(web)
    job.update({"status": "In Progress"}).save()
    with pytest.raises(JobNotReady, match="log its time first"):
        finish(job)
    (sheet,) = api.log_time(job.name, 90, "test instance")
    assert frappe.get_doc("Timesheet", sheet).time_logs[0].issue == job.issue
    frappe.get_doc("Timesheet", sheet).submit()
    finish(the_job())
    frappe.db.commit()
    assert "1 of 1 upgrades of this contract year are used." in web.get(f"/support/sites/{SITE}").text
    bill(add_days(today(), 31), contract)
    fees = [item.amount for invoice in invoices(contract) for item in invoice.items if "Upgrade" in item.description]
    assert fees == [9900]


def test_an_upgrade_that_staff_begins_has_one_ticket_for_all_its_time(web, contract):
    make_user("Retainer Agent")
    values = {"title": "Odoo 18", "kind": "Upgrade", "due_date": today(), "activity_type": "Version Upgrade"}
    job = frappe.get_doc(doctype="Maintenance Job", site=SITE, **values).insert()
    (first,) = api.log_time(job.name, 10, "copy")
    frappe.flags.current_time = add_to_date(None, hours=1, as_datetime=True)
    (second,) = api.log_time(job.name, 10, "patches")
    issues = frappe.get_all("Timesheet Detail", {"parent": ["in", (first, second)]}, pluck="issue", distinct=True)
    assert issues == [the_job().issue]
    assert issues[0]


def test_the_window_of_an_approved_upgrade_is_announced_and_raises_no_alert(web):
    job = planned(web)
    watched = frappe.get_doc("Managed Site", SITE)
    assert watched.in_maintenance(utc_now())
    (window,) = view.windows([SITE], utc_now())
    assert (window.reason, window.is_now) == (job.title, True)
    later = add_to_date(None, days=2, as_datetime=True)
    job.update({"window_starts": later, "window_ends": add_to_date(later, hours=1)}).save()
    assert job.approval == "Not Asked"
    assert not frappe.get_doc("Managed Site", SITE).windows


def test_what_is_done_earlier_ends_its_window_and_before_its_time_has_none(web):
    record = window_job()
    record.update({"status": "Done"}).save()
    assert not frappe.get_doc("Managed Site", SITE).windows
    started = add_to_date(None, hours=-1, as_datetime=True)
    record.update({"status": "In Progress", "window_starts": started}).save()
    assert frappe.get_doc("Managed Site", SITE).in_maintenance(utc_now())
    record.update({"status": "Done"}).save()
    assert not frappe.get_doc("Managed Site", SITE).in_maintenance(utc_now())
    assert frappe.get_doc("Managed Site", SITE).windows[0].starts_at == started


def test_a_job_that_is_not_needed_takes_its_window_along(web):
    job = planned(web)
    job.update({"status": "Not Needed", "note": "We wait for the next release."}).save()
    assert not frappe.get_doc("Managed Site", SITE).windows


def window_job():
    starts = add_to_date(None, days=1, as_datetime=True)
    values = {"title": "New disks", "due_date": today(), "window_starts": starts}
    return frappe.get_doc(
        doctype="Maintenance Job", site=SITE, window_ends=add_to_date(starts, hours=2), **values
    ).insert()


def test_the_window_of_any_job_is_announced_unless_it_waits_for_the_client(web):
    job = window_job()
    (window,) = frappe.get_doc("Managed Site", SITE).windows
    assert (window.starts_at, window.ends_at) == (job.window_starts, job.window_ends)
    api.ask_approval(job.name)
    assert not frappe.get_doc("Managed Site", SITE).windows
    with pytest.raises(JobNotReady, match="Approval"):
        the_job().update({"status": "In Progress"}).save()
    job = the_job()
    frappe.db.commit()
    listed = web.get("/support/sites").text
    assert "Please decide: New disks" in listed
    assert "If it goes wrong" not in listed
    assert web.call(ANSWER, job=job.name, approved=1).status_code == 200
    job = the_job()
    job.update({"status": "In Progress"}).save()
    assert frappe.get_doc("Managed Site", SITE).windows[0].job == job.name


def test_who_may_not_approve_reads_and_does_not_answer(web, contract, site):
    job = window_job()
    api.ask_approval(job.name)
    reader = make_client(contract)
    with_password(reader)
    frappe.db.commit()
    other = Web(site, reader)
    assert "Please decide" not in other.get("/support/sites").text
    assert other.call(ANSWER, job=job.name, approved=1).status_code == 403
    assert the_job().approval == "Asked"


def test_agents_plan_and_clients_see_no_desk(web):
    web.call(REQUEST, site=SITE)
    job = the_job()
    with acting_as(make_user("Retainer Agent")):
        assert frappe.has_permission("Maintenance Job", "write", job)
    assert web.get(f"/api/resource/Maintenance Job/{job.name}").status_code == 403
