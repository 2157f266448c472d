"""How many promises of a policy a finished history would have kept, ticket by ticket.

A history without pauses needs no replay of events: the due time is the opening plus the promised working time. A
test holds this against the SLA clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from support_retainer.domain.sla_clock import ROUND_THE_CLOCK, Policy, Target, TargetClock
from support_retainer.domain.working_calendar import WorkingCalendar


class Handled(Protocol):
    """What the promises look at in a ticket; times are UTC."""

    @property
    def opened_at(self) -> datetime: ...
    @property
    def priority(self) -> str: ...
    @property
    def first_response_at(self) -> datetime | None: ...
    @property
    def resolved_at(self) -> datetime | None: ...


@dataclass(slots=True)
class Kept:
    """Tickets by what became of one promise; `undecided` are still open and in time."""

    met: int = 0
    missed: int = 0
    undecided: int = 0

    def count(self, met: bool | None) -> None:
        if met is None:
            self.undecided += 1
        elif met:
            self.met += 1
        else:
            self.missed += 1

    @property
    def decided(self) -> int:
        return self.met + self.missed

    @property
    def percent(self) -> float | None:
        """Share of the decided promises that were kept, in percent; None where nothing was decided."""
        return 100 * self.met / self.decided if self.decided else None

    def __add__(self, other: Kept) -> Kept:
        return Kept(self.met + other.met, self.missed + other.missed, self.undecided + other.undecided)


@dataclass(frozen=True, slots=True)
class Promises:
    """Kept and missed promises by priority; a priority without a promise is absent."""

    response_by_priority: Mapping[str, Kept] = field(default_factory=dict)
    resolution_by_priority: Mapping[str, Kept] = field(default_factory=dict)

    @property
    def response(self) -> Kept:
        return sum(self.response_by_priority.values(), Kept())

    @property
    def resolution(self) -> Kept:
        return sum(self.resolution_by_priority.values(), Kept())


def judge(tickets: Iterable[Handled], policy: Policy, seen_at: datetime) -> Promises:
    """Judge every ticket by its priority's target, as seen at `seen_at`."""
    response = {name: Kept() for name, target in policy.targets.items() if target.response_seconds}
    resolution = {name: Kept() for name, target in policy.targets.items() if target.resolution_seconds}
    for ticket in tickets:
        target = policy.targets.get(ticket.priority)
        if target is None:
            continue
        calendar = _calendar(target, policy)
        opened, resolved = ticket.opened_at, ticket.resolved_at
        if target.response_seconds:
            due = calendar.add(opened, target.response_seconds)
            response[ticket.priority].count(_met(due, ticket.first_response_at, resolved, seen_at))
        if target.resolution_seconds:
            due = calendar.add(opened, target.resolution_seconds)
            resolution[ticket.priority].count(_met(due, resolved, resolved, seen_at))
    return Promises(response, resolution)


def _calendar(target: Target, policy: Policy) -> WorkingCalendar:
    return ROUND_THE_CLOCK if target.clock is TargetClock.ALWAYS else policy.calendar


def _met(due: datetime, done_at: datetime | None, resolved_at: datetime | None, seen_at: datetime) -> bool | None:
    """Missed if the clock ran beyond the due time; a resolution stops it, even before the first answer.

    None while the ticket waits and there is time left.
    """
    stopped_at = min(done_at or seen_at, resolved_at or seen_at)
    if stopped_at > due:
        return False
    return True if done_at else None
