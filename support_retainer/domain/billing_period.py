"""Billing periods, half-open and counted from the anchor, and the parts of them that are charged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from fractions import Fraction

from dateutil.relativedelta import relativedelta


class Anchor(str, Enum):
    """Where a contract's periods start: on its own start day, or on the first of the month."""

    START_DAY = "Start Day"
    CALENDAR_MONTH = "Calendar Month"


@dataclass(frozen=True, slots=True)
class Period:
    """Half-open billing period [start, end)."""

    start: date
    end: date

    def __contains__(self, day: date) -> bool:
        return self.start <= day < self.end

    @property
    def days(self) -> int:
        return (self.end - self.start).days

    @property
    def last_day(self) -> date:
        return self.end - timedelta(days=1)

    def overlap(self, other: Period) -> Period | None:
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Period(start, end) if start < end else None


@dataclass(frozen=True, slots=True)
class BillablePeriod:
    """A period with the part of it that is charged: `share` is 1 for a whole period."""

    period: Period
    whole: Period

    @property
    def share(self) -> Fraction:
        return Fraction(self.period.days, self.whole.days)

    @property
    def is_part(self) -> bool:
        return self.period != self.whole


def nth_period(anchor: date, n: int) -> Period:
    """The n-th monthly period (n from 0), counted from the anchor itself so that the 31st comes back after February."""
    return Period(anchor + relativedelta(months=n), anchor + relativedelta(months=n + 1))


def period_containing(anchor: date, day: date) -> Period:
    """The monthly period counted from the anchor that `day` falls into; also for days before the anchor."""
    guess = (day.year - anchor.year) * 12 + day.month - anchor.month
    for n in (guess, guess - 1):
        period = nth_period(anchor, n)
        if day in period:
            return period
    raise AssertionError(f"no period of anchor {anchor} holds {day}")  # unreachable: the two cover the month


def anchor_of(start: date, anchor: Anchor) -> date:
    return start if anchor is Anchor.START_DAY else start.replace(day=1)


def billable(start: date, anchor: Anchor, day: date) -> BillablePeriod:
    """The charged period that `day` falls into, cut at the contract's start (a part first month)."""
    whole = period_containing(anchor_of(start, anchor), day)
    return BillablePeriod(Period(max(whole.start, start), whole.end), whole)


def billable_periods(start: date, anchor: Anchor, until: date) -> Iterator[BillablePeriod]:
    """Every charged period from the contract's start whose first day is on or before `until`."""
    day = start
    while day <= until:
        found = billable(start, anchor, day)
        yield found
        day = found.period.end
