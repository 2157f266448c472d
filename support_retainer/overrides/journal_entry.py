"""Journal Entry: one that settles an overdue invoice lifts a suspension as a payment does."""

from frappe.model.document import Document

from support_retainer.billing import receivables


def on_submit(doc: Document, method: str | None = None) -> None:
    receivables.follow_invoices(invoices_of(doc))


def on_cancel(doc: Document, method: str | None = None) -> None:
    receivables.follow_invoices(invoices_of(doc))


def invoices_of(doc: Document) -> set[str]:
    return {row.reference_name for row in doc.accounts if row.reference_type == "Sales Invoice" and row.reference_name}
