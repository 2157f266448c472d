"""Client Data Export: what follows from its being asked for."""

import frappe
from frappe.model.document import Document

from support_retainer.offboarding.export import request, trail


def after_insert(doc: Document, method: str | None = None) -> None:
    trail.note(doc.name, "Requested", doc.reason)
    if not frappe.flags.export_by_hand:
        request.start(doc.name)


def on_trash(doc: Document, method: str | None = None) -> None:
    """The record is the proof of what was handed over and deleted."""
    frappe.throw(frappe._("An export is part of the audit trail and can't be deleted. Delete its archive instead."))
