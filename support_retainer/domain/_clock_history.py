"""The history of one issue: what its SLA Events say happened, before any target is applied.

The clock works in whole seconds. Every instant is cut to the second it lies in, so that the stretches of an
explanation add up to the figures of the clock exactly.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timezone
from enum import Enum
from typing import NamedTuple

from support_retainer.domain.errors import InvalidHistory, NaiveDateTime

UTC = timezone.utc


class EventKind(str, Enum):
    """The `event` options of SLA Event."""

    OPENED = "Opened"
    RESPONDED = "Responded"
    PAUSED = "Paused"
    RESUMED = "Resumed"
    PRIORITY_CHANGED = "Priority Changed"
    POLICY_CHANGED = "Policy Changed"
    RESOLVED = "Resolved"
    REOPENED = "Reopened"
    ESCALATED = "Escalated"


@dataclass(frozen=True, slots=True)
class Event:
    """One fact of an issue.

    `value` is {"policy": name, "priority": name} as JSON for Opened, {"target": ..., "percent": ...} as JSON for
    Escalated (with `since` where it tells of an update), the new name for Policy Changed and Priority Changed, the
    reason for Paused. The first Responded is the reply, later ones are updates.
    """

    at: datetime
    kind: EventKind
    value: str = ""

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise NaiveDateTime("An event needs a time with its UTC offset.", field="at", at=self.at)


class Terms(NamedTuple):
    """The names that select a target; "" where there is none."""

    policy: str
    priority: str


class Run(NamedTuple):
    """A stretch in which the clock runs; `end` None is open."""

    start: datetime
    end: datetime | None


class Stop(NamedTuple):
    """A stretch in which it stands: a pause with its reason, or `resolved` between resolution and reopening."""

    start: datetime
    end: datetime | None
    reason: str
    resolved: bool


# What counts first where two facts carry the same instant: the terms, the reply, what sets the clock going,
# what stops it. So the order in which rows were read never matters.
_RANK = {
    EventKind.OPENED: 0,
    EventKind.POLICY_CHANGED: 1,
    EventKind.PRIORITY_CHANGED: 2,
    EventKind.RESPONDED: 3,
    EventKind.RESUMED: 4,
    EventKind.REOPENED: 5,
    EventKind.PAUSED: 6,
    EventKind.RESOLVED: 7,
    EventKind.ESCALATED: 8,
}


@dataclass(slots=True)
class History:
    """The facts up to one moment. `response_terms` and `resolution_terms` are what each target is measured by:
    those in force at the reply and at the resolution, and today's while the target is open."""

    opened_at: datetime
    seen_until: datetime
    terms: Terms
    runs: list[Run] = field(default_factory=list)
    stops: list[Stop] = field(default_factory=list)
    running_since: datetime | None = None
    stopped: Stop | None = None
    responded_at: datetime | None = None
    terms_at_response: Terms | None = None
    terms_at_resolution: Terms | None = None
    updated_at: datetime | None = None
    escalated: set[tuple[str, float]] = field(default_factory=set)
    updates_asked: set[str] = field(default_factory=set)

    @property
    def resolved_at(self) -> datetime | None:
        return self.stopped.start if self.stopped and self.stopped.resolved else None

    @property
    def paused_since(self) -> datetime | None:
        return self.stopped.start if self.stopped and not self.stopped.resolved else None

    @property
    def response_terms(self) -> Terms:
        return self.terms_at_response or self.terms

    @property
    def resolution_terms(self) -> Terms:
        return self.terms_at_resolution or self.terms

    def all_runs(self) -> list[Run]:
        return [*self.runs, Run(self.running_since, None)] if self.running_since else self.runs

    def all_stops(self) -> list[Stop]:
        return [*self.stops, self.stopped] if self.stopped else self.stops

    def apply(self, event: Event, at: datetime) -> None:
        """Take one fact in; a fact that does not fit the state, such as a second pause, changes nothing."""
        step = _STEPS.get(event.kind)
        if step:
            step(self, at, event.value)

    def respond(self, at: datetime, _value: str) -> None:
        if self.responded_at is None:
            self.responded_at, self.terms_at_response = at, self.terms
        self.updated_at = at

    def pause(self, at: datetime, reason: str) -> None:
        if self.stopped is None:
            self._stop(Stop(at, None, reason, resolved=False))

    def resume(self, at: datetime, _value: str) -> None:
        if self.paused_since:
            self._start(at)

    def resolve(self, at: datetime, _value: str) -> None:
        if self.resolved_at:
            return
        if self.stopped:
            self.stops.append(self.stopped._replace(end=at))
        self._stop(Stop(at, None, "", resolved=True))
        self.terms_at_resolution = self.terms

    def reopen(self, at: datetime, _value: str) -> None:
        if self.resolved_at:
            self._start(at)
            self.terms_at_resolution = None

    def change_policy(self, _at: datetime, name: str) -> None:
        self.terms = self.terms._replace(policy=name)

    def change_priority(self, _at: datetime, name: str) -> None:
        self.terms = self.terms._replace(priority=name)

    def escalate(self, _at: datetime, value: str) -> None:
        level, since = _level(value), _since(value)
        if since:
            self.updates_asked.add(since)
        elif level:
            self.escalated.add(level)

    def _stop(self, stop: Stop) -> None:
        if self.running_since:
            self.runs.append(Run(self.running_since, stop.start))
        self.running_since, self.stopped = None, stop

    def _start(self, at: datetime) -> None:
        if self.stopped:
            self.stops.append(self.stopped._replace(end=at))
        self.running_since, self.stopped = at, None


_STEPS = {
    EventKind.RESPONDED: History.respond,
    EventKind.PAUSED: History.pause,
    EventKind.RESUMED: History.resume,
    EventKind.RESOLVED: History.resolve,
    EventKind.REOPENED: History.reopen,
    EventKind.POLICY_CHANGED: History.change_policy,
    EventKind.PRIORITY_CHANGED: History.change_priority,
    EventKind.ESCALATED: History.escalate,
}


def history_of(events: Iterable[Event], now: datetime) -> History:
    """Replay the facts up to `now`, in the order of time whatever the order given.

    The first Opened opens the issue, further ones are ignored. A fact dated before the opening counts from the
    opening, one dated after `now` not yet. Raises InvalidHistory without an Opened or with an unreadable one.
    """
    moment = whole_second(now)
    facts = sorted(events, key=_order)
    opened = next((event for event in facts if event.kind is EventKind.OPENED), None)
    if opened is None:
        raise InvalidHistory("The issue has no Opened event, so its clock has no start.", field="event")
    start = whole_second(opened.at)
    history = History(start, max(moment, start), _terms(opened.value), running_since=start)
    for event in facts:
        if event.at > now:
            break
        history.apply(event, max(whole_second(event.at), start))
    return history


def whole_second(at: datetime) -> datetime:
    """`at` in UTC, cut to the second."""
    if at.tzinfo is None:
        raise NaiveDateTime(f"{at} has no UTC offset; convert it from the site's time zone first.", at=at)
    return at.astimezone(UTC).replace(microsecond=0)


def _order(event: Event) -> tuple[datetime, int, str]:
    return event.at, _RANK[event.kind], event.value


def _terms(value: str) -> Terms:
    try:
        fields = json.loads(value)
        return Terms(fields.get("policy") or "", fields.get("priority") or "")
    except (ValueError, AttributeError) as error:
        message = 'An Opened event carries {"policy": ..., "priority": ...} as JSON.'
        raise InvalidHistory(message, field="value", value=value) from error


def _level(value: str) -> tuple[str, float] | None:
    """(target, percent) of an Escalated event; None where it names no level, as one written by hand may."""
    try:
        fields = json.loads(value)
        return str(fields["target"]), float(fields["percent"])
    except (ValueError, TypeError, KeyError):
        return None


def _since(value: str) -> str:
    """The update since which an Escalated event has waited for another; "" where it tells of a target."""
    try:
        return str(json.loads(value).get("since") or "")
    except (ValueError, AttributeError):
        return ""
