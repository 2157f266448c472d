"""What a client's history would have cost under a package: the rules of a contract, without its records.

Tickets and time go through the same decisions that a contract makes: hours arrive at each period's start and
leave at its end, every row of work is decided on the day it was done, and each invoice carries a period's fee
in advance and what the period before it owes.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from support_retainer.domain.billing_period import (
    Anchor,
    BillablePeriod,
    Period,
    anchor_of,
    billable_periods,
)
from support_retainer.domain.charges import Line, LineKind, OneOff, Usage, for_period, total
from support_retainer.domain.contract_terms import ContractTerms
from support_retainer.domain.coverage import Claim, Coverage, CoverageKind, Work, decide
from support_retainer.domain.entitlement import BEARS_EXTRAS, WITHIN_PACKAGE, Entitlements
from support_retainer.domain.lifecycle import refuse_end_before_start, warranty_end
from support_retainer.domain.pooled_hours import PeriodHours, PooledHours
from support_retainer.domain.promises import Promises, judge
from support_retainer.domain.sla_clock import Policy

OUR_FAULTS = frozenset({"Our Implementation", "Data Migration", "Our Integration", "Our Configuration"})
COVERED_CLAIM = Claim(covered=True, reported_in_time=True)
NOTHING_YET = (0, 0)  # emergency minutes of an incident: worked, billed
EXPONENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Ticket:
    """One request of the client; times are UTC, None for what has not happened. `opened_on` is the local date."""

    name: str
    opened_at: datetime
    opened_on: date
    priority: str
    channel: str = ""
    cause: str = ""
    first_response_at: datetime | None = None
    resolved_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class TimeRow:
    """One stretch of work, done on a local date; `ticket` None is work for the contract without a ticket."""

    work: Work
    worked_on: date
    ticket: Ticket | None = None

    @property
    def issue(self) -> str:
        return self.ticket.name if self.ticket else ""


@dataclass(frozen=True, slots=True)
class History:
    """Everything to replay, from `start` to `until` (both included); `rows` are sorted by the start of the work.

    `seen_at` is the moment of the look back: what has not happened by then is judged as still open.
    """

    tickets: Sequence[Ticket]
    rows: Sequence[TimeRow]
    start: date
    until: date
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Offer:
    """A package to try: its terms (with the calendar of its SLA policy), that policy, and its warranty."""

    terms: ContractTerms
    policy: Policy
    warranty_days: int = 0


@dataclass(frozen=True, slots=True)
class Invoice:
    """Sent on the first day of `period`: its fee, and the usage of the period before it.

    `is_closing` marks the one after the last period, which has no fee.
    """

    period: Period
    lines: tuple[Line, ...]
    is_closing: bool = False

    @property
    def total(self) -> Decimal:
        return total(self.lines)

    @property
    def fee(self) -> Decimal:
        return total(line for line in self.lines if line.kind in FEES)

    def amount_of(self, *kinds: LineKind) -> Decimal:
        return total(line for line in self.lines if line.kind in kinds)


FEES = frozenset({LineKind.FEE, LineKind.PART_FEE, LineKind.METERED})


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one package would have meant for the client."""

    offer: Offer
    invoices: tuple[Invoice, ...]
    hours: tuple[PeriodHours, ...]
    promises: Promises
    tickets: int
    unserved_tickets: int

    @property
    def total(self) -> Decimal:
        return sum((invoice.total for invoice in self.invoices), Decimal(0))

    @property
    def yearly(self) -> Decimal:
        """The average cost of twelve periods."""
        return self.total * 12 / max(len(self.hours), 1)

    def minutes_of(self, *kinds: CoverageKind) -> int:
        return sum(hours.minutes_of(*kinds) for hours in self.hours)


def simulate(offer: Offer, history: History, anchor: Anchor = Anchor.START_DAY) -> Outcome:
    """Replay the history under one package. Raises InvalidTerms for a history that ends before it starts."""
    refuse_end_before_start(history.start, history.until)
    invoices, hours = _bill(offer, history, anchor)
    promises = judge(history.tickets, offer.policy, history.seen_at)
    unserved = _unserved(offer.terms, history.tickets)
    return Outcome(offer, tuple(invoices), tuple(hours), promises, len(history.tickets), unserved)


def _unserved(terms: ContractTerms, tickets: Sequence[Ticket]) -> int:
    """Tickets that came by a channel the package doesn't have; one without a channel can come by any."""
    offered = {*terms.channels, ""}
    return sum(ticket.channel not in offered for ticket in tickets) if terms.channels else 0


def _bill(offer: Offer, history: History, anchor: Anchor) -> tuple[list[Invoice], list[PeriodHours]]:
    meter = _Meter(offer, history.start)
    hours = PooledHours(offer.terms.pools, anchor_of(history.start, anchor))
    invoices: list[Invoice] = []
    spent: list[PeriodHours] = []
    for billable, rows in _by_period(history, anchor):
        lines = for_period(offer.terms, billable, *meter.owed(), exponent=EXPONENT)
        invoices.append(Invoice(billable.period, _summed(lines)))
        figures = PeriodHours(billable.period)
        hours.turn(figures, spent[-1] if spent else None)
        for row in rows:
            meter.take(row, hours, figures)
        spent.append(figures)
    hours.settle(spent[-1])
    invoices.extend(_closing(offer.terms, spent[-1].period, meter))
    return invoices, spent


def _by_period(history: History, anchor: Anchor) -> Iterator[tuple[BillablePeriod, Sequence[TimeRow]]]:
    """Every period up to the last day, with the rows that were worked in it."""
    first = 0
    for billable in billable_periods(history.start, anchor, history.until):
        last = bisect_left(history.rows, billable.period.end, lo=first, key=lambda row: row.worked_on)
        yield billable, history.rows[first:last]
        first = last


def _closing(terms: ContractTerms, last: Period, meter: _Meter) -> Iterator[Invoice]:
    """The contract ends with its last period, so what that period owes comes without a fee."""
    after = Period(last.end, last.end + timedelta(days=1))
    end_date = last.last_day
    lines = for_period(terms, BillablePeriod(after, after), *meter.owed(), end_date=end_date, exponent=EXPONENT)
    if lines:
        yield Invoice(after, _summed(lines), is_closing=True)


def _summed(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """The lines without the names of their rows, which nobody reads here and which fill the memory."""
    return tuple(replace(line, rows=()) for line in lines)


class _Meter:
    """Decides rows of work and keeps what is owed until the next invoice."""

    def __init__(self, offer: Offer, start: date) -> None:
        self.terms = offer.terms
        self.warranty_end = warranty_end(start, offer.warranty_days)
        self.entitlements = Entitlements(offer.terms, start)
        self.tracked = self.entitlements.tracked
        self.emergencies: dict[str, tuple[int, int]] = {}
        self.usage: list[Usage] = []
        self.one_offs: list[OneOff] = []

    def owed(self) -> tuple[list[Usage], list[OneOff]]:
        """What has gathered since the last call."""
        owed = (self.usage, self.one_offs)
        self.usage, self.one_offs = [], []
        return owed

    def take(self, row: TimeRow, hours: PooledHours, figures: PeriodHours) -> None:
        issue, day, claim = row.issue, row.worked_on, self._claim(row.ticket)
        work = self._in_context(row.work, issue, day)
        minutes = work.minutes
        figures.worked += minutes
        parts = decide(work, self.terms, claim, hours.usable_on(day))
        for part in parts:
            figures.add(part.kind, minutes if claim else part.minutes)
            if part.draws:
                hours.use(part)
            elif part.rate is not None:
                self._charge(part, part.rate, work, issue, day)
        if work.activity_type in self.tracked and not claim:
            self._entitle(work.activity_type, issue, day, parts[0])

    def _claim(self, ticket: Ticket | None) -> Claim | None:
        """The claim that would have been granted: a defect of ours, reported within the warranty."""
        if ticket is None or self.warranty_end is None or ticket.cause not in OUR_FAULTS:
            return None
        return COVERED_CLAIM if ticket.opened_on <= self.warranty_end else None

    def _in_context(self, work: Work, issue: str, day: date) -> Work:
        """The work with what its incident and its yearly entitlement have had before."""
        limited = work.activity_type in self.entitlements.limited
        if issue not in self.emergencies and not limited:
            return work
        worked, billed = self.emergencies.get(issue, NOTHING_YET)
        used = self.entitlements.used_by_others(work.activity_type, issue, day) if limited else 0
        return replace(work, incident_worked_minutes=worked, incident_billed_minutes=billed, used_this_year=used)

    def _charge(self, part: Coverage, rate: Decimal, work: Work, issue: str, day: date) -> None:
        self.usage.append(Usage(issue, work.activity_type, part.kind, part.minutes, rate, day, issue))
        if part.kind is CoverageKind.EMERGENCY and issue:
            worked, billed = self.emergencies.get(issue, NOTHING_YET)
            self.emergencies[issue] = (worked + part.worked_minutes, billed + part.minutes)

    def _entitle(self, activity_type: str, issue: str, day: date, part: Coverage) -> None:
        if part.kind not in BEARS_EXTRAS:
            return
        if part.kind in WITHIN_PACKAGE:
            self.entitlements.take(activity_type, issue, day)
        fee = self.entitlements.fee_due(activity_type, issue, day)
        if fee:
            self.one_offs.append(OneOff(activity_type, fee, issue, issue))
