"""What a client is told about a week, a month or a quarter: counted from the facts, compared with the periods before.

A month is the contract's own billing month, so that its hours are those of an invoice; a quarter is three of them,
counted from the contract's start; a week runs from Monday to Sunday.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum
from statistics import median

from dateutil.relativedelta import relativedelta

from support_retainer.domain.billing_period import Period, nth_period, period_containing
from support_retainer.domain.charges import Line, Usage, total, usage_lines
from support_retainer.domain.coverage import CoverageKind
from support_retainer.domain.promises import Kept

WEEK = timedelta(days=7)
ZERO = Decimal(0)
CENT = Decimal("0.01")


class ReportKind(str, Enum):
    """The values are what a Support Report shows."""

    WEEKLY = "Weekly"
    MONTHLY = "Monthly"
    QUARTERLY = "Quarterly Review"


COMPARED = {ReportKind.WEEKLY: 5, ReportKind.MONTHLY: 5, ReportKind.QUARTERLY: 3}


@dataclass(frozen=True, slots=True)
class TicketFact:
    """One ticket: local days, working seconds without pauses, and None for what has not happened or isn't promised."""

    name: str
    opened_on: date
    status: str = "Open"
    priority: str = ""
    cause: str = ""
    issue_type: str = ""
    channel: str = ""
    resolved_on: date | None = None
    response_seconds: int | None = None
    resolution_seconds: int | None = None
    response_met: bool | None = None
    resolution_met: bool | None = None
    stars: int | None = None  # one to five, as the client rated it

    def was_open_on(self, day: date) -> bool:
        return self.opened_on <= day and (self.resolved_on is None or self.resolved_on > day)


@dataclass(frozen=True, slots=True)
class WorkFact:
    """Time of one day with one decision: minutes that count as decided, minutes worked, and the rate they cost."""

    worked_on: date
    kind: CoverageKind
    activity_type: str
    minutes: int
    worked: int
    rate: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Promise:
    """One target over some tickets; the median is in working seconds of those that reached it."""

    kept: Kept
    median_seconds: int | None


@dataclass(frozen=True, slots=True)
class Satisfaction:
    """What clients said of their tickets; `stars` is the mean with one decimal, None where nobody rated."""

    rated: int = 0
    stars: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """What one period comes to. Counters are by what was opened in it; `resolved` counts what was solved in it, and
    `satisfaction` is about the latter."""

    period: Period
    opened: int
    resolved: int
    open_at_end: int
    by_state: Counter[str]
    by_priority: Counter[str]
    by_cause: Counter[str]
    by_type: Counter[str]
    by_channel: Counter[str]
    response: Promise
    resolution: Promise
    minutes: Counter[CoverageKind]
    worked: Counter[CoverageKind]
    additional: tuple[Line, ...]
    satisfaction: Satisfaction = Satisfaction()

    @property
    def charged_amount(self) -> Decimal:
        return total(self.additional)


def period_before(kind: ReportKind, anchor: date, day: date) -> Period:
    """The last period of this kind that had ended before `day`; `anchor` is the first day of the contract's months."""
    return previous(kind, anchor, period_of(kind, anchor, day))


def period_of(kind: ReportKind, anchor: date, day: date) -> Period:
    """The period of this kind that `day` falls into."""
    if kind is ReportKind.WEEKLY:
        monday = day - timedelta(days=day.weekday())
        return Period(monday, monday + WEEK)
    month = period_containing(anchor, day)
    if kind is ReportKind.MONTHLY:
        return month
    number = _months_between(anchor, month.start) // 3 * 3
    return Period(anchor + relativedelta(months=number), anchor + relativedelta(months=number + 3))


def previous(kind: ReportKind, anchor: date, period: Period) -> Period:
    return period_of(kind, anchor, period.start - timedelta(days=1))


def compared(kind: ReportKind, anchor: date, period: Period, first_day: date) -> tuple[Period, ...]:
    """The period and those before it that trends look at, oldest first; none that ended before the contract began."""
    found = [period]
    while len(found) <= COMPARED[kind]:
        before = previous(kind, anchor, found[-1])
        if before.end <= first_day:
            break
        found.append(before)
    return tuple(reversed(found))


def figures(
    period: Period, tickets: Iterable[TicketFact], work: Iterable[WorkFact], exponent: Decimal = CENT
) -> Figures:
    """Count one period; facts outside it only say what was still open at its end.

    What is charged is rounded as on an invoice; `exponent` is the smallest unit of the currency.
    """
    known = list(tickets)
    opened = [ticket for ticket in known if ticket.opened_on in period]
    solved = [ticket for ticket in known if ticket.resolved_on is not None and ticket.resolved_on in period]
    done = [fact for fact in work if fact.worked_on in period]
    return Figures(
        period=period,
        opened=len(opened),
        resolved=len(solved),
        open_at_end=sum(ticket.was_open_on(period.last_day) for ticket in known),
        by_state=Counter(ticket.status for ticket in opened),
        by_priority=Counter(ticket.priority for ticket in opened),
        by_cause=Counter(ticket.cause for ticket in opened),
        by_type=Counter(ticket.issue_type for ticket in opened),
        by_channel=Counter(ticket.channel for ticket in opened),
        response=response_of(opened),
        resolution=resolution_of(opened),
        minutes=_summed(done, lambda fact: fact.minutes),
        worked=_summed(done, lambda fact: fact.worked),
        additional=usage_lines(map(_as_usage, done), exponent=exponent),
        satisfaction=satisfaction_of(solved),
    )


def satisfaction_of(tickets: Iterable[TicketFact]) -> Satisfaction:
    stars = [ticket.stars for ticket in tickets if ticket.stars]
    if not stars:
        return Satisfaction()
    return Satisfaction(len(stars), (Decimal(sum(stars)) / len(stars)).quantize(Decimal("0.1"), ROUND_HALF_UP))


def response_of(tickets: Sequence[TicketFact]) -> Promise:
    return _promise([ticket.response_met for ticket in tickets], [ticket.response_seconds for ticket in tickets])


def resolution_of(tickets: Sequence[TicketFact]) -> Promise:
    return _promise([ticket.resolution_met for ticket in tickets], [ticket.resolution_seconds for ticket in tickets])


def _promise(met: Sequence[bool | None], seconds: Sequence[int | None]) -> Promise:
    """Tickets without a decision are undecided, which is no failure."""
    reached = [one for one in seconds if one is not None]
    kept = Kept(sum(one is True for one in met), sum(one is False for one in met), sum(one is None for one in met))
    return Promise(kept, round(median(reached)) if reached else None)


def _summed(work: Iterable[WorkFact], minutes: Callable[[WorkFact], int]) -> Counter[CoverageKind]:
    found: Counter[CoverageKind] = Counter()
    for fact in work:
        found[fact.kind] += minutes(fact)
    return found


def _as_usage(fact: WorkFact) -> Usage:
    return Usage("", fact.activity_type, fact.kind, fact.minutes, fact.rate, fact.worked_on)


def _months_between(anchor: date, start: date) -> int:
    """How many whole months of the anchor lie before the month that begins on `start`."""
    guess = (start.year - anchor.year) * 12 + start.month - anchor.month
    return next(n for n in (guess, guess - 1, guess + 1) if nth_period(anchor, n).start == start)
