"""Billing that is killed, doubled or poisoned ends with one right invoice for each period that can have one."""

import signal
import subprocess
import time

import frappe
import pytest

from support_retainer.testing import bill, invoiced_starts, make_contract, make_fiscal_year, make_timesheet
from tests.support.site import bench_command
from tests.support.stories import (
    allow_foreign_currency,
    amounts,
    assert_books_balance,
    at,
    invoices,
    on_contract,
    period_statuses,
)

pytestmark = pytest.mark.commits
ON = "2026-11-01"
STARTS = ["2026-09-01", "2026-10-01", "2026-11-01"]


@pytest.fixture
def contracts():
    """Six contracts with three months to bill and an hour of training each."""
    at("2026-10-14 19:30")
    make_fiscal_year(ON)
    made = [make_contract("Growth", "2026-09-01") for _ in range(6)]
    for contract in made:
        make_timesheet(on_contract(contract, "2026-09-14 10:00", 60, "Training"))
    frappe.db.commit()
    return made


def start(site: str) -> "subprocess.Popen[str]":
    command = bench_command(site, "retainer", "bill", "--on", ON)
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def invoiced() -> int:
    frappe.db.rollback()
    return frappe.db.count("Sales Invoice", {"docstatus": 1})


def wait_for(reached, seconds: float = 90) -> None:
    until = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < until, "the run never got that far"
        time.sleep(0.05)


def assert_each_period_has_its_one_invoice(contracts) -> None:
    frappe.db.rollback()
    for contract in contracts:
        assert invoiced_starts(contract) == STARTS
        assert [amounts(invoice) for invoice in invoices(contract)] == [[450], [450, 150], [450]]
        assert_books_balance(contract, ON)


@pytest.mark.parametrize("after", [0, 1, 7])
def test_a_run_that_is_killed_is_made_good_by_the_next_one(site, contracts, after):
    run = start(site)
    wait_for(lambda: invoiced() >= after)
    run.send_signal(signal.SIGKILL)
    run.communicate()
    assert invoiced() < 18

    bill(ON)
    assert_each_period_has_its_one_invoice(contracts)


@pytest.mark.parametrize("at_once", [2, 4])
def test_runs_at_the_same_time_share_the_work_and_double_nothing(site, contracts, at_once):
    runs = [start(site) for _ in range(at_once)]
    said = [run.communicate(timeout=240)[0] for run in runs]
    assert [run.returncode for run in runs] == [0] * at_once, said
    assert_each_period_has_its_one_invoice(contracts)
    made = frappe.get_all("Retainer Billing Run", pluck="done")
    assert (len(made), sum(made)) == (at_once, 18)


def test_numbers_have_no_gap_and_no_double_after_a_kill(site, contracts):
    run = start(site)
    wait_for(lambda: invoiced() >= 4)
    run.send_signal(signal.SIGKILL)
    run.communicate()
    bill(ON)
    numbers = sorted(int(name[-5:]) for name in frappe.get_all("Sales Invoice", pluck="name"))
    assert numbers == list(range(numbers[0], numbers[0] + 18))


def bad_tax_template():
    contract = make_contract("Growth", "2026-09-01")
    contract.db_set("taxes_and_charges", "Taxes that were deleted")
    return contract


def disabled_customer():
    contract = make_contract("Growth", "2026-09-01")
    frappe.db.set_value("Customer", contract.customer, "disabled", 1)
    return contract


def missing_exchange_rate():
    allow_foreign_currency()
    contract = make_contract("Operations", "2026-09-01")
    frappe.db.delete("Currency Exchange", {"from_currency": "SEK"})
    return contract


@pytest.mark.parametrize(
    ("poison", "reason"),
    [
        (bad_tax_template, "Taxes that were deleted"),
        (disabled_customer, "disabled"),
        (missing_exchange_rate, "SEK"),
    ],
)
def test_a_poisoned_contract_is_named_with_its_reason_and_stops_nobody(poison, reason):
    at("2026-09-14 19:30")
    make_fiscal_year(ON)
    before, bad, after = make_contract("Growth", "2026-09-01"), poison(), make_contract("Growth", "2026-09-01")
    frappe.clear_cache()
    run = bill(ON)

    assert (run.status, run.failed) == ("Failed partly", 3)
    assert (invoiced_starts(before), invoiced_starts(bad), invoiced_starts(after)) == (STARTS, [], STARTS)
    errors = frappe.get_all("Retainer Billing Period", {"contract": bad.name, "status": "Failed"}, pluck="error")
    assert len(errors) == 3
    assert all(reason in error for error in errors)


def test_a_closed_period_fails_with_its_reason_and_later_periods_are_still_billed():
    at("2026-09-14 19:30")
    contract = make_contract("Growth", "2026-09-01")
    frappe.get_doc(
        doctype="Accounting Period",
        period_name="September is closed",
        company=contract.company,
        start_date="2026-09-01",
        end_date="2026-09-30",
        closed_documents=[{"document_type": "Sales Invoice", "closed": 1}],
    ).insert()
    assert bill("2026-09-15", contract).failed == 1
    assert period_statuses(contract) == [("2026-09-01", "Failed"), ("2026-10-01", "Due")]
    reason = frappe.db.get_value("Retainer Billing Period", {"contract": contract.name, "status": "Failed"}, "error")
    assert "September is closed" in reason

    bill("2026-10-01", contract)
    assert invoiced_starts(contract) == ["2026-09-01", "2026-10-01"]


def test_what_is_mended_is_billed_by_the_next_run():
    at("2026-09-14 19:30")
    make_fiscal_year(ON)
    contract = disabled_customer()
    make_timesheet(on_contract(contract, "2026-09-14 10:00", 60, "Training"))
    bill(ON)
    assert [status for _, status in period_statuses(contract)] == ["Failed", "Failed", "Failed", "Due"]

    frappe.db.set_value("Customer", contract.customer, "disabled", 0)
    frappe.clear_cache()
    bill(ON)
    assert_each_period_has_its_one_invoice([contract])
