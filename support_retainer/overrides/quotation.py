"""Quotation: one on a contract is an estimate that the contract's approvers are asked to answer."""

from frappe.model.document import Document

from support_retainer.hours import estimate_links, estimate_versions, estimates


def validate(doc: Document, method: str | None = None) -> None:
    estimates.take_contract(doc)
    if doc.retainer_contract and doc.docstatus.is_draft():
        estimate_versions.number(doc)


def on_submit(doc: Document, method: str | None = None) -> None:
    if doc.retainer_contract:
        estimate_versions.supersede(doc)
        estimates.send(doc)


def on_cancel(doc: Document, method: str | None = None) -> None:
    if doc.retainer_contract:
        estimate_links.revoke(doc)
        estimate_versions.reinstate(doc)
        estimates.stop_waiting(doc)
