"""Periods billed ahead of an end, and billed again after their invoice was cancelled: what the client owes stays right,
and no day is given back or charged twice."""

import frappe
import pytest

from support_retainer.billing import preview, suspension
from support_retainer.billing.audit import audit
from support_retainer.domain.suspension import SuspendedFor
from support_retainer.offboarding import notice
from support_retainer.reporting import contract_record
from support_retainer.testing import bill, make_contract, make_timesheet
from tests.site.record_factories import new_package
from tests.support.stories import assert_books_balance, at, on_contract

pytestmark = pytest.mark.commits


def starts(day, last_period="Credit", **values):
    """620 a month, 20 a day in a month of 31 days; notice ends it on its day."""
    at("2026-11-22 09:00")
    package = new_package(monthly_fee=620, hour_pools=[], last_period=last_period).insert()
    return make_contract(package.name, day, notice_days=0, **values)


def billed(contract, day):
    at(f"{day} 09:00")
    bill(day, contract)


def ends(contract, day):
    at(f"{day} 12:00")
    notice.give(contract.reload(), day)


def period(contract, start):
    return frappe.get_doc("Retainer Billing Period", {"contract": contract.name, "period_start": start})


def amounts(contract, start):
    names = [name for name in (period(contract, start).sales_invoice, period(contract, start).credit_note) if name]
    lines = frappe.get_all("Sales Invoice Item", {"parent": ["in", names]}, pluck="amount") if names else []
    return sorted(lines, reverse=True)


def cancel(contract, start):
    frappe.get_doc("Sales Invoice", period(contract, start).sales_invoice).cancel()


def assert_right(contract, on):
    assert_books_balance(contract, on)
    assert [row for row in contract_record.compare(contract.reload()) if not row.is_equal] == []


def test_an_end_within_a_period_whose_next_was_billed_ahead_gives_the_rest_of_both_back(site):
    contract = starts("2027-01-01", billing_lead_days=10)
    billed(contract, "2027-01-01")
    billed(contract, "2027-01-22")
    ends(contract, "2027-01-24")
    billed(contract, "2027-02-19")
    assert amounts(contract, "2027-03-01") == [-140, -620]
    assert_right(contract, "2027-03-31")


def test_with_two_months_billed_ahead_and_new_terms_between_it_is_given_back_by_the_fee_in_force(site):
    contract = starts("2027-01-01", billing_lead_days=40)
    billed(contract, "2026-12-31")
    contract.reload().append("terms", {"effective_from": "2027-02-15", "monthly_fee": 900})
    contract.save()
    billed(contract, "2027-01-22")
    assert amounts(contract, "2027-03-01") == [900, 140]
    ends(contract, "2027-01-24")
    billed(contract, "2027-03-01")
    assert amounts(contract, "2027-04-01") == [-140, -310, -450, -900]
    assert_right(contract, "2027-03-31")


def test_a_period_billed_again_is_charged_as_before_once_the_next_one_settled_it(site):
    contract = starts("2027-01-01", "Prorate")
    billed(contract, "2027-01-01")
    ends(contract, "2027-01-24")
    billed(contract, "2027-02-01")
    assert amounts(contract, "2027-02-01") == [-140]
    cancel(contract, "2027-01-01")
    assert preview.plan("2027-02-05", contract.name).totals() == {"AED": 620}
    billed(contract, "2027-02-05")
    assert (amounts(contract, "2027-01-01"), amounts(contract, "2027-02-01")) == ([620], [-140])
    assert_right(contract, "2027-02-28")


def test_a_free_period_stays_free_when_its_invoice_is_made_again(site):
    contract = starts("2027-01-01")
    billed(contract, "2027-01-01")
    at("2027-01-10 09:00")
    make_timesheet(on_contract(contract, "2027-01-10 09:00", 60, "Site Visit"))
    suspension.suspend(contract, SuspendedFor.AGREED)
    billed(contract, "2027-02-01")
    suspension.resume(contract.reload())
    cancel(contract, "2027-02-01")
    assert preview.plan("2027-02-05", contract.name).totals() == {"AED": 2000}
    billed(contract, "2027-02-05")
    assert amounts(contract, "2027-02-01") == [2000]
    assert_right(contract, "2027-02-28")


def test_an_amended_invoice_beside_a_credit_note_stands_for_both(site):
    contract = starts("2027-01-01")
    billed(contract, "2027-01-01")
    contract.reload().append("terms", {"effective_from": "2027-01-25", "monthly_fee": 310})
    contract.save()
    billed(contract, "2027-02-01")
    cancelled = frappe.get_doc("Sales Invoice", period(contract, "2027-02-01").sales_invoice)
    cancelled.cancel()
    amended = frappe.copy_doc(cancelled)
    amended.amended_from = cancelled.name
    amended.insert().submit()
    assert amounts(contract, "2027-02-01") == [310, -70]
    assert period(contract, "2027-02-01").amount == 240
    assert_right(contract, "2027-02-28")


def test_terms_of_a_first_day_that_was_billed_already_are_settled_with_the_next(site):
    contract = starts("2027-01-01")
    billed(contract, "2027-01-01")
    billed(contract, "2027-02-01")
    contract.reload().append("terms", {"effective_from": "2027-02-01", "monthly_fee": 640})
    contract.save()
    billed(contract, "2027-03-01")
    assert (amounts(contract, "2027-02-01"), amounts(contract, "2027-03-01")) == ([620], [640, 20])
    assert_right(contract, "2027-03-31")


def test_the_audit_finds_an_end_that_nothing_will_settle_any_more(site):
    contract = starts("2027-01-01")
    billed(contract, "2027-01-01")
    ends(contract, "2027-01-24")
    billed(contract, "2027-02-01")
    contract.db_set("end_date", "2027-01-14")
    found = audit("2027-02-28", contract.name).differences
    assert [(one.kind, one.expected) for one in found] == [("Missing", "-200.00")]
