"""The lines of an invoice: the fee of a period in advance, and what the last one owes.

Money is rounded once per line, half up, to the currency's smallest unit. A line states quantity x rate wherever that
product is the amount, so that a reader can check it; where it can't be (a sixth of an hour) it is one times the amount.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from fractions import Fraction

from support_retainer.domain.billing_period import BillablePeriod, Period
from support_retainer.domain.contract_terms import ContractTerms, PricingModel, Tier
from support_retainer.domain.coverage import CHARGED, CoverageKind
from support_retainer.domain.lifecycle import last_charge

QUANTITY_STEP = Decimal("0.001")  # ERPNext keeps quantities with three decimals


class LineKind(str, Enum):
    FEE = "fee"
    PART_FEE = "part_fee"
    METERED = "metered"
    OVERAGE = "overage"
    EMERGENCY = "emergency"
    HOURLY = "hourly"
    DAILY = "daily"
    ONE_OFF = "one_off"
    EXPENSES = "expenses"
    CHANGE = "change"
    CREDIT = "credit"
    ARREARS = "arrears"


USAGE_KINDS = {
    CoverageKind.OVERAGE: LineKind.OVERAGE,
    CoverageKind.EMERGENCY: LineKind.EMERGENCY,
    CoverageKind.HOURLY: LineKind.HOURLY,
    CoverageKind.DAILY: LineKind.DAILY,
}


@dataclass(frozen=True, slots=True)
class Usage:
    """One charged row of time: billed minutes at `rate` per hour (per day for DAILY), worked on a local date."""

    row: str
    activity_type: str
    kind: CoverageKind
    minutes: int
    rate: Decimal
    worked_on: date
    issue: str = ""


@dataclass(frozen=True, slots=True)
class OneOff:
    """A fee that is due once, for example at the start of an upgrade."""

    what: str
    amount: Decimal
    source: str
    issue: str = ""


@dataclass(frozen=True, slots=True)
class Expense:
    """What a visit cost beside its time, charged at cost; `note` says what was paid for."""

    what: str
    amount: Decimal
    source: str
    spent_on: date
    note: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line: quantity x rate = amount. `of` is what it is for, `period` the service dates, `note` what to add."""

    kind: LineKind
    of: str
    quantity: Decimal
    rate: Decimal
    amount: Decimal
    period: Period
    minutes: int = 0
    unit_rate: Decimal = Decimal(0)
    share: Fraction = Fraction(1)
    rows: tuple[str, ...] = field(default=())
    note: str = ""


def for_period(
    terms: ContractTerms,
    billable: BillablePeriod,
    usage: Iterable[Usage],
    one_offs: Iterable[OneOff] = (),
    expenses: Iterable[Expense] = (),
    *,
    end_date: date | None = None,
    exponent: Decimal = Decimal("0.01"),
    fee_waived: bool = False,
) -> tuple[Line, ...]:
    """Every line of one period's invoice: fee first, then usage by kind, then one-off fees and expenses at cost.

    `exponent` is the smallest unit of the currency. A contract that has ended before the period owes no fee.
    """
    return (
        *(() if fee_waived else fee_lines(terms, billable, end_date=end_date, exponent=exponent)),
        *usage_lines(usage, exponent=exponent),
        *(_one_off(one_off, billable.period, exponent) for one_off in one_offs if one_off.amount),
        *(_expense(expense, exponent) for expense in expenses if expense.amount),
    )


def fee_lines(
    terms: ContractTerms, billable: BillablePeriod, *, end_date: date | None, exponent: Decimal
) -> tuple[Line, ...]:
    last = last_charge(billable, end_date, terms.last_period)
    fee = period_fee(terms)
    if last is None or not fee:
        return ()
    share = Fraction(last.charged.days, billable.whole.days)
    amount = rounded(Fraction(fee) * share, exponent)
    kind = LineKind.METERED if terms.pricing_model is PricingModel.METERED else LineKind.FEE
    if share != 1:
        kind = LineKind.PART_FEE
    line = Line(kind, terms.package, Decimal(1), amount, amount, last.charged, unit_rate=fee, share=share)
    return (line,) if amount else ()


def period_fee(terms: ContractTerms) -> Decimal:
    """The fee of a whole period: flat, or by quantity with the monthly fee as base or as the least."""
    if terms.pricing_model is PricingModel.FLAT:
        return terms.monthly_fee
    metered = tiered_price(terms.tiers, terms.quantity)
    return max(terms.monthly_fee, metered) if terms.fee_is_minimum else terms.monthly_fee + metered


def tiered_price(tiers: tuple[Tier, ...], quantity: Decimal) -> Decimal:
    """Graduated: each unit costs the price of the tier it falls into."""
    return sum((units * price for units, price in tier_parts(tiers, quantity)), Decimal(0))


def tier_parts(tiers: tuple[Tier, ...], quantity: Decimal) -> tuple[tuple[Decimal, Decimal], ...]:
    """How many units fall into each tier, with the price of one; tiers that nothing falls into are left out."""
    tops = [*(min(quantity, above.from_quantity) for above in tiers[1:]), quantity]
    parts = ((top - tier.from_quantity, tier.unit_price) for tier, top in zip(tiers, tops, strict=False))
    return tuple((units, price) for units, price in parts if units > 0)


def usage_lines(usage: Iterable[Usage], *, exponent: Decimal) -> tuple[Line, ...]:
    """One line for each kind of work and rate, in a fixed order; rows that charge nothing are left out."""
    groups: dict[tuple[CoverageKind, str, Decimal], list[Usage]] = {}
    for row in usage:
        if row.kind in CHARGED and row.rate and row.minutes:
            groups.setdefault((row.kind, row.activity_type, row.rate), []).append(row)
    order = list(USAGE_KINDS)
    keys = sorted(groups, key=lambda key: (order.index(key[0]), key[1], key[2]))
    return tuple(_usage_line(key, groups[key], exponent) for key in keys)


def _usage_line(key: tuple[CoverageKind, str, Decimal], rows: list[Usage], exponent: Decimal) -> Line:
    kind, activity_type, rate = key
    minutes = sum(row.minutes for row in rows)
    days = [row.worked_on for row in rows]
    units = Fraction(len(set(days))) if kind is CoverageKind.DAILY else Fraction(minutes, 60)
    quantity, shown_rate, amount = checkable(units, rate, exponent)
    period = Period(min(days), max(days) + timedelta(days=1))
    return Line(
        USAGE_KINDS[kind],
        activity_type,
        quantity,
        shown_rate,
        amount,
        period,
        minutes=minutes,
        unit_rate=rate,
        rows=tuple(row.row for row in rows),
    )


def checkable(units: Fraction, rate: Decimal, exponent: Decimal) -> tuple[Decimal, Decimal, Decimal]:
    """Quantity, rate and amount of a line, such that a reader's product is the amount."""
    exact = units * Fraction(rate)
    amount = rounded(exact, exponent)
    quantity = rounded(units, QUANTITY_STEP)
    # ERPNext rounds the product itself, and half a cent to the even one.
    is_tie = 2 * abs(exact - Fraction(amount)) == Fraction(exponent)
    if not is_tie and Fraction(quantity) == units and rounded(Fraction(rate), exponent) == rate:
        return quantity.normalize() + Decimal(0), rate, amount
    return Decimal(1), amount, amount


def _one_off(one_off: OneOff, period: Period, exponent: Decimal) -> Line:
    amount = rounded(Fraction(one_off.amount), exponent)
    return Line(
        LineKind.ONE_OFF, one_off.what, Decimal(1), amount, amount, period, rows=(one_off.source,), note=one_off.issue
    )


def _expense(expense: Expense, exponent: Decimal) -> Line:
    amount = rounded(Fraction(expense.amount), exponent)
    day = Period(expense.spent_on, expense.spent_on + timedelta(days=1))
    return Line(
        LineKind.EXPENSES, expense.what, Decimal(1), amount, amount, day, rows=(expense.source,), note=expense.note
    )


def rounded(value: Fraction, exponent: Decimal) -> Decimal:
    """Half up, away from zero, to a multiple of `exponent`; exact, since it never goes through a float."""
    units = value / Fraction(exponent)
    whole = math.floor(abs(units) + Fraction(1, 2))
    return (whole if units >= 0 else -whole) * exponent


def total(lines: Iterable[Line]) -> Decimal:
    return sum((line.amount for line in lines), Decimal(0))
