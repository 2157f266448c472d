"""A phone call is written down once: on its ticket, as time from the phone hours, and as what was said."""

from datetime import datetime, timedelta
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, get_datetime

from support_retainer.domain.worked_time import Span
from support_retainer.exceptions import InvalidCall, InvalidTime, NoContract
from support_retainer.hours import day_sheet
from support_retainer.hours.day_sheet import Entry
from support_retainer.permissions import is_desk_user
from support_retainer.site_time import to_site, utc_now

CAN_LOG = {"Retainer Agent", "Retainer Manager"}
SPOKEN = ("Phone", "Video Call", "Dedicated Line")


@frappe.whitelist(methods=["POST"])
def log_call(
    summary: str,
    minutes: int,
    activity_type: str,
    issue: str | None = None,
    contract: str | None = None,
    customer: str | None = None,
    ended_at: str | None = None,
    channel: str = "Phone",
) -> dict[str, Any]:
    """Write a call of the caller's down: on `issue`, else on a new one of the contract or customer that is given.

    Gives {issue, timesheets, note}; `note` says where the package has no phone. `ended_at` is site time, else now.
    The time draws the hours of `channel` (Phone, Video Call or Dedicated Line), whatever channel the ticket came by.
    Raises frappe.PermissionError, InvalidTime, TimeTaken, NoContract.
    """
    refuse_strangers()
    refuse_other_channels(channel)
    span = span_of(cint(minutes), ended_at)
    ticket = ticket_of(issue) if issue else new_ticket(summary, contract, customer, span, channel)
    user = frappe.session.user
    day_sheet.lock(user)
    day_sheet.refuse_unlikely(span)
    day_sheet.refuse_double_entry(user, span)
    sheets = day_sheet.log(user, Entry(activity_type, summary, ticket.name, channel=channel), [span])
    write_down(ticket.name, summary, span.start)
    return {"issue": ticket.name, "timesheets": sheets, "note": ticket.retainer_channel_note}


def refuse_strangers() -> None:
    if not is_desk_user() or not CAN_LOG & set(frappe.get_roles()):
        raise frappe.PermissionError(_("Only agents and managers of retainers log calls."))


def refuse_other_channels(channel: str) -> None:
    if channel not in SPOKEN:
        frappe.throw(_("Channel: choose one of {0}.").format(", ".join(map(_, SPOKEN))), InvalidCall)


def span_of(minutes: int, ended_at: str | None) -> Span:
    if minutes <= 0:
        frappe.throw(_("Minutes: enter how long the call took, at least one."), InvalidTime)
    end = get_datetime(ended_at) if ended_at else to_site(utc_now()).replace(microsecond=0)
    return Span(end - timedelta(minutes=minutes), end)


def ticket_of(name: str) -> Document:
    ticket = frappe.get_doc("Issue", name)
    ticket.check_permission("read")
    return ticket


def new_ticket(summary: str, contract: str | None, customer: str | None, span: Span, channel: str) -> Document:
    """Opened when the call began, so that the time of the call counts on the clock of the promise."""
    if not (contract or customer):
        frappe.throw(_("Choose the Issue, the Retainer Contract or the Customer of the call."), NoContract)
    values = {"customer": customer}
    if contract:
        record = frappe.get_doc("Retainer Contract", contract)
        record.check_permission("read")
        values = {"customer": record.customer, "retainer_contract": contract, "project": record.project}
    else:
        frappe.has_permission("Customer", "read", customer, throw=True)
    return frappe.get_doc(
        doctype="Issue",
        subject=summary.splitlines()[0][:140] if summary.strip() else _("Phone call"),
        description=summary,
        retainer_channel=channel,
        opening_date=span.start.date(),
        opening_time=span.start.time(),
        **values,
    ).insert()


def write_down(issue: str, summary: str, began: datetime) -> None:
    """Talking to the client is a reply to them: it counts as the first response, whoever writes it down."""
    message = frappe.get_doc(
        doctype="Communication",
        communication_type="Communication",
        communication_medium="Phone",
        sent_or_received="Sent",
        subject=_("Phone call"),
        content=frappe.utils.escape_html(summary),
        communication_date=began,
        reference_doctype="Issue",
        reference_name=issue,
    )
    message.flags.spoken_by_staff = True
    message.insert(ignore_permissions=True)
