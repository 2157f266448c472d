"""Call Log: a call that nobody answered becomes a ticket, and one that took place is booked on its ticket."""

from frappe.model.document import Document

from support_retainer.sla import answered_calls, missed_calls


def validate(doc: Document, method: str | None = None) -> None:
    missed_calls.take(doc)
    answered_calls.take(doc)
