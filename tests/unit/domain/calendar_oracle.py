"""A slow, independent reading of support hours: every UTC minute is converted and its wall clock looked up.

It shares no code with the calendar, and only works for whole minutes of windows and offsets.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from support_retainer.domain.working_calendar import Window, WorkingCalendar

UTC = timezone.utc
MINUTE = timedelta(minutes=1)
MINUTES_A_WEEK = 7 * 24 * 60
# Instants around which each zone does something a naive calendar gets wrong.
CLOCK_CHANGES = {
    "Europe/Berlin": ("2026-03-29T01:00", "2026-10-25T01:00"),
    "Europe/Stockholm": ("2025-03-30T01:00", "2025-10-26T01:00"),
    "America/New_York": ("2026-03-08T07:00", "2026-11-01T06:00"),
    "Australia/Lord_Howe": ("2026-04-04T15:00", "2026-10-03T15:30"),  # half an hour
    "Asia/Tehran": ("2021-03-21T20:30", "2021-09-21T19:30"),  # at local midnight
    "Africa/Cairo": ("2026-04-23T22:00", "2026-10-29T21:00"),  # at local midnight
    "America/Sao_Paulo": ("2018-02-18T02:00", "2018-11-04T03:00"),
    "Pacific/Apia": ("2011-12-30T10:00", "2011-09-24T14:00"),  # 30 December 2011 does not exist there
    "Asia/Dubai": ("2026-01-01T00:00",),
    "Asia/Kolkata": ("2026-01-01T00:00",),
}


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


class Oracle:
    """Counts open seconds minute by minute."""

    def __init__(self, calendar: WorkingCalendar) -> None:
        self.calendar = calendar
        self.zone = ZoneInfo(calendar.zone)
        self.known: dict[datetime, bool] = {}

    def is_open(self, at: datetime) -> bool:
        minute = at.replace(second=0, microsecond=0)
        if minute not in self.known:
            self.known[minute] = self._wall_clock_is_open(minute.astimezone(self.zone))
        return self.known[minute]

    def _wall_clock_is_open(self, wall: datetime) -> bool:
        if self.calendar.always_open:
            return True
        if wall.date() in self.calendar.holidays:
            return False
        return any(_covers(window, wall) for window in self.calendar.windows)

    def parts(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, int]]:
        """(open instant, seconds) of each minute of [start, end) that is open."""
        at = start
        while at < end:
            until = min(at.replace(second=0, microsecond=0) + MINUTE, end)
            if self.is_open(at):
                yield at, int((until - at).total_seconds())
            at = until

    def between(self, start: datetime, end: datetime) -> int:
        return sum(seconds for _, seconds in self.parts(start, end))

    def add(self, start: datetime, seconds: int, horizon: datetime) -> datetime:
        left = seconds
        for at, available in self.parts(start, horizon):
            if available >= left:
                return at + timedelta(seconds=left)
            left -= available
        raise AssertionError("the horizon was too near")


def _covers(window: Window, wall: datetime) -> bool:
    second = wall.hour * 3600 + wall.minute * 60
    if window.start < window.end:
        return wall.weekday() == window.day and window.start <= second < window.end
    evening = wall.weekday() == window.day and second >= window.start
    morning = wall.weekday() == (window.day + 1) % 7 and second < window.end
    return evening or morning


@st.composite
def weeks(draw: st.DrawFn) -> tuple[Window, ...]:
    """Up to eight windows without overlap: split shifts, nights, across the week's end, sometimes touching."""
    count = draw(st.integers(1, 8))
    marks = sorted(draw(st.sets(st.integers(0, MINUTES_A_WEEK - 1), min_size=2 * count, max_size=2 * count)))
    if draw(st.booleans()):
        marks = [*marks[1:], marks[0] + MINUTES_A_WEEK]
    touching = draw(st.booleans())
    pairs = pairwise(marks) if touching else zip(marks[::2], marks[1::2], strict=True)
    return tuple(_window(start, min(end, start + 1440)) for start, end in pairs)


def _window(start: int, end: int) -> Window:
    return Window(start // 1440 % 7, start % 1440 * 60, end % 1440 * 60)


@st.composite
def calendars_and_starts(draw: st.DrawFn) -> tuple[WorkingCalendar, datetime]:
    """A calendar and an instant, mostly within two days of a clock change of its zone."""
    zone = draw(st.sampled_from(sorted(CLOCK_CHANGES)))
    anchor = instant(draw(st.sampled_from(CLOCK_CHANGES[zone])))
    start = anchor + timedelta(seconds=draw(st.integers(-2 * 86_400, 86_400)))
    days = draw(st.sets(st.integers(-1, 5), max_size=3))
    holidays = frozenset(anchor.date() + timedelta(days=day) for day in days)
    always = draw(st.integers(0, 9)) == 0
    return WorkingCalendar(zone, draw(weeks()), holidays, always_open=always), start


def office(zone: str, days: range = range(5), start: int = 9, end: int = 17, *off: date) -> WorkingCalendar:
    """Whole hours, the same on each of `days`."""
    windows = tuple(Window(day, start * 3600, end * 3600) for day in days)
    return WorkingCalendar(zone, windows, frozenset(off))
