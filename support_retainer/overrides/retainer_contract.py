"""Retainer Contract: going live opens its accounts and its first billing period."""

import frappe
from frappe import _
from frappe.model.document import Document

from support_retainer.billing import periods
from support_retainer.catalogues import charge_items
from support_retainer.exceptions import ContractInUse
from support_retainer.hours import allotment, package_change
from support_retainer.offboarding import by_field
from support_retainer.sla import agreed


def on_submit(doc: Document, method: str | None = None) -> None:
    charge_items.make_if_none()
    allotment.open_accounts(doc)
    periods.open_first(doc)


def before_update_after_submit(doc: Document, method: str | None = None) -> None:
    by_field.read(doc)


def on_update_after_submit(doc: Document, method: str | None = None) -> None:
    by_field.act(doc)
    agreed.follow_contracts(doc.name)
    package_change.adjust(doc)


def before_cancel(doc: Document, method: str | None = None) -> None:
    refuse_if_in_use(doc)
    periods.drop_open(doc.name)


def refuse_if_in_use(doc: Document) -> None:
    """A contract that was billed or worked on is ended, not cancelled: its records stay explained."""
    if frappe.db.exists("Retainer Billing Period", {"contract": doc.name, "status": "Invoiced"}):
        used_by = _("invoices")
    elif frappe.db.exists("Timesheet Detail", {"retainer_contract": doc.name, "docstatus": 1}):
        used_by = _("submitted timesheets")
    else:
        return
    frappe.throw(
        _("{0} has {1}. Give notice to end it, or cancel those first.").format(frappe.bold(doc.name), used_by),
        ContractInUse,
        title=_("Contract in use"),
    )
