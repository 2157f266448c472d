"""Hour Adjustment: a manager's submit posts it, cancelling takes back what is unused."""

from frappe.model.document import Document

from support_retainer.hours import adjustments


def on_submit(doc: Document, method: str | None = None) -> None:
    adjustments.post(doc)


def on_cancel(doc: Document, method: str | None = None) -> None:
    doc.ignore_linked_doctypes = ("Hour Ledger Entry",)
    adjustments.take_back(doc)
