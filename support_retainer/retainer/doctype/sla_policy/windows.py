"""The rows of a policy's opening hours: what they may say, and what they mean to the calendar."""

from datetime import timedelta

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import get_timedelta

from support_retainer import exceptions
from support_retainer.domain.working_calendar import Window
from support_retainer.retainer.rows import place

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def refuse_odd_window(row: Document) -> None:
    """Frappe looks at choices and missing values after `validate`, which already reads these."""
    if row.day not in DAYS:
        frappe.throw(
            _("{0}: choose a day from Monday to Sunday.").format(place(row, "day")),
            exceptions.InvalidWindow,
        )
    for fieldname in ("start_time", "end_time"):
        if not is_time_of_day(row.get(fieldname)):
            frappe.throw(
                _("{0}: enter a time from 00:00 to 23:59.").format(place(row, fieldname)),
                exceptions.InvalidWindow,
            )
    refuse_no_length(row)


def refuse_no_length(row: Document) -> None:
    """From 00:00 to 00:00 is a whole day; nobody means that by any other time twice."""
    start = seconds_of_day(row.start_time)
    if start and start == seconds_of_day(row.end_time):
        frappe.throw(
            _("{0}: the window has no length. Enter a later end, or 00:00 to 00:00 for the whole day.").format(
                place(row, "end_time")
            ),
            exceptions.InvalidWindow,
        )


def window(row: Document) -> Window:
    return Window(DAYS.index(row.day), seconds_of_day(row.start_time), seconds_of_day(row.end_time))


def is_time_of_day(value) -> bool:
    """True for what `seconds_of_day` can read."""
    if str(value).startswith("-"):  # Frappe reads -01:00 as 01:00
        return False
    time = get_timedelta(value) if value not in (None, "") else None
    return time is not None and timedelta(0) <= time <= timedelta(days=1)


def seconds_of_day(value) -> int:
    """A Time as the database ("timedelta") or a form ("HH:MM:SS") gives it; 24:00 is midnight."""
    return int(get_timedelta(value).total_seconds()) % 86400
