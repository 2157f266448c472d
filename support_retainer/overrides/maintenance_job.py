"""Maintenance Job: what its end means elsewhere."""

import frappe
from frappe.model.document import Document

from support_retainer.maintenance import requests, windows


def onload(doc: Document, method: str | None = None) -> None:
    doc.set_onload("entitlement", requests.entitlement_in_words(doc))


def on_update(doc: Document, method: str | None = None) -> None:
    if doc.advisory:
        frappe.get_doc("Security Advisory", doc.advisory).count()
    if doc.kind == "Upgrade" and doc.status == "In Progress":
        requests.ticket_of(doc)
    windows.follow(doc)


def on_trash(doc: Document, method: str | None = None) -> None:
    doc.status = "Not Needed"
    windows.follow(doc)
