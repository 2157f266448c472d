"""Service on hold: why, what it means for tickets, hours and fees, and when an overdue invoice brings it about.

On hold means that no promise of time runs: clocks of tickets are paused. An overdue client still owes what was
agreed, so fees and hours go on. A pause that both sides agreed on costs nothing for the periods that begin in it,
and brings no hours.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import Enum


class SuspendedFor(str, Enum):
    OVERDUE = "Overdue"
    AGREED = "Agreed"


class Standing(str, Enum):
    ACTIVE = "Active"
    SUSPENDED = "Suspended"
    NOTICE_GIVEN = "Notice Given"


def waives_fee(reason: str | None) -> bool:
    """Whether a period that begins while service is on hold for this reason is free, and without hours."""
    return reason == SuspendedFor.AGREED.value


def standing(*, is_suspended: bool, notice_given: bool) -> Standing:
    """The status of a running contract: suspension shows before notice, and notice comes back after it."""
    if is_suspended:
        return Standing.SUSPENDED
    return Standing.NOTICE_GIVEN if notice_given else Standing.ACTIVE


def is_under_notice(status: str, notice_given: bool) -> bool:
    """Whether a contract still serves and its end is certain, also while service is on hold."""
    return notice_given and status in (Standing.NOTICE_GIVEN.value, Standing.SUSPENDED.value)


def days_overdue(oldest_due: date | None, today: date) -> int:
    """Whole days since the oldest unpaid invoice fell due; 0 where nothing is overdue."""
    return max((today - oldest_due).days, 0) if oldest_due else 0


def suspends(overdue: int, limit: int) -> bool:
    """A limit of 0 means never."""
    return 0 < limit <= overdue


def warnings_reached(overdue: int, limit: int, days_before: Sequence[int]) -> int:
    """How many of the warnings should have gone out by now; those that lie before the due date come with it."""
    if not limit or not overdue:
        return 0
    return sum(overdue >= max(limit - days, 1) for days in days_before)


def warning_days(text: str | None) -> tuple[int, ...]:
    """The text "7, 2" as (7, 2), the earliest first. Raises ValueError for anything but whole days above zero."""
    days = sorted({int(part) for part in (text or "").replace(";", ",").split(",") if part.strip()}, reverse=True)
    if any(day <= 0 for day in days):
        raise ValueError(text)
    return tuple(days)
