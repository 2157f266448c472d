"""What a report advises, computed from its figures; each advice carries the facts that led to it.

The thresholds are ours (no offer states any): low enough to be useful in a month with a dozen tickets, high enough
that a single bad day recommends nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from support_retainer.domain.coverage import CoverageKind
from support_retainer.domain.support_report import Figures
from support_retainer.domain.warranty import OUR_CAUSES

IN_A_ROW = 3  # periods that make a habit
RECURRING = 3  # tickets of one type in one period
RECURRING_PERCENT = 25
TRAINING_PERCENT = 30
WANTED_PERCENT = 90.0
DECIDED_ENOUGH = 5
UNUSED_BELOW_PERCENT = 50
SLOW_MS = 2000
UPTIME_WANTED = 99.5
RESTORE_TEST_DAYS = 100  # quarterly, with some days of grace
USER_ERROR = "User Error"


class Advice(str, Enum):
    """What is advised; the shell turns each into a sentence with its facts."""

    RECURRING_TYPE = "recurring_type"
    OUR_DEFECTS = "our_defects"
    TRAINING = "training"
    LATE_ANSWERS = "late_answers"
    LATE_SOLUTIONS = "late_solutions"
    OVERAGE_IN_A_ROW = "overage_in_a_row"
    UNUSED_HOURS = "unused_hours"
    EMERGENCIES_IN_A_ROW = "emergencies_in_a_row"
    SLOW_SITE = "slow_site"
    LOW_UPTIME = "low_uptime"
    OLD_VERSION = "old_version"
    FAILING_BACKUPS = "failing_backups"
    RESTORE_TEST_DUE = "restore_test_due"


class Action(str, Enum):
    """What following the advice makes; the values are what a report shows."""

    TASK = "Task"
    QUOTATION = "Quotation"
    PACKAGE_CHANGE = "Package Change"


ACTIONS = {
    Advice.TRAINING: Action.QUOTATION,
    Advice.OLD_VERSION: Action.QUOTATION,
    Advice.OVERAGE_IN_A_ROW: Action.PACKAGE_CHANGE,
    Advice.UNUSED_HOURS: Action.PACKAGE_CHANGE,
    Advice.EMERGENCIES_IN_A_ROW: Action.PACKAGE_CHANGE,
}
Fact = Mapping[str, str | int | float]


@dataclass(frozen=True, slots=True)
class Recommendation:
    """An advice with its facts; percentages and hours are rounded for reading."""

    advice: Advice
    fact: Fact

    @property
    def action(self) -> Action:
        return ACTIONS.get(self.advice, Action.TASK)


@dataclass(frozen=True, slots=True)
class SiteFacts:
    """What monitoring and maintenance know about the client's sites in the period; None where nothing is known."""

    uptime_percent: float | None = None
    response_ms: int | None = None
    version: str = ""
    newest_version: str = ""
    failed_backups: int | None = None
    days_since_restore_test: int | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """All that recommendations look at: the periods oldest first, and minutes granted in each of them (0: no pools)."""

    periods: Sequence[Figures]
    granted: Sequence[int] = field(default=())
    site: SiteFacts = SiteFacts()

    @property
    def now(self) -> Figures:
        return self.periods[-1]


def recommend(seen: Seen) -> tuple[Recommendation, ...]:
    """Everything that the facts call for, tickets first, then hours, then sites."""
    rules = (_recurring_types, _our_defects, _training, _promises, _hours, _emergencies, _site)
    return tuple(advice for rule in rules for advice in rule(seen))


def _recurring_types(seen: Seen) -> Iterator[Recommendation]:
    for issue_type, count in seen.now.by_type.most_common():
        if issue_type and count >= RECURRING and _percent(count, seen.now.opened) >= RECURRING_PERCENT:
            yield Recommendation(
                Advice.RECURRING_TYPE, {"issue_type": issue_type, "count": count, "opened": seen.now.opened}
            )


def _our_defects(seen: Seen) -> Iterator[Recommendation]:
    count = sum(seen.now.by_cause[cause] for cause in OUR_CAUSES)
    if count >= RECURRING:
        yield Recommendation(Advice.OUR_DEFECTS, {"count": count, "opened": seen.now.opened})


def _training(seen: Seen) -> Iterator[Recommendation]:
    count = seen.now.by_cause[USER_ERROR]
    if count >= RECURRING and _percent(count, seen.now.opened) >= TRAINING_PERCENT:
        yield Recommendation(Advice.TRAINING, {"count": count, "opened": seen.now.opened})


def _promises(seen: Seen) -> Iterator[Recommendation]:
    promises = ((Advice.LATE_ANSWERS, seen.now.response), (Advice.LATE_SOLUTIONS, seen.now.resolution))
    for advice, promise in promises:
        percent = promise.kept.percent
        if percent is not None and promise.kept.decided >= DECIDED_ENOUGH and percent < WANTED_PERCENT:
            yield Recommendation(
                advice,
                {"missed": promise.kept.missed, "decided": promise.kept.decided, "percent": round(percent, 1)},
            )


def _hours(seen: Seen) -> Iterator[Recommendation]:
    last = seen.periods[-IN_A_ROW:]
    if len(last) < IN_A_ROW:
        return
    overage = [figures.minutes[CoverageKind.OVERAGE] for figures in last]
    if all(overage):
        yield Recommendation(Advice.OVERAGE_IN_A_ROW, {"periods": IN_A_ROW, "hours": _hours_of(sum(overage))})
    granted = seen.granted[-IN_A_ROW:]
    used = [figures.minutes[CoverageKind.INCLUDED] for figures in last]
    if len(granted) == IN_A_ROW and all(granted) and _all_below(used, granted):
        yield Recommendation(
            Advice.UNUSED_HOURS,
            {"periods": IN_A_ROW, "used": _hours_of(sum(used)), "granted": _hours_of(sum(granted))},
        )


def _emergencies(seen: Seen) -> Iterator[Recommendation]:
    last = seen.periods[-IN_A_ROW:]
    minutes = [figures.minutes[CoverageKind.EMERGENCY] for figures in last]
    if len(last) == IN_A_ROW and all(minutes):
        yield Recommendation(Advice.EMERGENCIES_IN_A_ROW, {"periods": IN_A_ROW, "hours": _hours_of(sum(minutes))})


def _site(seen: Seen) -> Iterator[Recommendation]:
    site = seen.site
    if site.response_ms is not None and site.response_ms > SLOW_MS:
        yield Recommendation(Advice.SLOW_SITE, {"response_ms": site.response_ms, "wanted_ms": SLOW_MS})
    if site.uptime_percent is not None and site.uptime_percent < UPTIME_WANTED:
        yield Recommendation(Advice.LOW_UPTIME, {"percent": round(site.uptime_percent, 2), "wanted": UPTIME_WANTED})
    if site.version and site.newest_version and _parts(site.version) < _parts(site.newest_version):
        yield Recommendation(Advice.OLD_VERSION, {"version": site.version, "newest": site.newest_version})
    if site.failed_backups:
        yield Recommendation(Advice.FAILING_BACKUPS, {"count": site.failed_backups})
    days = site.days_since_restore_test
    if days is not None and days > RESTORE_TEST_DAYS:
        yield Recommendation(Advice.RESTORE_TEST_DUE, {"days": days})


def _all_below(used: Sequence[int], granted: Sequence[int]) -> bool:
    return all(_percent(one, of) < UNUSED_BELOW_PERCENT for one, of in zip(used, granted, strict=True))


def _percent(part: int, whole: int) -> float:
    return 100 * part / whole if whole else 0.0


def _hours_of(minutes: int) -> float:
    return round(minutes / 60, 1)


def _parts(version: str) -> tuple[int, ...]:
    """15.9.1 is older than 15.72.4; a part that is no number counts as 0."""
    return tuple(int(part) if part.isdigit() else 0 for part in version.lstrip("v").split("."))
