"""The one-off fee of an upgrade is due when its job starts: once, whoever began the work and whatever happens after."""

import frappe
import pytest

from support_retainer.billing.preview import plan
from support_retainer.exceptions import JobNotReady, ManagersOnly
from support_retainer.reporting import contract_record
from support_retainer.retainer.report.unbilled_usage import unbilled_usage
from support_retainer.testing import bill, make_contract, make_issue, make_timesheet
from support_retainer.testing.sites import make_site
from tests.support.people import acting_as, make_user
from tests.support.stories import allow_foreign_currency, assert_books_balance, at, grant_warranty, invoices, worked

pytestmark = pytest.mark.commits
FEE = 9900


@pytest.fixture
def contract(site):
    """One upgrade a year is included, with a fee at its start."""
    allow_foreign_currency()
    at("2026-08-31 09:00")
    made = make_contract("Maintenance and Support", "2026-08-31", quantity=1000)
    bill("2026-08-31", made)
    at("2026-09-14 19:30")
    return made


@pytest.fixture
def job(contract):
    """Planned and approved, with a ticket."""
    record = frappe.get_doc(
        doctype="Maintenance Job",
        title="Odoo 18",
        kind="Upgrade",
        site=make_site(contract).name,
        issue=make_issue(contract).name,
        activity_type="Version Upgrade",
        due_date="2026-09-30",
        staging_result="Passed",
        rollback_plan="The backup of the night",
        verification="Key users have tested",
        window_starts="2026-09-14 20:00:00",
        window_ends="2026-09-14 22:00:00",
    ).insert()
    record.db_set("approval", "Approved")
    return record


def put(job, status, **values):
    job.reload()
    job.update({"status": status, "note": "The client reads it", **values}).save()


def log(job, start="2026-09-14 10:00", minutes=60):
    return make_timesheet(worked(frappe._dict(name=job.issue), start, minutes, "Version Upgrade"))


def fee_of(sheet):
    sheet.reload()
    return [row.retainer_one_off_fee for row in sheet.time_logs]


def charged(contract, on="2026-09-30"):
    """The fees on all invoices of the contract, after a run."""
    at(f"{on} 09:00")
    bill(on, contract)
    assert_books_balance(contract, on)
    return [item.amount for one in invoices(contract) for item in one.items if item.description.startswith("Version")]


def assert_replay_agrees(contract):
    contract.reload()
    compared = contract_record.compare(contract)
    assert [row.replayed for row in compared] == [row.sent for row in compared]


def test_a_start_without_any_time_is_charged_with_the_next_invoice(contract, job):
    put(job, "In Progress")
    (row,) = unbilled_usage.rows(frappe._dict(contract=contract.name))
    assert (row.amount, row.issue, row.activity_type) == (FEE, job.issue, "Version Upgrade")
    (planned,) = plan("2026-09-30", contract.name).invoices
    assert [float(amount) for _text, amount in planned.lines][1:] == [FEE]
    assert charged(contract) == [FEE]
    line = invoices(contract)[1].items[1]
    assert (line.maintenance_job, line.item_code) == (
        job.name,
        frappe.db.get_single_value("Retainer Settings", "one_off_item"),
    )
    assert job.issue in line.description
    assert unbilled_usage.rows(frappe._dict(contract=contract.name)) == []
    assert charged(contract, "2026-10-31") == [FEE]
    assert_replay_agrees(contract)


def test_time_that_comes_later_or_goes_again_and_a_job_that_is_reopened_change_nothing(contract, job):
    put(job, "In Progress")
    first, second = log(job), log(job, "2026-09-14 13:00")
    assert fee_of(first) + fee_of(second) == [0, 0]
    first.cancel()
    put(job, "Done")
    put(job, "In Progress")
    put(job, "Rolled Back")
    assert charged(contract) == [FEE]
    put(job, "In Progress")
    log(job, "2026-09-29 10:00")
    assert charged(contract, "2026-10-31") == [FEE]
    assert_replay_agrees(contract)


def test_time_that_came_first_bears_the_fee_and_leaves_it_to_the_job_when_it_goes(contract, job):
    sheet = log(job)
    assert fee_of(sheet) == [FEE]
    put(job, "In Progress")
    assert job.one_off_fee == 0
    sheet.cancel()
    job.reload()
    assert job.one_off_fee == FEE
    assert charged(contract) == [FEE]
    assert_replay_agrees(contract)


def test_time_that_came_first_and_stays_is_charged_once(contract, job):
    log(job)
    put(job, "In Progress")
    put(job, "Done")
    assert charged(contract) == [FEE]
    assert_replay_agrees(contract)


@pytest.mark.parametrize("status", ["Planned", "Not Needed"])
def test_a_start_by_mistake_takes_its_fee_back(contract, job, status):
    put(job, "In Progress")
    put(job, status)
    assert (job.one_off_fee, job.started_on) == (0, None)
    if status == "Planned":
        assert fee_of(log(job)) == [FEE]
    assert charged(contract) == ([FEE] if status == "Planned" else [])
    assert_replay_agrees(contract)


def test_a_start_taken_back_after_time_was_booked_still_owes_the_fee(contract, job):
    put(job, "In Progress")
    sheet = log(job)
    put(job, "Planned")
    assert (job.one_off_fee, fee_of(sheet)) == (FEE, [0])
    with pytest.raises(JobNotReady, match="stays on record"):
        job.delete()
    assert charged(contract) == [FEE]


def test_an_invoice_that_is_cancelled_gives_the_fee_back_to_the_next(contract, job):
    put(job, "In Progress")
    charged(contract)
    invoices(contract)[1].cancel()
    assert charged(contract) == [FEE]
    gone = invoices(contract)[1]
    gone.cancel()
    amended = frappe.copy_doc(gone)
    amended.amended_from = gone.name
    amended.submit()
    assert amended.items[1].maintenance_job == job.name
    assert charged(contract) == [FEE]


def test_a_draft_claims_the_fee_until_it_is_deleted(contract, job):
    frappe.db.set_single_value("Retainer Settings", "submit_invoices", 0)
    put(job, "In Progress")
    charged(contract)
    (draft,) = invoices(contract, docstatus=0)
    assert plan("2026-10-31", contract.name).invoices[0].total < FEE
    draft.delete()
    frappe.db.set_single_value("Retainer Settings", "submit_invoices", 1)
    assert charged(contract) == [FEE]


def test_only_a_manager_gives_the_fee_away_and_then_no_time_brings_it_back(contract, job):
    with acting_as(make_user("Retainer Agent")), pytest.raises(ManagersOnly):
        put(job, "Planned", waive_fee=1)
    put(job, "Planned", waive_fee=1)
    assert fee_of(log(job)) == [0]
    put(job, "In Progress")
    assert charged(contract) == []
    put(job, "In Progress", waive_fee=0)
    assert charged(contract, "2026-10-31") == [FEE]


def test_what_is_charged_already_is_not_given_away_here(contract, job):
    put(job, "In Progress")
    charged(contract)
    with pytest.raises(JobNotReady, match="charges the fee already"):
        put(job, "In Progress", waive_fee=1)


def test_work_that_the_warranty_covers_starts_without_a_fee(contract, job):
    frappe.db.set_value("Retainer Contract", contract.name, "warranty_end_date", "2026-12-31")
    grant_warranty(frappe.get_doc("Issue", job.issue), "Our Implementation")
    put(job, "In Progress")
    assert job.one_off_fee == 0
    assert charged(contract) == []


def test_a_start_after_the_last_invoice_of_an_ended_contract_is_charged_by_one_more(contract, job):
    contract.reload()
    contract.db_set({"end_date": "2026-09-29", "status": "Ended"})
    bill("2026-09-30", contract)
    before = frappe.db.count("Retainer Billing Period", {"contract": contract.name})
    put(job, "In Progress")
    assert frappe.db.count("Retainer Billing Period", {"contract": contract.name}) == before + 1
    at("2026-10-31 09:00")
    bill("2026-10-31", contract)
    assert [item.amount for one in invoices(contract) for item in one.items if item.maintenance_job] == [FEE]
