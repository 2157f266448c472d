"""The invoice for additional work: hours and tasks broken down, exactly the rows behind them billed, nothing else."""

import frappe
import pytest

from support_retainer.exceptions import NothingToInvoice
from support_retainer.hours import estimate_api, estimate_invoice, estimates
from support_retainer.testing import bill, make_timesheet
from tests.support.additional_work import estimate, on_task, row_on
from tests.support.people import acting_as, make_user
from tests.support.stories import assert_books_balance, at, invoices, worked

pytestmark = pytest.mark.usefixtures("site")


@pytest.fixture
def approved(site):
    """5.5 hours for 900, approved on 14 September; it is the 30th."""
    at("2026-09-14 10:00")
    client = make_user("Customer", user_type="Website User")
    quotation = estimate(client)
    estimates.approve(quotation.name, client)
    at("2026-09-30 19:00")
    return quotation


def submitted(quotation):
    made = estimate_invoice.make(quotation.name)
    made.submit()
    return made


def texts(invoice):
    return [frappe.utils.strip_html(item.description.replace("<br>", " | ")) for item in invoice.items]


def billed_by(sheet):
    sheet.reload()
    return [row.sales_invoice for row in sheet.time_logs]


def test_each_task_is_a_line_with_its_hours_and_every_stretch_of_work(approved):
    on_task(approved, "2026-09-15 09:00", 90, description="Found the cause")
    on_task(approved, "2026-09-16 09:00", 60)
    on_task(approved, "2026-09-17 09:00", 30, line=1)
    invoice = submitted(approved)
    assert [(item.qty, item.rate, item.amount) for item in invoice.items] == [(2.5, 150, 375), (0.5, 200, 100)]
    assert [item.item_name for item in invoice.items] == ["Rebuild the report", "Test it"]
    assert "Rebuild the report: 2:30 h" in texts(invoice)[0]
    assert "1:30 h: Found the cause" in texts(invoice)[0]
    assert [item.sales_order for item in invoice.items] == [estimates.estimate_orders.order_of(approved.name)] * 2
    assert frappe.db.get_value("Sales Order", invoice.items[0].sales_order, "per_billed") == pytest.approx(52.78, 0.01)


def test_exactly_the_rows_on_the_estimate_become_billed(approved):
    issue = frappe.get_doc("Issue", approved.issue)
    sheet = make_timesheet(
        row_on(approved, "2026-09-15 09:00", 60),
        worked(issue, "2026-09-15 11:00", 60, "Training"),
        worked(issue, "2026-09-15 13:00", 60),
    )
    invoice = submitted(approved)
    assert billed_by(sheet) == [invoice.name, None, None]
    assert [row.timesheet_detail for row in invoice.timesheets] == [sheet.time_logs[0].name]
    only = on_task(approved, "2026-09-16 09:00", 60)
    submitted(approved)
    only.reload()
    assert only.status == "Billed"


def test_nothing_is_invoiced_twice_not_even_by_a_second_draft(approved):
    on_task(approved, "2026-09-15 09:00", 60)
    draft = estimate_invoice.make(approved.name)
    with pytest.raises(NothingToInvoice):
        estimate_invoice.make(approved.name)
    draft.submit()
    with pytest.raises(NothingToInvoice):
        estimate_invoice.make(approved.name)
    draft.cancel()
    assert estimate_invoice.make(approved.name).net_total == 150


@pytest.mark.commits
def test_the_contracts_own_invoice_never_takes_what_is_on_an_estimate(approved):
    contract = frappe.get_doc("Retainer Contract", approved.retainer_contract)
    sheet = on_task(approved, "2026-09-15 09:00", 60)
    bill("2026-09-30", contract)
    assert [len(invoice.items) for invoice in invoices(contract)] == [1, 1]
    invoice = submitted(approved)
    assert billed_by(sheet) == [invoice.name]
    assert_books_balance(contract, "2026-09-30")


def test_what_goes_beyond_a_tasks_own_hours_is_a_line_of_its_own_within_the_estimate(approved):
    on_task(approved, "2026-09-15 09:00", 300)
    invoice = submitted(approved)
    assert [(item.amount, bool(item.so_detail)) for item in invoice.items] == [(600, True), (150, False)]
    assert "beyond its own hours, within the estimate" in texts(invoice)[1]


def test_odd_minutes_add_up_to_the_cent(approved):
    on_task(approved, "2026-09-15 09:00", 7)
    on_task(approved, "2026-09-15 10:00", 13)
    invoice = submitted(approved)
    assert [item.amount for item in invoice.items] == [50]
    assert "0:20 h" in texts(invoice)[0]


def test_the_desk_makes_the_invoice_for_those_who_may(approved):
    on_task(approved, "2026-09-15 09:00", 60)
    with acting_as(make_user("Retainer Agent", "Sales User")), pytest.raises(frappe.PermissionError):
        estimate_api.invoice(approved.name)
    with acting_as(make_user("Accounts User", "Sales User")):
        assert estimate_api.invoice(approved.name)
        assert estimate_api.standing(approved.name)["used_minutes"] == 60
