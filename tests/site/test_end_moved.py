"""What a period was charged for, and what is agreed about it afterwards: an end, terms, an invoice taken back."""

from decimal import Decimal

import frappe
import pytest

from support_retainer.billing import uplifts
from support_retainer.billing.audit import audit
from support_retainer.exceptions import InvalidTerms, TermsAreFixed, TooLateForPeriod
from support_retainer.offboarding import notice
from support_retainer.testing import bill, make_contract

pytestmark = pytest.mark.commits


def settled(contract, period_start):
    """(status, net of the invoice, net of the credit note) of one period."""
    period = frappe.db.get_value(
        "Retainer Billing Period",
        {"contract": contract.name, "period_start": period_start},
        ["status", "sales_invoice", "credit_note"],
    )
    nets = [frappe.db.get_value("Sales Invoice", name, "net_total") if name else None for name in period[1:]]
    return (period[0], *(net if net is None else Decimal(str(net)) for net in nets))


def change(contract, **row):
    contract.reload()
    contract.append("terms", row)
    contract.save()


@pytest.fixture
def ten_days_notice(site):
    """AED 450 a month from 1 December 2026, charged by the day to the end, with ten days' notice."""
    return make_contract("Growth", "2026-12-01", notice_days=10)


def test_days_after_an_end_that_came_once_the_month_was_charged_are_credited(ten_days_notice):
    bill("2027-01-01", ten_days_notice)
    assert str(notice.give(ten_days_notice, "2027-01-05")) == "2027-01-15"
    bill("2027-02-01", ten_days_notice)
    assert settled(ten_days_notice, "2027-02-01") == ("Not Charged", None, Decimal("-232.26"))  # 450 x 16 of 31 days
    assert audit("2027-02-01", ten_days_notice.name).is_clean


def test_a_month_charged_ahead_that_never_begins_is_credited_whole_and_so_are_the_days_before_it(site):
    contract = make_contract("Growth", "2026-12-01", notice_days=5, billing_lead_days=10)
    bill("2026-12-22", contract)
    assert str(notice.give(contract, "2026-12-23")) == "2026-12-28"
    bill("2027-02-01", contract)
    assert settled(contract, "2027-01-01")[:2] == ("Invoiced", Decimal("450"))
    both = Decimal("-450") + Decimal("-43.55")  # January, and 450 x 3 of 31 days of December
    assert settled(contract, "2027-02-01") == ("Not Charged", None, both)
    assert audit("2027-02-01", contract.name).is_clean


def test_notice_taken_back_charges_the_days_that_were_left_out(site):
    contract = make_contract("Growth", "2026-12-01")
    notice.give(contract, "2026-12-10")
    bill("2027-01-01", contract)
    assert settled(contract, "2027-01-01")[1] == Decimal("130.65")  # 9 of 31 days
    notice.withdraw(contract)
    bill("2027-02-01", contract)
    assert settled(contract, "2027-02-01")[1] == Decimal("450") + Decimal("319.35")
    assert audit("2027-02-01", contract.name).is_clean


def test_notice_taken_back_after_the_period_beyond_the_end_was_settled_charges_that_period(site):
    contract = make_contract("Growth", "2026-12-01", notice_days=30, billing_lead_days=15)
    notice.give(contract, "2026-12-01")  # to 31 December
    bill("2026-12-20", contract)
    assert settled(contract, "2027-01-01")[0] == "Not Charged"
    notice.withdraw(contract)
    bill("2026-12-20", contract)
    assert settled(contract, "2027-01-01")[:2] == ("Invoiced", Decimal("450"))
    assert audit("2026-12-20", contract.name).is_clean


def test_terms_from_the_first_day_of_a_period_charged_ahead_are_settled_with_the_next(site):
    contract = make_contract("Growth", "2026-12-01", billing_lead_days=10)
    bill("2026-12-22", contract)
    change(contract, effective_from="2027-01-01", package="Professional")
    bill("2027-02-01", contract)
    assert settled(contract, "2027-02-01")[1] == Decimal("800") + Decimal("350")
    assert audit("2027-02-01", contract.name).is_clean


def test_terms_for_a_period_that_lies_before_the_last_one_billed_are_refused(site):
    contract = make_contract("Growth", "2026-12-01")
    bill("2027-02-01", contract)
    with pytest.raises(TooLateForPeriod, match=r"Effective From.*billed already"):
        change(contract, effective_from="2027-01-15", package="Professional")


def test_terms_that_a_period_was_billed_by_stay_although_their_day_is_yet_to_come(site):
    contract = make_contract("Growth", "2026-12-01", billing_lead_days=10)
    change(contract, effective_from="2027-01-01", package="Professional")
    bill("2026-12-22", contract)
    contract.reload()
    contract.terms = contract.terms[:1]
    with pytest.raises(TermsAreFixed):
        contract.save()


@pytest.mark.parametrize(("day", "says"), [(None, "enter the day"), ("2026-11-30", "before the start")])
def test_later_terms_need_a_day_within_the_contract(site, day, says):
    contract = make_contract("Growth", "2026-12-01")
    with pytest.raises(InvalidTerms, match=f"Effective From.*{says}"):
        change(contract, effective_from=day, monthly_fee=500)


def test_an_announced_uplift_follows_a_package_that_changes_before_its_day(site):
    contract = make_contract("Growth", "2026-12-01", uplift_percent=10)
    uplifts.announce("2027-11-10")
    change(contract, effective_from="2027-11-15", package="Professional")
    contract.reload()
    uplift = contract.terms_row_on(frappe.utils.getdate("2027-12-01"))
    assert (uplift.package, uplift.monthly_fee) == ("Professional", 880)


def test_a_credit_note_stands_when_the_invoice_beside_it_is_billed_again(site):
    contract = make_contract("Growth", "2026-12-01")
    bill("2026-12-01", contract)
    change(contract, effective_from="2026-12-17", package="Starter")
    bill("2027-01-01", contract)
    period = {"contract": contract.name, "period_start": "2027-01-01"}
    before = frappe.db.get_value("Retainer Billing Period", period, ["sales_invoice", "credit_note"], as_dict=True)
    frappe.get_doc("Sales Invoice", before.sales_invoice).cancel()
    bill("2027-01-01", contract)
    assert frappe.db.get_value("Retainer Billing Period", period, "credit_note") == before.credit_note
    assert audit("2027-01-01", contract.name).is_clean


def test_a_credit_note_that_is_cancelled_is_made_again(ten_days_notice):
    bill("2027-01-01", ten_days_notice)
    notice.give(ten_days_notice, "2027-01-05")
    bill("2027-02-01", ten_days_notice)
    period = {"contract": ten_days_notice.name, "period_start": "2027-02-01"}
    first = frappe.db.get_value("Retainer Billing Period", period, "credit_note")
    frappe.get_doc("Sales Invoice", first).cancel()
    bill("2027-02-01", ten_days_notice)
    assert settled(ten_days_notice, "2027-02-01") == ("Not Charged", None, Decimal("-232.26"))


def test_an_amended_invoice_keeps_what_its_fee_was_charged_for(ten_days_notice):
    bill("2027-01-01", ten_days_notice)
    period = {"contract": ten_days_notice.name, "period_start": "2027-01-01"}
    first = frappe.get_doc("Sales Invoice", frappe.db.get_value("Retainer Billing Period", period, "sales_invoice"))
    first.cancel()
    again = frappe.copy_doc(first)
    again.amended_from = first.name
    again.submit()
    notice.give(ten_days_notice, "2027-01-05")
    bill("2027-02-01", ten_days_notice)
    assert settled(ten_days_notice, "2027-02-01")[2] == Decimal("-232.26")
    assert audit("2027-02-01", ten_days_notice.name).is_clean
