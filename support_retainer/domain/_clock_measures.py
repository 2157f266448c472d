"""One target of an issue measured: the promise, the seconds its clock has counted, and when they are used up."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from support_retainer.domain._clock_history import History, Terms
from support_retainer.domain._clock_levels import Level, TargetKind
from support_retainer.domain.errors import InvalidDuration, UnknownPolicy
from support_retainer.domain.working_calendar import WorkingCalendar

ROUND_THE_CLOCK = WorkingCalendar("UTC", always_open=True)
# Ten years: more is a slip of the pen, and working time is laid out year by year.
LONGEST_TARGET = 3652 * 86400


class TargetClock(str, Enum):
    SUPPORT_HOURS = "Support Hours"
    ALWAYS = "Always"


@dataclass(frozen=True, slots=True)
class Target:
    """The promise for one priority, in seconds; None or 0 (what an empty Duration stores) promises nothing."""

    response_seconds: int | None
    resolution_seconds: int | None
    clock: TargetClock = TargetClock.SUPPORT_HOURS

    def __post_init__(self) -> None:
        for name, seconds in (("response_time", self.response_seconds), ("resolution_time", self.resolution_seconds)):
            if seconds is not None and seconds < 0:
                raise InvalidDuration("A target cannot be negative.", field=name, seconds=seconds)
            if seconds is not None and seconds > LONGEST_TARGET:
                raise InvalidDuration("A target cannot be longer than ten years.", field=name, seconds=seconds)


@dataclass(frozen=True, slots=True)
class Policy:
    name: str
    calendar: WorkingCalendar
    targets: Mapping[str, Target]
    levels: tuple[Level, ...] = ()
    update_every: int = 0  # seconds of support hours in which a client hears from us again; 0 promises nothing


@dataclass(frozen=True, slots=True)
class Promise:
    """One target of one issue: how many seconds of which calendar, and when it was reached, if it was."""

    calendar: WorkingCalendar
    seconds: int
    done_at: datetime | None


@dataclass(frozen=True, slots=True)
class Measure:
    due: datetime | None = None
    counted: int = 0
    met: bool | None = None
    promise: Promise | None = None

    @property
    def is_open(self) -> bool:
        return self.promise is not None and self.promise.done_at is None


def policy_named(name: str, policies: Mapping[str, Policy]) -> Policy | None:
    if not name:
        return None
    if name not in policies:
        raise UnknownPolicy(f"There is no SLA policy {name!r}.", field="sla_policy", policy=name)
    return policies[name]


def promise_of(history: History, policies: Mapping[str, Policy], kind: TargetKind) -> Promise | None:
    is_response = kind is TargetKind.RESPONSE
    terms: Terms = history.response_terms if is_response else history.resolution_terms
    policy = policy_named(terms.policy, policies)
    target = policy.targets.get(terms.priority) if policy else None
    if policy is None or target is None:
        return None
    calendar = ROUND_THE_CLOCK if target.clock is TargetClock.ALWAYS else policy.calendar
    if is_response:
        return Promise(calendar, target.response_seconds, history.responded_at) if target.response_seconds else None
    return Promise(calendar, target.resolution_seconds, history.resolved_at) if target.resolution_seconds else None


def measured(history: History, policies: Mapping[str, Policy], kind: TargetKind) -> Measure:
    promise = promise_of(history, policies, kind)
    if promise is None:
        return Measure()
    until = promise.done_at or history.resolved_at or history.seen_until
    runs = runs_until(history, until)
    due, counted = due_and_counted(promise.calendar, promise.seconds, runs, until)
    met = False if until > due else None if promise.done_at is None else True
    return Measure(due, counted, met, promise)


def runs_until(history: History, until: datetime) -> list[tuple[datetime, datetime]]:
    return [(run.start, min(run.end or until, until)) for run in history.all_runs() if run.start < until]


def due_and_counted(
    calendar: WorkingCalendar, seconds: int, runs: list[tuple[datetime, datetime]], until: datetime
) -> tuple[datetime, int]:
    """When the promised seconds are used up, if the clock runs on from `until`; and those counted so far."""
    counted, due = 0, None
    for start, end in runs:
        stretch = calendar.between(start, end)
        if due is None and counted + stretch >= seconds:
            due = calendar.add(start, seconds - counted)
        counted += stretch
    return due or calendar.add(until, seconds - counted), counted
