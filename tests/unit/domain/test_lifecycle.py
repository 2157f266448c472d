from datetime import date
from decimal import Decimal

import pytest

from support_retainer.domain.billing_period import Anchor, Period, billable
from support_retainer.domain.contract_terms import LastPeriod
from support_retainer.domain.errors import InvalidTerms
from support_retainer.domain.lifecycle import (
    anniversaries,
    end_on_notice,
    expected_end,
    last_charge,
    minimum_term_end,
    refuse_end_before_start,
    uplifted,
    warranty_end,
)

MARCH = billable(date(2026, 1, 1), Anchor.START_DAY, date(2026, 3, 1))


def test_thirty_days_notice_counts_from_the_day_it_is_given():
    assert end_on_notice(date(2026, 3, 10), 30, None) == date(2026, 4, 9)


def test_notice_within_the_minimum_term_ends_with_the_minimum_term():
    minimum = minimum_term_end(date(2026, 1, 1), 12)
    assert minimum == date(2026, 12, 31)
    assert end_on_notice(date(2026, 3, 10), 30, minimum) == minimum


def test_notice_late_in_the_minimum_term_runs_in_full():
    assert end_on_notice(date(2026, 12, 20), 30, date(2026, 12, 31)) == date(2027, 1, 19)


def test_the_warranty_ends_so_many_days_after_go_live():
    assert warranty_end(date(2026, 1, 1), 90) == date(2026, 4, 1)
    assert warranty_end(date(2026, 1, 1), 0) is None


@pytest.mark.parametrize(
    ("policy", "charged", "credited"),
    [
        (LastPeriod.FULL, MARCH.period, None),
        (LastPeriod.PRORATE, Period(date(2026, 3, 1), date(2026, 3, 11)), None),
        (LastPeriod.CREDIT, MARCH.period, Period(date(2026, 3, 11), date(2026, 4, 1))),
    ],
)
def test_the_last_period_is_charged_as_the_package_says(policy, charged, credited):
    last = last_charge(MARCH, date(2026, 3, 10), policy)
    assert (last.charged, last.credited) == (charged, credited)


def test_a_period_the_contract_serves_to_its_last_day_is_charged_whole():
    assert last_charge(MARCH, date(2026, 3, 31), LastPeriod.PRORATE).charged == MARCH.period


def test_nothing_is_charged_after_the_end():
    assert last_charge(MARCH, date(2026, 2, 28), LastPeriod.FULL) is None


def test_anniversaries_of_a_leap_day_fall_on_the_28th_in_other_years():
    assert anniversaries(date(2024, 2, 29), date(2028, 2, 29))[0] == date(2025, 2, 28)
    assert anniversaries(date(2024, 2, 29), date(2028, 2, 29))[-1] == date(2028, 2, 29)


def test_an_uplift_is_rounded_to_the_currency():
    assert uplifted(Decimal("450"), Decimal("3.333"), Decimal("0.01")) == Decimal("465.00")


def test_an_end_before_the_start_names_the_field():
    with pytest.raises(InvalidTerms) as refused:
        refuse_end_before_start(date(2026, 2, 1), date(2026, 1, 31))
    assert refused.value.field == "end_date"


def test_a_contract_that_nobody_renews_is_expected_to_end_with_its_term():
    term, notice = date(2026, 12, 31), date(2026, 6, 30)
    assert expected_end(None, term, auto_renew=False) == term
    assert expected_end(None, term, auto_renew=True) is None
    assert expected_end(notice, term, auto_renew=True) == notice
