"""Overdue invoices: warnings, the suspension of service, and its end once they are paid. Billing goes on throughout.

A contract's standing is worked out from its unpaid invoices each time, so a payment, its cancellation and the daily
look all come to the same answer, however often they ask.
"""

from collections.abc import Iterable
from datetime import date

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import add_days, cint, formatdate, getdate

from support_retainer import post
from support_retainer.billing import each_contract, follow_up, suspension
from support_retainer.domain.suspension import (
    SuspendedFor,
    days_overdue,
    suspends,
    warning_days,
    warnings_reached,
)
from support_retainer.letters import ON_HOLD, OVERDUE, Letter

RUNNING = ("Active", "Suspended", "Notice Given")


def follow_all(on: date | str | None = None) -> list[str]:
    """Every running contract that has an overdue invoice, or is on hold for one; returns those that changed."""
    today = getdate(on or frappe.flags.current_time)
    limit = _limit()
    if not limit:
        # Switched off: who is on hold is let go, and nobody else is looked at.
        return each_contract.changed(_suspended(), lambda one: _follow(one, None, today, 0), _("Overdue invoices"))
    oldest = oldest_due(today)
    names = sorted({*oldest, *_suspended(), *_warned()})
    return each_contract.changed(
        names, lambda one: _follow(one, oldest.get(one.name), today, limit), _("Overdue invoices")
    )


def follow_invoices(invoices: Iterable[str]) -> None:
    """What a payment does at once to the contracts of these invoices, in its own transaction.

    A payment is booked whatever becomes of the suspension; the hourly look mends what went wrong here.
    """
    limit, today = _limit(), getdate(frappe.flags.current_time)
    names = sorted(set(contracts_of(invoices))) if limit or _suspended() else []
    if not names:
        return
    oldest = oldest_due(today, names)
    frappe.db.savepoint("retainer_receivables")
    try:
        for name in names:
            _follow(frappe.get_doc("Retainer Contract", name), oldest.get(name), today, limit)
    except Exception:
        frappe.db.rollback(save_point="retainer_receivables")
        frappe.log_error(title=_("Overdue invoices"))


def contracts_of(invoices: Iterable[str]) -> list[str]:
    """Contracts whose periods these invoices are for."""
    names = list(invoices)
    if not names:
        return []
    return frappe.get_all(
        "Retainer Billing Period", filters={"sales_invoice": ["in", names]}, pluck="contract", distinct=True
    )


def oldest_due(today: date, contracts: list[str] | None = None) -> dict[str, date]:
    """The due date of the oldest unpaid invoice of each contract that has one overdue; one query."""
    some = "and period.contract in %(contracts)s" if contracts else ""
    rows = frappe.db.sql(
        f"""select period.contract, min(invoice.due_date) from `tabSales Invoice` invoice
        join `tabRetainer Billing Period` period on period.sales_invoice = invoice.name
        join `tabRetainer Contract` contract on contract.name = period.contract
        where invoice.docstatus = 1 and invoice.outstanding_amount > 0 and invoice.due_date < %(today)s
            and contract.docstatus = 1 and contract.status in %(running)s {some}
        group by period.contract""",  # noqa: S608 (our own text)
        {"today": today, "running": RUNNING, "contracts": contracts},
    )
    return dict(rows)


def _limit() -> int:
    return cint(frappe.get_cached_doc("Retainer Settings").suspend_after_days)


def _suspended() -> list[str]:
    filters = {"docstatus": 1, "suspended_for": SuspendedFor.OVERDUE.value, "status": "Suspended"}
    return frappe.get_all("Retainer Contract", filters=filters, pluck="name", order_by="name")


def _warned() -> list[str]:
    filters = {"docstatus": 1, "overdue_warnings_sent": [">", 0], "status": ["in", RUNNING]}
    return frappe.get_all("Retainer Contract", filters=filters, pluck="name")


def _follow(contract: Document, oldest: date | None, today: date, limit: int) -> bool:
    overdue = days_overdue(oldest, today)
    is_held = contract.suspended_for == SuspendedFor.OVERDUE.value
    if not overdue and contract.overdue_warnings_sent:
        contract.db_set("overdue_warnings_sent", 0, update_modified=False)
    if suspends(overdue, limit) and not _has_grace(contract, today):
        if contract.suspended_for:
            return False  # on hold for this, or by agreement, which goes first
        suspension.suspend(contract, SuspendedFor.OVERDUE, _("Due since {0}.").format(formatdate(oldest)), today)
        _tell(contract, ON_HOLD, due_since=formatdate(oldest))
        return True
    if is_held:
        note = _("There is time until {0}.").format(formatdate(contract.overdue_grace_until)) if overdue else _("Paid.")
        suspension.resume(contract, note)
        return True
    return _warn(contract, oldest, today, limit) if overdue else False


def _has_grace(contract: Document, today: date) -> bool:
    return bool(contract.overdue_grace_until and today < getdate(contract.overdue_grace_until))


def _warn(contract: Document, oldest: date, today: date, limit: int) -> bool:
    """One mail for all warnings that have come due since the last one."""
    before = warning_days(frappe.get_cached_doc("Retainer Settings").overdue_warnings)
    reached = warnings_reached(days_overdue(oldest, today), limit, before)
    if reached <= cint(contract.overdue_warnings_sent):
        return False
    contract.db_set("overdue_warnings_sent", reached, update_modified=False)
    suspended_on = formatdate(add_days(oldest, limit))
    contract.add_comment("Info", _("The client was warned: service is on hold from {0}.").format(suspended_on))
    _tell(contract, OVERDUE, due_since=formatdate(oldest), on_hold_from=suspended_on)
    return True


def _tell(contract: Document, letter: Letter, **values: str) -> None:
    """Mail the billing contacts."""
    readers = follow_up.addresses(contract.name, contract.customer)
    post.write(readers, letter, lambda: {"contract": contract.name, **values}, contract)
