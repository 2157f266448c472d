"""Yearly entitlements and one-off fees through all terms of a contract, also where time is taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from support_retainer.domain.contract_terms import ZERO, ContractTerms
from support_retainer.domain.coverage import CoverageKind
from support_retainer.domain.entitlement import BEARS_EXTRAS, WITHIN_PACKAGE, Entitlements, fee_at_start
from support_retainer.domain.history import Offer, TimeRow


@dataclass(slots=True)
class _Taken:
    row: TimeRow
    is_within: bool
    fee: Decimal
    is_waived: bool = False


class Extras:
    """What was taken counts under later terms too, if those know the kind of work."""

    def __init__(self, offer: Offer, start: date, *, may_go_back: bool = False) -> None:
        self.start = start
        self.keeps_log = may_go_back or bool(offer.later)
        self._by_terms: dict[date, Entitlements] = {}
        self._log: list[_Taken] = []
        every = [self._under(terms) for terms in (offer.terms, *offer.later)]
        self.tracked = frozenset().union(*(entitlements.tracked for entitlements in every))

    def used_by_others(self, row: TimeRow, terms: ContractTerms) -> int:
        """How many other issues took the yearly entitlement before; 0 where this kind of work has no limit."""
        entitlements, activity_type = self._under(terms), row.work.activity_type
        if activity_type not in entitlements.limited:
            return 0
        return entitlements.used_by_others(activity_type, row.issue, row.worked_on)

    def take(self, row: TimeRow, terms: ContractTerms, kind: CoverageKind, *, may_charge: bool) -> Decimal:
        """The work is done, covered like this; returns the one-off fee that it makes due."""
        if kind not in BEARS_EXTRAS:
            return ZERO
        activity_type, issue, day = row.work.activity_type, row.issue, row.worked_on
        fee = self._under(terms).fee_due(activity_type, issue, day) if may_charge else ZERO
        taken = _Taken(row, kind in WITHIN_PACKAGE, fee)
        for entitlements in self._by_terms.values():
            _note(entitlements, taken)
        if self.keeps_log:
            self._log.append(taken)
        return fee

    def begin(self, row: TimeRow, terms: ContractTerms, *, is_given: bool) -> Decimal:
        """The work starts before any time of it is booked; returns the one-off fee that this makes due.

        One that is given is settled for all its time.
        """
        activity_type, entitlements = row.work.activity_type, self._under(terms)
        is_due = bool(fee_at_start(terms, activity_type, self.used_by_others(row, terms))) and not is_given
        fee = entitlements.fee_due(activity_type, row.issue, row.worked_on) if is_due else ZERO
        self._log.append(_Taken(row, False, fee, is_waived=is_given))
        self._by_terms.clear()
        return fee

    def take_back(self, row: TimeRow) -> Decimal:
        """As if the work had not been done; returns the fee that nobody owes any more."""
        gone = [taken for taken in self._log if taken.row is row]
        self._log = [taken for taken in self._log if taken.row is not row]
        self._by_terms.clear()
        return sum((taken.fee for taken in gone), ZERO)

    def heirs(self, row: TimeRow) -> list[TimeRow]:
        """Other time of the same work, oldest first, then its start: the fee of time that was taken back passes on."""
        same = [taken.row for taken in self._log if _is_same_work(taken.row, row)]
        return sorted(same, key=lambda other: (not other.work.minutes, other.work.start))

    def inherit(self, heir: TimeRow, fee: Decimal) -> None:
        taken = next(taken for taken in self._log if taken.row is heir)
        taken.fee += fee
        self._by_terms.clear()

    def _under(self, terms: ContractTerms) -> Entitlements:
        found = self._by_terms.get(terms.effective_from)
        if found is None:
            found = self._by_terms[terms.effective_from] = Entitlements(terms, self.start)
            for taken in self._log:
                _note(found, taken)
        return found


def _note(entitlements: Entitlements, taken: _Taken) -> None:
    row = taken.row
    if taken.is_within:
        entitlements.take(row.work.activity_type, row.issue, row.worked_on)
    if taken.fee or taken.is_waived:
        entitlements.charge(row.work.activity_type, row.issue, row.worked_on)


def _is_same_work(one: TimeRow, other: TimeRow) -> bool:
    """Of one issue; without one, of one day."""
    same_day = one.issue or one.worked_on == other.worked_on
    return bool(one.work.activity_type == other.work.activity_type and one.issue == other.issue and same_day)
