"""What the owner asks: is the team busy, can we sell more, who may leave; every figure with the rows behind it."""

import frappe
import pytest

from support_retainer.exceptions import InvalidTime
from support_retainer.retainer.report.renewal_risk import renewal_risk
from support_retainer.retainer.report.support_capacity import support_capacity
from support_retainer.retainer.report.team_utilisation import team_utilisation
from support_retainer.testing import make_contract, make_issue, make_timesheet
from tests.support.people import make_user
from tests.support.stories import at, on_contract

MARCH = {"from_date": "2026-03-01", "to_date": "2026-03-31"}


def rows(report, **filters):
    return report.execute({"company": frappe.defaults.get_global_default("company"), **filters})[1]


@pytest.fixture
def agent(site):
    at("2026-01-31 09:00")
    return make_user("Retainer Agent")


def test_utilisation_is_the_share_of_available_hours_on_contracts(agent):
    contract = make_contract("Growth", "2026-01-31")
    at("2026-03-04 19:00")
    make_timesheet(on_contract(contract, "2026-03-02 09:00", 300), user=agent)
    make_timesheet({"from_time": "2026-03-03 09:00", "minutes": 120}, user=agent)
    (row,) = [row for row in rows(team_utilisation, **MARCH) if row["user"] == agent]
    assert (row["worked"], row["on_contracts"], row["included"], row["charged"]) == (7, 5, 4, 1)
    assert row["utilisation"] == round(100 * 5 / row["available"], 1)


def test_available_hours_leave_out_holidays_and_follow_the_day(agent):
    full = next(row for row in rows(team_utilisation, **MARCH) if row["user"] == agent)
    half = next(row for row in rows(team_utilisation, **MARCH, hours_a_day=4) if row["user"] == agent)
    assert 0 < full["available"] <= 23 * 8
    assert half["available"] == full["available"] / 2


def test_every_month_of_the_span_has_its_row(agent):
    found = [row["month"] for row in rows(team_utilisation, from_date="2026-01-15", to_date="2026-03-02")]
    assert found.count("2026-01") == found.count("2026-02") == found.count("2026-03") > 0


def test_a_span_the_wrong_way_round_is_refused(site):
    with pytest.raises(InvalidTime):
        rows(support_capacity, from_date="2026-03-02", to_date="2026-03-01")


def test_capacity_counts_the_hours_that_contracts_promise(agent):
    before = {row["team"]: row["sold"] for row in rows(support_capacity, **MARCH)}
    make_contract("Professional", "2026-01-31", account_manager=agent)
    make_contract("Growth", "2026-03-17", account_manager=agent)
    after = {row["team"]: row["sold"] for row in rows(support_capacity, **MARCH)}
    assert round(after["No team"] - before.get("No team", 0), 1) == round(8 + 4 * 15 / 31, 1)


def test_a_contract_that_ended_promises_nothing_more(agent):
    contract = make_contract("Professional", "2026-01-31", account_manager=agent)
    with_it = sum(row["sold"] for row in rows(support_capacity, **MARCH))
    frappe.db.set_value("Retainer Contract", contract.name, "end_date", "2026-02-27")
    frappe.clear_document_cache("Retainer Contract", contract.name)
    assert sum(row["sold"] for row in rows(support_capacity, **MARCH)) == with_it - 8


def risk_of(contract):
    return next(row for row in rows(renewal_risk) if row["contract"] == contract.name)


def test_a_quiet_new_client_is_a_low_risk(site):
    at("2026-02-10 09:00")
    assert risk_of(make_contract("Growth", "2026-01-31"))["level"] == "Low"


def test_unanswered_tickets_unused_hours_and_unread_reports_are_told_with_their_figures(site):
    at("2026-01-31 09:00")
    contract = make_contract("Growth", "2026-01-31")
    make_issue(contract, opening_date="2026-02-02", opening_time="09:00:00")
    at("2026-03-20 09:00")
    row = risk_of(contract)
    assert row["level"] == "High"
    assert "100 % of first responses late" in row["facts"]
    assert "only 0 % of the hours used" in row["facts"]


def test_a_notice_is_the_highest_risk_and_stands_first(site):
    at("2026-01-31 09:00")
    contract = make_contract("Growth", "2026-01-31")
    frappe.db.set_value("Retainer Contract", contract.name, "status", "Notice Given")
    first = rows(renewal_risk)[0]
    assert (first["contract"], first["points"]) == (contract.name, 100)
    assert rows(renewal_risk, level="Low") == [row for row in rows(renewal_risk) if row["level"] == "Low"]


def test_the_cost_does_not_follow_the_number_of_contracts(site):
    at("2026-01-31 09:00")

    def queries():
        count = 0
        run = frappe.db.sql

        def counting(*arguments, **keywords):
            nonlocal count
            count += 1
            return run(*arguments, **keywords)

        frappe.db.sql = counting
        try:
            rows(renewal_risk)
        finally:
            frappe.db.sql = run
        return count

    make_contract("Growth", "2026-01-31")
    queries()
    few = queries()
    for _number in range(4):
        make_contract("Growth", "2026-01-31")
    assert queries() == few
