"""The statement of hours adds up, by period and by entry, and the balance costs the same whatever the history."""

from datetime import date, datetime

import frappe
import pytest

from support_retainer.exceptions import InvalidTime
from support_retainer.hours import allotment, balance
from support_retainer.retainer.report.hour_statement.hour_statement import execute
from support_retainer.testing import make_contract, make_issue, make_timesheet
from tests.support.people import acting_as, make_user


@pytest.fixture
def contract(site):
    """Growth from 31 August: 4 hours a period; 3 used in the first, the fourth expires; 5 worked in the second."""
    frappe.flags.current_time = datetime(2026, 9, 2, 9, 0, 0, 1)
    contract = make_contract(package="Growth", go_live="2026-08-31")
    make_timesheet({"retainer_contract": contract.name, "from_time": "2026-09-14 09:00:00", "minutes": 180})
    frappe.flags.current_time = datetime(2026, 10, 5, 9, 0, 0, 1)
    allotment.roll_forward(contract, date(2026, 10, 5))
    issue = make_issue(contract)
    make_timesheet({"issue": issue.name, "from_time": "2026-10-01 09:00:00", "minutes": 300})
    return contract


def statement(contract, show="Summary", first="2026-08-01", last="2026-10-31", **filters):
    filters = {"contract": contract.name, "show": show, "from_date": first, "to_date": last, **filters}
    return execute(filters)[1]


def figures(row, *names):
    return tuple(row[name] for name in names)


def test_the_summary_adds_up(contract):
    (row,) = statement(contract)

    assert figures(row, "opening", "allotted", "used", "expired", "balance", "beyond") == (0, 8, 7, 1, 0, 1)


def test_each_period_opens_with_the_balance_of_the_one_before(contract):
    first, second = statement(contract, "Periods")

    assert figures(first, "period_start", "period_end") == (date(2026, 8, 31), date(2026, 9, 29))
    assert figures(first, "opening", "allotted", "used", "expired", "balance") == (0, 4, 3, 1, 0)
    assert figures(second, "period_start", "period_end") == (date(2026, 9, 30), date(2026, 10, 30))
    assert figures(second, "opening", "allotted", "used", "expired", "balance") == (0, 4, 4, 0, 0)


def test_the_opening_is_what_was_there_the_evening_before(contract):
    (row,) = statement(contract, first="2026-09-01", last="2026-09-14")

    assert figures(row, "opening", "used", "balance") == (4, 3, 1)


def test_an_entry_leads_to_the_ticket_and_the_timesheet_row(contract):
    used = [row for row in statement(contract, "Entries") if row.entry_type == "Usage"][-1]

    sheet = frappe.get_doc("Timesheet", used.voucher_no)
    assert used.issue == sheet.time_logs[0].issue
    assert used.voucher_detail_no in [row.name for row in sheet.time_logs]


def test_the_balance_after_each_entry_ends_in_the_balance_of_the_account(contract):
    rows = statement(contract, "Entries")

    assert rows[-1].balance * 60 == frappe.db.get_value("Hour Ledger", {"contract": contract.name}, "balance_minutes")
    assert min(row.balance for row in rows) == 0


def test_a_cancelled_timesheet_lessens_the_used_hours(contract):
    name = frappe.get_all("Timesheet Detail", {"retainer_contract": contract.name, "docstatus": 1}, pluck="parent")[0]
    frappe.get_doc("Timesheet", name).cancel()

    (row,) = statement(contract)
    assert row.opening + row.allotted - row.used - row.expired == row.balance


def test_other_contracts_are_not_on_it(contract):
    other = make_contract(package="Growth", go_live="2026-08-31")

    assert {row.contract for row in statement(other)} == {other.name}


def test_entries_of_everybody_at_once_are_not_shown(contract):
    _columns, rows, message = execute({"show": "Entries", "from_date": "2026-08-01", "to_date": "2026-10-31"})

    assert rows == []
    assert "customer" in message


def test_dates_the_wrong_way_round_are_refused(contract):
    with pytest.raises(InvalidTime):
        statement(contract, first="2026-09-30", last="2026-09-01")


def test_a_reader_limited_to_one_customer_sees_that_customers_hours_only(contract):
    other = make_contract(package="Growth", go_live="2026-08-31")
    agent = make_user("Retainer Agent")
    frappe.get_doc(doctype="User Permission", user=agent, allow="Customer", for_value=contract.customer).insert()

    with acting_as(agent):
        rows = execute({"from_date": "2026-08-01", "to_date": "2026-10-31"})[1]
    assert {row.contract for row in rows} == {contract.name}
    assert other.name not in {row.contract for row in rows}


def queries(action):
    found, real = [], frappe.db.sql

    def counted(*args, **kwargs):
        found.append(args[0])
        return real(*args, **kwargs)

    frappe.db.sql = counted
    try:
        action()
    finally:
        del frappe.db.sql
    return len(found)


def test_a_balance_is_three_queries_at_most(contract):
    assert queries(lambda: balance.of_contract(contract.name)) <= 3


def test_the_balance_says_what_is_given_used_and_left_until_when(contract):
    frappe.flags.current_time = datetime(2026, 9, 20, 9, 0, 0, 1)
    other = make_contract(package="Growth", go_live="2026-08-31")
    make_timesheet({"retainer_contract": other.name, "from_time": "2026-09-14 09:00:00", "minutes": 60})

    (pool,) = balance.of_contract(other.name)
    assert (pool.pool, pool.given, pool.used, pool.left) == ("Support Hours", 240, 60, 180)
    assert [(part.minutes, part.until) for part in pool.lasting] == [(180, date(2026, 9, 29))]
