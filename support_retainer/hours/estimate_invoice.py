"""The invoice for additional work: the hours worked on an estimate's tasks, by its order, with the rows behind them.

ERPNext's own list of timesheets names each row, so exactly these become billed; the contract's invoices never take
them, because what stands on an estimate is charged by its order.
"""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

import frappe
from erpnext.selling.doctype.sales_order.sales_order import make_sales_invoice
from frappe import _, bold
from frappe.model.document import Document
from frappe.utils import escape_html, flt, formatdate, getdate

from support_retainer.amounts import decimals
from support_retainer.billing.usage import as_listed
from support_retainer.domain.charges import checkable, rounded
from support_retainer.domain.contract_terms import decimal
from support_retainer.domain.estimate import Share, shares
from support_retainer.exceptions import NothingToInvoice
from support_retainer.hours.estimate_orders import order_of
from support_retainer.hours.estimated_time import tasks_of
from support_retainer.hours.reasons import hours


def make(estimate: str) -> Document:
    """A draft Sales Invoice for everything worked on the estimate that no invoice lists. Raises NothingToInvoice."""
    frappe.db.get_value("Quotation", estimate, "name", for_update=True)  # two clicks make one invoice
    order, rows = order_of(estimate), _uninvoiced(estimate)
    if not order or not rows:
        frappe.throw(_("No time on {0} waits for an invoice.").format(bold(estimate)), NothingToInvoice)
    invoice = make_sales_invoice(order)
    ordered = {item.so_detail: item for item in invoice.items}
    lines = {row.name: row for row in frappe.get_doc("Sales Order", order).items}
    invoice.items = []
    for task in tasks_of(estimate):
        mine = [row for row in rows if row.task == task.task]
        if mine:
            _charge(invoice, task, mine, _line_of(task, lines), ordered)
    _link(invoice, estimate, rows)
    return invoice.insert()


def _uninvoiced(estimate: str) -> list[frappe._dict]:
    """Submitted rows on the estimate's tasks, oldest first, that no invoice lists, be it a draft."""
    return frappe.db.sql(
        """select detail.name, detail.parent, detail.task, detail.activity_type, detail.description, detail.hours,
            detail.from_time, detail.to_time, detail.project_name, detail.billing_amount, detail.billing_hours,
            coalesce(sheet.employee_name, user.full_name) as who
        from `tabTimesheet Detail` detail
        join `tabTask` task on task.name = detail.task and task.retainer_estimate = %s
        join `tabTimesheet` sheet on sheet.name = detail.parent
        left join `tabUser` user on user.name = coalesce(sheet.user, sheet.owner)
        where detail.docstatus = 1 and detail.is_billable = 1 and coalesce(detail.sales_invoice, '') = ''
            and not exists (select 1 from `tabSales Invoice Timesheet` listed
                where listed.timesheet_detail = detail.name and listed.docstatus < 2)
        order by detail.from_time, detail.name for update""",
        estimate,
        as_dict=True,
    )


def _line_of(task: frappe._dict, lines: dict[str, Document]) -> Document | None:
    """The order's line of a task; None where the latest version dropped the task."""
    return next((line for line in lines.values() if line.quotation_item == task.line), None)


def _charge(
    invoice: Document, task: frappe._dict, rows: list[frappe._dict], line: Document | None, ordered: dict
) -> None:
    """One line for the task; what goes beyond its own line of the order, but not beyond the estimate, is another."""
    step = Decimal(1).scaleb(-decimals(invoice.currency))
    minutes, rate = sum(round(flt(row.hours) * 60) for row in rows), decimal(task.rate)
    amount = rounded(Fraction(minutes, 60) * Fraction(rate), step)
    billed = decimal(line.billed_amt) if line else Decimal(0)
    for share in shares(amount, decimal(line.amount) if line else Decimal(0), billed):
        base = ordered.get(line.name) if line and share.is_within_order else None
        invoice.append("items", _item(invoice, task, rows, share, base, whole=share.amount == amount))


def _item(
    invoice: Document, task: frappe._dict, rows: list[frappe._dict], share: Share, base: Document | None, whole: bool
) -> dict:
    step = Decimal(1).scaleb(-decimals(invoice.currency))
    minutes, rate = sum(round(flt(row.hours) * 60) for row in rows), decimal(task.rate)
    quantity, shown, _amount = checkable(Fraction(minutes, 60), rate, step) if whole else (1, share.amount, 0)
    known = {name: base.get(name) for name in ("sales_order", "so_detail")} if base else {}
    return {
        **known,
        "item_code": base.item_code if base else frappe.get_cached_doc("Retainer Settings").usage_item,
        "item_name": task.subject,
        "qty": flt(quantity),
        "rate": flt(shown),
        "price_list_rate": flt(shown),
        "cost_center": base.cost_center if base else None,
        "project": base.project if base else None,
        "description": "<br>".join(_breakdown(task, rows, minutes, share)),
    }


def _breakdown(task: frappe._dict, rows: list[frappe._dict], minutes: int, share: Share) -> Iterator[str]:
    """What a client reads: the task with its hours, then every stretch of work on it."""
    beyond = "" if share.is_within_order else " " + _("(beyond its own hours, within the estimate)")
    yield f"<b>{escape_html(task.subject)}</b>: {hours(minutes)}{beyond}"
    for row in rows:
        what = f": {escape_html(row.description)}" if row.description else ""
        length = hours(round(flt(row.hours) * 60))
        yield f"{formatdate(row.from_time.date())}, {escape_html(row.who or '')}, {length}{what}"


def _link(invoice: Document, estimate: str, rows: list[frappe._dict]) -> None:
    """The exact rows, and whose estimate it is; the posting date is today on our clock."""
    invoice.retainer_contract = frappe.db.get_value("Quotation", estimate, "retainer_contract")
    invoice.update({"set_posting_time": 1, "posting_date": getdate(frappe.flags.current_time), "due_date": None})
    invoice.update({"payment_schedule": [], "ignore_pricing_rule": 1})
    invoice.timesheets = []
    for row in rows:
        invoice.append("timesheets", as_listed(row, row.billing_hours))
