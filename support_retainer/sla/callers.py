"""Whose call a Call Log tells of, and the ticket it belongs to."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import escape_html, get_datetime

from support_retainer.sla import clock


def linked(call: Document, doctype: str) -> str | None:
    return next((row.link_name for row in call.links if row.link_doctype == doctype), None)


def link(call: Document, issue: str) -> None:
    if linked(call, "Issue") != issue:
        call.append("links", {"link_doctype": "Issue", "link_name": issue})


def number_of(call: Document) -> str:
    """The client's number, who rang or was rung."""
    return call.get("from" if call.type == "Incoming" else "to") or ""


def customer_of(call: Document) -> str | None:
    """The call's own customer, else that of the contact whom ERPNext found by the number."""
    contact = linked(call, "Contact")
    if call.customer or not contact:
        return call.customer
    return frappe.get_doc("Contact", contact).get_link_for("Customer")


def earlier_ticket(customer: str, call: Document, statuses: tuple[str, ...]) -> str | None:
    """The customer's newest ticket in one of `statuses` that an earlier call with this number was about."""
    found = frappe.db.sql_list(
        """select issue.name from `tabIssue` issue
        join `tabDynamic Link` link on link.link_doctype = 'Issue' and link.link_name = issue.name
            and link.parenttype = 'Call Log'
        join `tabCall Log` earlier on earlier.name = link.parent
            and %(number)s in (earlier.`from`, earlier.`to`) and earlier.id <> %(id)s
        where issue.customer = %(customer)s and issue.status in %(statuses)s
        order by issue.creation desc limit 1""",
        {"number": number_of(call), "id": call.id, "customer": customer, "statuses": statuses},
    )
    return found[0] if found else None


def make_ticket(customer: str, call: Document, subject: str) -> str:
    """A ticket that opened when the call began, so that its promise runs from there."""
    at = min(get_datetime(call.start_time or clock.site_now()), clock.site_now())
    issue = frappe.get_doc(
        doctype="Issue",
        subject=subject.format(call.get("from")),
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
