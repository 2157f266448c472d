"""One ticket for its client: what was said, how the promises stand and why, the time spent, and their answers."""

from typing import Any
from urllib.parse import quote

import frappe
from frappe.utils import cint

from support_retainer.hours import notices
from support_retainer.portal import access, conversation, files, standing, warranty, work
from support_retainer.portal.access import Client
from support_retainer.portal.package import Agreed, agreed
from support_retainer.sla import why
from support_retainer.speech import _

DONE = ("Resolved", "Closed")
STARS = 5


def page(client: Client, name: str) -> dict[str, Any]:
    ticket = access.ticket(name, client)
    messages = conversation.messages(ticket)
    attached = files.visible(ticket, [message.name for message in messages])
    counted = _counted(ticket)
    return {
        "ticket": ticket,
        "opened_by": frappe.get_cached_value("User", ticket.raised_by, "full_name") or ticket.raised_by or "",
        "description": conversation.clean(ticket.description),
        "messages": messages,
        "files": attached,
        "badges": standing.of_tickets([name]).get(name, []),
        "promises": counted["targets"],
        "next_update": counted.get("next_update_by"),
        "zone": zone_of(ticket),
        "work": work.on_ticket(name),
        "claim": warranty.on_ticket(name),
        "stars": range(1, STARS + 1),
        "given": round((ticket.retainer_rating or 0) * STARS),
        "is_done": ticket.status in DONE,
    }


def zone_of(ticket: frappe._dict) -> str | None:
    found = _agreed(ticket)
    return found.zone if found else None


def _agreed(ticket: frappe._dict) -> Agreed | None:
    if not ticket.retainer_contract:
        return None
    contract = frappe.get_cached_doc("Retainer Contract", ticket.retainer_contract)
    return agreed(frappe._dict(name=contract.name, start_date=contract.start_date))


def promises(ticket: frappe._dict) -> list[dict[str, Any]]:
    """How each promise was counted, with our reasons left out that are not the client's; see sla.why.for_client."""
    return _counted(ticket)["targets"]


def _counted(ticket: frappe._dict) -> dict[str, Any]:
    return why.for_client(ticket.name) if ticket.sla_policy else {"targets": []}


@frappe.whitelist(methods=["GET"])
def ticket(name: str) -> dict[str, Any]:
    """{name, subject, status, priority, creation, description, messages, files, promises, work}. For the client's own.

    Texts are cleaned HTML, times site time, those in `promises` ISO 8601 UTC; `work` is minutes. Raises
    frappe.DoesNotExistError.
    """
    row = access.ticket(name)
    messages = conversation.messages(row)
    return {
        **{field: row[field] for field in ("name", "subject", "status", "priority", "creation", "modified")},
        "description": str(conversation.clean(row.description)),
        "messages": [
            {"name": one.name, "at": one.at, "who": one.who, "by_staff": bool(one.by_staff), "html": str(one.html)}
            for one in messages
        ],
        "files": files.visible(row, [message.name for message in messages]),
        "promises": promises(row),
        "work": work.on_ticket(name),
    }


@frappe.whitelist(methods=["POST"])
def reply(ticket: str, text: str = "") -> str:
    """Add a message, with the request's files; returns the path of the ticket that it is on.

    A reply that comes long after the solution is on a follow-up ticket. Raises frappe.DoesNotExistError, RefusedFile.
    """
    row = access.ticket(ticket)
    text = str(text or "").strip()
    sent = files.sent()
    if not text and not sent:
        frappe.throw(_("Message: write what you want to tell us, or attach a file."), frappe.MandatoryError)
    message = _say(row, text or _("See the attached files."))
    files.attach(sent, "Communication", message.name)
    _tell_staff(message.reference_name, row.subject)
    return path_of(message.reference_name)


def _say(row: frappe._dict, text: str) -> Any:
    user = frappe.session.user
    message = frappe.get_doc(
        doctype="Communication",
        communication_type="Communication",
        communication_medium="Other",
        sent_or_received="Received",
        subject=f"Re: {row.subject}"[:140],
        sender=user,
        sender_full_name=frappe.get_cached_value("User", user, "full_name"),
        content=conversation.from_text(text),
        reference_doctype="Issue",
        reference_name=row.name,
        status="Linked",
    )
    return message.insert(ignore_permissions=True)


@frappe.whitelist(methods=["POST"])
def close(ticket: str) -> str:
    """The client needs nothing more; returns the ticket's path."""
    return _set_status(access.ticket(ticket), "Closed")


@frappe.whitelist(methods=["POST"])
def reopen(ticket: str, text: str = "") -> str:
    """It is not solved: the clock goes on where it stood. With a text it is also said why; returns the path."""
    row = access.ticket(ticket)
    if str(text or "").strip():
        return reply(ticket, text)
    return _set_status(row, "Open")


def _set_status(row: frappe._dict, status: str) -> str:
    if row.status != status:
        issue = frappe.get_doc("Issue", row.name)
        issue.status = status
        issue.save(ignore_permissions=True)
        _tell_staff(row.name, row.subject)
    return path_of(row.name)


@frappe.whitelist(methods=["POST"])
def rate(ticket: str, stars: int, note: str = "") -> str:
    """One to five stars for a ticket that is done, and a word; a second rating replaces the first."""
    row = access.ticket(ticket)
    if row.status not in DONE:
        frappe.throw(_("Rate the ticket once it is solved."), frappe.ValidationError)
    if not 1 <= cint(stars) <= STARS:
        frappe.throw(_("Rating: choose one to five stars."), frappe.ValidationError)
    issue = frappe.get_doc("Issue", row.name)
    issue.update({"retainer_rating": cint(stars) / STARS, "retainer_rating_note": str(note or "").strip()[:500]})
    issue.save(ignore_permissions=True)
    return path_of(row.name)


def path_of(name: str) -> str:
    return "/support/tickets/" + quote(name, safe="")


def _tell_staff(name: str, subject: str) -> None:
    """The people whom the ticket is assigned to read of it at once; the queue shows it to the others."""
    assigned = frappe.get_all(
        "ToDo",
        {"reference_type": "Issue", "reference_name": name, "status": "Open"},
        pluck="allocated_to",
    )
    if assigned:
        about = frappe._dict(doctype="Issue", name=name)
        notices.notify(assigned, _("The client answered on {0}: {1}").format(name, subject), about)
