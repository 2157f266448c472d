"""Words to tell the life of an issue. March 2026 starts on a Sunday; the 5th is a Thursday, the 6th a Friday."""

from datetime import datetime, timezone

from support_retainer.domain.sla_clock import ClockState, Event, EventKind, Policy, Target, TargetClock, replay
from tests.unit.domain.calendar_oracle import office

UTC = timezone.utc
HOUR = 3600
TARGETS = {
    "P1": Target(HOUR, 4 * HOUR, TargetClock.ALWAYS),
    "P2": Target(2 * HOUR, 8 * HOUR),
    "P3": Target(8 * HOUR, 16 * HOUR),
    "P4": Target(16 * HOUR, None),
    "Resolution only": Target(0, 8 * HOUR),
    "Nothing": Target(None, None),
}
POLICIES = {
    "Office": Policy("Office", office("UTC"), TARGETS),
    "Short": Policy("Short", office("UTC", range(5), 9, 13), TARGETS),
}


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


def opened(day: int, hour: int, priority: str = "P3", policy: str = "Office") -> Event:
    return Event(at(day, hour), EventKind.OPENED, f'{{"policy": "{policy}", "priority": "{priority}"}}')


def paused(day: int, hour: int, reason: str = "Client") -> Event:
    return Event(at(day, hour), EventKind.PAUSED, reason)


def resumed(day: int, hour: int) -> Event:
    return Event(at(day, hour), EventKind.RESUMED)


def responded(day: int, hour: int, minute: int = 0) -> Event:
    return Event(at(day, hour, minute), EventKind.RESPONDED)


def resolved(day: int, hour: int) -> Event:
    return Event(at(day, hour), EventKind.RESOLVED)


def reopened(day: int, hour: int) -> Event:
    return Event(at(day, hour), EventKind.REOPENED)


def clock(now: datetime, *events: Event) -> ClockState:
    return replay(events, POLICIES, now)
