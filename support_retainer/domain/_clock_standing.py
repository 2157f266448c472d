"""How a target stands at one moment, with what a countdown in working time needs to know."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from support_retainer.domain._clock_history import History
from support_retainer.domain._clock_levels import TargetKind
from support_retainer.domain._clock_measures import Measure
from support_retainer.domain.working_calendar import StretchKind, WorkingCalendar

# Longer than any stretch of opening that ends: a countdown is asked for again before it is over.
LOOK_AHEAD = timedelta(days=8)


class Standing(str, Enum):
    """MET and MISSED are final; RESOLVED is a reply that nobody needs any more."""

    MET = "Met"
    MISSED = "Missed"
    RESOLVED = "Resolved"
    PAUSED = "Paused"
    OVERDUE = "Overdue"
    RUNNING = "Running"


@dataclass(frozen=True, slots=True)
class TargetState:
    """One target at one moment. Times are UTC, durations seconds of the target's clock.

    `left` is what remains of the promise, below zero once it is used up. `ticks` says that it is getting less right
    now; if not, `changes_at` is when support opens next, and if so, when it closes (None: never, or not by itself).
    """

    kind: TargetKind
    standing: Standing
    promised: int
    counted: int
    due: datetime
    done_at: datetime | None
    is_open_now: bool
    ticks: bool
    changes_at: datetime | None

    @property
    def left(self) -> int:
        return self.promised - self.counted

    @property
    def used_percent(self) -> float:
        return 100 * self.counted / self.promised


def standing_of(kind: TargetKind, measure: Measure, history: History) -> TargetState:
    """The measure has a promise and therefore a due time."""
    promise, due, now = measure.promise, measure.due, history.seen_until
    assert promise is not None
    assert due is not None
    standing = _standing(measure, history)
    is_open_now = promise.calendar.is_open(now)
    moves = standing in (Standing.RUNNING, Standing.OVERDUE)
    return TargetState(
        kind=kind,
        standing=standing,
        promised=promise.seconds,
        counted=measure.counted,
        due=due,
        done_at=promise.done_at,
        is_open_now=is_open_now,
        ticks=moves and is_open_now,
        changes_at=_change(promise.calendar, now, is_open_now) if moves else None,
    )


def _standing(measure: Measure, history: History) -> Standing:
    if not measure.is_open:
        return Standing.MET if measure.met else Standing.MISSED
    if history.resolved_at:
        return Standing.RESOLVED if measure.met is None else Standing.MISSED
    if history.paused_since:
        return Standing.PAUSED
    return Standing.OVERDUE if measure.met is False else Standing.RUNNING


def _change(calendar: WorkingCalendar, now: datetime, is_open: bool) -> datetime | None:
    if not is_open:
        return calendar.next_opening(now)
    first = next(calendar.stretches(now, now + LOOK_AHEAD))
    return first.end if first.kind is StretchKind.OPEN and first.end < now + LOOK_AHEAD else None
