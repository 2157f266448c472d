"""The hours of a contract through its periods: granted, drawn, rolled over, expired, taken back; never lost."""

import frappe
import pytest

from support_retainer.hours import allotment
from support_retainer.testing import bill, make_contract, make_timesheet
from tests.support.stories import assert_books_balance, at, balances, decisions, entries, on_contract


def make_rollover_package(periods: int = 1, cap: float = 2) -> None:
    """Growth with four hours a month of which some roll over."""
    make_contract("Growth", "2026-01-01", submit=False)
    package = frappe.get_doc("Support Package", "Growth")
    package.hour_pools[0].update({"rollover_periods": periods, "rollover_cap_hours": cap})
    package.save()


def roll_to(contract, day: str) -> None:
    allotment.roll_forward(frappe.get_doc("Retainer Contract", contract.name), frappe.utils.getdate(day))


def figures(contract) -> tuple[int, int, int]:
    values = ["allotted_minutes", "drawn_minutes", "balance_minutes"]
    return frappe.db.get_value("Hour Ledger", {"contract": contract.name}, values)


def test_the_hours_of_a_period_expire_at_its_end_and_new_ones_arrive():
    at("2026-09-14 10:00")
    contract = make_contract("Growth", "2026-09-01")
    make_timesheet(on_contract(contract, "2026-09-14 09:00", 60))
    roll_to(contract, "2026-10-01")
    assert sorted(entries(contract)) == [("Allotment", 240), ("Allotment", 240), ("Expiry", -180), ("Usage", -60)]
    assert (balances(contract), figures(contract)) == ({"Support Hours": 240}, (240, 0, 240))


def test_rolling_forward_twice_is_the_same_as_once():
    at("2026-09-14 10:00")
    contract = make_contract("Growth", "2026-06-01")
    roll_to(contract, "2026-09-14")
    before = entries(contract)
    roll_to(contract, "2026-09-14")
    assert entries(contract) == before
    assert [kind for kind, _ in before].count("Allotment") == 4


def test_what_may_roll_over_rolls_up_to_the_cap_and_lives_one_period_more():
    at("2026-09-14 10:00")
    make_rollover_package(periods=1, cap=2)
    contract = make_contract("Growth", "2026-09-01")
    make_timesheet(on_contract(contract, "2026-09-14 09:00", 60))
    roll_to(contract, "2026-10-01")
    assert balances(contract) == {"Support Hours": 240 + 120}
    assert sorted(entries(contract, "Rollover", "Expiry")) == [("Expiry", -60), ("Rollover", -120), ("Rollover", 120)]
    roll_to(contract, "2026-11-01")
    assert balances(contract) == {"Support Hours": 240 + 120}
    assert_books_balance(contract, "2026-08-31")


def test_rolled_hours_go_first_because_they_expire_first():
    at("2026-10-14 20:00")
    make_rollover_package(periods=1, cap=2)
    contract = make_contract("Growth", "2026-09-01")
    make_timesheet(on_contract(contract, "2026-10-14 09:00", 180))
    roll_to(contract, "2026-11-01")
    # 120 rolled and 60 of October were used; 120 of the 180 left roll again
    assert balances(contract) == {"Support Hours": 240 + 120}


def test_time_logged_late_before_the_invoice_uses_the_hours_of_its_own_period():
    at("2026-10-05 10:00")
    contract = make_contract("Growth", "2026-09-01")
    roll_to(contract, "2026-10-05")
    sheet = make_timesheet(on_contract(contract, "2026-09-14 09:00", 240))
    assert decisions(sheet) == [("Included", 240)]
    assert (balances(contract), figures(contract)) == ({"Support Hours": 240}, (240, 0, 240))
    assert_books_balance(contract, "2026-08-31")


@pytest.mark.commits
def test_time_logged_late_after_the_invoice_uses_todays_hours_and_says_so():
    at("2026-10-05 10:00")
    contract = make_contract("Growth", "2026-09-01")
    bill("2026-10-01", contract)
    sheet = make_timesheet(on_contract(contract, "2026-09-14 09:00", 60))
    assert decisions(sheet) == [("Included", 60)]
    assert "already invoiced" in sheet.time_logs[0].retainer_coverage_reason
    assert balances(contract) == {"Support Hours": 180}


@pytest.mark.commits
def test_time_logged_on_the_day_is_not_called_late_where_the_next_fee_was_billed_ahead():
    at("2026-09-28 20:00")
    contract = make_contract("Growth", "2026-09-01", billing_lead_days=7)
    bill("2026-09-24", contract)
    sheet = make_timesheet(on_contract(contract, "2026-09-28 09:00", 60))
    assert decisions(sheet) == [("Included", 60)]
    assert "already invoiced" not in sheet.time_logs[0].retainer_coverage_reason


def test_a_late_sheet_that_is_cancelled_leaves_the_old_period_as_it_was():
    at("2026-10-05 10:00")
    contract = make_contract("Growth", "2026-09-01")
    roll_to(contract, "2026-10-05")
    sheet = make_timesheet(on_contract(contract, "2026-09-14 09:00", 90))
    sheet.reload()
    sheet.cancel()
    assert (balances(contract), figures(contract)) == ({"Support Hours": 240}, (240, 0, 240))
    again = make_timesheet(on_contract(contract, "2026-09-14 09:00", 240))
    assert decisions(again) == [("Included", 240)]
    assert_books_balance(contract, "2026-08-31")


def test_the_hours_stop_where_the_contract_ends():
    at("2026-09-14 10:00")
    contract = make_contract("Growth", "2026-09-01")
    contract.db_set("end_date", "2026-10-15")
    roll_to(contract, "2027-01-01")
    assert [kind for kind, _ in entries(contract)].count("Allotment") == 2


def test_new_terms_bring_new_hours_from_their_period_on():
    at("2026-09-14 10:00")
    contract = make_contract("Growth", "2026-09-01")
    contract.append("terms", {"effective_from": "2026-10-01", "package": "Professional"})
    contract.save()
    roll_to(contract, "2026-10-01")
    assert balances(contract) == {"Support Hours": 480}


def test_a_posting_that_was_made_before_is_refused_by_the_database():
    at("2026-09-14 10:00")
    contract = make_contract("Growth", "2026-09-01")
    entry = frappe.get_doc("Hour Ledger Entry", {"contract": contract.name})
    with pytest.raises(frappe.UniqueValidationError):
        frappe.copy_doc(entry).update({"entry_key": entry.entry_key}).insert()
