"""One timer for each user, kept by the server: it survives a reload, another browser and a restart.

Times are UTC. What is logged in the end is cut around time that was logged by hand meanwhile, so that stopping
never fails because of an overlap.
"""

from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any

import frappe
from frappe import _, bold
from frappe.model.document import Document
from frappe.utils import get_datetime, get_link_to_form

from support_retainer.domain.worked_time import Span, on_the_wall, without
from support_retainer.exceptions import InvalidTime, NoTimer, TimerRuns
from support_retainer.hours import day_sheet
from support_retainer.hours.day_sheet import Entry
from support_retainer.site_time import site_zone, to_utc, utc_now

DOCTYPE = "Retainer Timer"


def current(user: str) -> dict[str, Any] | None:
    """{issue, subject, status, activity_type, note, seconds, running_since (epoch seconds or None)}; None without."""
    if not frappe.db.exists(DOCTYPE, user):
        return None
    timer = frappe.get_doc(DOCTYPE, user)
    running = [row for row in timer.stretches if not row.end]
    return {
        "issue": timer.issue,
        "subject": frappe.db.get_value("Issue", timer.issue, "subject"),
        "status": timer.status,
        "activity_type": timer.activity_type,
        "note": timer.note,
        "seconds": sum(int((_utc(row.end) - _utc(row.start)).total_seconds()) for row in timer.stretches if row.end),
        "running_since": _utc(running[0].start).timestamp() if running else None,
    }


def start(user: str, issue: str, activity_type: str, note: str = "") -> Document:
    """Start on a ticket, or go on where it was paused. Raises TimerRuns while another ticket has the timer."""
    day_sheet.lock(user)
    if not frappe.db.exists(DOCTYPE, user):
        timer = frappe.get_doc(doctype=DOCTYPE, user=user, issue=issue, activity_type=activity_type, note=note)
        timer.append("stretches", {"start": _now()})
        return timer.insert(ignore_permissions=True)
    timer = frappe.get_doc(DOCTYPE, user, for_update=True)
    if timer.issue != issue or timer.status == "Running":
        _refuse_second(timer)
    timer.append("stretches", {"start": _now()})
    timer.status = "Running"
    return timer.save(ignore_permissions=True)


def pause(user: str) -> Document:
    """Raises NoTimer where none runs."""
    timer = _timer(user)
    if timer.status != "Running":
        frappe.throw(_("Your timer is paused already."), NoTimer)
    timer.stretches[-1].end = _now()
    timer.status = "Paused"
    return timer.save(ignore_permissions=True)


def stop(user: str, activity_type: str = "", note: str = "", ended_at: str | None = None) -> list[str]:
    """Log the time and end the timer; returns the timesheets. `ended_at` (site time) is for one left running.

    Raises NoTimer, and InvalidTime where nothing is left to log.
    """
    timer = _timer(user)
    if timer.status == "Running":
        timer.stretches[-1].end = _end(timer, ended_at)
    spans = list(_free(user, timer))
    if not spans:
        frappe.throw(_("Nothing is left to log: under half a minute, or logged by hand meanwhile."), InvalidTime)
    entry = Entry(activity_type or timer.activity_type, note or timer.note or "", timer.issue)
    sheets = day_sheet.log(user, entry, spans)
    discard(user)
    return sheets


def discard(user: str) -> None:
    """End the timer without logging."""
    frappe.delete_doc(DOCTYPE, user, ignore_permissions=True, force=True, delete_permanently=True)


def _timer(user: str) -> Document:
    day_sheet.lock(user)
    if not frappe.db.exists(DOCTYPE, user):
        frappe.throw(_("You have no timer. It was stopped in another window, or never started."), NoTimer)
    return frappe.get_doc(DOCTYPE, user, for_update=True)


def _refuse_second(timer: Document) -> None:
    frappe.throw(
        _("Your timer is {0} on {1}. Stop it there first.").format(
            bold(_(timer.status).lower()), get_link_to_form("Issue", timer.issue)
        ),
        TimerRuns,
        title=_("One timer at a time"),
    )


def _end(timer: Document, ended_at: str | None) -> datetime:
    begun, now = timer.stretches[-1].start, _now()
    end = to_utc(get_datetime(ended_at)).replace(tzinfo=None) if ended_at else now
    if not get_datetime(begun) <= end <= now:
        frappe.throw(_("The end has to lie between the start of the timer and now."), InvalidTime)
    return end


def _free(user: str, timer: Document) -> Iterator[Span]:
    for row in timer.stretches:
        span = on_the_wall(_utc(row.start), _utc(row.end), site_zone())
        if span.is_worth_a_row:
            day_sheet.refuse_unlikely(span)
            logged = [Span(other.from_time, other.to_time) for other in day_sheet.taken(user, span)]
            yield from (part for part in without(span, logged) if part.is_worth_a_row)


def _now() -> datetime:
    return utc_now().replace(tzinfo=None, microsecond=0)


def _utc(stored: datetime | str) -> datetime:
    return get_datetime(stored).replace(tzinfo=timezone.utc)
