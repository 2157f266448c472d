"""A ticket that waits for somebody else's support: to whom it went, under which number, and for how long."""

from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import escape_html

from support_retainer.exceptions import AlreadySolved, NoVendor
from support_retainer.sla import clock

ON_HOLD = "On Hold"


@frappe.whitelist(methods=["POST"])
def escalate(issue: str, vendor: str, reference: str = "", note: str = "") -> dict[str, Any]:
    """Hand the ticket to a vendor and pause its clock for that reason; the note is for staff only.

    Gives {status, is_paused}: a policy that pauses on no status keeps counting, and the caller should say so. Calling
    it again names another vendor or adds the reference. Raises frappe.PermissionError, NoVendor, AlreadySolved.
    """
    ticket = writable(issue)
    if not vendor.strip():
        frappe.throw(_("Vendor: enter who is to help, for example the hosting company."), NoVendor)
    pausing = clock.pausing_statuses(ticket.sla_policy) if ticket.sla_policy else frozenset()
    if ticket.status not in pausing:
        ticket.status = ON_HOLD if ON_HOLD in pausing or not pausing else min(pausing)
    ticket.retainer_pause_reason = clock.VENDOR
    ticket.update({"retainer_vendor": vendor.strip(), "retainer_vendor_reference": reference.strip()})
    ticket.save()
    say(ticket, _("Escalated to {0}").format(clock.named(vendor.strip(), reference.strip())), note)
    return {"status": ticket.status, "is_paused": bool(ticket.on_hold_since)}


@frappe.whitelist(methods=["POST"])
def answered(issue: str, note: str = "") -> str:
    """The vendor has answered: the ticket is open again and its clock runs; returns its status."""
    ticket = writable(issue)
    if ticket.retainer_pause_reason != clock.VENDOR:
        frappe.throw(_("{0} waits for no vendor.").format(issue), NoVendor)
    ticket.update({"status": "Open", "retainer_pause_reason": None})
    ticket.save()
    say(ticket, _("The vendor has answered"), note)
    return ticket.status


def writable(issue: str) -> Document:
    ticket = frappe.get_doc("Issue", issue)
    ticket.check_permission("write")
    if ticket.status in clock.DONE:
        frappe.throw(_("{0} is solved. Open it again first.").format(issue), AlreadySolved)
    return ticket


def say(ticket: Document, sentence: str, note: str) -> None:
    """In the timeline, where clients do not read."""
    ticket.add_comment("Info", ": ".join(escape_html(text) for text in (sentence, note) if text))
