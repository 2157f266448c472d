"""The traps of stock ERPNext that this app was built to avoid, each shown to be open no more."""

import frappe
import pytest

from support_retainer.testing import bill, invoiced_starts, make_contract, make_customer, make_issue
from tests.support.stories import at, invoices, period_statuses


def test_the_newest_matching_agreement_does_not_win_over_the_customers_own():
    at("2026-09-14 10:00")
    own = make_contract("Enterprise", "2026-08-31")
    make_contract("Growth", "2026-09-10")  # newer, and another customer's
    assert make_issue(own).sla_policy == "Enterprise SLA"


def test_the_start_date_is_not_ignored():
    customer = make_customer()
    at("2026-08-30 10:00")
    make_contract("Enterprise", "2026-08-31", customer=customer)
    assert make_issue(customer=customer).sla_policy is None
    at("2026-08-31 10:00")
    assert make_issue(customer=customer).sla_policy == "Enterprise SLA"


@pytest.mark.commits
def test_one_unexpected_exception_does_not_stop_the_run():
    at("2026-09-14 10:00")
    bad, good = make_contract("Growth", "2026-09-01"), make_contract("Starter", "2026-09-01")
    frappe.db.set_value("Retainer Contract Term", {"parent": bad.name}, "package_snapshot", "no longer JSON")
    run = bill("2026-09-01")

    assert (run.status, run.failed, run.done) == ("Failed partly", 1, 1)
    assert (invoiced_starts(bad), invoiced_starts(good)) == ([], ["2026-09-01"])


@pytest.mark.commits
def test_a_period_missed_on_its_day_is_neither_billed_late_by_a_month_nor_never():
    at("2026-09-20 10:00")
    contract = make_contract("Growth", "2026-08-10")
    bill("2026-09-13", contract)
    assert invoiced_starts(contract) == ["2026-08-10", "2026-09-10"]


@pytest.mark.commits
def test_a_contract_from_the_31st_does_not_drift_to_the_28th():
    at("2026-05-01 10:00")
    contract = make_contract("Growth", "2026-01-31")
    bill("2026-05-01", contract)
    assert invoiced_starts(contract) == ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"]
    assert period_statuses(contract)[-1] == ("2026-05-31", "Due")


@pytest.mark.commits
def test_an_unpaid_invoice_does_not_stop_the_next_one():
    at("2026-09-20 10:00")
    contract = make_contract("Growth", "2026-07-01")
    bill("2026-07-01", contract)
    assert invoices(contract)[0].outstanding_amount == 450
    bill("2026-09-01", contract)
    assert invoiced_starts(contract) == ["2026-07-01", "2026-08-01", "2026-09-01"]


@pytest.mark.commits
def test_the_number_of_an_invoice_is_taken_before_the_invoice_is_made():
    """Stock ERPNext holds the naming series' row from insert to commit, so two workers wait for each other."""
    at("2026-09-20 10:00")
    contract = make_contract("Growth", "2026-09-01")
    held = frappe.db.sql("select name from `tabRetainer Billing Period` where contract = %s", contract.name)
    bill("2026-09-01", contract)
    number = frappe.db.get_value("Retainer Billing Period", held[0][0], "invoice_number")
    assert number == invoices(contract)[0].name
