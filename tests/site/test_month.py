"""One month, from going live to a balanced set of books, as the people in it live through it."""

import frappe
import pytest

from support_retainer.testing import bill, invoiced_starts, make_contract, make_issue, make_timesheet
from tests.support.stories import (
    allow_foreign_currency,
    amounts,
    assert_books_balance,
    at,
    balances,
    decisions,
    invoices,
    on_contract,
    period_statuses,
    worked,
)


def test_going_live_opens_the_warranty_the_hours_and_the_first_period():
    at("2026-08-31 08:00")
    contract = make_contract("Growth", "2026-08-31")

    assert (contract.status, contract.monthly_fee, str(contract.warranty_end_date)) == ("Active", 450, "2026-11-29")
    assert balances(contract) == {"Support Hours": 240}
    assert period_statuses(contract) == [("2026-08-31", "Due")]


@pytest.mark.commits
def test_a_ticket_its_time_and_the_invoice_that_charges_it():
    at("2026-09-14 09:30")
    contract = make_contract("Growth", "2026-08-31")
    bill("2026-08-31", contract)
    issue = make_issue(contract, priority="P2 High")

    assert (issue.retainer_contract, issue.sla_policy) == (contract.name, "Growth SLA")
    # 24 h of 9 a day: Monday 8.5 h, Tuesday 9 h, Wednesday 6.5 h
    assert str(issue.response_by)[:16] == "2026-09-16 15:30"

    at("2026-09-14 19:00")
    sheet = make_timesheet(
        worked(issue, "2026-09-14 10:00", 310),
        on_contract(contract, "2026-09-14 16:00", 90, "Training"),
    )
    assert decisions(sheet) == [("Included", 240), ("Overage", 70), ("Hourly", 90)]
    assert balances(contract) == {"Support Hours": 0}

    bill("2026-09-30", contract)
    first, second = invoices(contract)
    assert amounts(first) == [450]
    assert amounts(second) == [450, 175, 225]
    assert second.grand_total == 850
    assert_books_balance(contract, "2026-09-30")


@pytest.mark.commits
def test_the_invoice_shows_how_every_amount_comes_about():
    at("2026-09-14 19:00")
    contract = make_contract("Growth", "2026-08-31")
    make_timesheet(on_contract(contract, "2026-09-14 09:00", 8 * 60 + 40 - 180))
    make_timesheet(on_contract(contract, "2026-09-15 16:00", 95, "Training"))
    bill("2026-09-30", contract)

    overage, training = (frappe.utils.strip_html(item.description) for item in invoices(contract)[1].items[1:])
    assert "1:40 hours beyond the included hours x " in overage
    assert "150.00" in overage
    assert "1:35 hours x " in training
    assert amounts(invoices(contract)[1])[1:] == [250, 237.5]


@pytest.mark.commits
def test_the_invoice_claims_exactly_the_rows_it_charges():
    at("2026-10-02 19:00")
    contract = make_contract("Growth", "2026-08-31")
    issue = make_issue(contract)
    sheet = make_timesheet(
        worked(issue, "2026-09-14 10:00", 300), on_contract(contract, "2026-10-02 10:00", 60, "Training")
    )
    bill("2026-09-30", contract)

    second = invoices(contract)[1]
    sheet.reload()
    included, overage, october = sheet.time_logs
    assert [row.timesheet_detail for row in second.timesheets] == [overage.name]
    assert (included.sales_invoice, overage.sales_invoice, october.sales_invoice) == (None, second.name, None)
    assert sheet.status == "Submitted"


@pytest.mark.commits
def test_a_second_run_bills_nothing_twice():
    at("2026-03-31 10:00")
    contract = make_contract("Growth", "2026-01-31")
    bill("2026-03-31", contract)
    again = bill("2026-03-31", contract)

    assert invoiced_starts(contract) == ["2026-01-31", "2026-02-28", "2026-03-31"]
    assert (again.planned, len(invoices(contract))) == (0, 3)


@pytest.mark.commits
def test_a_missed_quarter_is_billed_month_by_month_in_one_run():
    at("2026-04-15 10:00")
    contract = make_contract("Growth", "2026-01-10")
    run = bill("2026-04-15", contract)

    assert invoiced_starts(contract) == ["2026-01-10", "2026-02-10", "2026-03-10", "2026-04-10"]
    assert {str(invoice.posting_date) for invoice in invoices(contract)} == {"2026-04-15"}
    assert (run.status, run.done, run.failed) == ("Done", 4, 0)
    assert period_statuses(contract)[-1] == ("2026-05-10", "Due")


@pytest.mark.commits
def test_a_free_package_is_not_charged_and_its_clock_still_runs():
    at("2026-09-14 10:00")
    allow_foreign_currency()
    contract = make_contract("Warranty", "2026-09-01")
    assert make_issue(contract, priority="P1 Critical").response_by

    run = bill("2026-10-01", contract)
    assert period_statuses(contract)[:2] == [("2026-09-01", "Not Charged"), ("2026-10-01", "Not Charged")]
    assert (run.status, invoices(contract)) == ("Done", [])


@pytest.mark.commits
def test_a_client_in_crowns_is_billed_in_crowns_by_a_company_in_dirhams():
    at("2026-09-14 10:00")
    allow_foreign_currency()
    frappe.get_doc(
        doctype="Currency Exchange",
        from_currency="SEK",
        to_currency="AED",
        exchange_rate=0.35,
        date="2026-09-01",
        for_selling=1,
        for_buying=1,
    ).insert()
    contract = make_contract("Operations", "2026-09-01")
    bill("2026-09-01", contract)

    (invoice,) = invoices(contract)
    assert (invoice.currency, invoice.conversion_rate, invoice.grand_total) == ("SEK", 0.35, 1500)
    assert invoice.base_grand_total == 525


@pytest.mark.commits
def test_a_metered_client_pays_by_the_tiers_agreed():
    at("2026-09-14 10:00")
    allow_foreign_currency()
    contract = make_contract("Maintenance", "2026-09-01", quantity=6000)
    bill("2026-09-01", contract)

    (invoice,) = invoices(contract)
    assert invoice.grand_total == 5000 * 1.5 + 1000 * 1.1
    formula = "6,000 Lines of code: 5,000 x SEK 1.50 + 1,000 x SEK 1.10"
    assert formula in invoice.items[0].description
