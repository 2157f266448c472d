"""What the contract's form shows above its fields."""

from datetime import datetime

import frappe
import pytest

from support_retainer.reporting.contract_glance import at_a_glance
from support_retainer.testing import bill, make_contract, make_issue, make_timesheet
from support_retainer.testing.sites import make_site
from tests.support.people import acting_as, make_user

pytestmark = pytest.mark.commits


@pytest.fixture
def contract(site):
    """Professional (8 h, AED 800) since August, asked on 20 November with the warranty nearly over."""
    frappe.flags.current_time = datetime(2026, 11, 20, 12, 0, 0, 1)
    contract = make_contract("Professional", "2026-08-23")
    bill("2026-11-20", contract)
    return contract


def log(contract, hours):
    """Support on 19 November from 10 in the morning, within support hours."""
    issue = make_issue(contract, priority="P3 Medium")
    make_timesheet({"issue": issue.name, "from_time": "2026-11-19 10:00:00", "minutes": hours * 60})


def test_hours_are_those_of_this_period(contract):
    log(contract, 3)
    [pool] = at_a_glance(contract.name)["hours"]
    assert (pool["given"], pool["used"], pool["left"], str(pool["until"])) == (480, 180, 300, "2026-11-22")


def test_what_is_over_the_pool_is_not_invoiced_yet_and_on_the_next_invoice(contract):
    log(contract, 9)
    money = at_a_glance(contract.name)["money"]
    assert money["unbilled_minutes"] > 0
    assert str(money["next_invoice_on"]) == "2026-11-23"
    [planned] = money["next_invoice"]["invoices"]
    assert float(planned["total"]) == 800 + money["unbilled_amount"]


def test_the_warranty_counts_its_last_day(contract):
    facts = at_a_glance(contract.name)
    assert (str(facts["warranty_end_date"]), facts["warranty_days"]) == ("2026-11-21", 2)


def test_open_tickets_and_promises_are_those_of_the_contract_alone(contract):
    other = make_contract("Professional", "2026-08-23")
    make_issue(contract, priority="P3 Medium")
    make_issue(other, priority="P3 Medium")
    facts = at_a_glance(contract.name)
    assert facts["tickets"] == {"open": 1, "missed": 0, "at_risk": 0}
    assert facts["promises"] == {"met": 0, "missed": 0}


def test_the_terms_in_force_are_marked(contract):
    contract.append("terms", {"package": "Enterprise", "effective_from": "2026-12-01"})
    contract.save()
    shown = [(str(row["effective_from"]), row["is_current"]) for row in at_a_glance(contract.name)["terms"]]
    assert shown == [("2026-08-23", True), ("2026-12-01", False)]


def test_an_agent_sees_hours_and_no_money(contract):
    with acting_as(make_user("Retainer Agent", "Support Team")):
        facts = at_a_glance(contract.name)
    assert facts["hours"]
    assert facts["money"] is None


@pytest.mark.parametrize("role", ["Customer", "Employee"])
def test_a_stranger_sees_nothing(contract, role):
    with acting_as(make_user(role)), pytest.raises(frappe.PermissionError):
        at_a_glance(contract.name)


def test_sites_that_are_not_well_are_counted(contract):
    assert at_a_glance(contract.name)["sites"] == {"watched": 0, "down": 0, "degraded": 0}
    make_site(contract)
    make_site(contract).db_set("status", "Down")
    make_site(contract, enabled=0).db_set("status", "Down")
    assert at_a_glance(contract.name)["sites"] == {"watched": 2, "down": 1, "degraded": 0}
