"""The SLA clock: what the events of an issue say about its targets at a given moment.

A target counts working time from the opening, on its own clock. Pauses take away the working time they overlap:
before the first reply from both targets, afterwards from the resolution alone. The time between a resolution
and a reopening is taken away in the same way, though it is no pause. A change of priority or policy measures
the open targets anew from the opening; a target that was reached is judged by what was in force at that moment.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from support_retainer.domain._clock_explanation import ClockStretch, CountedAs, explanation
from support_retainer.domain._clock_history import Event, EventKind, History, Terms, history_of
from support_retainer.domain._clock_levels import Escalation, Level, TargetKind
from support_retainer.domain.errors import InvalidDuration, UnknownPolicy
from support_retainer.domain.working_calendar import WorkingCalendar

__all__ = [
    "ROUND_THE_CLOCK",
    "AgreementStatus",
    "ClockState",
    "ClockStretch",
    "CountedAs",
    "Escalation",
    "Event",
    "EventKind",
    "Level",
    "Policy",
    "Target",
    "TargetClock",
    "TargetKind",
    "explain",
    "replay",
]

ROUND_THE_CLOCK = WorkingCalendar("UTC", always_open=True)


class TargetClock(str, Enum):
    SUPPORT_HOURS = "Support Hours"
    ALWAYS = "Always"


class AgreementStatus(str, Enum):
    """ERPNext's options of Issue.agreement_status."""

    FIRST_RESPONSE_DUE = "First Response Due"
    RESOLUTION_DUE = "Resolution Due"
    FULFILLED = "Fulfilled"
    FAILED = "Failed"


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


@dataclass(frozen=True, slots=True)
class Policy:
    name: str
    calendar: WorkingCalendar
    targets: Mapping[str, Target]
    levels: tuple[Level, ...] = ()


@dataclass(frozen=True, slots=True)
class ClockState:
    """The clock at one moment. Times are UTC and whole seconds; None where there is no target or no such fact.

    A due time of a paused issue is the one it would have if it were resumed now. `*_counted` are the seconds the
    target's clock has counted, `hold_seconds` the support hours lost to pauses. `*_met` is None while undecided.
    `pending` are the levels of open targets that nobody was told of, the next one first. `next_event_at` is the next
    moment at which one of them is to be told or an open target can be missed. While the clock stands both are empty.
    """

    opened_at: datetime
    policy: str
    priority: str
    response_by: datetime | None
    resolution_by: datetime | None
    responded_at: datetime | None
    resolved_at: datetime | None
    paused_since: datetime | None
    response_counted: int
    resolution_counted: int
    hold_seconds: int
    response_met: bool | None
    resolution_met: bool | None
    status: AgreementStatus | None
    next_event_at: datetime | None
    pending: tuple[Escalation, ...] = ()


def replay(events: Iterable[Event], policies: Mapping[str, Policy], now: datetime) -> ClockState:
    """The state at `now`; events after it are not seen yet.

    Raises InvalidHistory where nothing opens the issue, UnknownPolicy where an event names one not in `policies`.
    """
    history = history_of(events, now)
    response = _measure(history, policies, TargetKind.RESPONSE)
    resolution = _measure(history, policies, TargetKind.RESOLUTION)
    pending = _pending(history, policies, {TargetKind.RESPONSE: response, TargetKind.RESOLUTION: resolution})
    return ClockState(
        opened_at=history.opened_at,
        policy=history.terms.policy,
        priority=history.terms.priority,
        response_by=response.due,
        resolution_by=resolution.due,
        responded_at=history.responded_at,
        resolved_at=history.resolved_at,
        paused_since=history.paused_since,
        response_counted=response.counted,
        resolution_counted=resolution.counted,
        hold_seconds=_hold_seconds(history, policies),
        response_met=response.met,
        resolution_met=resolution.met,
        status=_status(history, response, resolution),
        next_event_at=_next_event(history, (response, resolution), pending),
        pending=pending,
    )


def explain(
    events: Iterable[Event],
    policies: Mapping[str, Policy],
    now: datetime,
    target: TargetKind = TargetKind.RESOLUTION,
) -> tuple[ClockStretch, ...]:
    """Every stretch from the opening to the reply or resolution (else `now`), in order and without gaps.

    The seconds of COUNTED add up to the state's counted seconds. Empty where nothing was promised.
    """
    history = history_of(events, now)
    promise = _promise(history, policies, target)
    if promise is None:
        return ()
    return explanation(history, promise.calendar, promise.done_at or history.seen_until)


@dataclass(frozen=True, slots=True)
class _Promise:
    """One target of one issue: how many seconds of which calendar, and when it was reached, if it was."""

    calendar: WorkingCalendar
    seconds: int
    done_at: datetime | None


@dataclass(frozen=True, slots=True)
class _Measure:
    due: datetime | None = None
    counted: int = 0
    met: bool | None = None
    promise: _Promise | None = None

    @property
    def is_open(self) -> bool:
        return self.promise is not None and self.promise.done_at is None


def _policy(name: str, policies: Mapping[str, Policy]) -> Policy | None:
    if not name:
        return None
    if name not in policies:
        raise UnknownPolicy(f"There is no SLA policy {name!r}.", field="sla_policy", policy=name)
    return policies[name]


def _promise(history: History, policies: Mapping[str, Policy], kind: TargetKind) -> _Promise | None:
    is_response = kind is TargetKind.RESPONSE
    terms: Terms = history.response_terms if is_response else history.resolution_terms
    policy = _policy(terms.policy, policies)
    target = policy.targets.get(terms.priority) if policy else None
    if policy is None or target is None:
        return None
    calendar = ROUND_THE_CLOCK if target.clock is TargetClock.ALWAYS else policy.calendar
    if is_response:
        return _Promise(calendar, target.response_seconds, history.responded_at) if target.response_seconds else None
    return _Promise(calendar, target.resolution_seconds, history.resolved_at) if target.resolution_seconds else None


def _measure(history: History, policies: Mapping[str, Policy], kind: TargetKind) -> _Measure:
    promise = _promise(history, policies, kind)
    if promise is None:
        return _Measure()
    until = promise.done_at or history.resolved_at or history.seen_until
    runs = _runs_until(history, until)
    due, counted = _due(promise.calendar, promise.seconds, runs, until)
    met = False if until > due else None if promise.done_at is None else True
    return _Measure(due, counted, met, promise)


def _runs_until(history: History, until: datetime) -> list[tuple[datetime, datetime]]:
    return [(run.start, min(run.end or until, until)) for run in history.all_runs() if run.start < until]


def _due(
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


def _hold_seconds(history: History, policies: Mapping[str, Policy]) -> int:
    policy = _policy(history.terms.policy, policies)
    if policy is None:
        return 0
    pauses = (stop for stop in history.all_stops() if not stop.resolved)
    return sum(policy.calendar.between(pause.start, pause.end or history.seen_until) for pause in pauses)


def _status(history: History, response: _Measure, resolution: _Measure) -> AgreementStatus | None:
    if response.due is None and resolution.due is None:
        return None
    if response.met is False or resolution.met is False:
        return AgreementStatus.FAILED
    if history.resolved_at:
        return AgreementStatus.FULFILLED
    if response.is_open:
        return AgreementStatus.FIRST_RESPONSE_DUE
    return AgreementStatus.RESOLUTION_DUE if resolution.is_open else AgreementStatus.FULFILLED


def _next_event(history: History, measures: Iterable[_Measure], pending: Iterable[Escalation]) -> datetime | None:
    if history.stopped:
        return None
    open_dues = (measure.due for measure in measures if measure.is_open and measure.due is not None)
    still_to_miss = (due for due in open_dues if due >= history.seen_until)
    return min((*still_to_miss, *(escalation.tell_at for escalation in pending)), default=None)


def _pending(
    history: History, policies: Mapping[str, Policy], measures: Mapping[TargetKind, _Measure]
) -> tuple[Escalation, ...]:
    """What the ladder of today's policy still has to tell, in the order of time; nothing while the clock stands."""
    policy = None if history.stopped else _policy(history.terms.policy, policies)
    if policy is None:
        return ()
    found = (
        _escalation(history, level, measure.promise)
        for level in policy.levels
        if (measure := measures[level.target]).is_open and measure.promise and level.key not in history.escalated
    )
    return tuple(sorted(found, key=lambda escalation: (escalation.tell_at, escalation.level.percent)))


def _escalation(history: History, level: Level, promise: _Promise) -> Escalation:
    runs = _runs_until(history, history.seen_until)
    seconds = level.seconds_of(promise.seconds)
    reached, _counted = _due(promise.calendar, seconds, runs, history.seen_until)
    return Escalation(level, reached, promise.calendar.next_opening(max(reached, history.seen_until)))
