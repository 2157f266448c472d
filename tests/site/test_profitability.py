"""What contracts brought in and cost, to the figure; and the currency that time is kept in."""

import frappe
import pytest
from frappe.desk.query_report import run as run_report

from support_retainer.exceptions import InvalidTime, MixedCurrencies
from support_retainer.hours import day_sheet
from support_retainer.hours.day_sheet import Entry
from support_retainer.testing import bill, make_contract, make_exchange_rate, make_issue, make_timesheet
from support_retainer.testing.factories import company
from tests.support.people import acting_as, make_user
from tests.support.stories import allow_foreign_currency, at, grant_warranty, on_contract, worked

SPAN = {"from_date": "2026-08-01", "to_date": "2026-09-30"}


@pytest.fixture(autouse=True)
def costs(site):
    """An hour of support costs us 60, an hour of training 80; it is 30 September."""
    at("2026-09-30 19:30")
    make_contract("Growth", submit=False)
    for activity_type, rate in (("User Support", 60), ("Training", 80)):
        frappe.db.set_value("Activity Type", activity_type, "costing_rate", rate)


def report(**filters):
    return run_report("Profitability", filters={"company": company(), **SPAN, **filters})["result"]


def figures(contract, *names, **filters):
    return [tuple(row[name] for name in names) for row in report(contract=contract.name, **filters)]


def covered(contract):
    issue = make_issue(contract)
    grant_warranty(issue)
    return issue


@pytest.mark.commits
def test_revenue_cost_margin_and_what_an_hour_brought(costs):
    """August: one fee of 450. September: a fee, two hours of training at 150, three included, one under warranty."""
    contract = make_contract("Growth", "2026-08-31")
    make_timesheet(
        on_contract(contract, "2026-09-14 09:00", 180),
        on_contract(contract, "2026-09-14 13:00", 120, "Training"),
        worked(covered(contract), "2026-09-14 16:00", 60),
    )
    bill("2026-08-31", contract)
    bill("2026-09-30", contract)
    assert figures(contract, "month", "revenue", "cost", "margin", "hours", "hourly") == [
        ("2026-08", 450, 0, 450, 0, None),
        ("2026-09", 750, 400, 350, 6, 125),
    ]
    assert figures(contract, "warranty_hours", "warranty_cost", "margin_percent", by="Contract") == [(1, 60, 66.7)]
    assert [row["revenue"] for row in report(contract=contract.name, by="Month")] == [450, 750]


@pytest.mark.commits
def test_a_foreign_contract_counts_in_the_companys_currency(costs):
    allow_foreign_currency()
    make_exchange_rate("USD", 4, "2020-01-01")
    contract = make_contract("Ongoing Support", "2026-08-31")
    sheet = make_timesheet(on_contract(contract, "2026-09-14 09:00", 60, "Additional Work"))
    frappe.db.set_value("Activity Type", "Additional Work", "costing_rate", 60)
    sheet = make_timesheet(on_contract(contract, "2026-09-15 09:00", 60, "Additional Work"))
    assert (sheet.currency, sheet.exchange_rate) == ("USD", 4)
    (row,) = sheet.time_logs
    assert (row.billing_amount, row.base_billing_amount, row.costing_amount, row.base_costing_amount) == (
        85,
        340,
        15,
        60,
    )
    assert (sheet.base_total_billable_amount, sheet.base_total_costing_amount) == (340, 60)
    assert figures(contract, "revenue", "cost", "currency") == [(0, 60, "AED")]


def test_credit_notes_and_cancelled_sheets_count_as_what_they_are(costs):
    contract = make_contract("Growth", "2026-08-31")
    make_timesheet(on_contract(contract, "2026-09-14 09:00", 60)).cancel()
    assert report(contract=contract.name) == []


def test_contracts_of_several_currencies_need_sheets_of_their_own(costs):
    allow_foreign_currency()
    growth, ongoing = make_contract("Growth", "2026-08-31"), make_contract("Ongoing Support", "2026-08-31")
    with pytest.raises(MixedCurrencies, match="row 2 USD"):
        make_timesheet(on_contract(growth, "2026-09-14 09:00", 60), on_contract(ongoing, "2026-09-14 10:00", 60))


def test_quick_entries_of_a_day_go_to_a_sheet_for_each_currency(costs):
    allow_foreign_currency()
    user = make_user("Retainer Agent")
    names = set()
    for hour, package in ((9, "Growth"), (10, "Ongoing Support"), (11, "Growth")):
        contract = make_contract(package, "2026-08-31")
        span = day_sheet.Span(
            frappe.utils.get_datetime(f"2026-09-14 {hour}:00"), frappe.utils.get_datetime(f"2026-09-14 {hour}:30")
        )
        names |= set(day_sheet.log(user, Entry("User Support", "x", None, contract.name), [span]))
    assert sorted(frappe.get_all("Timesheet", {"name": ["in", names]}, pluck="currency")) == ["AED", "USD"]


def test_a_span_that_ends_before_it_begins_is_refused(costs):
    with pytest.raises(InvalidTime):
        report(from_date="2026-10-01")


@pytest.mark.parametrize(
    ("role", "sees"), [("Retainer Manager", True), ("Accounts Manager", True), ("Retainer Agent", False)]
)
def test_what_contracts_earn_is_for_managers(costs, role, sees):
    with acting_as(make_user(role)):
        if sees:
            assert report() == []
        else:
            with pytest.raises(frappe.PermissionError):
                report()
