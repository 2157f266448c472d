"""What a client's history would have cost under a package: the rules of a contract, without its records.

Tickets and time go through the same decisions that a contract makes: hours arrive at each period's start and
leave at its end, every row of work is decided on the day it was done, and each invoice carries a period's fee
in advance and what the period before it owes.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from support_retainer.domain.billing_period import Anchor, BillablePeriod, Period, anchor_of, billable_periods
from support_retainer.domain.changes import lines_for
from support_retainer.domain.charges import Line, LineKind, for_period, total
from support_retainer.domain.contract_terms import ContractTerms
from support_retainer.domain.coverage import CoverageKind
from support_retainer.domain.history import History, Offer, Ticket, TimeRow
from support_retainer.domain.lifecycle import refuse_end_before_start
from support_retainer.domain.meter import Meter, Owed
from support_retainer.domain.pooled_hours import WHOLE, PeriodHours, PooledHours
from support_retainer.domain.promises import Promises, judge

__all__ = ["History", "Invoice", "Offer", "Outcome", "Ticket", "TimeRow", "simulate"]


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


FEES = frozenset({LineKind.FEE, LineKind.PART_FEE, LineKind.METERED, LineKind.CHANGE, LineKind.CREDIT})


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
    missed = unserved(offer.terms, history.tickets)
    return Outcome(offer, tuple(invoices), tuple(hours), promises, len(history.tickets), missed)


def _bill(offer: Offer, history: History, anchor: Anchor) -> tuple[list[Invoice], list[PeriodHours]]:
    meter = Meter(offer, history.start)
    hours = PooledHours(anchor_of(history.start, anchor))
    invoices: list[Invoice] = []
    spent: list[PeriodHours] = []
    before: BillablePeriod | None = None
    for billable, rows in _by_period(history, anchor):
        lines = lines_due(offer, billable, before, meter.owed(billable.period.start), end_date=offer.end_date)
        invoices.append(Invoice(billable.period, summed(lines)))
        figures = PeriodHours(billable.period)
        share = billable.share if offer.prorate_first_hours else WHOLE
        hours.turn(figures, spent[-1] if spent else None, offer.terms_on(billable.period.start).pools, share)
        for row in rows:
            meter.take(row, hours, figures)
        spent.append(figures)
        before = billable
    hours.settle(spent[-1])
    if before:
        invoices.extend(_closing(offer, before, meter))
    return invoices, spent


def lines_due(
    offer: Offer,
    billable: BillablePeriod,
    before: BillablePeriod | None,
    owed: Owed,
    *,
    end_date: date | None,
    fee_waived: bool = False,
) -> tuple[Line, ...]:
    """What falls due on the first day of a period: its fee, and all that the period before it owes or gets back.

    `end_date` is the last day of the contract if it is known.
    """
    own = for_period(
        offer.terms_on(billable.period.start),
        billable,
        *owed,
        end_date=end_date,
        exponent=offer.exponent,
        fee_waived=fee_waived,
    )
    if before is None:
        return own
    terms, changes = offer.terms_on(before.period.start), offer.changes_in(before.period)
    # A look back ends where its history does; only a contract that was given up has days to credit.
    last_day = end_date if offer.end_date else None
    return own + lines_for(before, terms, changes, end_date=last_day, exponent=offer.exponent)


def _by_period(history: History, anchor: Anchor) -> Iterator[tuple[BillablePeriod, Sequence[TimeRow]]]:
    """Every period up to the last day, with the rows that were worked in it."""
    first = 0
    for billable in billable_periods(history.start, anchor, history.until):
        last = bisect_left(history.rows, billable.period.end, lo=first, key=lambda row: row.worked_on)
        yield billable, history.rows[first:last]
        first = last


def _closing(offer: Offer, last: BillablePeriod, meter: Meter) -> Iterator[Invoice]:
    """The contract ends with its last period, so what that period owes comes without a fee."""
    after = Period(last.period.end, last.period.end + timedelta(days=1))
    end = offer.end_date or last.period.last_day
    lines = lines_due(offer, BillablePeriod(after, after), last, meter.owed(after.start), end_date=end)
    if lines:
        yield Invoice(after, summed(lines), is_closing=True)


def summed(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """The lines without the names of their rows, which nobody reads here and which fill the memory."""
    return tuple(replace(line, rows=()) for line in lines)


def unserved(terms: ContractTerms, tickets: Sequence[Ticket]) -> int:
    """Tickets that came by a channel the package doesn't have; one without a channel can come by any."""
    offered = {*terms.channels, ""}
    return sum(ticket.channel not in offered for ticket in tickets) if terms.channels else 0
