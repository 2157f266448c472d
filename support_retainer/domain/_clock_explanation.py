"""What became of every stretch of an issue's life: the answer to 'Why was this missed?'."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from support_retainer.domain._clock_history import History, Run, Stop
from support_retainer.domain.working_calendar import StretchKind, WorkingCalendar


class CountedAs(str, Enum):
    """What a stretch of an issue's life was to its target."""

    COUNTED = "Counted"
    OUTSIDE_HOURS = "Outside Hours"
    HOLIDAY = "Holiday"
    PAUSED = "Paused"
    RESOLVED = "Resolved"


@dataclass(frozen=True, slots=True)
class ClockStretch:
    """A stretch [start, end) of one kind. Time outside hours stays that during a pause, so that the seconds of
    PAUSED are the working time the pause took away; `reason` is the pause's."""

    start: datetime
    end: datetime
    counted_as: CountedAs
    seconds: int
    reason: str = ""


def explanation(history: History, calendar: WorkingCalendar, until: datetime) -> tuple[ClockStretch, ...]:
    """Every stretch from the opening to `until`, in order and without gaps, neighbours of different kinds."""
    return tuple(_joined(_pieces(history, calendar, until)))


def _pieces(history: History, calendar: WorkingCalendar, until: datetime) -> Iterator[ClockStretch]:
    """Runs and stops in order of time, each cut at the calendar's hours."""
    spans: list[Run | Stop] = sorted([*history.all_runs(), *history.all_stops()], key=lambda span: span.start)
    for span in spans:
        for part in calendar.stretches(span.start, min(span.end or until, until)):
            counted_as, reason = _counted_as(part.kind, span)
            seconds = int((part.end - part.start).total_seconds())
            yield ClockStretch(part.start, part.end, counted_as, seconds, reason)


def _counted_as(kind: StretchKind, span: Run | Stop) -> tuple[CountedAs, str]:
    if kind is StretchKind.CLOSED:
        return CountedAs.OUTSIDE_HOURS, ""
    if kind is StretchKind.HOLIDAY:
        return CountedAs.HOLIDAY, ""
    if isinstance(span, Run):
        return CountedAs.COUNTED, ""
    return (CountedAs.RESOLVED, "") if span.resolved else (CountedAs.PAUSED, span.reason)


def _joined(pieces: Iterator[ClockStretch]) -> Iterator[ClockStretch]:
    """Neighbours of one kind as one stretch, such as the night on both sides of a pause's end."""
    held: ClockStretch | None = None
    for piece in pieces:
        if held and (held.counted_as, held.reason) == (piece.counted_as, piece.reason):
            held = ClockStretch(held.start, piece.end, held.counted_as, held.seconds + piece.seconds, held.reason)
            continue
        if held:
            yield held
        held = piece
    if held:
        yield held
