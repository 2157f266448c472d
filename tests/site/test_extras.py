"""Travel at cost, one-off fees and the second upgrade of a year: on the row, on real invoices, exactly once."""

import frappe
import pytest

from support_retainer.exceptions import ExpensesNotAgreed
from support_retainer.hours import explain
from support_retainer.retainer.report.unbilled_usage import unbilled_usage
from support_retainer.testing import bill, make_contract, make_issue, make_timesheet
from tests.support.stories import (
    allow_foreign_currency,
    assert_books_balance,
    at,
    decisions,
    grant_warranty,
    invoices,
    worked,
)

ROOMS = {"retainer_expenses": 320.5, "retainer_expenses_note": "Taxi to Abu Dhabi and back"}


@pytest.fixture
def visited(site):
    """A package with visits; billed from 31 August on, and it is 30 September."""
    at("2026-09-30 19:30")
    return make_contract("Professional", "2026-08-31")


@pytest.fixture
def maintained(site):
    allow_foreign_currency()
    at("2026-09-30 19:30")
    return make_contract("Maintenance and Support", "2026-08-31", quantity=1000)


def visit(contract, start="2026-09-14 10:00", **values):
    return {**worked(make_issue(contract), start, 240, "On-Site Visit"), **ROOMS, **values}


def upgrade(issue, start, minutes=120):
    return worked(issue, start, minutes, "Version Upgrade")


def lines(invoice):
    return [(frappe.utils.strip_html(item.description), item.amount) for item in invoice.items]


@pytest.mark.commits
def test_a_visit_costs_its_day_and_the_travel_at_cost(visited):
    make_timesheet(visit(visited))
    bill("2026-09-30", visited)
    first, second = invoices(visited)
    assert len(first.items) == 1
    _fee, day, travel = lines(second)
    assert day[1] == 2000
    assert travel[1] == 320.5
    assert "travel expenses at cost" in travel[0]
    assert "Taxi to Abu Dhabi and back" in travel[0]
    assert second.items[2].item_code == frappe.db.get_single_value("Retainer Settings", "expense_item")
    assert_books_balance(visited, "2026-09-30")


@pytest.mark.commits
def test_travel_is_charged_once_and_again_only_when_its_invoice_is_gone(visited):
    make_timesheet(visit(visited))
    bill("2026-09-30", visited)
    bill("2026-09-30", visited)
    assert [len(invoice.items) for invoice in invoices(visited)] == [1, 3]
    invoices(visited)[1].cancel()
    bill("2026-09-30", visited)
    assert [len(invoice.items) for invoice in invoices(visited)] == [1, 3]
    assert_books_balance(visited, "2026-09-30")


@pytest.mark.commits
def test_a_visit_whose_sheet_was_cancelled_charges_no_travel(visited):
    make_timesheet(visit(visited)).cancel()
    bill("2026-09-30", visited)
    assert [len(invoice.items) for invoice in invoices(visited)] == [1, 1]


def test_the_row_says_what_the_travel_adds(visited):
    (row,) = make_timesheet(visit(visited)).time_logs
    assert (row.retainer_coverage, row.billing_amount) == ("Daily", 2320.5)
    assert "travel expenses at cost" in row.retainer_coverage_reason
    (answer,) = explain.explain([{**visit(visited), "to_time": "2026-09-14 14:00"}])
    assert answer["amount"] == 2320.5
    assert [extra["amount"] for extra in answer["extras"]] == [320.5]


def test_travel_is_charged_only_where_the_package_says_so(visited):
    with pytest.raises(ExpensesNotAgreed, match="charges no expenses for"):
        make_timesheet(visit(visited, activity_type="User Support"))
    with pytest.raises(ExpensesNotAgreed):
        make_timesheet(visit(visited, retainer_expenses=-1))


@pytest.mark.commits
def test_a_visit_under_the_warranty_charges_neither_day_nor_travel(visited):
    issue = make_issue(visited)
    grant_warranty(issue)
    sheet = make_timesheet({**worked(issue, "2026-09-14 10:00", 240, "On-Site Visit"), **ROOMS})
    assert decisions(sheet) == [("Warranty", 0)]
    assert "travel not charged" in sheet.time_logs[0].retainer_coverage_reason
    bill("2026-09-30", visited)
    assert [len(invoice.items) for invoice in invoices(visited)] == [1, 1]


@pytest.mark.commits
def test_an_upgrade_costs_its_one_off_fee_once(maintained):
    issue = make_issue(maintained)
    first = make_timesheet(upgrade(issue, "2026-09-14 10:00"), upgrade(issue, "2026-09-14 13:00"))
    second = make_timesheet(upgrade(issue, "2026-09-15 10:00"))
    assert [row.retainer_one_off_fee for row in first.time_logs] == [9900, 0]
    assert [row.retainer_one_off_fee for row in second.time_logs] == [0]
    bill("2026-09-30", maintained)
    _before, invoice = invoices(maintained)
    (_fee, one_off) = lines(invoice)
    assert one_off[1] == 9900
    assert f"one-off fee at the start of the work {issue.name}" in one_off[0]
    assert invoice.items[1].item_code == frappe.db.get_single_value("Retainer Settings", "one_off_item")
    assert_books_balance(maintained, "2026-09-30")


@pytest.mark.commits
def test_the_second_upgrade_of_a_year_is_charged_by_the_hour_with_its_own_fee(maintained):
    make_timesheet(upgrade(make_issue(maintained), "2026-09-14 10:00"))
    sheet = make_timesheet(upgrade(make_issue(maintained), "2026-09-21 10:00", 180))
    assert decisions(sheet) == [("Hourly", 180)]
    bill("2026-09-30", maintained)
    _before, invoice = invoices(maintained)
    hourly = sheet.time_logs[0].retainer_rate * 3
    assert [amount for _text, amount in lines(invoice)][1:] == [hourly, 9900, 9900]
    assert hourly > 0
    assert_books_balance(maintained, "2026-09-30")


def test_two_upgrades_on_one_sheet_are_the_first_and_the_second(maintained):
    sheet = make_timesheet(
        upgrade(make_issue(maintained), "2026-09-14 10:00"), upgrade(make_issue(maintained), "2026-09-14 13:00")
    )
    assert [kind for kind, _minutes in decisions(sheet)] == ["Included", "Hourly"]


def test_a_year_later_an_upgrade_is_included_again(maintained):
    make_timesheet(upgrade(make_issue(maintained), "2026-09-14 10:00"))
    at("2027-09-14 19:30")
    frappe.get_doc("Retainer Contract", maintained.name).reload()
    assert decisions(make_timesheet(upgrade(make_issue(maintained), "2027-09-13 10:00"))) == [("Included", 120)]


@pytest.mark.commits
def test_a_cancelled_sheet_leaves_its_fee_to_the_next_work_on_the_ticket(maintained):
    issue = make_issue(maintained)
    first = make_timesheet(upgrade(issue, "2026-09-14 10:00"))
    second = make_timesheet(upgrade(issue, "2026-09-15 10:00"))
    first.cancel()
    second.reload()
    assert [row.retainer_one_off_fee for row in second.time_logs] == [9900]
    bill("2026-09-30", maintained)
    assert [amount for _text, amount in lines(invoices(maintained)[1])][1:] == [9900]
    assert_books_balance(maintained, "2026-09-30")


def test_unbilled_usage_shows_fees_and_travel_until_they_are_invoiced(visited, maintained):
    make_timesheet(visit(visited))
    make_timesheet(upgrade(make_issue(maintained), "2026-09-14 10:00"))
    rows = unbilled_usage.rows(frappe._dict())
    assert [(row.coverage, row.beside, row.amount) for row in rows if row.contract == visited.name] == [
        ("Daily", 320.5, 2320.5)
    ]
    assert [(row.coverage, row.beside, row.amount) for row in rows if row.contract == maintained.name] == [
        ("Included", 9900, 9900)
    ]


def test_travel_of_a_visit_that_splits_is_charged_once(site):
    """Visits that draw the hours: two hours are included, the third is beyond them, the taxi came once."""
    at("2026-09-30 19:30")
    make_contract("Starter", "2026-08-31", submit=False)
    package = frappe.copy_doc(frappe.get_doc("Support Package", "Starter"))
    package.package_name = "Starter with visits"
    for rule in package.coverage:
        if rule.activity_type == "On-Site Visit":
            rule.update({"treatment": "Included", "plus_expenses": 1})
    package.insert()
    sheet = make_timesheet({**visit(make_contract(package.name, "2026-08-31")), "minutes": 180})
    assert decisions(sheet) == [("Included", 120), ("Overage", 60)]
    assert [row.billing_amount for row in sheet.time_logs] == [320.5, 150]
