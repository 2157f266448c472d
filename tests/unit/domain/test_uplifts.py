from datetime import date, timedelta
from decimal import Decimal

import pytest

from support_retainer.domain.billing_period import Anchor, billable
from support_retainer.domain.uplifts import Uplift, UpliftCourse, expected_fee

START, FIRST, SECOND = date(2026, 1, 15), date(2027, 1, 15), date(2028, 1, 15)
CENT = Decimal("0.01")


def course(**values):
    values = {
        "start": START,
        "anchor": Anchor.START_DAY,
        "counts_from": START,
        "lead_days": 0,
        "rows": {},
        "settled": None,
        **values,
    }
    return UpliftCourse(**{**values, "rows": {START: True, **values["rows"]}})


def day_told(today, **values):
    due = course(**values).due(today)
    return due and due.day


def test_an_uplift_is_told_thirty_days_ahead_and_counts_from_the_anniversary():
    assert day_told(date(2026, 12, 15)) is None
    assert day_told(date(2026, 12, 16)) == FIRST


def test_with_lead_days_it_is_told_thirty_days_before_the_invoice():
    assert day_told(date(2026, 12, 5), lead_days=10) is None
    assert day_told(date(2026, 12, 6), lead_days=10) == FIRST


@pytest.mark.parametrize(("today", "day"), [(date(2027, 1, 1), FIRST), (date(2027, 1, 2), date(2027, 2, 15))])
def test_told_too_late_it_counts_from_the_period_after_thirty_days(today, day):
    assert day_told(today) == day


def test_a_week_missed_over_the_anniversary_is_made_up():
    assert course().due(date(2027, 1, 19)) == Uplift(date(2027, 3, 15), (FIRST,))


def test_calendar_months_are_made_up_from_a_first_of_a_month():
    assert day_told(date(2027, 1, 19), anchor=Anchor.CALENDAR_MONTH) == date(2027, 3, 1)
    assert day_told(date(2027, 1, 30), anchor=Anchor.CALENDAR_MONTH) == date(2027, 3, 1)


def test_two_missed_anniversaries_are_one_uplift_on_one_day():
    due = course().due(date(2028, 2, 1))
    assert due == Uplift(date(2028, 3, 15), (FIRST, SECOND))
    assert due.percent(Decimal(10)) == 21


def test_one_that_was_missed_comes_with_the_next_that_is_near():
    assert course().due(date(2027, 12, 28)) == Uplift(SECOND, (FIRST, SECOND))


@pytest.mark.parametrize("lead_days", [0, 10, 45])
def test_a_client_is_told_once_and_never_of_a_period_that_is_billed(lead_days):
    told, rows, settled = [], {}, None
    today = date(2026, 11, 1)
    while today < date(2029, 3, 1):
        if not date(2026, 12, 1) < today < date(2027, 1, 20):  # the scheduler is down over the first anniversary
            due = course(lead_days=lead_days, rows=rows, settled=settled).due(today)
            if due:
                assert settled is None or due.day > settled
                assert due.day - today >= timedelta(days=14)
                rows[due.day] = True
                told.append(due)
            ahead = today + timedelta(days=lead_days)
            settled = billable(START, Anchor.START_DAY, ahead).period.start
        today += timedelta(days=1)
    assert [anniversary for due in told for anniversary in due.anniversaries] == [FIRST, SECOND, date(2029, 1, 15)]


def test_a_period_billed_ahead_keeps_its_fee():
    assert day_told(date(2026, 12, 20), lead_days=45, settled=FIRST) == date(2027, 2, 15)
    assert day_told(date(2026, 12, 20), lead_days=80, settled=date(2027, 2, 15)) == date(2027, 3, 15)


def test_a_fee_that_people_agreed_on_after_the_anniversary_has_it_in_it():
    assert day_told(date(2027, 3, 1), rows={date(2027, 2, 1): True}) is None
    assert day_told(date(2026, 12, 20), rows={FIRST: True}) is None


def test_terms_that_left_the_fee_as_it_was_are_no_such_agreement():
    assert day_told(date(2027, 3, 1), rows={date(2027, 2, 1): False}) == date(2027, 4, 15)


def test_no_two_rows_of_terms_begin_on_one_day():
    assert day_told(date(2026, 12, 20), rows={FIRST: False}) == date(2027, 2, 15)
    assert day_told(date(2027, 1, 20), rows={date(2027, 3, 15): False}) == date(2027, 4, 15)


def test_anniversaries_before_an_uplift_was_agreed_raise_nothing():
    assert day_told(date(2027, 6, 1), counts_from=date(2027, 2, 1)) is None
    assert course(counts_from=date(2027, 2, 1)).due(date(2028, 1, 2)).anniversaries == (SECOND,)


def test_the_forecast_has_the_one_that_is_made_up_and_those_to_come():
    ahead = list(course().ahead(date(2027, 1, 19), date(2029, 2, 1)))
    assert [(uplift.day, len(uplift.anniversaries)) for uplift in ahead] == [
        (date(2027, 3, 15), 1),
        (SECOND, 1),
        (date(2029, 1, 15), 1),
    ]
    days = (date(2027, 2, 15), date(2027, 3, 15), SECOND, date(2029, 1, 15))
    fees = [expected_fee(Decimal(100), Decimal(10), ahead, day, agreed_on=START, exponent=CENT) for day in days]
    assert fees == [100, 110, 121, Decimal("133.10")]


def test_each_uplift_to_come_is_on_top_of_the_one_before():
    ahead = list(course(start=date(2025, 1, 1), counts_from=date(2026, 11, 22)).ahead(date(2026, 11, 22), SECOND))

    def fee_on(year: int) -> Decimal:
        agreed_on = date(2025, 1, 1)
        return expected_fee(Decimal(100), Decimal(10), ahead, date(year, 1, 1), agreed_on=agreed_on, exponent=CENT)

    assert [fee_on(year) for year in (2026, 2027, 2028)] == [100, 110, 121]


def test_terms_agreed_later_already_have_the_uplift():
    ahead = [Uplift(FIRST, (FIRST,))]
    fee = expected_fee(Decimal(100), Decimal(10), ahead, SECOND, agreed_on=date(2027, 6, 1), exponent=CENT)
    assert fee == 100
