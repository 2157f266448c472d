"""Rows of work, decided as a contract decides them, and what they owe until the next invoice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from support_retainer.domain import lifecycle
from support_retainer.domain.charges import Expense, OneOff, Usage
from support_retainer.domain.contract_terms import ContractTerms
from support_retainer.domain.coverage import Claim, Coverage, CoverageKind, Work, decide, worked_so_far
from support_retainer.domain.entitlement import BEARS_EXTRAS
from support_retainer.domain.estimate import decide_on_estimate
from support_retainer.domain.extras import Extras
from support_retainer.domain.history import Offer, Ticket, TimeRow
from support_retainer.domain.hour_ledger import Lot
from support_retainer.domain.on_record import Begun
from support_retainer.domain.override import OverrideKind, decide_by_override
from support_retainer.domain.pooled_hours import PeriodHours, PooledHours
from support_retainer.domain.warranty import COVERED_CAUSES

COVERED_CLAIM = Claim(covered=True, reported_in_time=True)
NOTHING_YET = (0, 0)  # emergency minutes of an incident: worked by the clock, billed
WITHOUT_END = 10**9
Charge = Usage | OneOff | Expense
Owed = tuple[list[Usage], list[OneOff], list[Expense]]


class Meter:
    """Decides rows of work and keeps what is owed until the next invoice.

    On the record of a contract time was agreed on before it was booked, or it could not have been: `is_agreed`.
    """

    def __init__(self, offer: Offer, start: date, *, is_agreed: bool = False) -> None:
        self.offer = offer
        self.warranty_end = lifecycle.warranty_end(start, offer.warranty_days)
        self.extras = Extras(offer, start, may_go_back=is_agreed)
        self.approved = WITHOUT_END if is_agreed else 0
        self.emergencies: dict[str, tuple[int, int]] = {}
        self.waiting: list[tuple[TimeRow, list[Charge]]] = []
        self.invoiced: set[int] | None = set() if is_agreed else None  # rows by identity
        self.parts: dict[int, tuple[Coverage, ...]] = {}  # of rows that will be taken back, by identity

    def owed(self, before: date) -> Owed:
        """What was worked before a day and no call has given out yet."""
        due = [one for one in self.waiting if one[0].worked_on < before]
        self.waiting = [one for one in self.waiting if one[0].worked_on >= before]
        if self.invoiced is not None:
            self.invoiced.update(id(row) for row, _charges in due)
        return _sorted_out([charge for _row, charges in due for charge in charges])

    def take(self, row: TimeRow, hours: PooledHours, figures: PeriodHours, draw_on: date | None = None) -> None:
        """Decide a row; `draw_on` is the day whose hours it uses, if not its own."""
        terms, claim = self.offer.terms_for(row), self._claim(row)
        work = self._in_context(row, terms)
        if terms.only_during_warranty:
            work = replace(work, after_warranty=lifecycle.is_after_warranty(row.worked_on, self.warranty_end))
        minutes = work.minutes
        figures.worked += minutes
        parts = _decided(row, work, terms, claim, hours.usable_on(draw_on or row.worked_on))
        charges: list[Charge] = []
        for part in parts:
            figures.add(part.kind, minutes if claim else part.minutes)
            if part.draws:
                hours.use(part)
            elif part.rate is not None:
                self._charge(part, part.rate, row, charges)
        self._add_extras(row, terms, parts[0], charges)
        if charges:
            self.waiting.append((row, charges))
        if row.booking and row.booking.taken_back_at:
            self.parts[id(row)] = parts

    def begin(self, begun: Begun, ticket: Ticket) -> None:
        """A job was started: a fee that no time has made due is due now, as if a row without minutes brought it."""
        row = TimeRow(Work(begun.activity_type, begun.at, begun.at), begun.on, ticket)
        is_given = begun.is_waived or self._claim_on(ticket) is not None
        fee = self.extras.begin(row, self.offer.terms_on(begun.on), is_given=is_given)
        if fee:
            self.waiting.append((row, [OneOff(begun.activity_type, fee, row.issue, row.issue)]))

    def take_back(self, row: TimeRow, hours: PooledHours) -> None:
        """A sheet was cancelled: hours return, charges that no invoice has yet are gone, a one-off fee passes on."""
        self.waiting = [one for one in self.waiting if one[0] is not row]
        for part in self.parts.pop(id(row), ()):
            hours.give_back(part)
            if part.kind is CoverageKind.EMERGENCY and row.issue:
                self._count_emergency(row.issue, part, -1)
        fee = self.extras.take_back(row)
        heir = next((other for other in self.extras.heirs(row) if id(other) not in (self.invoiced or ())), None)
        if fee and heir:
            self.extras.inherit(heir, fee)
            self.waiting.append((heir, [OneOff(heir.work.activity_type, fee, heir.issue, heir.issue)]))

    def _claim(self, row: TimeRow) -> Claim | None:
        """The claim as it was decided; where nobody decided, a defect of ours that was reported within the warranty."""
        if row.booking is not None:
            return COVERED_CLAIM if row.booking.is_warranty else None
        return self._claim_on(row.ticket)

    def _claim_on(self, ticket: Ticket | None) -> Claim | None:
        if ticket is not None and ticket.under_warranty is not None:
            return COVERED_CLAIM if ticket.under_warranty else None
        if ticket is None or self.warranty_end is None or ticket.cause not in COVERED_CAUSES:
            return None
        return COVERED_CLAIM if ticket.opened_on <= self.warranty_end else None

    def _in_context(self, row: TimeRow, terms: ContractTerms) -> Work:
        """The work with what its incident and its yearly entitlement have had before."""
        work = row.work
        if row.issue not in self.emergencies and not self.approved and work.activity_type not in self.extras.tracked:
            return work
        worked, billed = self.emergencies.get(row.issue, NOTHING_YET)
        return replace(
            work,
            incident_worked_minutes=worked_so_far(worked, billed, terms.emergency_minimum_minutes),
            incident_billed_minutes=billed,
            used_this_year=self.extras.used_by_others(row, terms),
            approved_minutes=self.approved,
        )

    def _charge(self, part: Coverage, rate: Decimal, row: TimeRow, charges: list[Charge]) -> None:
        issue, activity_type = row.issue, row.work.activity_type
        if not (row.booking and row.booking.is_billed_apart):
            charges.append(Usage(issue, activity_type, part.kind, part.minutes, rate, row.worked_on, issue))
        if part.kind is CoverageKind.EMERGENCY and issue:
            self._count_emergency(issue, part, 1)

    def _count_emergency(self, issue: str, part: Coverage, sign: int) -> None:
        worked, billed = self.emergencies.get(issue, NOTHING_YET)
        self.emergencies[issue] = (worked + sign * part.clock_minutes, billed + sign * part.minutes)

    def _add_extras(self, row: TimeRow, terms: ContractTerms, part: Coverage, charges: list[Charge]) -> None:
        activity_type, issue = row.work.activity_type, row.issue
        if activity_type in self.extras.tracked:
            is_given = row.override is not None and row.override.kind is OverrideKind.FREE
            fee = self.extras.take(row, terms, part.kind, may_charge=not is_given)
            if fee:
                charges.append(OneOff(activity_type, fee, issue, issue))
        if row.expenses and terms.rule_for(activity_type).plus_expenses and part.kind in BEARS_EXTRAS:
            charges.append(Expense(activity_type, row.expenses, issue, row.worked_on))


def _sorted_out(charges: Sequence[Charge]) -> Owed:
    return (
        [charge for charge in charges if isinstance(charge, Usage)],
        [charge for charge in charges if isinstance(charge, OneOff)],
        [charge for charge in charges if isinstance(charge, Expense)],
    )


def _decided(
    row: TimeRow, work: Work, terms: ContractTerms, claim: Claim | None, lots: tuple[Lot, ...]
) -> tuple[Coverage, ...]:
    """What people decided about a row stays; all else is for the package to say."""
    if row.override:
        return decide_by_override(work, terms, row.override, lots)
    if row.is_estimated:
        return decide_on_estimate(work, None)
    return decide(work, terms, claim, lots)
