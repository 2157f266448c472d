"""A contract as it was: its own record in the order in which it happened, under its own terms.

Gives the invoices that were sent. What people did (when they logged time, what they decided, sold or gave) is taken
from the record; what it cost is computed by the rules that production uses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import partial

from support_retainer.domain.billing_period import Anchor, BillablePeriod, anchor_of, billable
from support_retainer.domain.changes import Change, charged_until, lines_for, moved_end
from support_retainer.domain.charges import Line, for_period
from support_retainer.domain.contract_terms import ContractTerms
from support_retainer.domain.history import History, Offer, Ticket, TimeRow
from support_retainer.domain.late_time import draw_day
from support_retainer.domain.lifecycle import refuse_end_before_start
from support_retainer.domain.meter import Meter
from support_retainer.domain.on_record import Begun, HandPosting, Settled
from support_retainer.domain.pooled_hours import WHOLE, PeriodHours, PooledHours
from support_retainer.domain.promises import judge
from support_retainer.domain.simulation import Invoice, Outcome, summed, unserved

ONE_DAY = timedelta(days=1)


def replay(offer: Offer, history: History, anchor: Anchor) -> Outcome:
    """One invoice for each period that was settled, in the order of periods. The history has a record and its rows
    have bookings. Raises InvalidTerms for a history that ends before it starts."""
    refuse_end_before_start(history.start, history.until)
    course = _Course(offer, history, anchor)
    for happen in _in_order(course, history):
        happen()
    invoices = sorted(course.invoices, key=lambda invoice: invoice.period.start)
    promises = judge(history.tickets, offer.policy, history.seen_at)
    missed = unserved(offer.terms, history.tickets)
    return Outcome(offer, tuple(invoices), tuple(course.spent), promises, len(history.tickets), missed)


def _in_order(course: _Course, history: History) -> Iterator[Callable[[], None]]:
    """Everything that happened; of what happened in one moment time comes first and the invoice last."""
    record = history.record
    assert record is not None
    found: list[tuple[datetime, int, Callable[[], None]]] = []
    for row in history.rows:
        booking = row.booking
        assert booking is not None
        found.append((booking.at, 0, partial(course.log, row)))
        if booking.taken_back_at:
            found.append((booking.taken_back_at, 1, partial(course.take_back, row)))
    found += [(begun.at, 0, partial(course.begin, begun)) for begun in record.begun]
    found += [(posting.at, 2, partial(course.post, posting)) for posting in record.by_hand]
    found += [(settled.at, 3, partial(course.settle, settled)) for settled in record.settled]
    found.sort(key=lambda one: one[:2])
    return (happen for _at, _rank, happen in found)


class _Course:
    """The contract on its way through the days: its hours turn with each period, whenever anybody touches them."""

    def __init__(self, offer: Offer, history: History, anchor: Anchor) -> None:
        assert history.record is not None
        self.offer, self.start, self.anchor, self.tickets = offer, history.start, anchor, history.tickets
        self.meter = Meter(offer, history.start, is_agreed=True)
        self.hours = PooledHours(anchor_of(history.start, anchor))
        self.known = {settled.start: settled for settled in history.record.settled}
        self.invoices: list[Invoice] = []
        self.spent: list[PeriodHours] = []
        self.invoiced_until: date | None = None
        self._turn(self._period_on(history.start))

    def log(self, row: TimeRow) -> None:
        assert row.booking is not None
        today = row.booking.on
        self._turn_up_to(today)
        day = draw_day(row.worked_on, today, self.invoiced_until, self._period_on(today).period)
        self.meter.take(row, self.hours, self.spent[-1], day)

    def begin(self, begun: Begun) -> None:
        ticket = next((one for one in self.tickets if one.name == begun.issue), None)
        self.meter.begin(begun, ticket or Ticket(begun.issue, begun.at, begun.on, "", under_warranty=False))

    def take_back(self, row: TimeRow) -> None:
        self.meter.take_back(row, self.hours)

    def post(self, posting: HandPosting) -> None:
        self._turn_up_to(posting.on)
        self.hours.post(posting)

    def settle(self, settled: Settled) -> None:
        unit = settled.unit or self.offer.exponent
        own = for_period(
            self._terms_of(settled.start),
            charged := self._period_on(settled.start),
            *self.meter.owed(settled.start),
            end_date=settled.end_date,
            exponent=unit,
            fee_waived=settled.fee_waived,
        )
        lines = (*own, *self._left_before(settled, unit))
        is_closing = settled.end_date is not None and settled.start > settled.end_date
        self.invoices.append(Invoice(charged.period, summed(lines), is_closing))
        if settled.is_invoiced:
            self.invoiced_until = max(self.invoiced_until or settled.start, settled.start)

    def _left_before(self, settled: Settled, unit: Decimal) -> Iterator[Line]:
        """What the period before still owes, and those before it where the end has moved since that one was billed."""
        if settled.start <= self.start:
            return
        before = self._period_on(settled.start - ONE_DAY)
        known = self.known.get(before.period.start)
        if not (known and known.fee_waived):
            yield from lines_for(
                before,
                terms := self._terms_of(before.period.start),
                self._changes_in(before),
                end_date=settled.end_date if self.offer.end_date else None,
                exponent=unit,
                charged_until=charged_until(before, terms, known.end_date) if known else None,
            )
        if known and known.end_date != settled.end_date:
            yield from self._following(before.period.start, known.end_date, settled.end_date, unit)

    def _following(self, day: date, known_end: date | None, end_date: date | None, unit: Decimal) -> Iterator[Line]:
        reached = min(end for end in (known_end, end_date) if end)
        while day > self.start and day - ONE_DAY > reached:
            charged = self._period_on(day - ONE_DAY)
            day = charged.period.start
            known = self.known.get(day)
            if known and not known.fee_waived:
                yield from moved_end(
                    charged,
                    self._terms_of(day),
                    self._changes_in(charged),
                    known=known_end,
                    end_date=end_date,
                    exponent=unit,
                )

    def _terms_of(self, first: date) -> ContractTerms:
        """Those that the period from this day was charged by."""
        return self.offer.terms_on(first - ONE_DAY if self._is_by_terms_before(first) else first)

    def _changes_in(self, charged: BillablePeriod) -> tuple[Change, ...]:
        first = charged.period.start
        return self.offer.changes_in(charged.period, by_terms_before=self._is_by_terms_before(first))

    def _is_by_terms_before(self, first: date) -> bool:
        known = self.known.get(first)
        return bool(known and known.by_terms_before)

    def _turn_up_to(self, today: date) -> None:
        end = self.offer.end_date
        while (first := self.spent[-1].period.end) <= today and (end is None or first <= end):
            self._turn(self._period_on(first))

    def _turn(self, granted: BillablePeriod) -> None:
        figures = PeriodHours(granted.period)
        before = self.spent[-1] if self.spent else None
        oldest = min(self.invoiced_until or self.start, granted.period.start)
        pools = self.offer.terms_on(granted.period.start).pools
        self.hours.turn(figures, before, pools, self._share(granted), oldest)
        self.spent.append(figures)

    def _share(self, granted: BillablePeriod) -> Fraction:
        if (known := self.known.get(granted.period.start)) and known.fee_waived:
            return Fraction(0)
        return granted.share if self.offer.prorate_first_hours else WHOLE

    def _period_on(self, day: date) -> BillablePeriod:
        return billable(self.start, self.anchor, day)
