"""Time in the story: when an act happens, and a site that believes it is then."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import frappe
from dateutil.relativedelta import relativedelta

from support_retainer.demo.acts import At
from support_retainer.domain.working_calendar import WorkingCalendar
from support_retainer.site_time import UTC, to_site

# Frappe compares `modified` as text, which lacks the fraction when it is zero.
FRACTION = timedelta(microseconds=417_000)
NOON = time(12)


def instant(at: At, go_live: date, calendar: WorkingCalendar) -> datetime:
    """The UTC time of an act; `calendar` tells the client's zone and working days."""
    month, nth, clock = at
    day = working_days(go_live + relativedelta(months=month), go_live + relativedelta(months=month + 1), calendar)[
        nth - 1 if nth > 0 else nth
    ]
    local = datetime.combine(day, time.fromisoformat(clock), ZoneInfo(calendar.zone))
    return local.astimezone(UTC)


def working_days(first: date, until: date, calendar: WorkingCalendar) -> list[date]:
    zone = ZoneInfo(calendar.zone)
    days = (first + timedelta(days=n) for n in range((until - first).days))
    return [day for day in days if calendar.is_open(datetime.combine(day, NOON, zone).astimezone(UTC))]


@contextmanager
def at_time(at: datetime, user: str = "Administrator") -> Iterator[datetime]:
    """Let the site believe it is `at` (UTC) and `user` is acting; yields the site time."""
    before = frappe.flags.current_time, frappe.flags.current_date, frappe.session.user
    now = to_site(at) + FRACTION
    frappe.flags.current_time, frappe.flags.current_date = now, now.date()
    frappe.set_user(user)
    try:
        yield now
    finally:
        frappe.flags.current_time, frappe.flags.current_date = before[:2]
        frappe.set_user(before[2])


def stamp(doctype: str, name: str, now: datetime, **values: object) -> None:
    """Lists and timelines sort by `modified` and `creation`, which Frappe takes from the machine's clock."""
    frappe.db.set_value(doctype, name, {"modified": now, **values}, update_modified=False)
