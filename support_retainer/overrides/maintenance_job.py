"""Maintenance Job: what its end means elsewhere."""

import frappe
from frappe.model.document import Document


def on_update(doc: Document, method: str | None = None) -> None:
    if doc.advisory:
        frappe.get_doc("Security Advisory", doc.advisory).count()
