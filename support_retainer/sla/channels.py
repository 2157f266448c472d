"""The channel of an Issue, whether the contract's package offers it, and contact outside the support hours."""

from typing import Any

import frappe
from frappe.model.document import Document
from frappe.utils import get_datetime, getdate

from support_retainer.domain import channels
from support_retainer.permissions import is_desk_user
from support_retainer.site_time import site_date, to_utc, utc_now
from support_retainer.speech import _

WATCHED = ("retainer_channel", "retainer_contract")


def mark(issue: Document) -> None:
    """Name the channel a new Issue came by, and note it where the package does not offer it. Nothing is refused."""
    if issue.is_new() and not issue.retainer_channel:
        issue.retainer_channel = came_by(issue)
    if issue.is_new() or any(issue.has_value_changed(fieldname) for fieldname in WATCHED):
        issue.retainer_channel_note = note(issue)


def came_by(issue: Document) -> str | None:
    if issue.via_customer_portal:
        return "Portal"
    return "Email" if issue.email_account else None


def note(issue: Document) -> str | None:
    """A sentence that says what the package offers instead; None where all is well."""
    channel = issue.retainer_channel or ""
    if not issue.retainer_contract or channel in channels.UNASKED:
        return None
    day = max(getdate(issue.opening_date or site_date(utc_now())), start_of(issue.retainer_contract))
    terms = frappe.get_cached_doc("Retainer Contract", issue.retainer_contract).terms_on(day)
    if channels.is_offered(channel, terms.channels):
        return None
    return _("{0} is not among the channels of {1}, which offers {2}.").format(
        _(channel), terms.package, ", ".join(map(_, terms.channels))
    )


def start_of(contract: str):
    return getdate(frappe.get_cached_value("Retainer Contract", contract, "start_date"))


@frappe.whitelist(methods=["GET"])
def contact_now(contract: str, at: str | None = None) -> dict[str, Any]:
    """What contact with support costs at `at` (site time, else now), to be shown before it is confirmed.

    Gives {channels, hours: Open | Included | Charged | Closed, needs_confirmation, currency, rate, minimum_minutes,
    minimum_charge, next_opening}; `channels` are what the package offers (none: any), money is text, the opening ISO
    8601 (UTC). Raises frappe.PermissionError.
    """
    refuse_strangers(contract)
    moment = to_utc(get_datetime(at)) if at else utc_now()
    terms = frappe.get_doc("Retainer Contract", contract).terms_on(site_date(moment))
    found = channels.contact(terms, moment)
    return {
        "channels": [channel for channel in terms.channels if channel not in channels.UNASKED],
        "hours": found.hours.value,
        "needs_confirmation": found.needs_confirmation,
        "currency": found.currency,
        "rate": str(found.rate),
        "minimum_minutes": found.minimum_minutes,
        "minimum_charge": str(found.minimum_charge),
        "next_opening": found.next_opening and found.next_opening.isoformat(timespec="seconds"),
    }


def refuse_strangers(contract: str) -> None:
    """Staff who may read the contract, and the client's own contacts on it."""
    if is_desk_user():
        frappe.has_permission("Retainer Contract", "read", contract, throw=True)
    elif not is_contact_of(contract, frappe.session.user):
        raise frappe.PermissionError(_("This contract is not yours."))


def is_contact_of(contract: str, user: str) -> bool:
    """Whether the contract names the user, or ERPNext's table of portal users gives them the contract's customer."""
    if user == "Guest":
        return False
    named = {"parent": contract, "parenttype": "Retainer Contract", "user": user}
    if frappe.db.exists("Retainer Contract Contact", named):
        return True
    customer = frappe.db.get_value("Retainer Contract", contract, "customer")
    return bool(
        customer and frappe.db.exists("Portal User", {"parenttype": "Customer", "parent": customer, "user": user})
    )
