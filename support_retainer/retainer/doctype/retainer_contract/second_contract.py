"""Two contracts of one customer for the same work at the same time: refused, however close they come together."""

from typing import Any

import frappe
from frappe import _, bold
from frappe.model.document import Document
from frappe.utils import formatdate

from support_retainer import exceptions
from support_retainer.retainer.rows import place

OVER = ("Ended", "Cancelled")


def lock_customer(contract: Document) -> None:
    """Two contracts of one customer are submitted one after the other, so the second sees the first."""
    frappe.db.get_value("Customer", contract.customer, "name", for_update=True)


def refuse(contract: Document) -> None:
    other = overlapping(contract)
    if not other:
        return
    frappe.throw(
        _(
            "{0}: {1} already has the contract {2} for these dates{3}. End that one first, "
            "choose another project, or start after {4}."
        ).format(
            place(contract, "customer"),
            bold(contract.customer),
            frappe.utils.get_link_to_form(contract.doctype, other.name),
            _(" on project {0}").format(bold(contract.project)) if contract.project else "",
            formatdate(other.end_date) if other.end_date else _("its end"),
        ),
        exceptions.DuplicateContract,
        title=_("Second contract"),
    )


def overlapping(contract: Document) -> Any:
    """Another submitted contract of the customer on the same project, both ends included; None if there is none.

    Reads with a lock while submitting, because a plain read shows the state from before the lock was had.
    """
    other = frappe.qb.DocType("Retainer Contract")
    query = (
        frappe.qb.from_(other)
        .select(other.name, other.end_date)
        .where(other.customer == contract.customer)
        .where(other.docstatus == 1)
        .where(other.name != (contract.name or ""))
        .where(other.status.notin(OVER) | other.end_date.isnotnull())
        .where(other.end_date.isnull() | (other.end_date >= contract.start_date))
        .limit(1)
    )
    if contract.project:
        query = query.where(other.project == contract.project)
    else:
        query = query.where(other.project.isnull() | (other.project == ""))
    if contract.end_date:
        query = query.where(other.start_date <= contract.end_date)
    if contract.docstatus.is_submitted():
        query = query.for_update()
    return next(iter(query.run(as_dict=True)), None)
