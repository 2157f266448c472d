"""Terms that change inside a period which was charged in advance, and service that was charged but not given.

A period is charged with the terms of its first day. What a later change of fee makes of the rest of it, by days, is
settled with the next period: more is a line of that invoice, less is credited. So is an end that was moved after the
period had been charged.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from support_retainer.domain.billing_period import BillablePeriod, Period
from support_retainer.domain.charges import Line, LineKind, period_fee, rounded
from support_retainer.domain.contract_terms import ContractTerms
from support_retainer.domain.lifecycle import last_charge


@dataclass(frozen=True, slots=True)
class Change:
    """New terms that came into force on `day`."""

    before: ContractTerms
    after: ContractTerms
    day: date


def lines_for(
    charged: BillablePeriod,
    first_terms: ContractTerms,
    changes: Iterable[Change],
    *,
    end_date: date | None,
    exponent: Decimal,
    charged_until: date | None = None,
) -> tuple[Line, ...]:
    """What the period before still has to settle: one line for each change of fee, one for days charged in vain.

    `charged` is that period, `first_terms` those that its fee was charged by, up to and including `charged_until`
    (None: as the end gives it that is known now). Amounts are positive where the client owes more and negative where
    he gets back.
    """
    owed_until, paid_until = _until(charged, first_terms, end_date)
    if charged_until:
        paid_until = charged_until + timedelta(days=1)
    lines = [
        _change_line(change, Period(change.day, owed_until), charged, exponent)
        for change in changes
        if change.day < owed_until and not _was_charged(change, charged, first_terms)
    ]
    if owed_until < paid_until:
        lines.append(_credit_line(first_terms, Period(owed_until, paid_until), charged, exponent))
    elif paid_until < owed_until:
        lines.append(_arrears_line(first_terms, Period(paid_until, owed_until), charged, exponent))
    return tuple(line for line in lines if line.amount)


def moved_end(
    charged: BillablePeriod,
    first_terms: ContractTerms,
    changes: Iterable[Change],
    *,
    known: date | None,
    end_date: date | None,
    exponent: Decimal,
) -> tuple[Line, ...]:
    """What a period whose rest is settled owes or gets back because the end was `known` then and is `end_date` now.

    So it is where an end comes into a period whose next one was billed ahead of it. One line for each fee in force.
    """
    changes = tuple(changes)
    before, now = (_until(charged, first_terms, end)[0] for end in (known, end_date))
    make = _credit_line if now < before else _arrears_line
    first, last = min(before, now), max(before, now)
    days = [first, *(change.day for change in changes if first < change.day < last), last]
    lines = (
        make(_in_force(first_terms, changes, stretch.start), stretch, charged, exponent)
        for stretch in (Period(*pair) for pair in pairwise(days))
        if stretch.days
    )
    return tuple(line for line in lines if line.amount)


def _in_force(first_terms: ContractTerms, changes: tuple[Change, ...], day: date) -> ContractTerms:
    return next((change.after for change in reversed(changes) if change.day <= day), first_terms)


def charged_until(charged: BillablePeriod, terms: ContractTerms, known_end: date | None) -> date:
    """The last day that a fee covers which was charged when that end was known; the day before the period for none."""
    last = last_charge(charged, known_end, terms.last_period)
    return last.charged.last_day if last else charged.period.start - timedelta(days=1)


def _until(charged: BillablePeriod, terms: ContractTerms, end_date: date | None) -> tuple[date, date]:
    """The first day that is no more owed, and the first that was not charged when the end was known beforehand."""
    last = last_charge(charged, end_date, terms.last_period)
    if last is None:
        return charged.period.start, charged.period.start
    return last.credited.start if last.credited else last.charged.end, last.charged.end


def _was_charged(change: Change, charged: BillablePeriod, first_terms: ContractTerms) -> bool:
    """A change of the first day has nothing left to settle where the fee was charged by the new terms."""
    return change.day <= charged.period.start and change.after == first_terms


def _change_line(change: Change, rest: Period, charged: BillablePeriod, exponent: Decimal) -> Line:
    difference = period_fee(change.after) - period_fee(change.before)
    return _line(LineKind.CHANGE, change.after.package, difference, rest, charged, exponent)


def _credit_line(terms: ContractTerms, unserved: Period, charged: BillablePeriod, exponent: Decimal) -> Line:
    return _line(LineKind.CREDIT, terms.package, -period_fee(terms), unserved, charged, exponent)


def _arrears_line(terms: ContractTerms, unpaid: Period, charged: BillablePeriod, exponent: Decimal) -> Line:
    return _line(LineKind.ARREARS, terms.package, period_fee(terms), unpaid, charged, exponent)


def _line(kind: LineKind, of: str, fee: Decimal, rest: Period, charged: BillablePeriod, exponent: Decimal) -> Line:
    share = Fraction(rest.days, charged.whole.days)
    amount = rounded(Fraction(fee) * share, exponent)
    return Line(kind, of, Decimal(1), amount, amount, rest, unit_rate=fee, share=share)


def share_of_hours(before: int, after: int, rest: int, whole: int) -> int:
    """Minutes that a change of package brings (or takes, below zero) for the `rest` of a period of `whole` days."""
    return int(rounded(Fraction((after - before) * rest, whole), Decimal(1)))
