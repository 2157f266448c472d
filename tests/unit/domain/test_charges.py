from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support_retainer.domain.billing_period import Anchor, Period, billable
from support_retainer.domain.charges import (
    Expense,
    LineKind,
    OneOff,
    Usage,
    checkable,
    fee_lines,
    for_period,
    period_fee,
    rounded,
    tier_parts,
    tiered_price,
    total,
    usage_lines,
)
from support_retainer.domain.contract_terms import ContractTerms, LastPeriod, PricingModel, Tier
from support_retainer.domain.coverage import CHARGED, CoverageKind

CENT = Decimal("0.01")
MARCH = billable(date(2026, 1, 1), Anchor.START_DAY, date(2026, 3, 1))
TERMS = ContractTerms("Growth", "AED", date(2026, 1, 1), Decimal(450))
LINES_OF_CODE = (
    Tier(Decimal(0), Decimal("2.00")),
    Tier(Decimal(5000), Decimal("1.50")),
    Tier(Decimal(20000), Decimal(1)),
)


def used(minutes, kind=CoverageKind.OVERAGE, rate=150, on=date(2026, 2, 3), activity="User Support", row="row-1"):
    return Usage(row, activity, kind, minutes, Decimal(rate), on)


def test_the_fee_of_a_whole_period_is_the_monthly_fee_in_advance():
    (line,) = for_period(TERMS, MARCH, ())
    assert (line.kind, line.of, line.quantity, line.rate, line.amount, line.period) == (
        LineKind.FEE,
        "Growth",
        1,
        Decimal(450),
        Decimal(450),
        MARCH.period,
    )


def test_a_part_month_costs_its_share_of_days():
    april = billable(date(2026, 4, 11), Anchor.CALENDAR_MONTH, date(2026, 4, 11))
    (line,) = for_period(TERMS, april, ())
    assert (line.kind, line.amount, line.share, line.unit_rate) == (
        LineKind.PART_FEE,
        Decimal("300.00"),
        Fraction(2, 3),
        Decimal(450),
    )


@pytest.mark.parametrize(
    ("policy", "amount"),
    [(LastPeriod.FULL, "450.00"), (LastPeriod.PRORATE, "145.16"), (LastPeriod.CREDIT, "450.00")],
)
def test_the_last_month_costs_what_the_package_says(policy, amount):
    terms = replace(TERMS, last_period=policy)
    assert total(for_period(terms, MARCH, (), end_date=date(2026, 3, 10))) == Decimal(amount)


def test_after_its_end_a_contract_owes_usage_and_no_fee():
    lines = for_period(TERMS, MARCH, [used(60)], end_date=date(2026, 2, 28))
    assert [line.kind for line in lines] == [LineKind.OVERAGE]


def test_a_package_without_a_fee_has_no_fee_line():
    assert fee_lines(replace(TERMS, monthly_fee=Decimal(0)), MARCH, end_date=None, exponent=CENT) == ()


def test_each_unit_costs_the_price_of_its_tier():
    prices = [tiered_price(LINES_OF_CODE, Decimal(n)) for n in (0, 4999, 5000, 5001, 20000, 20001)]
    assert prices == [0, 9998, 10000, Decimal("10001.5"), 32500, 32501]
    assert tiered_price((), Decimal(100)) == 0


def test_a_metered_fee_is_added_to_the_base_or_not_below_the_minimum():
    metered = replace(TERMS, pricing_model=PricingModel.METERED, tiers=LINES_OF_CODE)
    assert period_fee(metered.at(Decimal(100))) == Decimal(650)
    least = replace(metered, fee_is_minimum=True)
    assert [period_fee(least.at(Decimal(quantity))) for quantity in (100, 1000)] == [Decimal(450), Decimal(2000)]
    (line,) = for_period(metered.at(Decimal(100)), MARCH, ())
    assert (line.kind, line.amount) == (LineKind.METERED, Decimal("650.00"))


def test_usage_has_one_line_for_each_kind_activity_and_rate_in_a_fixed_order():
    rows = [
        used(30, CoverageKind.HOURLY, activity="Training"),
        used(120, CoverageKind.EMERGENCY, 300),
        used(60, row="b"),
        used(30, rate=170),
        used(30, row="a"),
    ]
    lines = usage_lines(rows, exponent=CENT)
    assert [(line.kind, line.quantity, line.rate, line.amount) for line in lines] == [
        (LineKind.OVERAGE, Decimal("1.5"), Decimal(150), Decimal("225.00")),
        (LineKind.OVERAGE, Decimal("0.5"), Decimal(170), Decimal("85.00")),
        (LineKind.EMERGENCY, Decimal(2), Decimal(300), Decimal("600.00")),
        (LineKind.HOURLY, Decimal("0.5"), Decimal(150), Decimal("75.00")),
    ]
    assert lines[0].rows == ("b", "a")


def test_a_day_rate_is_charged_once_a_day_however_many_rows_it_has():
    days = [date(2026, 2, 3), date(2026, 2, 3), date(2026, 2, 5)]
    (line,) = usage_lines([used(90, CoverageKind.DAILY, 2000, on=day) for day in days], exponent=CENT)
    assert (line.quantity, line.amount, line.period) == (
        Decimal(2),
        Decimal("4000.00"),
        Period(date(2026, 2, 3), date(2026, 2, 6)),
    )


@pytest.mark.parametrize("kind", sorted(set(CoverageKind) - CHARGED))
def test_work_that_is_not_charged_has_no_line(kind):
    assert usage_lines([used(60, kind)], exponent=CENT) == ()


def test_rows_without_minutes_or_without_a_rate_have_no_line():
    inside_the_minimum = used(0, CoverageKind.EMERGENCY, 300)
    assert usage_lines([inside_the_minimum, used(60, rate=0)], exponent=CENT) == ()


def test_an_amount_that_hours_and_rate_cannot_show_is_one_times_the_amount():
    (line,) = usage_lines([used(10, rate=100)], exponent=CENT)
    assert (line.quantity, line.rate, line.amount) == (1, Decimal("16.67"), Decimal("16.67"))
    assert (line.minutes, line.unit_rate) == (10, Decimal(100))


def test_a_rate_finer_than_the_currency_is_not_shown_as_a_rate():
    (line,) = usage_lines([used(60, rate="76.505")], exponent=CENT)
    assert (line.quantity, line.rate, line.amount) == (1, Decimal("76.51"), Decimal("76.51"))


def test_minutes_are_added_before_the_one_rounding():
    (line,) = usage_lines([used(10, rate=100) for _ in range(6)], exponent=CENT)
    assert line.amount == Decimal("100.00")


def test_a_one_off_fee_is_a_line_and_a_free_one_is_not():
    lines = for_period(
        replace(TERMS, monthly_fee=Decimal(0)),
        MARCH,
        (),
        [OneOff("Version Upgrade", Decimal("9900.00"), "ISS-1"), OneOff("Gift", Decimal(0), "ISS-2")],
    )
    assert [(line.kind, line.of, line.amount, line.rows) for line in lines] == [
        (LineKind.ONE_OFF, "Version Upgrade", Decimal("9900.00"), ("ISS-1",))
    ]


@pytest.mark.parametrize(
    ("value", "exponent", "expected"),
    [
        (Fraction(1, 200), "0.01", "0.01"),
        (Fraction(-1, 200), "0.01", "-0.01"),
        (Fraction(1, 3), "0.01", "0.33"),
        (Fraction(5, 2), "1", "3"),
        (Fraction(1, 8), "0.05", "0.15"),
        (Fraction(10005, 10000), "0.001", "1.001"),
    ],
)
def test_money_is_rounded_half_up_to_the_smallest_unit(value, exponent, expected):
    assert rounded(value, Decimal(exponent)) == Decimal(expected)


usages = st.builds(
    used,
    minutes=st.integers(0, 3000),
    kind=st.sampled_from(CoverageKind),
    rate=st.decimals(0, 3000, places=2),
    on=st.dates(date(2026, 2, 1), date(2026, 2, 28)),
    activity=st.sampled_from(["User Support", "Training"]),
)


@given(st.lists(usages, max_size=12), st.sampled_from(["0.01", "0.001", "1"]))
def test_every_line_can_be_checked_by_its_reader(rows, exponent):
    for line in usage_lines(rows, exponent=Decimal(exponent)):
        assert rounded(Fraction(line.quantity) * Fraction(line.rate), Decimal(exponent)) == line.amount
        assert line.quantity == rounded(Fraction(line.quantity), Decimal("0.001"))


@given(st.lists(usages, max_size=12))
def test_the_lines_charge_every_minute_once_whatever_the_order_of_the_rows(rows):
    lines = usage_lines(rows, exponent=CENT)
    charged = [row for row in rows if row.kind in CHARGED and row.rate and row.minutes]
    assert sum(line.minutes for line in lines) == sum(row.minutes for row in charged)
    backwards = usage_lines(rows[::-1], exponent=CENT)
    assert [(line.of, line.amount) for line in backwards] == [(line.of, line.amount) for line in lines]


@given(
    st.decimals(0, 100000, places=2),
    st.dates(date(2024, 1, 1), date(2027, 1, 1)),
    st.integers(0, 400),
    st.sampled_from(LastPeriod),
)
def test_a_contract_never_pays_more_than_the_fee_of_its_periods(fee, start, days, policy):
    terms = replace(TERMS, monthly_fee=fee, last_period=policy)
    period = billable(start, Anchor.CALENDAR_MONTH, start)
    amount = total(fee_lines(terms, period, end_date=start + timedelta(days=days), exponent=CENT))
    assert 0 <= amount <= rounded(Fraction(fee) * period.share, CENT) <= fee


def test_expenses_are_a_line_each_at_cost_and_say_what_for():
    expense = Expense("On-Site Visit", Decimal("320.505"), "row-1", date(2026, 2, 3), "Train and taxi")
    lines = for_period(TERMS, MARCH, (), expenses=[expense, replace(expense, amount=Decimal(0))])
    (line,) = [line for line in lines if line.kind is LineKind.EXPENSES]
    assert (line.quantity, line.amount, line.note, line.rows) == (1, Decimal("320.51"), "Train and taxi", ("row-1",))
    assert line.period.last_day == date(2026, 2, 3)


def test_the_parts_of_a_metered_price_are_the_units_in_each_tier():
    assert tier_parts(LINES_OF_CODE, Decimal(4999)) == ((Decimal(4999), LINES_OF_CODE[0].unit_price),)
    assert [units for units, _price in tier_parts(LINES_OF_CODE, Decimal(20001))] == [5000, 15000, 1]
    assert tier_parts((), Decimal(100)) == ()


def test_half_a_cent_is_rounded_by_us_and_not_once_more_by_the_invoice():
    assert checkable(Fraction(1, 2), Decimal("133.33"), Decimal("0.01")) == (1, Decimal("66.67"), Decimal("66.67"))
