"""Call Log: a call that nobody answered becomes a ticket."""

from frappe.model.document import Document

from support_retainer.sla import missed_calls


def validate(doc: Document, method: str | None = None) -> None:
    missed_calls.take(doc)
