"""Payment Entry: top-up hours that are usable from payment, and service that was on hold for an overdue invoice."""

from frappe.model.document import Document

from support_retainer.billing import receivables
from support_retainer.hours import top_up


def on_submit(doc: Document, method: str | None = None) -> None:
    top_up.follow_payment(invoices_of(doc))
    receivables.follow_invoices(invoices_of(doc))


def on_cancel(doc: Document, method: str | None = None) -> None:
    top_up.follow_payment(invoices_of(doc))
    receivables.follow_invoices(invoices_of(doc))


def invoices_of(doc: Document) -> set[str]:
    return {row.reference_name for row in doc.references if row.reference_doctype == "Sales Invoice"}
