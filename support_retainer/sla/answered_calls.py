"""A call with a client that took place: on its ticket, an answer to them, and time of whoever spoke."""

from datetime import timedelta

import frappe
from erpnext.telephony.doctype.call_log.call_log import get_employees_with_number
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, get_datetime, strip_html

from support_retainer.domain.worked_time import Span, without
from support_retainer.hours import day_sheet
from support_retainer.hours.day_sheet import Entry
from support_retainer.permissions import is_desk_user
from support_retainer.sla import callers, calls, clock

UNDER_WAY = ("Open", "Replied", "On Hold")


def take(call: Document) -> None:
    """Link a call that took place to its ticket and book its time; call it before the Call Log is saved.

    Saving it again changes nothing that is done, and books time that could not be booked before. A call of ours that
    is about no ticket stays what it is.
    """
    if call.status != "Completed" or call.retainer_timesheet:
        return
    issue = ticket_of(call)
    if not issue:
        return
    span, is_new = span_of(call), not call.retainer_note
    callers.link(call, issue)
    if is_new:
        calls.write_down(issue, call.summary or _("Phone call"), span.start)
    book(call, issue, span)


def ticket_of(call: Document) -> str | None:
    known, customer = callers.linked(call, "Issue"), callers.customer_of(call)
    if known or not customer:
        return known
    earlier = callers.earlier_ticket(customer, call, UNDER_WAY)
    if earlier or call.type != "Incoming":
        return earlier
    return callers.make_ticket(customer, call, _("Call from {0}"))


def span_of(call: Document) -> Span:
    """In site time; an end that nobody gave follows from the duration, and a start from now."""
    length = timedelta(seconds=cint(call.duration))
    start = get_datetime(call.start_time) if call.start_time else clock.site_now() - length
    end = get_datetime(call.end_time) if call.end_time else start + length
    return Span(start.replace(microsecond=0), end.replace(microsecond=0))


def book(call: Document, issue: str, span: Span) -> None:
    """Book what the person who spoke has not logged by hand, and say on the call where it went or why it did not."""
    user = who_spoke(call)
    activity_type = frappe.get_cached_doc("Retainer Settings").call_activity_type
    if not user:
        call.retainer_note = _(
            "{0}: nobody of the staff is known for this call, so its {1} minutes are not booked."
            " Choose who received it and save again."
        ).format(issue, minutes(span))
    elif not activity_type:
        call.retainer_note = _("{0}: set the Activity Type of Calls in Retainer Settings and save again.").format(issue)
    else:
        try_to_log(call, user, Entry(activity_type, call.summary or "", issue, channel="Phone"), span)


def try_to_log(call: Document, user: str, entry: Entry, span: Span) -> None:
    """A call is never lost because its time could not be booked: the reason is said on it."""
    frappe.db.savepoint("retainer_call")
    try:
        sheets = log(user, entry, span)
    except frappe.ValidationError as error:
        frappe.db.rollback(save_point="retainer_call")
        frappe.clear_last_message()
        call.retainer_note = _("{0}: the time is not booked. {1}").format(entry.issue, strip_html(str(error)))
        return
    call.retainer_timesheet = sheets[0] if sheets else None
    text = _("{0}: {1} minutes booked for {2}.") if sheets else _("{0}: {2} has logged this time already.")
    call.retainer_note = text.format(entry.issue, minutes(span), user)


def log(user: str, entry: Entry, span: Span) -> list[str]:
    day_sheet.lock(user)
    day_sheet.refuse_unlikely(span)
    logged = [Span(row.from_time, row.to_time) for row in day_sheet.taken(user, span)]
    return day_sheet.log(user, entry, [part for part in without(span, logged) if part.is_worth_a_row])


def who_spoke(call: Document) -> str | None:
    """The user of the call, of the employee who received it, or of the one with our number; no client."""
    candidates = [call.employee_user_id]
    if call.call_received_by:
        candidates.append(frappe.db.get_value("Employee", call.call_received_by, "user_id"))
    ours = call.get("to" if call.type == "Incoming" else "from")
    candidates += [row.user_id for row in get_employees_with_number(ours or "")]
    return next((user for user in candidates if user and is_desk_user(user)), None)


def minutes(span: Span) -> int:
    return round((span.end - span.start).total_seconds() / 60)
