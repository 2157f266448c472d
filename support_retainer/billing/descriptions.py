"""What an invoice line says: what it is for, and the formula that leads to its amount."""

from decimal import Decimal

from frappe.utils import formatdate

from support_retainer import amounts
from support_retainer.domain.billing_period import Period
from support_retainer.domain.charges import Line, LineKind, tier_parts
from support_retainer.domain.contract_terms import ContractTerms
from support_retainer.speech import _

UNITS = {
    LineKind.OVERAGE: lambda: _("hours beyond the included hours"),
    LineKind.EMERGENCY: lambda: _("hours emergency support outside support hours"),
    LineKind.HOURLY: lambda: _("hours"),
}


ONE_UNIT = {
    LineKind.OVERAGE: lambda: _("hour beyond the included hours"),
    LineKind.EMERGENCY: lambda: _("hour emergency support outside support hours"),
    LineKind.HOURLY: lambda: _("hour"),
}
MINUTES_IN_AN_HOUR = 60


def describe(line: Line, terms: ContractTerms) -> str:
    return _DESCRIBE.get(line.kind, _describe_hours)(line, terms)


def span(period: Period) -> str:
    """First to last day, in the reader's date format."""
    first, last = formatdate(period.start), formatdate(period.last_day)
    return first if first == last else _("{0} to {1}").format(first, last)


def _describe_fee(line: Line, terms: ContractTerms) -> str:
    return _("{0}, {1}, in advance").format(line.of, span(line.period))


def _describe_part_fee(line: Line, terms: ContractTerms) -> str:
    formula = _("{0} x {1} of {2} days").format(
        money(line.unit_rate, terms), line.period.days, round(line.period.days / line.share)
    )
    return _("{0}, {1}, in advance: {2}").format(line.of, span(line.period), formula)


def _describe_metered(line: Line, terms: ContractTerms) -> str:
    return _("{0}, {1}, in advance: {2} {3}: {4}").format(
        line.of, span(line.period), amounts.number(terms.quantity), terms.metric, metered_formula(terms)
    )


def metered_formula(terms: ContractTerms) -> str:
    """5,000 x SEK 1.50 + 250 x SEK 1.10, with the monthly fee as base or as the least."""
    parts = [
        _("{0} x {1}").format(amounts.number(units), money(price, terms))
        for units, price in tier_parts(terms.tiers, terms.quantity)
    ]
    by_quantity = " + ".join(parts) or _("nothing")
    if not terms.monthly_fee:
        return by_quantity
    if terms.fee_is_minimum:
        return _("{0}, at least {1}").format(by_quantity, money(terms.monthly_fee, terms))
    return " + ".join([money(terms.monthly_fee, terms), *parts])


def _describe_hours(line: Line, terms: ContractTerms) -> str:
    units = (ONE_UNIT if line.minutes == MINUTES_IN_AN_HOUR else UNITS)[line.kind]()
    formula = _("{0} {1} x {2}").format(hours(line.minutes), units, money(line.unit_rate, terms))
    return _("{0}: {1}, {2}").format(line.of or _("Support"), formula, span(line.period))


def hours(minutes: int) -> str:
    """3.25 where two decimals say it exactly, else 1:40, so that the reader's own product is the amount."""
    if minutes * 100 % 60:
        return f"{minutes // 60}:{minutes % 60:02d}"
    return f"{(Decimal(minutes) / 60).normalize():f}"


def _describe_days(line: Line, terms: ContractTerms) -> str:
    text = _("{0} day x {1}") if line.quantity == 1 else _("{0} days x {1}")
    formula = text.format(amounts.number(line.quantity), money(line.unit_rate, terms))
    return _("{0}: {1}, {2}").format(line.of, formula, span(line.period))


def _describe_change(line: Line, terms: ContractTerms) -> str:
    """The rest of a period after a change of fee, or after the contract's end, or that an end moved away from."""
    formula = _("{0} x {1} of {2} days").format(
        money(abs(line.unit_rate), terms), line.period.days, round(line.period.days / line.share)
    )
    if line.kind is LineKind.CREDIT:
        return _("{0}, {1}, after the end of the contract: {2}").format(line.of, span(line.period), formula)
    if line.kind is LineKind.ARREARS:
        return _("{0}, {1}, not charged before: {2}").format(line.of, span(line.period), formula)
    difference = _("more a month") if line.amount > 0 else _("less a month")
    return _("Change to {0}, {1}: {2} ({3})").format(line.of, span(line.period), formula, difference)


def _describe_one_off(line: Line, terms: ContractTerms) -> str:
    return _("{0}: one-off fee at the start of the work {1}").format(line.of, line.note).strip()


def _describe_expenses(line: Line, terms: ContractTerms) -> str:
    note = f": {line.note}" if line.note else ""
    return _("{0}, travel expenses at cost, {1}{2}").format(line.of, span(line.period), note)


def money(amount: Decimal, terms: ContractTerms) -> str:
    return amounts.price(amount, terms.currency)


_DESCRIBE = {
    LineKind.FEE: _describe_fee,
    LineKind.PART_FEE: _describe_part_fee,
    LineKind.METERED: _describe_metered,
    LineKind.DAILY: _describe_days,
    LineKind.CHANGE: _describe_change,
    LineKind.CREDIT: _describe_change,
    LineKind.ARREARS: _describe_change,
    LineKind.ONE_OFF: _describe_one_off,
    LineKind.EXPENSES: _describe_expenses,
}
