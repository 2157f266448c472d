"""The rota: the first row that covers the moment names the person."""

from datetime import date, datetime

import pytest

from support_retainer.domain.on_call import Shift, on_call

HOUR = 3600
MONDAY, TUESDAY = 0, 1


@pytest.mark.parametrize(
    ("moment", "is_on"),
    [
        ("2026-09-14 17:59:59", False),
        ("2026-09-14 18:00", True),
        ("2026-09-15 07:59:59", True),
        ("2026-09-15 08:00", False),
        ("2026-09-15 19:00", False),
        ("2026-09-14 02:00", False),
    ],
)
def test_a_night_of_monday_ends_on_tuesday_morning(moment, is_on):
    night = Shift("anna", MONDAY, 18 * HOUR, 8 * HOUR)
    assert (on_call([night], datetime.fromisoformat(moment)) == "anna") is is_on


def test_a_row_without_times_is_the_whole_day():
    day = Shift("anna", TUESDAY)
    assert [day.covers(datetime(2026, 9, 15, hour)) for hour in (0, 12, 23)] == [True] * 3
    assert not day.covers(datetime(2026, 9, 16, 0))


def test_a_holiday_cover_above_the_rule_comes_first():
    rota = [Shift("bo", first=date(2026, 9, 14), last=date(2026, 9, 20)), Shift("anna")]
    weeks = (datetime(2026, 9, 13, 12), datetime(2026, 9, 14, 0), datetime(2026, 9, 20, 23), datetime(2026, 9, 21, 1))
    assert [on_call(rota, moment) for moment in weeks] == ["anna", "bo", "bo", "anna"]


def test_a_night_that_began_on_the_last_day_is_finished():
    assert Shift("bo", None, 20 * HOUR, 6 * HOUR, last=date(2026, 9, 14)).covers(datetime(2026, 9, 15, 5))


def test_nobody_is_on_call_where_the_rota_is_empty_or_has_a_hole():
    assert on_call([], datetime(2026, 9, 14)) is None
    assert on_call([Shift("anna", MONDAY)], datetime(2026, 9, 16, 3)) is None
