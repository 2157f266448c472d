"""Warranty Claim: on a contract, the cause decides, and who decides otherwise is a manager with a reason."""

from frappe.model.document import Document

from support_retainer.hours import warranty, warranty_time


def validate(doc: Document, method: str | None = None) -> None:
    warranty.take_contract(doc)
    if not doc.retainer_contract:
        return
    warranty.follow_evidence(doc)
    proposal = warranty.proposal_for(doc)
    doc.retainer_proposal = warranty.sentence(doc, proposal)
    warranty.require_reason(doc)
    if not warranty.is_settled(doc):
        warranty.refuse_goodwill_by_others(doc, proposal)
        warranty.note_decider(doc)


def on_update(doc: Document, method: str | None = None) -> None:
    if doc.retainer_contract and doc.has_value_changed("decision") and doc.decision in ("Covered", "Not Covered"):
        warranty_time.say_what_would_change(doc)
        warranty.tell_client(doc)
