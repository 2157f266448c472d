"""What is billed when something is not as usual: cancelled, amended, deleted, ended, drafted, shared with ERPNext."""

import frappe
import pytest
from erpnext.projects.doctype.timesheet.timesheet import make_sales_invoice

from support_retainer.exceptions import PeriodInvoiced
from support_retainer.testing import bill, invoiced_starts, make_contract, make_timesheet
from tests.support.stories import (
    amounts,
    assert_books_balance,
    at,
    invoices,
    on_contract,
    period_statuses,
)

pytestmark = pytest.mark.commits


@pytest.fixture
def growth():
    at("2026-09-14 19:30")
    return make_contract("Growth", "2026-08-31")


def charged_rows(sheet) -> list[str | None]:
    sheet.reload()
    return [row.sales_invoice for row in sheet.time_logs]


def amend(invoice):
    amended = frappe.copy_doc(invoice)
    amended.amended_from, amended.docstatus = invoice.name, 0
    return amended.insert()


def test_a_cancelled_invoice_leaves_its_period_and_its_time_to_be_billed_again(growth):
    sheet = make_timesheet(on_contract(growth, "2026-09-14 10:00", 60, "Training"))
    bill("2026-09-30", growth)
    second = invoices(growth)[1]
    second.cancel()
    assert period_statuses(growth)[1] == ("2026-09-30", "Voided")
    assert charged_rows(sheet) == [None]

    bill("2026-09-30", growth)
    again = invoices(growth)[1]
    assert (again.name != second.name, amounts(again)) == (True, [450, 150])
    assert charged_rows(sheet) == [again.name]
    assert_books_balance(growth, "2026-09-30")


def test_a_cancelled_invoice_in_the_middle_frees_only_what_it_charged(growth):
    early = make_timesheet(on_contract(growth, "2026-09-14 10:00", 60, "Training"))
    late = make_timesheet(on_contract(growth, "2026-10-14 10:00", 60, "Training"), submit=False)
    at("2026-10-14 19:30")
    late.submit()
    bill("2026-10-31", growth)
    invoices(growth)[1].cancel()
    bill("2026-10-31", growth)
    found = invoices(growth)
    assert [amounts(invoice) for invoice in found] == [[450], [450, 150], [450, 150]]
    assert (charged_rows(early), charged_rows(late)) == ([found[1].name], [found[2].name])
    assert_books_balance(growth, "2026-10-31")


def test_an_amended_invoice_stands_for_the_period_of_the_old_one(growth):
    bill("2026-08-31", growth)
    (first,) = invoices(growth)
    first.cancel()
    amended = amend(first)
    bill("2026-08-31", growth)  # the scheduler comes by while the amendment is still a draft
    amended.submit()
    assert [invoice.name for invoice in invoices(growth)] == [amended.name]
    assert period_statuses(growth)[0] == ("2026-08-31", "Invoiced")
    assert_books_balance(growth, "2026-08-31")


def test_an_amendment_that_comes_too_late_is_refused(growth):
    bill("2026-08-31", growth)
    (first,) = invoices(growth)
    first.cancel()
    bill("2026-08-31", growth)
    with pytest.raises(PeriodInvoiced, match=invoices(growth)[0].name):
        amend(first)


def test_an_amendment_by_the_desk_which_copies_our_links_is_checked_alike(growth):
    bill("2026-08-31", growth)
    (first,) = invoices(growth)
    links = {"retainer_contract": first.retainer_contract, "retainer_billing_period": first.retainer_billing_period}
    first.cancel()
    bill("2026-08-31", growth)
    amended = frappe.copy_doc(first)
    amended.update({"amended_from": first.name, "docstatus": 0, **links})
    with pytest.raises(PeriodInvoiced):
        amended.insert()


def drafts_only() -> None:
    settings = frappe.get_doc("Retainer Settings")
    settings.submit_invoices = 0
    settings.save()


def test_time_on_a_draft_invoice_is_not_charged_again_by_the_next_one(growth):
    drafts_only()
    make_timesheet(on_contract(growth, "2026-09-14 10:00", 60, "Training"))
    bill("2026-10-31", growth)
    drafts = invoices(growth, docstatus=0)
    assert [amounts(draft) for draft in drafts] == [[450], [450, 150], [450]]
    for draft in drafts:
        draft.submit()
    assert_books_balance(growth, "2026-10-31")


def test_a_draft_that_is_deleted_leaves_its_period_to_be_billed_again(growth):
    drafts_only()
    make_timesheet(on_contract(growth, "2026-09-14 10:00", 60, "Training"))
    bill("2026-09-30", growth)
    frappe.delete_doc("Sales Invoice", invoices(growth, docstatus=0)[1].name)
    assert period_statuses(growth)[1] == ("2026-09-30", "Voided")
    bill("2026-09-30", growth)
    assert [amounts(draft) for draft in invoices(growth, docstatus=0)] == [[450], [450, 150]]


def test_an_invoice_made_by_hand_in_erpnext_takes_no_time_of_a_contract_with_it(growth):
    sheet = make_timesheet(
        on_contract(growth, "2026-09-14 10:00", 60, "Training"),
        {"from_time": "2026-09-14 14:00", "minutes": 60, "is_billable": 1, "billing_rate": 99, "billing_hours": 1},
    )
    by_hand = make_sales_invoice(sheet.name, item_code="Support Hours", customer=growth.customer, currency="AED")
    by_hand.timesheets = [row for row in by_hand.timesheets if row.timesheet_detail != sheet.time_logs[0].name]
    by_hand.insert()
    by_hand.submit()
    assert charged_rows(sheet)[0] is None

    bill("2026-09-30", growth)
    second = invoices(growth)[1]
    assert (amounts(second), charged_rows(sheet)) == ([450, 150], [second.name, by_hand.name])


def test_a_sheet_of_two_contracts_is_claimed_row_by_row(growth):
    other = make_contract("Starter", "2026-08-31")
    sheet = make_timesheet(
        on_contract(growth, "2026-09-14 10:00", 60, "Training"), on_contract(other, "2026-09-14 14:00", 30, "Training")
    )
    bill("2026-09-30")
    mine, theirs = invoices(growth)[1], invoices(other)[1]
    assert (amounts(mine), amounts(theirs)) == ([450, 150], [150, 75])
    assert charged_rows(sheet) == [mine.name, theirs.name]
    assert sheet.status == "Billed"

    mine.cancel()
    assert charged_rows(sheet) == [None, theirs.name]
    assert (sheet.status, sheet.total_billed_amount) == ("Submitted", 75)


def test_time_that_is_invoiced_cannot_be_taken_back_before_the_invoice_is(growth):
    sheet = make_timesheet(on_contract(growth, "2026-09-14 10:00", 60, "Training"))
    bill("2026-09-30", growth)
    sheet.reload()
    with pytest.raises(frappe.LinkExistsError):
        sheet.cancel()
    frappe.db.rollback()
    invoices(growth)[1].cancel()
    sheet.reload()
    sheet.cancel()
    bill("2026-09-30", growth)
    assert amounts(invoices(growth)[1]) == [450]


def test_time_logged_after_its_period_was_invoiced_is_charged_with_the_next(growth):
    bill("2026-09-30", growth)
    at("2026-10-05 10:00")
    make_timesheet(on_contract(growth, "2026-09-14 10:00", 60, "Training"))
    bill("2026-10-31", growth)
    assert [amounts(invoice) for invoice in invoices(growth)] == [[450], [450], [450, 150]]


def test_lead_days_bill_ahead_and_not_a_day_sooner():
    at("2026-09-24 10:00")
    contract = make_contract("Growth", "2026-09-01", billing_lead_days=7)
    bill("2026-09-23", contract)
    assert invoiced_starts(contract) == ["2026-09-01"]
    bill("2026-09-24", contract)
    assert invoiced_starts(contract) == ["2026-09-01", "2026-10-01"]


def test_a_calendar_month_contract_pays_its_first_days_and_then_whole_months():
    at("2026-09-21 10:00")
    contract = make_contract("Growth", "2026-09-21", billing_anchor="Calendar Month")
    bill("2026-10-01", contract)
    assert invoiced_starts(contract) == ["2026-09-21", "2026-10-01"]
    first, second = invoices(contract)
    assert (amounts(first), amounts(second)) == ([150], [450])
    assert "10 of 30 days" in first.items[0].description


@pytest.mark.parametrize(
    ("policy", "end", "charged"),
    [
        ("Prorate", "2026-09-15", [[225]]),
        ("Full", "2026-10-15", [[450], [450]]),
        ("Credit", "2026-10-15", [[450], [450], [-232.26]]),  # 16 of October's 31 days come back
    ],
)
def test_the_last_period_costs_what_the_package_says_and_then_nothing(policy, end, charged):
    at("2026-09-14 10:00")
    make_contract("Growth", "2026-08-31", submit=False)
    package = frappe.get_doc("Support Package", "Growth")
    package.last_period = policy
    package.save()
    contract = make_contract("Growth", "2026-09-01")
    contract.db_set("end_date", end)
    bill("2026-12-31", contract)
    assert [amounts(invoice) for invoice in invoices(contract)] == charged
    assert "Due" not in [status for _, status in period_statuses(contract)]


def test_the_last_work_of_a_contract_is_charged_although_its_last_period_was_cut_short():
    at("2026-09-14 10:00")
    contract = make_contract("Growth", "2026-09-01")
    contract.db_set("end_date", "2026-09-15")
    bill("2026-09-01", contract)
    make_timesheet(on_contract(contract, "2026-09-14 09:00", 60, "Training"))
    bill("2026-10-01", contract)
    assert [amounts(invoice) for invoice in invoices(contract)] == [[225], [150]]
    assert bill("2026-12-31", contract).failed == 0
    assert len(invoices(contract)) == 2


def test_work_of_the_last_days_that_is_logged_after_the_last_invoice_is_still_charged():
    at("2026-10-20 10:00")
    contract = make_contract("Growth", "2026-09-01")
    contract.db_set("end_date", "2026-09-30")
    bill("2026-10-15", contract)
    make_timesheet(on_contract(contract, "2026-09-29 09:00", 60, "Training"))
    bill("2026-12-31", contract)
    assert [amounts(invoice) for invoice in invoices(contract)] == [[450], [150]]


def test_the_taxes_of_the_contract_are_on_its_invoices():
    at("2026-09-14 10:00")
    company = frappe.defaults.get_global_default("company")
    account = frappe.db.get_value("Account", {"company": company, "account_type": "Tax", "is_group": 0})
    template = frappe.get_doc(
        doctype="Sales Taxes and Charges Template",
        title="Five Percent",
        company=company,
        taxes=[{"charge_type": "On Net Total", "account_head": account, "description": "VAT", "rate": 5}],
    ).insert()
    contract = make_contract("Growth", "2026-09-01", taxes_and_charges=template.name)
    bill("2026-09-01", contract)
    (invoice,) = invoices(contract)
    assert (invoice.net_total, invoice.grand_total) == (450, 472.5)
