"""Maintenance jobs: made ahead, done with proof, told of when late, and an upgrade that the client approves."""

import frappe
import pytest
from frappe.utils import add_to_date, getdate

from support_retainer.catalogues import loader
from support_retainer.exceptions import AlreadyDecided, JobNotReady, WrongCustomer
from support_retainer.maintenance import api, jobs
from support_retainer.maintenance.api import events
from support_retainer.testing import make_contract
from support_retainer.testing.sites import make_site
from tests.support.people import acting_as, make_client, make_user
from tests.support.web import Web, with_password

pytestmark = pytest.mark.commits
TODAY = "2026-09-20"


@pytest.fixture
def contract(site):
    loader.load("000")
    found = make_contract("Growth", "2026-07-01")
    make_site(found, site_name="erp.client.example")
    frappe.db.commit()
    return found


def made(contract, **filters):
    found = frappe.get_all(
        "Maintenance Job", {"contract": contract.name, **filters}, ["title", "due_date", "site"], order_by="title"
    )
    return [(row.title, str(row.due_date), row.site) for row in found]


def job(contract, **values):
    values = {"title": "Security scan", "due_date": "2026-09-30", "contract": contract.name, **values}
    return frappe.get_doc(doctype="Maintenance Job", **values).insert()


def test_what_the_package_promises_is_planned_ahead_and_only_once(contract):
    assert jobs.make_ahead(getdate(TODAY)) == 4
    site = "erp.client.example"
    assert made(contract) == [
        ("Backup Restore Test", "2026-09-30", site),
        ("Security Patches", "2026-09-30", site),
        ("Software Updates", "2026-09-30", site),
        ("System Health Check", "2026-09-30", site),
    ]
    assert jobs.make_ahead(getdate(TODAY)) == 0
    record = frappe.get_doc("Maintenance Job", {"title": "Security Patches"})
    assert len(record.steps) == 4
    assert record.activity_type == "Security Patch"


def test_what_the_package_does_not_promise_is_not_planned(contract):
    jobs.make_ahead(getdate("2026-12-20"))
    assert "Leadership Review" not in [title for title, _due, _site in made(contract)]


def test_nothing_is_planned_beyond_the_end_of_a_contract(contract):
    contract.db_set("end_date", "2026-09-25")
    assert jobs.make_ahead(getdate(TODAY)) == 0


def refused(record, values, field):
    with pytest.raises(JobNotReady, match=field):
        record.update(values).save()
    return record.reload()


def test_a_job_is_done_with_its_steps_and_its_proof_and_not_before(contract):
    record = job(contract, needs_evidence=1, steps=[{"step": "Look"}, {"step": "Mend"}])
    refused(record, {"status": "Done"}, "Checklist|Steps")
    for row in record.steps:
        row.done = 1
    record.save()
    assert record.steps[0].done_by == "Administrator"
    refused(record, {"status": "Done"}, "Evidence")
    record.append("evidence", {"what": "Nothing was found", "link": "https://wiki.example/scan"})
    record.update({"status": "Done"}).save()
    assert record.done_on


def test_a_job_that_is_not_needed_says_why(contract):
    record = job(contract, status="Planned")
    record.status = "Not Needed"
    with pytest.raises(JobNotReady, match="Note"):
        record.save()


def test_a_site_of_another_client_is_refused(contract):
    other = make_site(make_contract("Growth", "2026-07-01"))
    with pytest.raises(WrongCustomer):
        job(contract, site=other.name)


def test_late_jobs_are_told_of_once_for_each_level(contract):
    agent, manager = make_user("Retainer Agent"), make_user("Retainer Manager")
    job(contract, responsible=agent, due_date="2026-09-14")
    assert [jobs.escalate(getdate(f"2026-09-{day}")) for day in (14, 15, 16, 17, 18)] == [0, 1, 0, 1, 0]
    told = {user: frappe.db.count("Notification Log", {"for_user": user}) for user in (agent, manager)}
    assert told[agent] == 2
    assert told[manager] == 1


def test_minutes_on_a_job_are_free_where_the_contract_says_so(contract):
    make_user("Retainer Agent")
    record = job(contract, activity_type="Security Patch")
    (sheet,) = api.log_time(record.name, 45, "two patches")
    row = frappe.get_doc("Timesheet", sheet).time_logs[0]
    assert (row.retainer_contract, row.activity_type) == (contract.name, "Security Patch")
    assert row.retainer_coverage == "Free"


def test_the_calendar_shows_what_is_due(contract):
    job(contract)
    found = events("2026-09-01", "2026-10-01")
    assert [row.title for row in found] == [f"Security scan, {contract.customer}"]
    with acting_as(make_user("Projects User")), pytest.raises(frappe.PermissionError):
        events("2026-09-01", "2026-10-01")


def upgrade(contract, **values):
    start = add_to_date(None, days=3, as_datetime=True)
    plan = {
        "title": "ERPNext 16",
        "kind": "Upgrade",
        "target_version": "16.2.0",
        "staging_result": "Passed",
        "rollback_plan": "Restore the backup of the same night",
        "window_starts": start,
        "window_ends": add_to_date(start, hours=3),
    }
    return job(contract, site="erp.client.example", **plan | values)


def test_a_plan_without_a_test_or_a_way_back_is_not_put_before_the_client(contract):
    with pytest.raises(JobNotReady, match=r"Staging Test.*Rollback Plan"):
        api.ask_approval(upgrade(contract, staging_result="", rollback_plan="").name)


def test_an_upgrade_waits_for_the_client_who_approves_it_in_the_portal(contract, site):
    approver, reader = make_client(contract, can_approve=1), make_client(contract)
    for user in (approver, reader):
        with_password(user)
    record = upgrade(contract)
    api.ask_approval(record.name)
    record.reload()
    refused(record, {"status": "In Progress"}, "Approval")
    frappe.db.commit()
    web = Web(site, approver)
    assert "16.2.0" in web.get("/support/sites").text
    answer = {"job": record.name, "approved": 1}
    assert Web(site, reader).call("support_retainer.portal.upgrades.answer", **answer).status_code == 403
    assert web.call("support_retainer.portal.upgrades.answer", **answer).status_code == 200
    assert web.call("support_retainer.portal.upgrades.answer", **answer).status_code == 417
    frappe.db.rollback()
    record.reload()
    assert (record.approval, record.approved_by) == ("Approved", approver)
    record.status = "In Progress"
    record.save()
    record.update({"status": "Done", "verification": "Key users have tested"})
    record.save()


def test_another_plan_is_another_question(contract):
    record = upgrade(contract)
    api.ask_approval(record.name)
    record.reload()
    record.rollback_plan = "None"
    record.save()
    assert record.approval == "Not Asked"


def test_the_upgrade_of_another_client_is_not_there(contract, site):
    stranger = make_client(make_contract("Growth", "2026-07-01"), can_approve=1)
    with_password(stranger)
    record = upgrade(contract)
    api.ask_approval(record.name)
    frappe.db.commit()
    answer = Web(site, stranger).call("support_retainer.portal.upgrades.answer", job=record.name, approved=1)
    assert answer.status_code == 404
    from support_retainer.maintenance import upgrades

    upgrades.answer(record.name, "Administrator", False, "")
    with pytest.raises(AlreadyDecided):
        upgrades.answer(record.name, "Administrator", True, "")


def test_an_audit_is_filled_in_from_the_checks_and_nothing_that_was_written_is_lost(contract):
    loader.load("001")
    watched = frappe.get_doc("Managed Site", "erp.client.example")
    figures = "errors per day: 12\nstorage mb: 900\ndatabase mb: 300"
    watched.db_set({"figures": figures, "newest_backup_at": "2026-09-14 02:00:00"})
    record = job(contract, activity="Server Audit", site=watched.name)
    record.steps[0].finding = "Cleaned by hand"
    record.save()
    api.fill_audit(record.name)
    record.reload()
    findings = {row.step: row.finding for row in record.steps}
    assert findings["Log review and clean-up"] == "Cleaned by hand"
    assert "Never restore-tested" in findings["Review of snapshot backups"]
    assert "900" in findings["Clearing disk space"]
    assert not any(row.done for row in record.steps)


def test_an_audit_says_all_that_the_checks_know_once(contract):
    loader.load("001")
    watched = frappe.get_doc("Managed Site", "erp.client.example")
    figures = {"deadlocks": 3, "cache mb": 1.5, "buffer mb": 128, "database mb": 300, "pending jobs": 2}
    watched.db_set(
        {
            "figures": "\n".join(f"{name}: {value}" for name, value in figures.items()),
            "versions": "erpnext 14.70.0",
            "certificate_expires_on": "2027-01-31",
            "response_ms": 210,
        }
    )
    frappe.db.set_single_value("Retainer Settings", "known_releases", "erpnext 14.80.0")
    day = {"day": getdate(), "up": 287, "down": 1}
    frappe.get_doc(doctype="Site Check Rollup", site=watched.name, **day).insert()
    record = job(contract, activity="Server Audit", site=watched.name)
    for _twice in range(2):
        api.fill_audit(record.name)
    record.reload()
    findings = {row.step: row.finding for row in record.steps}
    assert findings["Clear memory"].startswith("Buffer of the database 128 MB for 300 MB of data. Redis holds 1.5 MB.")
    assert findings["Database deadlock review"].startswith("3 deadlocks among the errors of the last day.")
    up, versions, seen = (row.what for row in record.evidence)
    assert "up 99.65 % of 90 days, 0 incidents" in up
    assert "erpnext 14.70.0, newest release 14.80.0" in versions
    assert "Last answer in 210 ms." in seen


def test_an_audit_is_printed_with_its_findings_and_as_text(contract):
    loader.load("001")
    record = job(contract, activity="Server Audit", site="erp.client.example", note="<b>bold</b>")
    record.steps[0].update({"done": 1, "finding": "12 errors in the last day."})
    record.append("evidence", {"what": "Screenshot of the disk"})
    record.save()
    page = frappe.get_print("Maintenance Job", record.name, "Maintenance Report")
    for told in ("Log review and clean-up", "12 errors in the last day.", "Screenshot of the disk", "&lt;b&gt;bold"):
        assert told in page
