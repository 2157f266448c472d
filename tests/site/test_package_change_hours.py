"""Hours when the package changes within a period: with the next one, or at once by days."""

import frappe
import pytest

from support_retainer.hours import allotment, audit, package_change
from support_retainer.testing import make_contract, make_timesheet
from tests.support.stories import at, balances, entries, on_contract

pytestmark = pytest.mark.commits


@pytest.fixture
def contract():
    """Growth with four hours a month from 1 December."""
    frappe.get_doc("Retainer Settings").update({"hours_on_change": "At Once by Days"}).save()
    at("2026-12-01 09:00")
    return make_contract("Growth", "2026-12-01")


def change(contract, package, day):
    contract.reload()
    contract.append("terms", {"effective_from": day, "package": package})
    contract.save()


def on(day):
    at(f"{day} 09:00")
    package_change.adjust_all()
    package_change.adjust_all()


def assert_ledger_is_right(contract):
    contract.reload()
    assert [found.sentence() for found in audit.differences(contract)] == []


def test_an_upgrade_brings_its_share_of_the_hours_on_its_day_and_once(contract):
    make_contract("Professional", "2026-12-01", submit=False)
    change(contract, "Professional", "2026-12-17")
    on("2026-12-16")
    assert balances(contract) == {"Support Hours": 240}
    on("2026-12-17")
    hours = frappe.get_doc("Support Package", "Professional").hour_pools[0].hours
    brought = round((hours * 60 - 240) * 15 / 31)
    assert balances(contract) == {"Support Hours": 240 + brought}
    assert_ledger_is_right(contract)


def test_what_the_upgrade_brought_ends_with_its_period(contract):
    change(contract, "Professional", "2026-12-17")
    on("2026-12-17")
    at("2027-01-01 09:00")
    allotment.roll_all_forward(frappe.utils.getdate("2027-01-01"))
    hours = frappe.get_doc("Support Package", "Professional").hour_pools[0].hours
    assert balances(contract) == {"Support Hours": hours * 60}
    assert_ledger_is_right(contract)


def test_a_downgrade_takes_its_share_of_what_is_left(contract):
    change(contract, "Starter", "2026-12-17")
    on("2026-12-17")
    starter = frappe.get_doc("Support Package", "Starter")
    minutes = sum(pool.hours * 60 for pool in starter.hour_pools if pool.pool == "Support Hours")
    assert balances(contract)["Support Hours"] == 240 - round((240 - minutes) * 15 / 31)
    assert_ledger_is_right(contract)


def test_hours_that_are_used_are_not_taken_back(contract):
    at("2026-12-16 19:00")
    make_timesheet(on_contract(contract, "2026-12-16 09:00", 240))
    change(contract, "Starter", "2026-12-17")
    on("2026-12-17")
    assert balances(contract)["Support Hours"] == 0
    assert entries(contract, "Adjustment") == []


def test_by_default_the_hours_come_with_the_next_period(contract):
    frappe.get_doc("Retainer Settings").update({"hours_on_change": "With Next Period"}).save()
    change(contract, "Professional", "2026-12-17")
    on("2026-12-17")
    assert balances(contract) == {"Support Hours": 240}
