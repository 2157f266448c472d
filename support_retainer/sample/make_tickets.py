"""Makes tickets.csv, the sample history of a trading company in Dubai: two years, three hundred tickets.

    python -m support_retainer.sample.make_tickets

The same script makes the same file everywhere: it draws from a generator written out below, because Python's own
may change how it picks from a list. More tickets in the first months after go-live, at month ends and when VAT is
due; fewer in August.
"""

import csv
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TextIO, TypeVar

FILE = Path(__file__).with_name("tickets.csv")
GO_LIVE = date(2024, 11, 3)
DAYS = 730
TICKETS = 300
HEADING = (
    "ticket",
    "opened_at",
    "priority",
    "channel",
    "cause",
    "first_response_at",
    "resolved_at",
    "activity_type",
    "work_start",
    "minutes",
    "worked_by",
)
Choice = TypeVar("Choice")


class Dice:
    """A linear congruential generator (the constants of MMIX), the same on every machine and Python."""

    def __init__(self, seed: int) -> None:
        self.state = seed

    def below(self, limit: int) -> int:
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.state >> 33) % limit

    def pick(self, weighted: Sequence[tuple[Choice, int]]) -> Choice:
        roll = self.below(sum(weight for _, weight in weighted))
        for value, weight in weighted:
            roll -= weight
            if roll < 0:
                return value
        raise AssertionError("weights are positive")

    def between(self, low: int, high: int) -> int:
        return low + self.below(high - low + 1)


PRIORITIES = (("P1 Critical", 4), ("P2 High", 16), ("P3 Medium", 45), ("P4 Low", 35))
CHANNELS = (("Email", 52), ("Portal", 28), ("Phone", 15), ("Monitoring", 5))
EARLY_CAUSES = (("Our Configuration", 14), ("Data Migration", 10), ("Our Implementation", 8), ("User Error", 40))
LATER_CAUSES = (
    ("User Error", 52),
    ("Client Change", 18),
    ("ERPNext Core", 9),
    ("Third Party", 6),
    ("Our Configuration", 5),
    ("Unknown", 10),
)
ACTIVITIES = (("User Support", 45), ("Troubleshooting", 30), ("Configuration", 17), ("Training", 3))
PEOPLE = (("Amal", 5), ("Bilal", 3), ("Chitra", 2))
RESPONSE_MINUTES = {"P1 Critical": (5, 70), "P2 High": (15, 240), "P3 Medium": (30, 700), "P4 Low": (60, 760)}
OPEN_DAYS = (6, 0, 1, 2, 3)
OPENS, CLOSES = 9 * 60, 18 * 60


@dataclass(frozen=True)
class Opening:
    at: datetime
    priority: str


def main() -> int:
    with FILE.open("w", encoding="utf-8", newline="") as file:
        write(file)
    return 0


def write(file: TextIO) -> None:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(HEADING)
    writer.writerows(lines())


def lines() -> Iterator[tuple[str, ...]]:
    """Every line below the heading, in the order in which the tickets were opened."""
    dice = Dice(seed=20241103)
    for number, opening in enumerate(_openings(dice), start=1):
        yield from _ticket(f"T-{number:04d}", opening, dice)


def _openings(dice: Dice) -> list[Opening]:
    days = [(GO_LIVE + timedelta(days=day), _business(GO_LIVE + timedelta(days=day))) for day in range(DAYS)]
    opened = []
    while len(opened) < TICKETS:
        day, priority = dice.pick(days), dice.pick(PRIORITIES)
        is_night = dice.below(100) < (30 if priority == "P1 Critical" else 4)
        minute = dice.between(19 * 60, 23 * 60) if is_night else dice.between(8 * 60, 17 * 60 + 45)
        opened.append(Opening(datetime(day.year, day.month, day.day) + timedelta(minutes=minute), priority))
    return sorted(opened, key=lambda opening: (opening.at, opening.priority))


def _business(day: date) -> int:
    """How likely a ticket is on a day, in relation to the others."""
    weight = 10 if day.weekday() in OPEN_DAYS else 1
    weight *= 3 if day - GO_LIVE < timedelta(days=90) else 2
    weight = weight * 3 // 2 if day.day >= 26 or (day.day >= 20 and day.month in (1, 4, 7, 10)) else weight
    return max(weight // 2, 1) if day.month == 8 else weight


def _ticket(name: str, opening: Opening, dice: Dice) -> Iterator[tuple[str, ...]]:
    is_early = opening.at.date() < GO_LIVE + timedelta(days=90)
    channel = "Phone" if opening.priority == "P1 Critical" else dice.pick(CHANNELS)
    cause = dice.pick(EARLY_CAUSES if is_early else LATER_CAUSES)
    answered = _work_time(opening, dice.between(*RESPONSE_MINUTES[opening.priority]))
    entries = list(_entries(opening, answered, cause, dice))
    last_start, last_minutes = entries[-1][1], int(entries[-1][2])
    resolved = datetime.fromisoformat(last_start) + timedelta(minutes=last_minutes + dice.between(2, 90))
    facts = (name, _text(opening.at), opening.priority, channel, cause, _text(answered), _text(resolved))
    for entry in entries:
        yield (*facts, *entry)


def _entries(opening: Opening, answered: datetime, cause: str, dice: Dice) -> Iterator[tuple[str, ...]]:
    """One to three stretches of work by one person, the first right after the answer, the others on later days."""
    person = dice.pick(PEOPLE)
    activity = "Third-Party Issue" if cause == "Third Party" else dice.pick(ACTIVITIES)
    start = answered + timedelta(minutes=dice.between(1, 10))
    for _ in range(dice.pick(((1, 60), (2, 30), (3, 10)))):
        minutes = dice.pick(((10, 20), (15, 25), (20, 20), (30, 20), (45, 10), (60, 5), (90, 2)))
        if opening.priority != "P1 Critical":
            start = _before_closing(start, minutes)
        yield (activity, _text(start), str(minutes), person)
        start = _working_minute(start + timedelta(minutes=minutes + dice.between(60, 26 * 60)))


def _work_time(opening: Opening, minutes: int) -> datetime:
    """When a team that works support hours has spent so many minutes; critical tickets are answered at once."""
    if opening.priority == "P1 Critical":
        return opening.at + timedelta(minutes=minutes)
    at = _working_minute(opening.at)
    while (left := CLOSES - at.hour * 60 - at.minute) <= minutes:
        minutes -= left
        at = _working_minute(at + timedelta(minutes=left))
    return at + timedelta(minutes=minutes)


def _working_minute(at: datetime) -> datetime:
    """The time itself in support hours, else the next opening."""
    minute = at.hour * 60 + at.minute
    if at.weekday() in OPEN_DAYS and OPENS <= minute < CLOSES:
        return at
    day = at.replace(hour=9, minute=0) + timedelta(days=minute >= OPENS)
    while day.weekday() not in OPEN_DAYS:
        day += timedelta(days=1)
    return day


def _before_closing(start: datetime, minutes: int) -> datetime:
    """What would run past closing time waits for the next morning."""
    end = start.hour * 60 + start.minute + minutes
    return _working_minute(start.replace(hour=18, minute=0)) if end > CLOSES else start


def _text(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"


if __name__ == "__main__":
    sys.exit(main())
