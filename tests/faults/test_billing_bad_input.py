"""What nobody should enter, and what changes under a running contract: a clear error there, and nobody else waits."""

import frappe
import pytest

from support_retainer.billing.audit import audit
from support_retainer.exceptions import CurrencyMismatch, InvalidTerms
from support_retainer.testing import (
    bill,
    invoiced_starts,
    make_contract,
    make_fiscal_year,
    make_timesheet,
)
from tests.support.stories import allow_foreign_currency, amounts, assert_books_balance, at, invoices, on_contract

pytestmark = pytest.mark.commits
ON = "2026-09-01"


@pytest.fixture(autouse=True)
def september():
    at("2026-09-14 10:00")


def error_of(contract):
    """The reason that the contract's one failed period keeps."""
    (error,) = frappe.get_all("Retainer Billing Period", {"contract": contract.name, "status": "Failed"}, pluck="error")
    return error


def assert_only_this_one_fails(bad, good, run, reason):
    assert [row["contract"] for row in frappe.parse_json(run.failures)] == [bad.name]
    assert reason in error_of(bad)
    assert invoiced_starts(good) == [ON]
    assert_books_balance(good, ON)
    missing = audit(ON).differences
    assert {found.contract for found in missing} == {bad.name}
    assert all(reason in found.found for found in missing)


def test_a_go_live_in_the_future_is_billed_from_that_day_and_not_before():
    make_fiscal_year("2027-03-15")
    contract = make_contract("Growth", "2027-03-15")
    assert bill("2027-03-14").planned == 0
    bill("2027-03-15")
    assert invoiced_starts(contract) == ["2027-03-15"]


def test_an_end_before_the_start_is_refused_by_name():
    contract = make_contract("Growth", ON)
    contract.end_date = "2026-08-31"
    with pytest.raises(InvalidTerms, match="Ends on"):
        contract.save()


def test_an_end_before_the_start_that_came_past_the_form_charges_nothing():
    contract = make_contract("Growth", ON)
    contract.db_set("end_date", "2026-08-31")
    good = make_contract("Growth", ON)
    assert bill(ON).failed == 0
    assert (invoiced_starts(contract), invoiced_starts(good)) == ([], [ON])


def test_a_contract_of_one_day_pays_that_day():
    contract = make_contract("Growth", ON)
    contract.db_set("end_date", ON)
    bill("2026-12-01", contract)
    assert [amounts(invoice) for invoice in invoices(contract)] == [[15]]
    assert_books_balance(contract, "2026-12-01")


def test_a_calendar_month_contract_that_starts_on_the_last_day_has_a_first_period_of_one_day():
    contract = make_contract("Growth", "2026-09-30", billing_anchor="Calendar Month")
    bill("2026-10-01", contract)
    assert [amounts(invoice) for invoice in invoices(contract)] == [[15], [450]]


def test_a_change_on_the_first_day_of_a_period_leaves_no_line_of_no_days():
    contract = make_contract("Growth", "2026-11-25")
    contract.append("terms", {"effective_from": "2026-12-25", "package": "Starter"})
    contract.save()
    bill("2027-01-25", contract)
    assert [amounts(invoice) for invoice in invoices(contract)] == [[450], [150], [150]]
    assert_books_balance(contract, "2027-01-25")


def test_a_price_in_a_currency_that_the_client_cannot_be_billed_in_is_refused_when_it_is_agreed():
    with pytest.raises(CurrencyMismatch, match="Currency"):
        make_contract("Ongoing Support", ON)


def test_a_client_who_cannot_be_billed_in_the_currency_any_more_fails_alone():
    allow_foreign_currency()
    bad, good = make_contract("Operations", ON), make_contract("Growth", ON)
    frappe.db.set_single_value("Accounts Settings", "allow_multi_currency_invoices_against_single_party_account", 0)
    frappe.clear_cache()
    run = bill(ON)
    assert_only_this_one_fails(bad, good, run, "SEK")


def test_a_deleted_item_fails_only_the_contracts_that_owe_for_it():
    bad, good = make_contract("Growth", "2026-08-01"), make_contract("Growth", ON)
    bill("2026-08-01", bad)
    at("2026-08-20 10:00")
    make_timesheet(on_contract(bad, "2026-08-14 10:00", 60, "Training"))
    at("2026-09-14 10:00")
    frappe.db.delete("Item", {"name": "Support Hours"})
    frappe.clear_cache()
    assert_only_this_one_fails(bad, good, bill(ON), "Support Hours")


def test_a_disabled_item_is_named_too():
    contract = make_contract("Growth", ON)
    frappe.db.set_value("Item", "Support Retainer Fee", "disabled", 1)
    frappe.clear_cache()
    assert bill(ON).failed == 1
    assert "Support Retainer Fee" in error_of(contract)


def test_broken_terms_fail_alone():
    bad, good = make_contract("Growth", ON), make_contract("Growth", ON)
    frappe.db.set_value("Retainer Contract Term", bad.terms[0].name, "package_snapshot", "{}")
    frappe.clear_cache()
    run = bill(ON)
    assert (run.failed, invoiced_starts(good)) == (1, [ON])
    assert error_of(bad)
