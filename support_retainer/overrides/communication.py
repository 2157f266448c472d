"""Communication: the first public reply by a person of staff is the first response."""

import frappe
from frappe.model.document import Document

from support_retainer.domain.sla_clock import EventKind
from support_retainer.site_time import utc_now
from support_retainer.sla import clock, follow_up, intake, suspension


def before_insert(doc: Document, method: str | None = None) -> None:
    follow_up.take_to_follow_up(doc)


def after_insert(doc: Document, method: str | None = None) -> None:
    intake.complete_from_mail(doc)


def on_update(doc: Document, method: str | None = None) -> None:
    if doc.reference_doctype != "Issue" or not doc.reference_name:
        return
    issue = frappe.db.get_value(
        "Issue", doc.reference_name, ["sla_policy", "status", "retainer_contract"], as_dict=True
    )
    if not issue or not issue.sla_policy:
        return
    known = clock.history(doc.reference_name)
    if not known:
        return  # ERPNext stores the first message of a portal ticket before the ticket's own facts are written
    new = clock.catch_up(known, issue) + reply_of_staff(doc, known, issue.sla_policy)
    clock.record(doc.reference_name, suspension.through_hold(known, new, issue.retainer_contract))


def reply_of_staff(doc: Document, known: list[clock.Event], policy: str) -> list[clock.Event]:
    """The first reply; a later one counts only where the policy promises updates.

    A new message only: one that a split moves to another issue, or that is saved again, answers nothing.
    """
    if doc.get_doc_before_save() or not is_reply_of_staff(doc):
        return []
    answered = any(event.kind is EventKind.RESPONDED for event in known)
    return [] if answered and not clock.policy(policy).update_every else [clock.Event(utc_now(), EventKind.RESPONDED)]


def is_reply_of_staff(doc: Document) -> bool:
    """A message that went to the client and that a person wrote: no comment, no acknowledgement, no portal user."""
    return (
        doc.communication_type == "Communication"
        and doc.sent_or_received == "Sent"
        and (doc.flags.spoken_by_staff or frappe.get_cached_value("User", doc.owner, "user_type") == "System User")
    )
