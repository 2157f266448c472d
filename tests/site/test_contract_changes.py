"""A contract changes while it runs: package up and down, notice, and what the last period owes."""

from decimal import Decimal

import frappe
import pytest

from support_retainer.billing.audit import audit
from support_retainer.exceptions import InvalidNotice
from support_retainer.offboarding import notice
from support_retainer.testing import bill, invoiced_starts, make_contract

pytestmark = pytest.mark.commits


def change_package(contract, package, effective_from):
    contract.append("terms", {"effective_from": effective_from, "package": package})
    contract.save()


def settled(contract, period_start):
    """Net amounts of the invoice and the credit note of one period."""
    period = frappe.db.get_value(
        "Retainer Billing Period",
        {"contract": contract.name, "period_start": period_start},
        ["sales_invoice", "credit_note"],
    )
    return [Decimal(str(frappe.db.get_value("Sales Invoice", name, "net_total"))) if name else None for name in period]


@pytest.fixture
def growth(site):
    """Growth from 1 December 2026: its periods lie ahead, so that its terms may still change."""
    contract = make_contract("Growth", "2026-12-01")
    bill("2026-12-01", contract)
    return contract


def test_an_upgrade_within_a_period_is_settled_with_the_next_invoice(growth):
    change_package(growth, "Professional", "2026-12-17")
    bill("2027-01-01", growth)
    invoice, credit_note = settled(growth, "2027-01-01")
    assert (invoice, credit_note) == (Decimal("800") + Decimal("169.35"), None)  # 350 x 15 of 31 days
    assert audit("2027-01-01", growth.name).is_clean


def test_a_downgrade_within_a_period_is_a_credit_note(growth):
    change_package(growth, "Starter", "2026-12-17")
    bill("2027-01-01", growth)
    assert settled(growth, "2027-01-01") == [Decimal("150"), Decimal("-145.16")]  # 300 x 15 of 31 days
    assert audit("2027-01-01", growth.name).is_clean


def test_a_later_edit_of_the_package_never_changes_a_live_contract(growth):
    frappe.get_doc("Support Package", "Growth").update({"monthly_fee": 999}).save()
    bill("2027-01-01", growth)
    assert settled(growth, "2027-01-01") == [Decimal("450"), None]


def test_notice_says_the_end_and_the_last_fees_before_it_is_given(growth):
    planned = notice.preview(growth, "2026-12-10")
    assert str(planned.end_date) == "2027-01-09"
    assert [(str(day), fee) for day, fee in planned.last_fees] == [("2027-01-01", Decimal("130.65"))]
    assert frappe.db.get_value("Retainer Contract", growth.name, "status") == "Active"


def test_a_contract_under_notice_is_billed_to_its_last_day_and_no_further(growth):
    notice.give(growth, "2026-12-10")
    bill("2027-06-01", growth)
    assert invoiced_starts(growth) == ["2026-12-01", "2027-01-01"]
    assert settled(growth, "2027-01-01") == [Decimal("130.65"), None]  # 450 x 9 of 31 days
    assert audit("2027-06-01", growth.name).is_clean


def test_days_charged_beyond_the_end_come_back_where_the_package_credits_them(site):
    package = frappe.copy_doc(frappe.get_doc("Support Package", make_contract("Growth", "2026-12-01").package))
    package.update({"package_name": "Growth with Credit", "last_period": "Credit"}).insert()
    contract = make_contract("Growth with Credit", "2026-12-01")
    bill("2026-12-01", contract)
    contract.db_set("end_date", "2026-12-16")
    bill("2027-02-01", contract)
    assert settled(contract, "2027-01-01") == [None, Decimal("-217.74")]  # 450 x 15 of 31 days
    assert audit("2027-02-01", contract.name).is_clean


def test_notice_can_be_withdrawn_until_the_end(growth):
    notice.give(growth, "2026-12-10")
    notice.withdraw(growth)
    bill("2027-02-01", growth)
    assert invoiced_starts(growth) == ["2026-12-01", "2027-01-01", "2027-02-01"]


def test_notice_on_a_contract_that_is_not_running_says_what_it_is(growth):
    notice.give(growth, "2026-12-10")
    with pytest.raises(InvalidNotice, match="Notice Given"):
        notice.give(growth, "2026-12-11")


def test_a_contract_ends_the_day_after_its_last(growth):
    notice.give(growth, "2026-12-10")
    assert notice.end_contracts("2027-01-09") == []
    assert notice.end_contracts("2027-01-10") == [growth.name]


def test_a_cancelled_credit_note_is_told_by_the_audit(growth):
    change_package(growth, "Starter", "2026-12-17")
    bill("2027-01-01", growth)
    credit = frappe.db.get_value(
        "Retainer Billing Period", {"contract": growth.name, "period_start": "2027-01-01"}, "credit_note"
    )
    frappe.get_doc("Sales Invoice", credit).cancel()
    assert [found.kind for found in audit("2027-01-01", growth.name).differences] == ["Missing"]
