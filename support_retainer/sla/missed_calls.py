"""A client who rang and reached nobody has a ticket all the same, and its promise runs from the call."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import escape_html, get_datetime

from support_retainer.sla import clock

UNANSWERED = ("No Answer", "Busy", "Failed")


def take(call: Document) -> None:
    """Link an unanswered call of a known client to a ticket: the open one of an earlier call, or a new one.

    Call it before the Call Log is saved. Unknown numbers make no tickets: they are mostly no clients.
    """
    if call.type != "Incoming" or call.status not in UNANSWERED or linked(call, "Issue"):
        return
    customer = customer_of(call)
    if customer:
        issue = open_ticket(customer, call) or make_ticket(customer, call)
        call.append("links", {"link_doctype": "Issue", "link_name": issue})


def linked(call: Document, doctype: str) -> str | None:
    return next((row.link_name for row in call.links if row.link_doctype == doctype), None)


def customer_of(call: Document) -> str | None:
    """The call's own customer, else that of the contact whom ERPNext found by the number."""
    contact = linked(call, "Contact")
    if call.customer or not contact:
        return call.customer
    return frappe.get_doc("Contact", contact).get_link_for("Customer")


def open_ticket(customer: str, call: Document) -> str | None:
    """Somebody who rings three times has one problem."""
    found = frappe.db.sql_list(
        """select issue.name from `tabIssue` issue
        join `tabDynamic Link` link on link.link_doctype = 'Issue' and link.link_name = issue.name
            and link.parenttype = 'Call Log'
        join `tabCall Log` earlier on earlier.name = link.parent and earlier.`from` = %s
        where issue.customer = %s and issue.status = 'Open' order by issue.creation desc limit 1""",
        (call.get("from"), customer),
    )
    return found[0] if found else None


def make_ticket(customer: str, call: Document) -> str:
    at = min(get_datetime(call.start_time or clock.site_now()), clock.site_now())
    sentence = _("Voicemail from {0}") if call.recording_url else _("Missed call from {0}")
    issue = frappe.get_doc(
        doctype="Issue",
        subject=sentence.format(call.get("from")),
        description=description(call),
        customer=customer,
        contact=linked(call, "Contact"),
        retainer_channel="Phone",
        opening_date=at.date(),
        opening_time=at.time(),
    )
    return issue.insert(ignore_permissions=True).name


def description(call: Document) -> str:
    parts = [escape_html(call.summary or "")]
    if call.recording_url:
        parts.append(f'<a href="{escape_html(call.recording_url)}">{_("Recording")}</a>')
    return "<br>".join(part for part in parts if part)
