"""Quotation: one on a contract is an estimate that the contract's approvers are asked to answer."""

from frappe.model.document import Document

from support_retainer.hours import estimates


def validate(doc: Document, method: str | None = None) -> None:
    estimates.take_contract(doc)


def on_submit(doc: Document, method: str | None = None) -> None:
    if doc.retainer_contract:
        estimates.send(doc)
