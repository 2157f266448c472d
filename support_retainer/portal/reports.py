"""Reports for the client: what was sent about their contracts, to read, download and answer."""

import json
from base64 import b64encode
from typing import Any

import frappe
from frappe.model.document import Document

from support_retainer.exceptions import DecisionNeedsReason
from support_retainer.portal import access, files
from support_retainer.portal.access import Client
from support_retainer.reporting import pdf, sending, view
from support_retainer.speech import _, speaking

DOCTYPE = "Support Report"
SHOWN = 60
LONGEST_COMMENT = 4000


def page(client: Client) -> dict[str, Any]:
    """The list, newest first, with what this user has not opened yet."""
    return {"reports": sent_to(client, SHOWN)}


def one(client: Client, name: str) -> dict[str, Any]:
    """One report; opening it is the read receipt."""
    report = own(name, client)
    sending.mark_read(report, client.user)
    frappe.local.flags.commit = True  # a page is a GET, which Frappe rolls back
    with speaking(json.loads(report.snapshot)["language"]):
        shown = view.of(report)
    for block in shown["blocks"]:
        block["chart"] = as_picture(block.get("chart") or "")
    return {"report": report, "shown": shown, "comments": comments(report)}


def card(client: Client) -> dict[str, Any] | None:
    """The newest report on the overview; None where none was sent."""
    found = sent_to(client, 1)
    return {"template": "cards/reports.html", "report": found[0]} if found else None


def sent_to(client: Client, limit: int) -> list[frappe._dict]:
    """Sent reports of the chosen customer's contracts; one query. Nothing for who sees only their own tickets."""
    contracts = [row.name for row in client.contracts]
    if not contracts or client.sees_own_tickets_only(client.customer):
        return []
    return frappe.db.sql(
        """select report.name, report.kind, report.period_start, report.period_end, report.sent_on,
            reading.first_read_on
        from `tabSupport Report` report
        left join `tabSupport Report Reading` reading on reading.parent = report.name and reading.user = %(user)s
        where report.contract in %(contracts)s and report.status = 'Sent'
        order by report.sent_on desc, report.name desc limit %(limit)s""",
        {"contracts": contracts, "user": client.user, "limit": limit},
        as_dict=True,
    )


def own(name: str, client: Client | None = None) -> Document:
    """A sent report of the client's. Raises NotFound for drafts and those of others alike."""
    client = client or access.client()
    row = frappe.db.get_value(DOCTYPE, name, ["contract", "status"], as_dict=True) if isinstance(name, str) else None
    is_own = row and row.status == "Sent" and row.contract in {contract.name for contract in client.contracts}
    if not is_own or client.sees_own_tickets_only(client.customer):
        raise access.NotFound(_("There is no such report."))
    return frappe.get_doc(DOCTYPE, name)


def comments(report: Document) -> list[frappe._dict]:
    """What the client's people said to it, oldest first; remarks of staff stay inside."""
    found = frappe.db.sql(
        """select comment.content, comment.creation, comment.comment_by, comment.comment_email
        from `tabComment` comment join `tabUser` user on user.name = comment.comment_email
        where comment.reference_doctype = %s and comment.reference_name = %s and comment.comment_type = 'Comment'
            and user.user_type = 'Website User'
        order by comment.creation""",
        (DOCTYPE, report.name),
        as_dict=True,
    )
    for row in found:
        row.text = frappe.utils.html_utils.unescape_html(frappe.utils.strip_html(row.content.replace("<br>", "\n")))
    return found


def as_picture(svg: str) -> str:
    """A chart as the address of a picture: the page's policy allows no styles inside of it, a picture has its own."""
    return f"data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}" if svg else ""


@frappe.whitelist(methods=["GET"])
def download(report: str, paper: str = "") -> None:
    """The PDF of a report of the client's own, on A4 or Letter."""
    doc = own(report)
    sending.mark_read(doc, frappe.session.user)
    frappe.local.flags.commit = True
    files.send(pdf.make(doc, paper or None), pdf.file_name(doc))


@frappe.whitelist(methods=["POST"])
def comment(report: str, text: str) -> None:
    """Answer to a report. Raises NotFound, DecisionNeedsReason for an empty or endless text."""
    doc = own(report)
    if not text.strip() or len(text) > LONGEST_COMMENT:
        frappe.throw(_("Write between 1 and {0} letters.").format(LONGEST_COMMENT), DecisionNeedsReason)
    sending.comment(doc, frappe.session.user, text)
