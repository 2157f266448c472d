"""The emergency minimum counts once for an incident, whichever of its time stays on record."""

import frappe
import pytest

from support_retainer.testing import bill, make_contract, make_issue, make_timesheet
from tests.support.stories import at

pytestmark = pytest.mark.commits
FRIDAY = "2026-09-18"  # closed in Dubai


def emergency(issue, hour, minutes):
    return make_timesheet({"from_time": f"{FRIDAY} {hour}:00", "minutes": minutes, "issue": issue.name})


def billed(sheet):
    sheet.reload()
    return [(row.retainer_coverage, row.retainer_billed_minutes, row.billing_amount) for row in sheet.time_logs]


@pytest.fixture
def incident(site):
    at("2026-09-14 09:00")
    contract = make_contract("Growth", "2026-09-01")
    issue = make_issue(contract)
    at("2026-09-30 09:00")
    return contract, issue


def test_work_that_stays_owes_the_minimum_when_the_time_that_bore_it_is_taken_back(incident):
    contract, issue = incident
    first, second = emergency(issue, "10:00", 60), emergency(issue, "12:00", 30)
    assert (billed(first), billed(second)) == ([("Emergency", 120, 600)], [("Emergency", 0, 0)])
    first.cancel()
    assert billed(second) == [("Emergency", 120, 600)]
    assert "minimum" in second.time_logs[0].retainer_coverage_reason
    bill("2026-10-01", contract)
    made = frappe.get_all("Sales Invoice", {"retainer_contract": contract.name}, pluck="net_total")
    assert sorted(made) == [450, 1050]


def test_work_beyond_the_minimum_is_owed_whole(incident):
    _contract, issue = incident
    first, second = emergency(issue, "10:00", 60), emergency(issue, "12:00", 150)
    assert billed(second) == [("Emergency", 90, 450)]
    first.cancel()
    assert billed(second) == [("Emergency", 150, 750)]


def test_an_incident_without_time_owes_nothing(incident):
    _contract, issue = incident
    only = emergency(issue, "10:00", 60)
    only.cancel()
    assert frappe.get_all("Timesheet Detail", {"issue": issue.name, "docstatus": 1}) == []
