"""What was said on a ticket between the client and us; what we say among ourselves or to others stays inside."""

import re
from email.utils import getaddresses

import bleach
import frappe
from frappe.utils import strip_html
from markupsafe import Markup

KEPT = "p br div span b strong i em u s ul ol li blockquote pre code h1 h2 h3 h4 table thead tbody tr th td hr a"
TAGS = frozenset(KEPT.split())
DROPPED = re.compile(r"<(script|style|title|head)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
PUBLIC = """select message.name, message.content, message.creation, message.communication_date, message.sender,
    message.sender_full_name, message.recipients, message.cc, message.sent_or_received, message.owner,
    coalesce(user.user_type, '') = 'System User' as by_staff,
    coalesce(user.user_type, '') = 'Website User' as in_portal, coalesce(user.full_name, '') as owner_name
from `tabCommunication` message left join `tabUser` user on user.name = message.owner
where message.reference_doctype = 'Issue' and message.reference_name = %s
    and message.communication_type = 'Communication'
order by message.creation, message.name"""
# Every address that stands for the customer: portal users, contacts of contracts, and ERPNext's contacts.
ADDRESSES = """select portal.user from `tabPortal User` portal
    where portal.parenttype = 'Customer' and portal.parent = %(customer)s
union select contact.user from `tabRetainer Contract Contact` contact
    join `tabRetainer Contract` contract on contract.name = contact.parent
    where contract.customer = %(customer)s and contract.docstatus = 1 and contact.parenttype = 'Retainer Contract'
union select mail.email_id from `tabContact Email` mail
    join `tabDynamic Link` link on link.parent = mail.parent and link.parenttype = 'Contact'
    where link.link_doctype = 'Customer' and link.link_name = %(customer)s"""


def messages(ticket: frappe._dict) -> list[frappe._dict]:
    """Public messages, oldest first: {name, at, who, by_staff, html}; two queries.

    Public is what the client wrote, and what went to one of the client's addresses or to nobody else. A mail to a
    vendor and its answer are neither. The description of the ticket is not among them, though a mail repeats it.
    """
    known = addresses(ticket)
    rows = [row for row in frappe.db.sql(PUBLIC, ticket.name, as_dict=True) if _is_public(row, known)]
    if rows and _words(rows[0].content) == _words(ticket.description):
        ticket.first_message = rows.pop(0).name
    for row in rows:
        row.html = clean(row.content)
        row.at = row.communication_date or row.creation
        row.who = (row.owner_name if row.by_staff else row.sender_full_name) or row.sender or row.owner_name
    return rows


def addresses(ticket: frappe._dict) -> frozenset[str]:
    found = frappe.db.sql_list(ADDRESSES, {"customer": ticket.customer})
    return frozenset(address.lower() for address in [*found, ticket.raised_by] if address)


def _is_public(row: frappe._dict, known: frozenset[str]) -> bool:
    named = [address.lower() for _name, address in getaddresses([row.recipients or "", row.cc or ""]) if address]
    if row.sent_or_received == "Received":
        return bool(row.in_portal or known & {(row.sender or "").lower()})
    return not named or bool(known & set(named))


def _words(html: str | None) -> str:
    return " ".join(strip_html(html or "").split())


def clean(html: str | None) -> Markup:
    """HTML of a mail with little left but its text: no styles, pictures, forms or scripts."""
    text = bleach.clean(
        DROPPED.sub("", html or ""),
        tags=TAGS,
        attributes={"a": ["href", "title"], "td": ["colspan"], "th": ["colspan"]},
        protocols=["http", "https", "mailto", "tel"],
        strip=True,
        strip_comments=True,
    )
    return Markup(bleach.linkify(text, callbacks=[_outside]))  # noqa: S704 (bleach has cleaned it)


def _outside(attributes: dict, new: bool = False) -> dict:
    attributes[(None, "rel")] = "noopener noreferrer nofollow"
    attributes[(None, "target")] = "_blank"
    return attributes


def from_text(text: str) -> str:
    """What somebody typed, as HTML that shows exactly that."""
    return "<p>" + frappe.utils.escape_html(text.strip()).replace("\n", "<br>") + "</p>"
