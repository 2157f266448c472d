"""A slow, independent SLA clock, and random histories to hold it against the real one.

It reads open minutes from a table made by converting every UTC minute to the wall clock, walks the life of an
issue minute by minute, and shares no arithmetic with the domain.
"""

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate
from random import Random

from support_retainer.domain.sla_clock import Event, EventKind, Policy, Target, TargetClock
from support_retainer.domain.working_calendar import Window, WorkingCalendar
from tests.unit.domain.calendar_oracle import MINUTE, Oracle, instant

HOUR = 3600
DAY = timedelta(days=1)
# A clock change lies in the middle of the fortnight in which the random issues live.
ANCHORS = {
    "Europe/Berlin": "2026-10-25T01:00",
    "America/New_York": "2026-03-08T07:00",
    "Australia/Lord_Howe": "2026-04-04T15:00",
    "Africa/Cairo": "2026-04-23T22:00",
    "America/Sao_Paulo": "2018-11-04T03:00",
}
DAY_SHIFT = tuple(
    Window(day, start * HOUR, end * HOUR) for day in range(5) for start, end in ((8, 12), (13, 17), (23, 0))
)
NIGHT_SHIFT = (*(Window(day, 21 * HOUR, 5 * HOUR + 1800) for day in (0, 2, 4, 5, 6)), Window(1, 9 * HOUR, 10 * HOUR))


class OpenMinutes:
    """Which UTC minutes of a month around `anchor` are open, and how many are before each."""

    def __init__(self, calendar: WorkingCalendar, anchor: datetime) -> None:
        self.begin = anchor - 8 * DAY
        oracle = Oracle(calendar)
        self.open = bytes(oracle.is_open(self.begin + n * MINUTE) for n in range(34 * 24 * 60))
        self.before = [0, *accumulate(self.open)]

    def seconds(self, start: datetime, end: datetime) -> int:
        return self._until(end) - self._until(start) if end > start else 0

    def _until(self, at: datetime) -> int:
        minute, second = divmod(int((at - self.begin).total_seconds()), 60)
        return self.before[minute] * 60 + second * self.open[minute]

    def walk(self, start: datetime, left: int) -> datetime:
        """The instant at which `left` more open seconds have passed."""
        minute, second = divmod(int((start - self.begin).total_seconds()), 60)
        while True:
            here = (60 - second) if self.open[minute] else 0
            if here >= left:
                return self.begin + timedelta(minutes=minute, seconds=second + left)
            left, minute, second = left - here, minute + 1, 0


@dataclass
class Story:
    """A random issue: facts in the order of time, the policies they name, and the moment to look."""

    events: list[Event]
    policies: dict[str, Policy]
    now: datetime


@dataclass
class World:
    """The three calendars of one zone (day shift, night shift, always open), each with its table."""

    anchor: datetime
    tables: dict[WorkingCalendar, OpenMinutes]


def world_of(zone: str) -> World:
    anchor = instant(ANCHORS[zone])
    free = frozenset(date.fromordinal(anchor.toordinal() + n) for n in (-2, 1))
    calendars = [
        WorkingCalendar(zone, DAY_SHIFT, free),
        WorkingCalendar(zone, NIGHT_SHIFT, free),
        WorkingCalendar("UTC", always_open=True),
    ]
    return World(anchor, {calendar: OpenMinutes(calendar, anchor) for calendar in calendars})


WEIGHTS = {
    EventKind.PAUSED: 6,
    EventKind.RESUMED: 6,
    EventKind.RESPONDED: 3,
    EventKind.PRIORITY_CHANGED: 2,
    EventKind.POLICY_CHANGED: 1,
    EventKind.RESOLVED: 3,
    EventKind.REOPENED: 3,
    EventKind.ESCALATED: 1,
    EventKind.OPENED: 1,
}
VALUES = {
    EventKind.PAUSED: ("Waiting for client", "Waiting for vendor"),
    EventKind.PRIORITY_CHANGED: ("P1", "P2", "P3", "Unlisted"),
    EventKind.POLICY_CHANGED: ("Day", "Night", ""),
    EventKind.OPENED: ('{"policy": "Night", "priority": "P1"}',),
}


def story(world: World, seed: int) -> Story:
    random = Random(seed)
    opened = world.anchor + timedelta(seconds=random.randrange(-6 * 86_400, 86_400))
    opened = opened.replace(microsecond=random.choice((0, 123_456)))
    first = {"policy": random.choice(("Day", "Night")), "priority": random.choice(("P1", "P2", "P3"))}
    events = [Event(opened, EventKind.OPENED, json.dumps(first))]
    span = random.choice((2, 12, 48, 120)) * HOUR
    gaps = sorted(random.randrange(span) for _ in range(random.randrange(11)))
    for n, gap in enumerate(gaps):
        kind = random.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
        at = opened + timedelta(seconds=gap - gap % random.choice((1, 60, 3600)), microseconds=n + 1)
        events.append(Event(at, kind, random.choice(VALUES.get(kind, ("",)))))
    events.sort(key=lambda event: event.at)
    now = opened + timedelta(seconds=random.randrange(-span // 20, span * 2), microseconds=500)
    return Story(events, _policies(world, random), now)


def _policies(world: World, random: Random) -> dict[str, Policy]:
    day, night, _ = world.tables
    return {
        name: Policy(name, calendar, {priority: _target(random) for priority in ("P1", "P2", "P3")})
        for name, calendar in (("Day", day), ("Night", night))
    }


def _target(random: Random) -> Target:
    response = random.choice((None, 0, 60, 1800, random.randrange(1, 8 * HOUR)))
    resolution = random.choice((None, 0, HOUR, 8 * HOUR, random.randrange(1, 20 * HOUR)))
    return Target(response, resolution, random.choice((*[TargetClock.SUPPORT_HOURS] * 3, TargetClock.ALWAYS)))


class SlowClock:
    """The state of a story, from its facts read one by one. Fields are named as in ClockState."""

    def __init__(self, story: Story, world: World) -> None:
        self.world, self.policies = world, story.policies
        self.responded_at = self.resolved_at = self.paused_since = None
        self.response_terms = self.resolution_terms = None
        self.spans: list[tuple[datetime, datetime, str]] = []
        self._read(story)
        self.response_by, self.response_counted, self.response_met = self._judge("response")
        self.resolution_by, self.resolution_counted, self.resolution_met = self._judge("resolution")
        self.hold_seconds = self._hold()
        self.status = self._status()
        self.next_event_at = self._next()

    def _read(self, story: Story) -> None:
        opening = story.events[0]
        names = json.loads(opening.value)
        self.terms = (names["policy"], names["priority"])
        self.state, since = "running", cut(opening.at)
        self.now = max(cut(story.now), since)
        for event in story.events[1:]:
            if event.at > story.now:
                continue
            before = self.state
            self._take(event)
            if self.state != before:
                self.spans.append((since, cut(event.at), before))
                since = cut(event.at)
        self.spans.append((since, self.now, self.state))
        self.paused_since = since if self.state == "paused" else None
        self.resolved_at = since if self.state == "resolved" else None

    def _take(self, event: Event) -> None:
        if event.kind.value == "Responded" and not self.responded_at:
            self.responded_at, self.response_terms = cut(event.at), self.terms
        elif event.kind.value == "Priority Changed":
            self.terms = (self.terms[0], event.value)
        elif event.kind.value == "Policy Changed":
            self.terms = (event.value, self.terms[1])
        moves = {
            ("running", "Paused"): "paused",
            ("paused", "Resumed"): "running",
            ("running", "Resolved"): "resolved",
            ("paused", "Resolved"): "resolved",
            ("resolved", "Reopened"): "running",
        }
        moved = moves.get((self.state, event.kind.value))
        if moved == "resolved":
            self.resolution_terms = self.terms
        self.state = moved or self.state

    def promise(self, kind: str) -> tuple[OpenMinutes, int] | None:
        done = self.responded_at if kind == "response" else self.resolved_at
        at_the_time = self.response_terms if kind == "response" else self.resolution_terms
        policy, priority = at_the_time if done else self.terms
        if policy not in self.policies or priority not in self.policies[policy].targets:
            return None
        target = self.policies[policy].targets[priority]
        seconds = getattr(target, f"{kind}_seconds")
        day, night, always = self.world.tables.values()
        table = always if target.clock is TargetClock.ALWAYS else {"Day": day, "Night": night}[policy]
        return (table, seconds) if seconds else None

    def _judge(self, kind: str) -> tuple[datetime | None, int, bool | None]:
        promise = self.promise(kind)
        if not promise:
            return None, 0, None
        table, left = promise
        done = self.responded_at if kind == "response" else self.resolved_at
        until = done or self.resolved_at or self.now
        due, counted = None, 0
        for start, end, state in self.spans:
            if state != "running" or start >= until:
                continue
            here = table.seconds(start, min(end, until))
            if due is None and here >= left:
                due = table.walk(start, left)
            counted, left = counted + here, left - here
        due = due or table.walk(until, left)
        late = until > due
        return due, counted, (not late) if done else (False if late else None)

    def _hold(self) -> int:
        if self.terms[0] not in self.policies:
            return 0
        table = self.world.tables[self.policies[self.terms[0]].calendar]
        return sum(table.seconds(start, end) for start, end, state in self.spans if state == "paused")

    def _status(self) -> str | None:
        if not self.response_by and not self.resolution_by:
            return None
        if self.response_met is False or self.resolution_met is False:
            return "Failed"
        if self.resolved_at:
            return "Fulfilled"
        if self.response_by and not self.responded_at:
            return "First Response Due"
        return "Resolution Due" if self.resolution_by else "Fulfilled"

    def _next(self) -> datetime | None:
        if self.state != "running":
            return None
        waiting = [self.resolution_by] if self.responded_at else [self.response_by, self.resolution_by]
        return min((due for due in waiting if due and due >= self.now), default=None)


def cut(at: datetime) -> datetime:
    return at.replace(microsecond=0)
