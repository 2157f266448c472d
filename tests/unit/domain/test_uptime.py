"""Uptime in percent, and the windows that do not count against it."""

from datetime import datetime, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

from support_retainer.domain.uptime import MaintenanceWindow, Repeats, Sum, in_maintenance, total

NIGHT = datetime(2026, 1, 31, 22, tzinfo=timezone.utc)
TWO_HOURS = timedelta(hours=2)


def test_one_missed_visit_in_ninety_days_is_not_a_hundred_percent():
    assert Sum(up=25919, down=1).percent == Decimal("99.99")
    assert Sum(up=999_999, down=1).percent == Decimal("99.99")
    assert Sum(up=288).percent == Decimal("100.00")


def test_visits_in_maintenance_count_neither_way():
    assert Sum(up=9, down=1, excused=90).percent == Decimal("90.00")
    assert Sum(excused=5).percent is None


def test_days_add_up_by_their_visits_and_not_by_their_percentages():
    assert total([Sum(up=1, down=1), Sum(up=98)]).percent == Decimal("99.00")


def test_the_mean_response_is_over_the_answers_that_came():
    assert total([Sum(up=1, timed=1, response_ms=100), Sum(up=3, timed=3, response_ms=900)]).mean_ms == 250
    assert Sum(down=3).mean_ms is None


def test_a_window_is_open_at_its_start_and_closed_at_its_end():
    window = MaintenanceWindow(NIGHT, NIGHT + TWO_HOURS)
    assert window.holds(NIGHT)
    assert not window.holds(NIGHT + TWO_HOURS)
    assert not in_maintenance([window], NIGHT - timedelta(seconds=1))
    assert not window.holds(NIGHT + timedelta(weeks=1))


def test_a_weekly_window_comes_again_also_across_midnight():
    window = MaintenanceWindow(NIGHT + timedelta(hours=1), NIGHT + timedelta(hours=3), Repeats.WEEKLY)
    assert window.holds(NIGHT + timedelta(weeks=9, hours=2, minutes=30))
    assert not window.holds(NIGHT + timedelta(weeks=9, hours=3))
    assert not window.holds(NIGHT - timedelta(weeks=1) + timedelta(hours=1))


def test_a_monthly_window_of_the_31st_comes_on_the_last_day():
    window = MaintenanceWindow(NIGHT, NIGHT + TWO_HOURS, Repeats.MONTHLY)
    assert window.holds(datetime(2026, 2, 28, 23, tzinfo=timezone.utc))
    assert window.holds(datetime(2026, 3, 31, 22, tzinfo=timezone.utc))
    assert not window.holds(datetime(2026, 3, 28, 22, tzinfo=timezone.utc))
    assert window.next_start(datetime(2026, 4, 1, tzinfo=timezone.utc)) == datetime(
        2026, 4, 30, 22, tzinfo=timezone.utc
    )


def berlin(*moment):
    return datetime(*moment, tzinfo=ZoneInfo("Europe/Berlin")).astimezone(timezone.utc)


def test_a_weekly_window_keeps_its_clock_time_when_summer_time_ends():
    start = berlin(2026, 10, 18, 3)
    window = MaintenanceWindow(start, start + TWO_HOURS, Repeats.WEEKLY, ZoneInfo("Europe/Berlin"))
    assert window.holds(berlin(2026, 10, 25, 4, 59))
    assert not window.holds(berlin(2026, 10, 25, 2, 59))
    assert not window.holds(berlin(2026, 11, 1, 5))
    assert window.next_start(berlin(2026, 10, 20)) == berlin(2026, 10, 25, 3)
    assert window.next_start(berlin(2027, 3, 27)) == berlin(2027, 3, 28, 3)


def test_a_window_in_the_hour_that_is_left_out_or_comes_twice_is_as_long_as_ever():
    start = berlin(2026, 3, 22, 2, 30)
    window = MaintenanceWindow(start, start + TWO_HOURS, Repeats.WEEKLY, ZoneInfo("Europe/Berlin"))
    assert window.next_start(berlin(2026, 3, 28)) == berlin(2026, 3, 29, 3, 30)
    assert window.holds(berlin(2026, 3, 29, 5, 29))
    assert not window.holds(berlin(2026, 3, 29, 5, 30))
    twice = window.next_start(berlin(2026, 10, 24))
    assert window.holds(twice + TWO_HOURS - timedelta(seconds=1))
    assert not window.holds(twice + TWO_HOURS)


def test_a_monthly_window_over_the_end_of_a_month_is_that_of_its_own_zone():
    """At 01:00 on the first in Dubai it is still the month before in UTC."""
    dubai = ZoneInfo("Asia/Dubai")
    start = datetime(2026, 2, 1, 1, tzinfo=dubai).astimezone(timezone.utc)
    window = MaintenanceWindow(start, start + TWO_HOURS, Repeats.MONTHLY, dubai)
    assert window.next_start(datetime(2026, 2, 15, tzinfo=dubai)) == datetime(2026, 3, 1, 1, tzinfo=dubai)
    assert window.holds(datetime(2026, 3, 1, 2, tzinfo=dubai))
    assert not window.holds(datetime(2026, 2, 28, 2, tzinfo=dubai))


def test_a_window_that_is_over_has_no_next_start():
    assert MaintenanceWindow(NIGHT, NIGHT + TWO_HOURS).next_start(NIGHT + TWO_HOURS) is None
    assert MaintenanceWindow(NIGHT, NIGHT + TWO_HOURS).next_start(NIGHT) == NIGHT
