"""What an agent sees of the contract on a ticket."""

from datetime import datetime

import frappe
import pytest

from support_retainer.reporting.ticket_glance import contract_of
from support_retainer.testing import make_contract, make_customer, make_issue, make_timesheet
from tests.support.people import acting_as, make_user

WORKING_HOUR = datetime(2026, 11, 19, 10, 0, 0, 1)


@pytest.fixture
def contract(site):
    frappe.flags.current_time = WORKING_HOUR
    return make_contract("Professional", "2026-07-01")


def test_hours_left_and_how_an_hour_would_be_covered(contract):
    issue = make_issue(contract, priority="P3 Medium")
    make_timesheet({"issue": issue.name, "from_time": "2026-11-19 10:00:00", "minutes": 90})
    facts = contract_of(issue.name)
    assert facts["package"] == "Professional"
    assert facts["hours"] == [{"pool": "Support Hours", "left": 390}]
    assert [part["coverage"] for part in facts["hour_now"]] == ["Included"]


def test_outside_support_hours_it_would_be_an_emergency(contract):
    frappe.flags.current_time = datetime(2026, 11, 19, 23, 30, 0, 1)
    issue = make_issue(contract, priority="P1 Critical")
    assert {part["coverage"] for part in contract_of(issue.name)["hour_now"]} == {"Emergency"}


def test_the_warranty_is_asked_for_the_day_the_ticket_was_opened(contract):
    late, early = make_issue(contract), make_issue(contract, opening_date="2026-07-02")
    assert not contract_of(late.name)["in_warranty"]
    assert contract_of(early.name)["in_warranty"]


def test_a_ticket_without_a_contract_has_none(contract):
    assert contract_of(make_issue(customer=make_customer()).name) is None


def test_a_stranger_may_not_ask(contract):
    issue = make_issue(contract)
    with acting_as(make_user("Customer")), pytest.raises(frappe.PermissionError):
        contract_of(issue.name)
