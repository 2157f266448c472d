"""Maintenance Job: what its end means elsewhere."""

import frappe
from frappe.model.document import Document

from support_retainer.domain.maintenance import ON_ONE_TICKET
from support_retainer.maintenance import fees, requests, windows


def onload(doc: Document, method: str | None = None) -> None:
    doc.set_onload("entitlement", requests.entitlement_in_words(doc))


def validate(doc: Document, method: str | None = None) -> None:
    fees.guard(doc)


def on_update(doc: Document, method: str | None = None) -> None:
    if doc.advisory:
        frappe.get_doc("Security Advisory", doc.advisory).count()
    if doc.kind in ON_ONE_TICKET and doc.status in fees.BEGUN:
        requests.ticket_of(doc)
    fees.follow(doc)
    windows.follow(doc)


def on_trash(doc: Document, method: str | None = None) -> None:
    doc.status = "Not Needed"
    fees.refuse_trash(doc)
    windows.follow(doc)
