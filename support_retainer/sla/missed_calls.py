"""A client who rang and reached nobody has a ticket all the same, and its promise runs from the call."""

from frappe import _
from frappe.model.document import Document

from support_retainer.sla import callers

UNANSWERED = ("No Answer", "Busy", "Failed")


def take(call: Document) -> None:
    """Link an unanswered call of a known client to a ticket: the open one of an earlier call, or a new one.

    Call it before the Call Log is saved. Unknown numbers make no tickets: they are mostly no clients.
    """
    if call.type != "Incoming" or call.status not in UNANSWERED or callers.linked(call, "Issue"):
        return
    customer = callers.customer_of(call)
    if not customer:
        return
    sentence = _("Voicemail from {0}") if call.recording_url else _("Missed call from {0}")
    # Somebody who rings three times has one problem.
    issue = callers.earlier_ticket(customer, call, ("Open",)) or callers.make_ticket(customer, call, sentence)
    callers.link(call, issue)
