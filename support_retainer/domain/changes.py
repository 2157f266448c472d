"""Terms that change inside a period which was charged in advance, and service that was charged but not given.

A period is charged with the terms of its first day. What a later change of fee makes of the rest of it, by days, is
settled with the next period: more is a line of that invoice, less is credited.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

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
) -> tuple[Line, ...]:
    """What the period before still has to settle: one line for each change of fee, one for days after the end.

    `charged` is that period, `first_terms` those of its first day. Amounts are positive where the client owes more and
    negative where he gets back.
    """
    last = last_charge(charged, end_date, first_terms.last_period)
    if last is None:
        return ()
    served_until = last.credited.start if last.credited else last.charged.end
    lines = [
        _change_line(change, Period(change.day, served_until), charged, exponent)
        for change in changes
        if charged.period.start < change.day < served_until
    ]
    if last.credited:
        lines.append(_credit_line(first_terms, last.credited, charged, exponent))
    return tuple(line for line in lines if line.amount)


def _change_line(change: Change, rest: Period, charged: BillablePeriod, exponent: Decimal) -> Line:
    difference = period_fee(change.after) - period_fee(change.before)
    return _line(LineKind.CHANGE, change.after.package, difference, rest, charged, exponent)


def _credit_line(terms: ContractTerms, unserved: Period, charged: BillablePeriod, exponent: Decimal) -> Line:
    return _line(LineKind.CREDIT, terms.package, -period_fee(terms), unserved, charged, exponent)


def _line(kind: LineKind, of: str, fee: Decimal, rest: Period, charged: BillablePeriod, exponent: Decimal) -> Line:
    share = Fraction(rest.days, charged.whole.days)
    amount = rounded(Fraction(fee) * share, exponent)
    return Line(kind, of, Decimal(1), amount, amount, rest, unit_rate=fee, share=share)


def share_of_hours(before: int, after: int, rest: int, whole: int) -> int:
    """Minutes that a change of package brings (or takes, below zero) for the `rest` of a period of `whole` days."""
    return int(rounded(Fraction((after - before) * rest, whole), Decimal(1)))
