"""Rows of work, decided as a contract decides them, and what they owe until the next invoice."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from support_retainer.domain.charges import Expense, OneOff, Usage
from support_retainer.domain.contract_terms import ContractTerms
from support_retainer.domain.coverage import Claim, Coverage, CoverageKind, Work, decide
from support_retainer.domain.entitlement import BEARS_EXTRAS, WITHIN_PACKAGE, Entitlements
from support_retainer.domain.estimate import decide_on_estimate
from support_retainer.domain.history import Offer, Ticket, TimeRow
from support_retainer.domain.lifecycle import warranty_end
from support_retainer.domain.override import decide_by_override
from support_retainer.domain.pooled_hours import PeriodHours, PooledHours
from support_retainer.domain.warranty import COVERED_CAUSES

COVERED_CLAIM = Claim(covered=True, reported_in_time=True)
NOTHING_YET = (0, 0)  # emergency minutes of an incident: worked, billed
Owed = tuple[list[Usage], list[OneOff], list[Expense]]


class Meter:
    """Decides rows of work and keeps what is owed until the next invoice."""

    def __init__(self, offer: Offer, start: date) -> None:
        self.offer = offer
        self.warranty_end = warranty_end(start, offer.warranty_days)
        self.entitlements = Entitlements(offer.terms, start)
        self.tracked = self.entitlements.tracked
        self.emergencies: dict[str, tuple[int, int]] = {}
        self.usage: list[Usage] = []
        self.one_offs: list[OneOff] = []
        self.expenses: list[Expense] = []

    def owed(self) -> Owed:
        """What has gathered since the last call."""
        owed = (self.usage, self.one_offs, self.expenses)
        self.usage, self.one_offs, self.expenses = [], [], []
        return owed

    def take(self, row: TimeRow, hours: PooledHours, figures: PeriodHours) -> None:
        issue, day, claim = row.issue, row.worked_on, self._claim(row.ticket)
        work = self._in_context(row.work, issue, day)
        minutes = work.minutes
        figures.worked += minutes
        terms = self.offer.terms_on(day)
        parts = _decided(row, work, terms, claim, hours)
        for part in parts:
            figures.add(part.kind, minutes if claim else part.minutes)
            if part.draws:
                hours.use(part)
            elif part.rate is not None:
                self._charge(part, part.rate, work, issue, day)
        if work.activity_type in self.tracked and not claim:
            self._entitle(work.activity_type, issue, day, parts[0])
        if row.expenses and terms.rule_for(work.activity_type).plus_expenses and parts[0].kind in BEARS_EXTRAS:
            self.expenses.append(Expense(work.activity_type, row.expenses, issue, day))

    def _claim(self, ticket: Ticket | None) -> Claim | None:
        """The claim as it was decided; where nobody decided, a defect of ours that was reported within the warranty."""
        if ticket is not None and ticket.under_warranty is not None:
            return COVERED_CLAIM if ticket.under_warranty else None
        if ticket is None or self.warranty_end is None or ticket.cause not in COVERED_CAUSES:
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


def _decided(
    row: TimeRow, work: Work, terms: ContractTerms, claim: Claim | None, hours: PooledHours
) -> tuple[Coverage, ...]:
    """What people decided about a row stays; all else is for the package to say."""
    if row.override:
        return decide_by_override(work, terms, row.override, hours.usable_on(row.worked_on))
    if row.is_estimated:
        return decide_on_estimate(work, None)
    return decide(work, terms, claim, hours.usable_on(row.worked_on))
