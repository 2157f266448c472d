from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

import pytest

from support_retainer.domain.billing_period import (
    Anchor,
    Period,
    billable,
    billable_periods,
    nth_period,
    period_containing,
)

ALL_START_DAYS = [date(2024, 1, 1) + timedelta(days=n) for n in range((date(2025, 3, 1) - date(2024, 1, 1)).days)]


def test_a_contract_from_the_31st_returns_to_the_31st_after_february():
    starts = [nth_period(date(2026, 1, 31), n).start for n in range(3)]
    assert starts == [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)]


@pytest.mark.parametrize("anchor", ALL_START_DAYS, ids=str)
def test_periods_leave_no_gap_and_no_overlap_and_keep_the_anchor_day(anchor):
    periods = [nth_period(anchor, n) for n in range(36)]
    assert all(before.end == after.start for before, after in pairwise(periods))
    assert all(period.start.day == min(anchor.day, _last_day_of_month(period.start)) for period in periods)


def _last_day_of_month(day):
    return ((day.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)).day


@pytest.mark.parametrize("day", [date(2026, 2, 27), date(2026, 2, 28), date(2026, 3, 30), date(2026, 3, 31)], ids=str)
def test_every_day_lies_in_exactly_one_period(day):
    holding = [n for n in range(-2, 6) if day in nth_period(date(2026, 1, 31), n)]
    assert [nth_period(date(2026, 1, 31), holding[0])] == [period_containing(date(2026, 1, 31), day)]
    assert len(holding) == 1


def test_a_calendar_month_contract_charges_the_days_that_are_left_of_its_first_month():
    first = billable(date(2026, 4, 11), Anchor.CALENDAR_MONTH, date(2026, 4, 20))
    assert first.period == Period(date(2026, 4, 11), date(2026, 5, 1))
    assert first.share == Fraction(20, 30)


def test_a_calendar_month_contract_then_charges_whole_months():
    second = list(billable_periods(date(2026, 4, 11), Anchor.CALENDAR_MONTH, date(2026, 5, 1)))[1]
    assert (second.period, second.is_part) == (Period(date(2026, 5, 1), date(2026, 6, 1)), False)


def test_a_contract_that_starts_on_its_own_day_has_no_part_period():
    periods = list(billable_periods(date(2026, 1, 31), Anchor.START_DAY, date(2026, 12, 31)))
    assert len(periods) == 12
    assert not any(period.is_part for period in periods)


def test_nothing_is_billable_before_the_contract_starts():
    assert list(billable_periods(date(2026, 5, 1), Anchor.START_DAY, date(2026, 4, 30))) == []
