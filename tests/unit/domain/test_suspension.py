from datetime import date

import pytest

from support_retainer.domain.suspension import (
    Standing,
    days_overdue,
    is_under_notice,
    standing,
    suspends,
    waives_fee,
    warning_days,
    warnings_reached,
)

TODAY = date(2026, 9, 11)


def test_an_overdue_client_still_owes_the_fee_and_an_agreed_pause_is_free():
    assert (waives_fee("Overdue"), waives_fee("Agreed"), waives_fee(None)) == (False, True, False)


@pytest.mark.parametrize(
    ("is_suspended", "notice_given", "shown"),
    [
        (False, False, Standing.ACTIVE),
        (False, True, Standing.NOTICE_GIVEN),
        (True, False, Standing.SUSPENDED),
        (True, True, Standing.SUSPENDED),
    ],
)
def test_a_suspension_shows_before_the_notice_that_comes_back_after_it(is_suspended, notice_given, shown):
    assert standing(is_suspended=is_suspended, notice_given=notice_given) is shown


@pytest.mark.parametrize(
    ("status", "notice_given", "leaves"),
    [("Notice Given", True, True), ("Suspended", True, True), ("Suspended", False, False), ("Ended", True, False)],
)
def test_a_contract_under_notice_is_so_while_service_is_on_hold_too(status, notice_given, leaves):
    assert is_under_notice(status, notice_given) is leaves


@pytest.mark.parametrize(
    ("oldest", "days"), [(None, 0), (date(2026, 9, 1), 10), (TODAY, 0), (date(2026, 9, 12), 0)], ids=str
)
def test_days_overdue_count_from_the_day_after_the_due_date(oldest, days):
    assert days_overdue(oldest, TODAY) == days


@pytest.mark.parametrize(("overdue", "limit", "held"), [(9, 10, False), (10, 10, True), (99, 0, False)])
def test_service_stops_on_the_day_of_the_limit_and_never_without_one(overdue, limit, held):
    assert suspends(overdue, limit) is held


@pytest.mark.parametrize(("overdue", "reached"), [(0, 0), (2, 0), (3, 1), (7, 1), (8, 2), (30, 2)])
def test_each_warning_is_reached_once_and_a_missed_day_is_made_good(overdue, reached):
    assert warnings_reached(overdue, 10, (7, 2)) == reached


def test_a_warning_before_the_due_date_comes_on_the_first_day_overdue():
    assert [warnings_reached(days, 5, (7,)) for days in (0, 1)] == [0, 1]


@pytest.mark.parametrize(
    ("text", "days"), [("7, 2", (7, 2)), ("2;7;7", (7, 2)), ("", ()), (None, ())], ids=["commas", "any order", "", "-"]
)
def test_warning_days_are_read_from_what_people_type(text, days):
    assert warning_days(text) == days


@pytest.mark.parametrize("text", ["soon", "7, -1", "0", "1.5"])
def test_warning_days_that_are_no_days_are_refused(text):
    with pytest.raises(ValueError):
        warning_days(text)
