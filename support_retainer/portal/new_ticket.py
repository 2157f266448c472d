"""A new ticket: what the priorities mean, what outside support hours costs, and the ticket itself."""

from datetime import datetime
from typing import Any

import frappe
from frappe.utils import cint, getdate

from support_retainer import amounts
from support_retainer.exceptions import RetainerError
from support_retainer.hours.reasons import hours
from support_retainer.portal import access, conversation, files, narrowing, package, tickets
from support_retainer.portal.access import Client
from support_retainer.portal.ticket import path_of
from support_retainer.site_time import site_date, to_site, utc_now
from support_retainer.sla import channels
from support_retainer.speech import _

LONGEST_SUBJECT = 140
NOW, WAIT = "now", "wait"


class AnswerNeeded(RetainerError):
    """A field of a form that the client has to fill in or choose."""


def page(client: Client) -> dict[str, Any]:
    contract = client.contract
    found = package.agreed(contract) if contract else None
    return {
        "promises": package.promises(found) if found else [],
        "priorities": tickets.priorities(client),
        "zone": found.zone if found else None,
        "contact": _contact(client),
    }


def _contact(client: Client) -> dict[str, Any] | None:
    """What contact at this moment means, with `next_opening` as site time; None without a contract."""
    contract = client.contract
    if not contract or contract.status == "Ended" or getdate(contract.start_date) > site_date(utc_now()):
        return None
    answer = channels.contact_now(contract.name)
    opening = answer["next_opening"]
    answer["next_opening"] = to_site(datetime.fromisoformat(opening)) if opening else None
    return answer


@frappe.whitelist(methods=["POST"])
def create(subject: str = "", description: str = "", priority: str = "", emergency: str = "") -> str:
    """Open a ticket for the chosen customer, with the request's files; returns its path.

    Outside support hours `emergency` has to be "now" (the client agrees to the price that contact_now gives) or "wait".
    Raises AnswerNeeded, RefusedFile, frappe.PermissionError.
    """
    client = access.client()
    narrowing.refuse_new_ticket(client)
    values = {
        "subject": _required(subject, _("Subject"))[:LONGEST_SUBJECT],
        "description": conversation.from_text(_required(description, _("Description"))),
        "priority": _known_priority(client, priority),
        "retainer_emergency_agreed": _agreement(client, emergency),
    }
    issue = frappe.get_doc(
        doctype="Issue",
        customer=client.customer,
        project=client.contract.project if client.contract else None,
        raised_by=client.user,
        via_customer_portal=1,
        retainer_channel="Portal",
        **values,
    ).insert(ignore_permissions=True)
    files.attach(files.sent(), "Issue", issue.name)
    return path_of(issue.name)


def _required(text: str, label: str) -> str:
    found = str(text or "").strip()
    if not found:
        frappe.throw(_("{0} is missing. Fill it in.").format(label), AnswerNeeded)
    return found


def _known_priority(client: Client, priority: str) -> str | None:
    """None lets the package's rules choose."""
    if not priority:
        return None
    if priority not in tickets.priorities(client):
        frappe.throw(_("Priority: choose one of those that your package knows."), AnswerNeeded)
    return priority


def _agreement(client: Client, emergency: str) -> str | None:
    """The price that the client agreed to, as a sentence; None where nothing is charged or they wait."""
    contact = _contact(client)
    if not contact or not contact["needs_confirmation"] or emergency == WAIT:
        return None
    if emergency != NOW:
        frappe.throw(
            _("Support is closed. Choose whether we start now at the emergency price, or when support opens."),
            AnswerNeeded,
        )
    rate, least = (amounts.money(contact[name], contact["currency"]) for name in ("rate", "minimum_charge"))
    return _("{0} agreed to emergency support at {1} an hour, at least {2} ({3}).").format(
        client.user, rate, least, hours(cint(contact["minimum_minutes"]))
    )
