"""Sales Invoice: its billing periods follow it, and it claims exactly the timesheet rows that it lists."""

import frappe
from frappe import _
from frappe.model.document import Document

from support_retainer.billing import follow_up, periods, receivables
from support_retainer.exceptions import PeriodInvoiced
from support_retainer.hours import top_up


def before_validate(doc: Document, method: str | None = None) -> None:
    if doc.amended_from:
        take_over_periods(doc)
    top_up.require_contract(doc)


def after_insert(doc: Document, method: str | None = None) -> None:
    """From its first draft on an amendment holds its periods, or a run would bill them before it is submitted."""
    if doc.amended_from:
        hold_periods(doc)


def on_submit(doc: Document, method: str | None = None) -> None:
    release_unlisted_rows(doc)
    if doc.amended_from:
        hold_periods(doc)
    if not doc.flags.is_billing_run:
        follow_up.ask_for(doc)
    top_up.grant(doc)
    follow_credit(doc)


def on_cancel(doc: Document, method: str | None = None) -> None:
    void_periods(doc)
    top_up.take_back(doc)


def on_trash(doc: Document, method: str | None = None) -> None:
    """A draft that is deleted leaves its periods to be billed again."""
    void_periods(doc)


def take_over_periods(doc: Document) -> None:
    """The amended invoice stands for the periods of the one it replaces, unless one was billed again meanwhile."""
    before = frappe.get_doc("Sales Invoice", doc.amended_from)
    if not before.retainer_billing_period:
        return
    for name in periods_of(before):
        refuse_if_billed_again(doc, name)
    of_line = {row.idx: row for row in before.items}
    for row in doc.items:
        known = of_line.get(row.idx) or frappe._dict()
        row.retainer_billing_period = known.retainer_billing_period or before.retainer_billing_period
        row.maintenance_job = known.maintenance_job
    doc.retainer_contract = before.retainer_contract
    doc.retainer_billing_period = before.retainer_billing_period


def refuse_if_billed_again(doc: Document, period_name: str) -> None:
    period = frappe.db.get_value(
        "Retainer Billing Period", period_name, ["status", "sales_invoice"], as_dict=True, for_update=True
    )
    if period.status == "Invoiced" and period.sales_invoice != doc.name:
        frappe.throw(
            _("The period of {0} was invoiced again by {1}. Amend that invoice instead.").format(
                doc.amended_from, period.sales_invoice
            ),
            PeriodInvoiced,
            title=_("Already invoiced"),
        )


def periods_of(doc: Document) -> list[str]:
    """The periods on the lines of an invoice; one without any on its lines has the one on its head."""
    found = dict.fromkeys(row.retainer_billing_period for row in doc.items if row.retainer_billing_period)
    return list(found) or [name for name in (doc.retainer_billing_period,) if name]


def hold_periods(doc: Document) -> None:
    for name in periods_of(doc):
        amount = sum(row.amount for row in doc.items if row.retainer_billing_period in (name, None, ""))
        periods.hold(name, doc.name, amount + periods.given_back(name))


def release_unlisted_rows(doc: Document) -> None:
    """ERPNext marks every row of a timesheet as billed when the invoice has no project; only listed rows are.

    An invoice that ERPNext made for a whole sheet names no rows and keeps them all; on an invoice that is not ours
    only time on contracts is released.
    """
    whole_sheets = {row.time_sheet for row in doc.timesheets if not row.timesheet_detail}
    listed = {row.timesheet_detail for row in doc.timesheets}
    for name in sorted({row.time_sheet for row in doc.timesheets if row.time_sheet} - whole_sheets):
        sheet = frappe.get_doc("Timesheet", name)
        marked = [row for row in sheet.time_logs if row.sales_invoice == doc.name and row.name not in listed]
        wrongly = [row for row in marked if doc.retainer_contract or row.retainer_contract]
        for row in wrongly:
            row.sales_invoice = None
        if wrongly:
            save_totals(sheet)


def save_totals(sheet: Document) -> None:
    """Bring a submitted sheet's totals in line with its rows, as ERPNext does after billing it."""
    sheet.calculate_total_amounts()
    sheet.calculate_percentage_billed()
    sheet.flags.ignore_validate_update_after_submit = True
    sheet.set_status()
    sheet.db_update_all()


def follow_credit(doc: Document) -> None:
    """A credit note against an overdue invoice settles it as a payment does."""
    if doc.is_return and doc.return_against:
        receivables.follow_invoices([doc.return_against])


def void_periods(doc: Document) -> None:
    """Without its invoice or credit note a period is not settled; the next run makes what is missing."""
    for name in periods_of(doc):
        period = frappe.db.get_value("Retainer Billing Period", name, ["sales_invoice", "credit_note"], as_dict=True)
        if period and period.sales_invoice == doc.name:
            periods.void(name)
        elif period and period.credit_note == doc.name:
            periods.lose_credit_note(name, is_all=not period.sales_invoice)
