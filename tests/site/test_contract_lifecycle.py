"""A contract from its draft to its end: what it takes from where, and what it refuses by name."""

import frappe
import pytest

from support_retainer import exceptions
from support_retainer.testing import bill, make_contract, make_customer, make_timesheet
from tests.support.stories import at, balances, on_contract, period_statuses


def test_what_is_left_empty_comes_from_package_and_customer():
    manager = frappe.get_doc(doctype="User", email="manager@retainer.example", first_name="Ana", send_welcome_email=0)
    manager.flags.no_welcome_mail = True
    manager.insert()
    customer = make_customer()
    frappe.db.set_value("Customer", customer, "account_manager", manager.name)
    contract = make_contract("Growth", "2026-09-01", customer=customer)
    assert (contract.currency, contract.monthly_fee, contract.notice_days) == ("AED", 450, 30)
    assert (contract.account_manager, str(contract.start_date)) == (manager.name, "2026-09-01")


def test_a_minimum_term_ends_the_day_before_its_anniversary():
    frappe.db.set_single_value("Accounts Settings", "allow_multi_currency_invoices_against_single_party_account", 1)
    contract = make_contract("Operations", "2026-09-01")
    assert str(contract.minimum_term_end) == "2027-08-31"


def test_a_later_edit_of_the_package_changes_no_live_contract():
    at("2026-09-14 20:00")
    contract = make_contract("Growth", "2026-09-01")
    package = frappe.get_doc("Support Package", "Growth")
    package.overage_rate, package.hour_pools[0].hours, package.monthly_fee = 999, 1, 999
    package.save()
    frappe.clear_document_cache("Retainer Contract", contract.name)
    sheet = make_timesheet(on_contract(contract, "2026-09-14 09:00", 300))
    sheet.reload()
    assert [(row.retainer_coverage, row.retainer_rate) for row in sheet.time_logs] == [
        ("Included", 0),
        ("Overage", 150),
    ]


def test_a_second_contract_on_the_same_project_and_dates_is_refused():
    first = make_contract("Growth", "2026-09-01")
    with pytest.raises(exceptions.DuplicateContract, match=first.name):
        make_contract("Starter", "2026-10-01", customer=first.customer)


def test_a_contract_that_follows_an_ended_one_is_welcome():
    first = make_contract("Growth", "2026-09-01")
    first.db_set("end_date", "2026-09-30")
    assert make_contract("Starter", "2026-10-01", customer=first.customer).status == "Active"


@pytest.mark.parametrize(
    ("values", "error", "field"),
    [
        ({"monthly_fee": -1}, exceptions.NegativeAmount, "Monthly Fee"),
        ({"billing_lead_days": -1}, exceptions.NegativeAmount, "Lead Days"),
        ({"go_live_date": None}, frappe.MandatoryError, "Go-live Date"),
        ({"package": None}, frappe.MandatoryError, "Package"),
        ({"go_live_date": "1999-01-01"}, exceptions.ClosedFiscalYear, "Go-live Date"),
    ],
)
def test_what_a_contract_refuses_it_names(values, error, field):
    draft = make_contract("Growth", "2026-09-01", submit=False)
    draft.update(values)
    with pytest.raises(error, match=field):
        draft.save()


def test_a_package_in_a_currency_the_client_cannot_be_billed_in_is_refused():
    with pytest.raises(exceptions.CurrencyMismatch, match="Currency"):
        make_contract("Ongoing Support", "2026-09-01")


def test_a_metered_package_asks_how_many():
    frappe.db.set_single_value("Accounts Settings", "allow_multi_currency_invoices_against_single_party_account", 1)
    with pytest.raises(exceptions.InvalidTerms, match="Lines of code"):
        make_contract("Maintenance", "2026-09-01")


def test_terms_in_force_are_history():
    contract = make_contract("Growth", "2026-01-31")
    contract.terms[0].monthly_fee = 1
    with pytest.raises(exceptions.TermsAreFixed):
        contract.save()


@pytest.mark.commits
def test_a_contract_with_invoices_is_ended_and_not_cancelled():
    contract = make_contract("Growth", "2026-09-01")
    bill("2026-09-01", contract)
    contract.reload()
    with pytest.raises(exceptions.ContractInUse, match="invoices"):
        contract.cancel()


def test_a_contract_with_time_on_it_is_not_cancelled():
    at("2026-09-14 20:00")
    contract = make_contract("Growth", "2026-09-01")
    make_timesheet(on_contract(contract, "2026-09-14 09:00", 60))
    contract.reload()
    with pytest.raises(exceptions.ContractInUse, match="timesheets"):
        contract.cancel()


@pytest.mark.commits
def test_a_contract_that_nobody_used_is_cancelled_and_never_billed():
    contract = make_contract("Growth", "2026-09-01")
    contract.reload()
    contract.cancel()
    assert (contract.status, period_statuses(contract)) == ("Cancelled", [("2026-09-01", "Not Charged")])
    assert bill("2026-12-31", contract).planned == 0


@pytest.mark.commits
def test_an_amended_contract_starts_with_hours_and_periods_of_its_own():
    at("2026-09-14 20:00")
    contract = make_contract("Growth", "2026-09-01")
    contract.reload()
    contract.cancel()
    amended = frappe.copy_doc(contract)
    amended.amended_from = contract.name
    amended.insert()
    amended.submit()
    bill("2026-09-01", amended)
    assert (balances(amended), period_statuses(amended)[0]) == ({"Support Hours": 240}, ("2026-09-01", "Invoiced"))
