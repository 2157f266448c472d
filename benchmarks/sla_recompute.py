"""Recompute SLA clocks from their events: what the domain replay costs per issue, for 1,000 and 10,000 issues.

One core, no database: the events are made beforehand. Each history has an opening and seven or nine further events
(reply, pauses, changes of priority, resolution, reopening) under five policies in five zones.
"""

import json
import sys
from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from random import Random
from statistics import median
from time import perf_counter

from benchmarks.bars import Bars, verdict
from support_retainer.domain.sla_clock import Event, EventKind, Policy, Target, TargetClock, explain, replay
from support_retainer.domain.working_calendar import Window, WorkingCalendar

NEEDS_SITE = False
ROUNDS = 7
FEW, MANY = 1_000, 10_000
HOUR = 3600
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Dubai", "Asia/Kolkata", "Europe/Stockholm")
FIRST = datetime(2025, 1, 1, tzinfo=timezone.utc)

LEAST_PER_SECOND = 1_000
MOST_GROWTH = 1.25

History = tuple[Event, ...]


def policies() -> dict[str, Policy]:
    windows = tuple(Window(day, a * HOUR, b * HOUR) for day in range(5) for a, b in ((9, 12), (13, 18)))
    holidays = frozenset(date(year, *day) for year in (2025, 2026, 2027) for day in ((1, 1), (5, 1), (12, 25)))
    targets = {
        "P1": Target(HOUR, 4 * HOUR, TargetClock.ALWAYS),
        "P2": Target(4 * HOUR, 16 * HOUR),
        "P3": Target(8 * HOUR, 40 * HOUR),
    }
    return {zone: Policy(zone, WorkingCalendar(zone, windows, holidays), targets) for zone in ZONES}


def histories(count: int) -> list[History]:
    random = Random(11)  # noqa: S311
    return [_history(random) for _ in range(count)]


def _history(random: Random) -> History:
    at = FIRST + timedelta(seconds=random.randrange(2 * 365 * 24 * HOUR))
    opened = {"policy": random.choice(ZONES), "priority": random.choice(("P1", "P2", "P3"))}
    events = [Event(at, EventKind.OPENED, json.dumps(opened))]
    life = (
        (EventKind.PAUSED, "Waiting for client"),
        (EventKind.RESUMED, ""),
        (EventKind.RESPONDED, ""),
        (EventKind.PRIORITY_CHANGED, "P2"),
        (EventKind.PAUSED, "Waiting for vendor"),
        (EventKind.RESUMED, ""),
        (EventKind.RESOLVED, ""),
        (EventKind.REOPENED, ""),
        (EventKind.RESOLVED, ""),
    )
    for kind, value in life[: random.choice((7, 9))]:
        at += timedelta(seconds=random.randrange(600, 2 * 24 * HOUR))
        events.append(Event(at, kind, value))
    return tuple(events)


def microseconds(work: Callable[[History], object], cases: list[History]) -> float:
    """Average microseconds per issue."""
    began = perf_counter()
    for events in cases:
        work(events)
    return (perf_counter() - began) * 1e6 / len(cases)


def measure() -> Bars:
    known, now = policies(), FIRST + timedelta(days=800)
    many = histories(MANY)
    times: dict[str, list[float]] = {"few": [], "many": [], "explain": []}
    cold = microseconds(lambda events: replay(events, known, now), many[:FEW])
    for _ in range(ROUNDS):
        # As often as fits into the time of the many, so that a busy machine disturbs both for as long.
        few = many[:FEW] * (MANY // FEW)
        times["few"].append(microseconds(lambda events: replay(events, known, now), few))
        times["many"].append(microseconds(lambda events: replay(events, known, now), many))
        times["explain"].append(microseconds(lambda events: explain(events, known, now), many[:FEW]))
    return report(times, cold, sum(map(len, many)) / MANY)


def report(times: dict[str, list[float]], cold: float, events: float) -> Bars:
    many = median(times["many"])
    # Within a round, so that a busy machine slows both counts alike.
    growth = median(b / a for a, b in zip(times["few"], times["many"], strict=True))
    print(f"Replay of an issue's clock, {events:.1f} events each, {len(ZONES)} policies; median of {ROUNDS} rounds")
    rows = ((f"{FEW:,} issues", "few"), (f"{MANY:,} issues", "many"), (f"explanation, {FEW:,} issues", "explain"))
    for label, key in rows:
        spread = f"({min(times[key]):.1f} to {max(times[key]):.1f})"
        cost = median(times[key])
        print(f"  {label:<28} {cost:8.1f} us an issue  {spread:<20} {1e6 / cost:10,.0f} issues/s")
    print(f"  {'first thousand, cold start':<28} {cold:8.1f} us an issue")
    return [
        (f"{1e6 / many:,.0f} issues/s >= {LEAST_PER_SECOND:,}", 1e6 / many >= LEAST_PER_SECOND),
        (f"an issue among {MANY:,} costs {growth:.2f}x of one among {FEW:,} <= {MOST_GROWTH}x", growth <= MOST_GROWTH),
    ]


def main() -> int:
    return verdict(measure())


if __name__ == "__main__":
    sys.exit(main())
