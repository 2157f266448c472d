"""Two weeks before the warranty ends everybody is told, once; who has no paid package is offered one."""

from datetime import date

import frappe
import pytest

from support_retainer.hours import warranty_end
from support_retainer.testing import make_contract, make_timesheet
from tests.support.people import make_user
from tests.support.stories import allow_foreign_currency, at


@pytest.fixture
def client(site):
    at("2026-09-14 09:00")
    allow_foreign_currency()
    return make_user("Customer", user_type="Website User")


def contract_of(client, package="Growth"):
    return make_contract(package, "2026-08-31", contacts=[{"user": client}])


def days_before(contract, days):
    return frappe.utils.add_days(contract.warranty_end_date, -days)


def told(contract):
    return frappe.get_all("Notification Log", {"document_name": contract.name}, pluck="subject")


def test_staff_is_told_two_weeks_ahead_and_once(client):
    make_user("Retainer Manager")
    contract = contract_of(client)
    assert warranty_end.remind(days_before(contract, 15)) == []
    assert warranty_end.remind(days_before(contract, 14)) == [contract.name]
    assert warranty_end.remind(days_before(contract, 13)) == []
    assert len(told(contract)) == len(set(frappe.get_all("Notification Log", pluck="for_user")))
    assert "ends on" in told(contract)[0]
    assert frappe.db.get_value("Retainer Contract", contract.name, "warranty_reminded_on") == date(2026, 11, 15)


def test_a_reminder_that_was_missed_comes_late_but_not_after_the_end(client):
    late, over = contract_of(client), contract_of(client)
    assert set(warranty_end.remind(late.warranty_end_date)) == {late.name, over.name}
    frappe.db.set_value("Retainer Contract", over.name, "warranty_reminded_on", None)
    assert warranty_end.remind(frappe.utils.add_days(over.warranty_end_date, 1)) == []


def test_a_contract_that_is_over_hears_nothing(client):
    contract = contract_of(client)
    contract.db_set("status", "Ended")
    assert warranty_end.remind(days_before(contract, 10)) == []


def test_who_pays_for_a_package_keeps_it(client):
    contract = contract_of(client)
    assert "Growth goes on" in warranty_end.offer(contract, date(2026, 11, 15))


def test_who_pays_for_none_is_offered_those_of_the_catalogue(client):
    contract = contract_of(client, "Warranty")
    text = warranty_end.offer(contract, date(2026, 11, 15))
    assert all(package in text for package in ("Basic", "Standard", "Premium"))
    assert "Warranty (" not in text


@pytest.mark.parametrize(("after", "coverage"), [(0, "Included"), (1, "Quoted")])
def test_the_package_for_the_warranty_covers_nothing_after_its_last_day(client, after, coverage):
    contract = contract_of(client, "Warranty")
    day = frappe.utils.add_days(contract.warranty_end_date, after)
    at(f"{day} 15:00")
    work = {"retainer_contract": contract.name, "activity_type": "Bug Fix", "from_time": f"{day} 12:00", "minutes": 30}
    (row,) = make_timesheet(work).time_logs
    assert row.retainer_coverage == coverage
    assert ("ended with the warranty" in row.retainer_coverage_reason) is bool(after)
