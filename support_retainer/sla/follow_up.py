"""A reply to a ticket that was solved long ago is a new ticket, linked to the old one."""

from datetime import timedelta

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, get_link_to_form

from support_retainer.sla import clock

TAKEN_OVER = ("subject", "customer", "contact", "project", "company", "email_account", "priority", "issue_type")


def take_to_follow_up(message: Document) -> None:
    """Point a client's message that comes too late to reopen its Issue to a follow-up, made here if there is none open.

    Call it before the message is inserted; nothing happens to one that may reopen its ticket.
    """
    issue = message.reference_name
    if not is_from_client(message) or not came_too_late(issue):
        return
    message.reference_name = open_follow_up(issue) or make_follow_up(issue, message)


def is_from_client(message: Document) -> bool:
    return (
        message.reference_doctype == "Issue"
        and bool(message.reference_name)
        and message.communication_type == "Communication"
        and message.sent_or_received == "Received"
    )


def came_too_late(issue: str) -> bool:
    """Whether the clock stopped more than the allowed days ago; never without a clock of ours or with 0 days."""
    days = cint(frappe.get_cached_doc("Retainer Settings").reopen_within_days)
    row = frappe.db.get_value("Issue", issue, ["status", "sla_policy", "sla_resolution_date"], as_dict=True)
    if not (days and row and row.sla_policy and row.status in clock.DONE and row.sla_resolution_date):
        return False
    return clock.site_now() - row.sla_resolution_date > timedelta(days=days)


def open_follow_up(issue: str) -> str | None:
    filters = {"retainer_follow_up_of": issue, "status": ["not in", list(clock.DONE)]}
    return frappe.db.get_value("Issue", filters, order_by="creation desc")


def make_follow_up(issue: str, message: Document) -> str:
    """The client who writes may not create Issues, so this does it for them, on the old ticket's customer."""
    old = frappe.get_doc("Issue", issue)
    follow_up = frappe.get_doc(
        doctype="Issue",
        raised_by=message.sender or old.raised_by,
        description=message.content,
        retainer_follow_up_of=old.name,
        retainer_channel=old.retainer_channel,
        opening_date=clock.site_now().date(),
        opening_time=clock.site_now().time(),
        **{fieldname: old.get(fieldname) for fieldname in TAKEN_OVER},
    )
    follow_up.insert(ignore_permissions=True)
    tell(old.name, _("A reply came after the ticket was solved for good: {0}"), follow_up.name)
    tell(follow_up.name, _("Follow-up of {0}"), old.name)
    return follow_up.name


def tell(issue: str, sentence: str, other: str) -> None:
    """A line in the Issue's timeline that leads to the other one."""
    frappe.get_doc(
        doctype="Comment",
        comment_type="Info",
        reference_doctype="Issue",
        reference_name=issue,
        content=sentence.format(get_link_to_form("Issue", other)),
    ).insert(ignore_permissions=True)
