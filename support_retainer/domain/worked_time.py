"""Worked stretches on the wall clock that timesheets keep: whole days apart, free of double entry, right in length.

A timesheet stores local times without an offset, so the hour that a zone repeats in autumn is ambiguous there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

HALF_MINUTE = timedelta(seconds=30)


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """[start, end) in local wall time, naive, as a timesheet row has it."""

    start: datetime
    end: datetime

    @property
    def is_worth_a_row(self) -> bool:
        return self.end - self.start >= HALF_MINUTE

    def overlaps(self, other: Span) -> bool:
        return self.start < other.end and other.start < self.end


def on_the_wall(start: datetime, end: datetime, zone: ZoneInfo) -> Span:
    """The wall times of a stretch of UTC time that give its true length when read back.

    Where an end lies in the repeated hour, one of the two moves by that hour, and where that can't be told either, the
    stretch moves to just before its start: who worked how long is what is paid.
    """
    length = end - start
    local_start, local_end = (at.astimezone(zone).replace(tzinfo=None, fold=0) for at in (start, end))
    candidates = (
        Span(local_start, local_end),
        Span(_moved(local_end, -length, zone), local_end),
        Span(local_start, _moved(local_start, length, zone)),
        Span(_moved(local_start, -length, zone), local_start),
    )
    return next((span for span in candidates if _length(span, zone) == length), candidates[0])


def _moved(local: datetime, by: timedelta, zone: ZoneInfo) -> datetime:
    return (_utc(local, zone) + by).astimezone(zone).replace(tzinfo=None, fold=0)


def _utc(local: datetime, zone: ZoneInfo) -> datetime:
    return local.replace(tzinfo=zone).astimezone(timezone.utc)


def _length(span: Span, zone: ZoneInfo) -> timedelta:
    return _utc(span.end, zone) - _utc(span.start, zone)


def by_day(span: Span) -> Iterator[Span]:
    """The span cut at every midnight, so that each part belongs to the sheet of one day."""
    start = span.start
    while start < span.end:
        midnight = datetime.combine(start.date() + timedelta(days=1), time.min)
        yield Span(start, min(midnight, span.end))
        start = midnight


def without(span: Span, taken: Iterable[Span]) -> tuple[Span, ...]:
    """What is left of the span beside time that is logged already, in order."""
    free, start = [], span.start
    for other in sorted(other for other in taken if other.overlaps(span)):
        if other.start > start:
            free.append(Span(start, other.start))
        start = max(start, other.end)
    if start < span.end:
        free.append(Span(start, span.end))
    return tuple(free)
