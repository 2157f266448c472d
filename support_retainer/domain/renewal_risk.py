"""How likely a client is to leave, from facts that people can look up; the weights are ours, and shown with the facts.

A client who broke with us had usually been told late, charged beyond his package, or had stopped using it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Fact(str, Enum):
    """What speaks for leaving; the shell turns each into a sentence with its figure."""

    NOTICE_GIVEN = "notice_given"
    OVERDUE_DAYS = "overdue_days"
    RESPONSES_MISSED = "responses_missed"
    RESOLUTIONS_MISSED = "resolutions_missed"
    HOURS_UNUSED = "hours_unused"
    HOURS_BEYOND = "hours_beyond"
    CLAIMS_DISPUTED = "claims_disputed"
    SILENT_DAYS = "silent_days"
    REPORTS_UNREAD = "reports_unread"


class Level(str, Enum):
    HIGH = "High"
    MEDIUM = "Medium"
    LOW = "Low"


@dataclass(frozen=True, slots=True)
class Client:
    """Figures of the last ninety days; percentages are None where nothing was decided or granted."""

    notice_given: bool = False
    overdue_days: int = 0
    responses_missed_percent: float | None = None
    resolutions_missed_percent: float | None = None
    hours_used_percent: float | None = None
    disputed_claims: int = 0
    silent_days: int | None = None
    unread_reports: int = 0


@dataclass(frozen=True, slots=True)
class Risk:
    """`points` from 0 to 100, and the facts behind them with their figures, the heaviest first."""

    points: int
    facts: tuple[tuple[Fact, int], ...]

    @property
    def level(self) -> Level:
        if self.points >= 50:
            return Level.HIGH
        return Level.MEDIUM if self.points >= 20 else Level.LOW


def assess(client: Client) -> Risk:
    """Add up what speaks for leaving; a notice that was given is certain."""
    used = client.hours_used_percent
    weighed = [
        (Fact.NOTICE_GIVEN, 1, 100 if client.notice_given else 0),
        (Fact.OVERDUE_DAYS, client.overdue_days, 25 if client.overdue_days > 30 else 0),
        (Fact.RESPONSES_MISSED, *_missed(client.responses_missed_percent, 25)),
        (Fact.RESOLUTIONS_MISSED, *_missed(client.resolutions_missed_percent, 15)),
        (Fact.HOURS_UNUSED, round(used or 0), 20 if used is not None and used < 25 else 0),
        (Fact.HOURS_BEYOND, round(used or 0), 20 if used is not None and used > 150 else 0),
        (Fact.CLAIMS_DISPUTED, client.disputed_claims, 15 if client.disputed_claims else 0),
        (Fact.SILENT_DAYS, client.silent_days or 0, 15 if (client.silent_days or 0) > 60 else 0),
        (Fact.REPORTS_UNREAD, client.unread_reports, 10 if client.unread_reports >= 2 else 0),
    ]
    found = sorted((row for row in weighed if row[2]), key=lambda row: -row[2])
    points = min(sum(weight for _fact, _figure, weight in found), 100)
    return Risk(points, tuple((fact, figure) for fact, figure, _weight in found))


def _missed(percent: float | None, weight: int) -> tuple[int, int]:
    """One promise in ten may be missed before a client minds."""
    return (round(percent), weight) if percent is not None and percent > 10 else (round(percent or 0), 0)
