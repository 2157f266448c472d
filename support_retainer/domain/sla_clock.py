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
from support_retainer.domain._clock_history import Event, EventKind, History, history_of
from support_retainer.domain._clock_levels import Escalation, Level, TargetKind
from support_retainer.domain._clock_measures import (
    LONGEST_TARGET,
    ROUND_THE_CLOCK,
    Measure,
    Policy,
    Promise,
    Target,
    TargetClock,
    due_and_counted,
    measured,
    policy_named,
    promise_of,
    runs_until,
)
from support_retainer.domain._clock_standing import Standing, TargetState, standing_of
from support_retainer.domain._clock_updates import NextUpdate, next_update

__all__ = [
    "LONGEST_TARGET",
    "ROUND_THE_CLOCK",
    "AgreementStatus",
    "ClockState",
    "ClockStretch",
    "CountedAs",
    "Escalation",
    "Event",
    "EventKind",
    "Level",
    "NextUpdate",
    "Policy",
    "Standing",
    "Target",
    "TargetClock",
    "TargetKind",
    "TargetState",
    "explain",
    "replay",
    "target_states",
]


class AgreementStatus(str, Enum):
    """ERPNext's options of Issue.agreement_status."""

    FIRST_RESPONSE_DUE = "First Response Due"
    RESOLUTION_DUE = "Resolution Due"
    FULFILLED = "Fulfilled"
    FAILED = "Failed"


@dataclass(frozen=True, slots=True)
class ClockState:
    """The clock at one moment. Times are UTC and whole seconds; None where there is no target or no such fact.

    A due time of a paused issue is the one it would have if it were resumed now. `*_counted` are the seconds the
    target's clock has counted, `hold_seconds` the support hours lost to pauses. `*_met` is None while undecided.
    `pending` are the levels of open targets that nobody was told of, the next one first. `next_event_at` is the next
    moment at which one of them is to be told, an open target can be missed, or an update that nobody was asked for is
    due. While the clock stands all three are empty.
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
    update: NextUpdate | None = None


def replay(events: Iterable[Event], policies: Mapping[str, Policy], now: datetime) -> ClockState:
    """The state at `now`; events after it are not seen yet.

    Raises InvalidHistory where nothing opens the issue, UnknownPolicy where an event names one not in `policies`.
    """
    history = history_of(events, now)
    response = measured(history, policies, TargetKind.RESPONSE)
    resolution = measured(history, policies, TargetKind.RESOLUTION)
    update = next_update(history, policies)
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
        next_event_at=_next_event(history, (response, resolution), pending, update),
        pending=pending,
        update=update,
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
    promise = promise_of(history, policies, target)
    if promise is None:
        return ()
    return explanation(history, promise.calendar, promise.done_at or history.seen_until)


def target_states(events: Iterable[Event], policies: Mapping[str, Policy], now: datetime) -> tuple[TargetState, ...]:
    """How each promised target stands at `now`: response first, none that was not promised."""
    history = history_of(events, now)
    found = ((kind, measured(history, policies, kind)) for kind in TargetKind)
    return tuple(standing_of(kind, measure, history) for kind, measure in found if measure.promise)


def _hold_seconds(history: History, policies: Mapping[str, Policy]) -> int:
    policy = policy_named(history.terms.policy, policies)
    if policy is None:
        return 0
    pauses = (stop for stop in history.all_stops() if not stop.resolved)
    return sum(policy.calendar.between(pause.start, pause.end or history.seen_until) for pause in pauses)


def _status(history: History, response: Measure, resolution: Measure) -> AgreementStatus | None:
    if response.due is None and resolution.due is None:
        return None
    if response.met is False or resolution.met is False:
        return AgreementStatus.FAILED
    if history.resolved_at:
        return AgreementStatus.FULFILLED
    if response.is_open:
        return AgreementStatus.FIRST_RESPONSE_DUE
    return AgreementStatus.RESOLUTION_DUE if resolution.is_open else AgreementStatus.FULFILLED


def _next_event(
    history: History, measures: Iterable[Measure], pending: Iterable[Escalation], update: NextUpdate | None
) -> datetime | None:
    if history.stopped:
        return None
    open_dues = (measure.due for measure in measures if measure.is_open and measure.due is not None)
    still_to_miss = (due for due in open_dues if due >= history.seen_until)
    asked = [update.due] if update and not update.is_asked else []
    return min((*still_to_miss, *(escalation.tell_at for escalation in pending), *asked), default=None)


def _pending(
    history: History, policies: Mapping[str, Policy], measures: Mapping[TargetKind, Measure]
) -> tuple[Escalation, ...]:
    """What the ladder of today's policy still has to tell, in the order of time; nothing while the clock stands."""
    policy = None if history.stopped else policy_named(history.terms.policy, policies)
    if policy is None:
        return ()
    found = (
        _escalation(history, level, measure.promise)
        for level in policy.levels
        if (measure := measures[level.target]).is_open and measure.promise and level.key not in history.escalated
    )
    return tuple(sorted(found, key=lambda escalation: (escalation.tell_at, escalation.level.percent)))


def _escalation(history: History, level: Level, promise: Promise) -> Escalation:
    runs = runs_until(history, history.seen_until)
    seconds = level.seconds_of(promise.seconds)
    reached, _counted = due_and_counted(promise.calendar, seconds, runs, history.seen_until)
    return Escalation(level, reached, promise.calendar.next_opening(max(reached, history.seen_until)))
