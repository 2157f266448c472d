"""Working time: when support is open, when a due time falls, and how much open time lies between two instants.

An instant is open when its local wall clock lies in a window of that weekday and its local date is no holiday.
So a wall time that a clock change skips does not exist, and one that it repeats counts both times.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import Enum
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from support_retainer.domain._calendar_blocks import DAY, EPOCH, UTC, Interval, Timeline, Week, timeline
from support_retainer.domain.errors import (
    InvalidDuration,
    InvalidWindow,
    NaiveDateTime,
    NeverOpen,
    OverlappingWindows,
    UnknownTimeZone,
)


@dataclass(frozen=True, slots=True)
class Window:
    """Hours of one weekday (0 = Monday), in seconds since local midnight.

    `end` 0 is midnight; an `end` at or before `start` lies on the next day, so equal times are 24 hours.
    """

    day: int
    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.day <= 6:
            raise InvalidWindow(f"Day {self.day} is not 0 (Monday) to 6 (Sunday).", field="windows", window=self)
        if not (0 <= self.start < DAY and 0 <= self.end < DAY):
            raise InvalidWindow("Times of a window are from 00:00 to 23:59:59.", field="windows", window=self)

    def hours(self) -> Iterator[tuple[int, int, int]]:
        """(weekday, start, end) of each calendar day the window touches."""
        if self.start < self.end:
            yield self.day, self.start, self.end
            return
        yield self.day, self.start, DAY
        if self.end:
            yield (self.day + 1) % 7, 0, self.end


class StretchKind(str, Enum):
    OPEN = "Open"
    CLOSED = "Closed"
    HOLIDAY = "Holiday"


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch [start, end) of one kind. HOLIDAY is only the time that would have been open on another date."""

    start: datetime
    end: datetime
    kind: StretchKind


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """Support hours of a week in an IANA zone. Times go in with any UTC offset and come out in UTC.

    Raises UnknownTimeZone (field `time_zone`), OverlappingWindows and NeverOpen (field `windows`).
    `always_open` ignores windows and holidays.
    """

    zone: str
    windows: tuple[Window, ...] = ()
    holidays: frozenset[date] = frozenset()
    always_open: bool = False
    _line: Timeline = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        _check_zone(self.zone)
        week = None if self.always_open else _week(self.windows)
        object.__setattr__(self, "_line", timeline(self.zone, week, self.holidays))

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the four fields; the laid out years are made again where they are needed."""
        return WorkingCalendar, (self.zone, self.windows, self.holidays, self.always_open)

    def add(self, start: datetime, seconds: int) -> datetime:
        """The first instant by which `seconds` open seconds have passed; 0 gives `start` itself.

        Exact to the microsecond: a start within open hours keeps its part of a second, one outside counts from
        the opening. Raises InvalidDuration below 0, NeverOpen where the years up to 9999 do not suffice.
        """
        if seconds <= 0:
            return _unmoved(start, seconds)
        second, micro = _split(start)
        if micro and not self._line.is_open(second):
            micro = 0
        due = self._line.after(second, seconds, micro > 0)
        return EPOCH + timedelta(0, due, micro)

    def between(self, start: datetime, end: datetime) -> int:
        """Open seconds from `start` to `end`, negative where `end` comes first.

        Both ends are cut to the whole second they lie in, so parts always add up to the whole.
        """
        return self._line.between(_split(start)[0], _split(end)[0])

    def is_open(self, at: datetime) -> bool:
        return self._line.is_open(_split(at)[0])

    def next_opening(self, at: datetime) -> datetime:
        """`at` itself in open hours, else the next instant at which they begin."""
        second, micro = _split(at)
        opening = self._line.next_opening(second)
        return EPOCH + timedelta(0, opening, micro if opening == second and self._line.is_open(second) else 0)

    def stretches(self, start: datetime, end: datetime) -> Iterator[Stretch]:
        """What [start, end) consists of: gapless, in order, neighbours of different kinds; nothing if it is empty."""
        cuts = _join(self._cuts(_split(start)[0], _split(end)[0] + 1))
        for kind, first, last in cuts:
            begin, stop = max(start, _instant(first)), min(end, _instant(last))
            if begin < stop:
                yield Stretch(begin.astimezone(UTC), stop.astimezone(UTC), kind)

    def _cuts(self, start: int, end: int) -> Iterator[tuple[StretchKind, int, int]]:
        cursor = start
        for first, last, is_holiday in self._line.intervals(start, end):
            yield StretchKind.CLOSED, cursor, first
            yield StretchKind.HOLIDAY if is_holiday else StretchKind.OPEN, first, last
            cursor = last
        yield StretchKind.CLOSED, cursor, end


def _join(cuts: Iterator[tuple[StretchKind, int, int]]) -> Iterator[tuple[StretchKind, int, int]]:
    """Drop empty cuts and join neighbours of one kind, such as the two sides of a block's border."""
    held: tuple[StretchKind, int, int] | None = None
    for kind, first, last in cuts:
        if first >= last:
            continue
        if held and held[0] is kind:
            held = (kind, held[1], last)
            continue
        if held:
            yield held
        held = (kind, first, last)
    if held:
        yield held


def _split(at: datetime) -> Interval:
    """Whole seconds since 1970 UTC, and microseconds."""
    if at.tzinfo is None:
        raise NaiveDateTime(f"{at} has no UTC offset; convert it from the site's time zone first.", at=at)
    delta = at - EPOCH
    return delta.days * DAY + delta.seconds, delta.microseconds


def _instant(second: int) -> datetime:
    return EPOCH + timedelta(0, second)


def _unmoved(start: datetime, seconds: int) -> datetime:
    if seconds < 0:
        raise InvalidDuration("Working time to add cannot be negative.", seconds=seconds)
    _split(start)
    return start.astimezone(UTC)


def _check_zone(zone: str) -> None:
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError) as error:
        message = f"{zone!r} is not an IANA time zone such as Europe/Berlin."
        raise UnknownTimeZone(message, field="time_zone", zone=zone) from error


def _week(windows: tuple[Window, ...]) -> Week:
    """The hours of each weekday, sorted, touching ones joined; overlaps and an empty week are refused."""
    if not windows:
        message = "Add at least one support window, or mark the policy as always open."
        raise NeverOpen(message, field="windows")
    return tuple(_day(windows, day) for day in range(7))


def _day(windows: tuple[Window, ...], day: int) -> tuple[Interval, ...]:
    pieces = sorted(
        ((start, end, window) for window in windows for on, start, end in window.hours() if on == day),
        key=lambda piece: piece[:2],
    )
    for (_, end, first), (start, _, second) in pairwise(pieces):
        if start < end:
            message = "Two support windows overlap; end the first before the second starts."
            raise OverlappingWindows(message, field="windows", first=first, second=second)
    return tuple((start, end) for start, end, _ in pieces)
