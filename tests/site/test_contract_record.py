"""A Retainer Contract: what it keeps of its package, what it refuses, and what the refusal says."""

import json

import frappe
import pytest
from frappe.utils import add_days, getdate, today

from support_retainer import exceptions
from support_retainer.testing.factories import make_customer
from tests.site.record_factories import make_project, new_contract, new_package, refused


@pytest.fixture(autouse=True)
def settings_as_stored():
    """A rollback does not reach what the connection remembers of single values."""
    yield
    frappe.db.value_cache.clear()


def test_submit_activates_and_keeps_the_package_of_the_day():
    package = new_package(minimum_term_months=12).insert()
    contract = new_contract(package).insert()
    assert contract.status == "Draft"
    contract.submit()
    package.monthly_fee = 999
    package.save()
    contract.reload()

    assert (contract.status, contract.currency, contract.monthly_fee, contract.notice_days) == (
        "Active",
        "AED",
        450,
        30,
    )
    assert (contract.start_date, contract.warranty_end_date) == (getdate("2026-02-01"), getdate("2026-05-02"))
    assert contract.minimum_term_end == getdate("2027-01-31")
    [row] = contract.terms
    assert (row.effective_from, row.package, row.monthly_fee) == (getdate("2026-02-01"), package.name, 450)
    assert json.loads(row.package_snapshot)["monthly_fee"] == "450.00"


def test_a_zero_that_was_entered_is_not_a_default():
    contract = new_contract(monthly_fee=0, notice_days=0).insert()

    assert (contract.monthly_fee, contract.notice_days) == (0, 0)


def test_the_account_manager_comes_from_the_customer():
    customer = make_customer(account_manager="Administrator")

    assert new_contract(customer=customer).insert().account_manager == "Administrator"


@pytest.mark.parametrize("fieldname", ["customer", "package", "go_live_date"])
def test_a_contract_names_what_is_missing(fieldname):
    contract = new_contract()
    contract.set(fieldname, None)

    assert refused(contract, frappe.MandatoryError).endswith("is missing. Enter it.")


def test_a_second_contract_for_the_same_project_and_dates_is_refused():
    first = new_contract().insert()
    first.submit()

    message = refused(new_contract(customer=first.customer, go_live_date="2026-06-01"), exceptions.DuplicateContract)
    assert message.startswith("Customer: ")
    assert first.name in message


def test_two_drafts_can_not_both_become_active():
    first = new_contract().insert()
    second = new_contract(customer=first.customer).insert()
    first.submit()

    with pytest.raises(exceptions.DuplicateContract):
        second.submit()


def test_another_project_of_the_same_customer_is_another_contract():
    first = new_contract().insert()
    first.submit()
    project = make_project(first.customer)

    assert new_contract(customer=first.customer, project=project).insert().submit().status == "Active"


def test_a_contract_may_follow_one_that_ends_before():
    first = new_contract().insert()
    first.submit()
    first.db_set({"status": "Ended", "end_date": "2026-05-31"})

    assert new_contract(customer=first.customer, go_live_date="2026-06-01").insert().submit().status == "Active"
    refused(new_contract(customer=first.customer, go_live_date="2026-05-31"), exceptions.DuplicateContract)


def test_a_project_given_later_is_checked_as_well():
    first = new_contract().insert()
    project = make_project(first.customer)
    first.project = project
    first.submit()
    second = new_contract(customer=first.customer).insert()
    second.submit()
    second.project = project

    with pytest.raises(exceptions.DuplicateContract):
        second.save()


def test_a_project_of_another_customer_is_refused():
    contract = new_contract(project=make_project(make_customer()))

    assert "is a project of" in refused(contract, exceptions.WrongCustomer)


def test_a_package_that_is_not_sold_any_more_is_refused():
    package = new_package(enabled=0).insert()

    assert "is not sold any more" in refused(new_contract(package), exceptions.PackageDisabled)


def test_a_fee_from_is_a_floor():
    package = new_package(fee_is_minimum=1, monthly_fee=3000).insert()

    refused(new_contract(package, monthly_fee=2999), exceptions.FeeTooLow)
    assert new_contract(package, monthly_fee=3500).insert().monthly_fee == 3500


def test_a_metered_contract_needs_a_quantity():
    tiers = [{"from_quantity": 0, "unit_price": 2}]
    package = new_package(pricing_model="Metered", metric="Users", tiers=tiers).insert()
    contract = new_contract(package).insert()
    with pytest.raises(exceptions.InvalidTerms, match="priced by"):
        contract.submit()

    contract = new_contract(package, terms=[{"quantity": 25}]).insert()
    contract.submit()
    assert (contract.terms[0].quantity, contract.terms[0].package) == (25, package.name)


def test_an_uplift_keeps_the_package_the_client_agreed_to():
    package = new_package().insert()
    contract = new_contract(package).insert()
    contract.submit()
    package.overage_rate = 999
    package.save()
    contract.append("terms", {"effective_from": "2027-02-01", "monthly_fee": 500})
    contract.save()

    assert json.loads(contract.terms[1].package_snapshot)["overage_rate"] == "150.00"
    assert contract.terms_row_on(getdate("2027-01-31")).monthly_fee == 450
    assert contract.terms_row_on(getdate("2027-02-01")).monthly_fee == 500
    assert contract.terms_row_on(getdate("2026-01-31")) is None


def test_another_package_brings_its_own_fee_and_snapshot():
    contract = new_contract().insert()
    contract.submit()
    bigger = new_package(monthly_fee=800).insert()
    contract.append("terms", {"effective_from": add_days(today(), 30), "package": bigger.name})
    contract.save()

    assert contract.terms[1].monthly_fee == 800
    assert json.loads(contract.terms[1].package_snapshot)["package_name"] == bigger.name


def test_terms_in_force_are_history_and_later_ones_are_plans():
    contract = new_contract().insert()
    contract.submit()
    contract.append("terms", {"effective_from": add_days(today(), 30), "monthly_fee": 500})
    contract.save()
    contract.terms[1].monthly_fee = 550
    contract.save()
    contract.terms[0].monthly_fee = 1

    with pytest.raises(exceptions.TermsAreFixed):
        contract.save()


def test_terms_in_force_cannot_be_deleted():
    contract = new_contract().insert()
    contract.submit()
    contract.terms = []

    with pytest.raises(exceptions.TermsAreFixed):
        contract.save()


@pytest.mark.parametrize(
    ("terms", "says"),
    [
        ([{"effective_from": "2026-02-01"}, {"effective_from": "2026-02-01"}], "two rows start on"),
        ([{"effective_from": "2026-03-01"}], "one row has to give the terms"),
    ],
)
def test_terms_that_contradict_the_contract_are_refused(terms, says):
    with pytest.raises(exceptions.InvalidTerms, match=says):
        new_contract(terms=terms).insert().submit()


def test_the_package_cannot_be_swapped_under_an_active_contract():
    contract = new_contract().insert()
    contract.submit()
    contract.package = new_package().insert().name

    with pytest.raises(frappe.UpdateAfterSubmitError):
        contract.save()


def test_cancelling_says_so_and_frees_the_dates():
    contract = new_contract().insert()
    contract.submit()
    contract.cancel()

    assert contract.status == "Cancelled"
    assert new_contract(customer=contract.customer).insert().submit().status == "Active"


def test_an_amended_contract_keeps_what_was_agreed():
    package = new_package().insert()
    contract = new_contract(package).insert()
    contract.submit()
    contract.cancel()
    package.overage_rate = 999
    package.save()
    amended = frappe.copy_doc(contract, ignore_no_copy=True)
    amended.amended_from = contract.name
    amended.insert()
    assert amended.status == "Draft"
    amended.submit()

    assert json.loads(amended.terms[0].package_snapshot)["overage_rate"] == "150.00"


@pytest.mark.parametrize("values", [{"monthly_fee": -1}, {"uplift_percent": -1}, {"terms": [{"quantity": -1}]}])
def test_negative_figures_on_a_contract_are_refused(values):
    refused(new_contract(**values), exceptions.NegativeAmount)


def test_contacts_of_an_active_contract_can_change():
    contract = new_contract(contacts=[{"user": "Administrator", "can_approve": 0}]).insert()
    contract.submit()
    contract.contacts[0].update({"can_approve": 1, "approval_limit": 500})
    contract.save()
    contract.append("contacts", {"user": "Administrator"})

    with pytest.raises(exceptions.DuplicateRow):
        contract.save()
