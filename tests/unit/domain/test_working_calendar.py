"""The working calendar, in sentences and against the minute-by-minute oracle."""

import copy
import pickle
from datetime import date, datetime, timedelta, timezone
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support_retainer.domain.errors import (
    InvalidDuration,
    InvalidWindow,
    NaiveDateTime,
    NeverOpen,
    OverlappingWindows,
    UnknownTimeZone,
)
from support_retainer.domain.working_calendar import StretchKind, Window, WorkingCalendar
from tests.unit.domain.calendar_oracle import CLOCK_CHANGES, Oracle, calendars_and_starts, instant, office

UTC = timezone.utc
HOUR = 3600
BERLIN = office("Europe/Berlin")


def local(text: str, zone: str = "Europe/Berlin", fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold)


def test_eight_working_hours_from_friday_noon_end_monday_noon():
    assert BERLIN.add(local("2026-03-06T12:00"), 8 * HOUR) == local("2026-03-09T12:00")


def test_the_end_of_the_day_comes_before_the_start_of_the_next():
    assert BERLIN.add(local("2026-03-06T09:00"), 8 * HOUR) == local("2026-03-06T17:00")


def test_nothing_to_add_gives_the_start_itself_even_on_a_sunday():
    sunday = local("2026-03-08T12:00:00.250000")
    assert BERLIN.add(sunday, 0) == sunday


def test_a_start_outside_hours_counts_from_the_opening():
    assert BERLIN.add(local("2026-03-07T03:00:00.900000"), 1) == local("2026-03-09T09:00:01")


def test_times_come_out_in_utc_whatever_offset_went_in():
    due = BERLIN.add(local("2026-03-06T12:00", "Europe/Berlin"), HOUR)
    assert due.tzinfo is UTC
    assert BERLIN.add(local("2026-03-06T12:00"), 0).tzinfo is UTC


def test_a_window_over_the_skipped_hour_is_an_hour_shorter():
    night = WorkingCalendar("Europe/Berlin", (Window(6, 1 * HOUR, 4 * HOUR),))
    assert night.between(local("2026-03-29T00:00"), local("2026-03-30T00:00")) == 2 * HOUR
    assert night.add(local("2026-03-29T01:00"), HOUR + 60) == local("2026-03-29T03:01")


def test_a_window_over_the_repeated_hour_counts_it_twice():
    night = WorkingCalendar("Europe/Berlin", (Window(6, 2 * HOUR, 3 * HOUR),))
    assert night.between(local("2026-10-25T00:00"), local("2026-10-26T00:00")) == 2 * HOUR
    assert night.is_open(local("2026-10-25T02:30", fold=0))
    assert night.is_open(local("2026-10-25T02:30", fold=1))


def test_a_wall_time_that_was_skipped_does_not_open():
    gap = WorkingCalendar("Europe/Berlin", (Window(6, 2 * HOUR, 3 * HOUR),))
    assert gap.next_opening(local("2026-03-29T00:00")) == local("2026-04-05T02:00")


def test_part_of_a_window_that_repeats_opens_twice_with_a_closed_time_in_between():
    calendar = WorkingCalendar("America/New_York", (Window(6, 1 * HOUR + 900, 1 * HOUR + 1800),))
    kinds = [s.kind for s in calendar.stretches(instant("2026-11-01T04:00"), instant("2026-11-01T08:00"))]
    assert kinds == [StretchKind.CLOSED, StretchKind.OPEN] * 2 + [StretchKind.CLOSED]


def test_lord_howe_moves_its_clock_by_half_an_hour():
    night = WorkingCalendar("Australia/Lord_Howe", (Window(6, 1 * HOUR, 3 * HOUR),))
    day = instant("2026-10-03T12:00")
    assert night.between(day, day + timedelta(days=1)) == int(1.5 * HOUR)


def test_apia_skipped_a_whole_friday():
    calendar = WorkingCalendar("Pacific/Apia", (Window(4, 0, 0),))
    assert calendar.next_opening(local("2011-12-29T12:00", "Pacific/Apia")) == local("2012-01-06T00:00", "Pacific/Apia")


def test_end_midnight_closes_as_the_day_ends():
    calendar = WorkingCalendar("Asia/Dubai", (Window(0, 18 * HOUR, 0),))
    assert calendar.add(local("2026-03-02T18:00", "Asia/Dubai"), 6 * HOUR) == local("2026-03-03T00:00", "Asia/Dubai")


def test_the_morning_of_a_night_shift_belongs_to_the_next_dates_holiday():
    calendar = WorkingCalendar("Asia/Kolkata", (Window(0, 22 * HOUR, 6 * HOUR),), frozenset({date(2026, 3, 3)}))
    evening = local("2026-03-02T22:00", "Asia/Kolkata")
    assert calendar.between(evening, evening + timedelta(days=1)) == 2 * HOUR


def test_sunday_night_runs_on_into_monday():
    calendar = WorkingCalendar("Asia/Kolkata", (Window(6, 22 * HOUR, 6 * HOUR),))
    assert calendar.add(local("2026-03-01T23:00", "Asia/Kolkata"), 2 * HOUR) == local(
        "2026-03-02T01:00", "Asia/Kolkata"
    )


def test_equal_times_are_a_window_of_twenty_four_hours():
    calendar = WorkingCalendar("Asia/Dubai", (Window(0, 9 * HOUR, 9 * HOUR),))
    start = local("2026-03-01T00:00", "Asia/Dubai")
    assert calendar.between(start, start + timedelta(days=7)) == 24 * HOUR


def test_split_shifts_leave_the_lunch_break_out():
    windows = (Window(0, 9 * HOUR, 12 * HOUR), Window(0, 13 * HOUR, 18 * HOUR))
    calendar = WorkingCalendar("Asia/Dubai", windows)
    assert calendar.add(local("2026-03-02T11:00", "Asia/Dubai"), 2 * HOUR) == local("2026-03-02T14:00", "Asia/Dubai")


def test_windows_that_touch_are_one_opening():
    calendar = WorkingCalendar("Asia/Dubai", (Window(0, 12 * HOUR, 18 * HOUR), Window(0, 9 * HOUR, 12 * HOUR)))
    day = list(calendar.stretches(local("2026-03-02T09:00", "Asia/Dubai"), local("2026-03-02T18:00", "Asia/Dubai")))
    assert [(stretch.kind, stretch.end - stretch.start) for stretch in day] == [(StretchKind.OPEN, timedelta(hours=9))]


def test_always_open_ignores_windows_and_holidays():
    calendar = WorkingCalendar("Europe/Berlin", (Window(0, 0, HOUR),), frozenset({date(2026, 3, 6)}), always_open=True)
    start = instant("2026-03-06T10:00")
    assert calendar.add(start, 1000 * 86_400) == start + timedelta(days=1000)
    assert [s.kind for s in calendar.stretches(start, start + timedelta(days=1000))] == [StretchKind.OPEN]


def test_a_holiday_stretch_is_only_the_time_that_would_have_been_open():
    calendar = office("Europe/Berlin", range(5), 9, 17, date(2026, 12, 25))
    found = list(calendar.stretches(local("2026-12-24T16:00"), local("2026-12-28T10:00")))
    expected = [("Open", 1), ("Closed", 16), ("Holiday", 8), ("Closed", 64), ("Open", 1)]
    assert [(s.kind.value, (s.end - s.start) / timedelta(hours=1)) for s in found] == expected


def test_microseconds_of_an_open_start_are_kept_over_the_night():
    start = local("2026-03-05T16:59:59.500000")
    assert BERLIN.add(start, 1) == local("2026-03-06T09:00:00.500000")
    assert BERLIN.between(start, BERLIN.add(start, 1)) == 1


def test_part_of_a_second_is_carried_over_every_night_of_four_years():
    opening = local("2026-01-01T09:00").astimezone(UTC)
    for _ in range(4 * 261):
        evening = BERLIN.add(opening, 8 * HOUR)
        opening = BERLIN.next_opening(evening)
        assert BERLIN.add(evening - timedelta(seconds=1.5), 2) == opening + timedelta(seconds=0.5)


def test_between_cuts_both_ends_to_the_second():
    start = local("2026-03-05T10:00:00.999999")
    assert BERLIN.between(start, local("2026-03-05T10:00:01.000001")) == 1
    assert BERLIN.between(start, local("2026-03-05T10:00:00.999999")) == 0


def test_between_is_negative_when_the_end_comes_first():
    assert BERLIN.between(local("2026-03-06T10:00"), local("2026-03-05T16:00")) == -2 * HOUR


def test_the_next_opening_of_an_open_instant_is_that_instant():
    open_instant = local("2026-03-05T10:00:00.250000")
    assert BERLIN.next_opening(open_instant) == open_instant
    assert BERLIN.next_opening(local("2026-03-05T17:00:00.250000")) == local("2026-03-06T09:00")


def test_a_thousand_working_days_from_the_1970s_and_far_ahead():
    for year in (1905, 1969, 1975, 2050, 9000):
        start = datetime(year, 1, 1, tzinfo=UTC)
        due = BERLIN.add(start, 1000 * 8 * HOUR)
        assert BERLIN.between(start, due) == 1000 * 8 * HOUR
        assert 1395 <= (due - start).days <= 1402


def test_a_pickled_or_copied_calendar_is_equal_and_works():
    for twin in (pickle.loads(pickle.dumps(BERLIN)), copy.deepcopy(BERLIN)):  # noqa: S301
        assert twin == BERLIN
        assert hash(twin) == hash(BERLIN)
        assert twin.add(local("2026-03-06T12:00"), HOUR) == local("2026-03-06T13:00")


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "Europe", "../etc/passwd"])
def test_an_unknown_time_zone_is_refused_by_name(zone: str):
    with pytest.raises(UnknownTimeZone) as refusal:
        office(zone)
    assert refusal.value.field == "time_zone"


def test_a_week_without_opening_is_refused():
    with pytest.raises(NeverOpen) as refusal:
        WorkingCalendar("Europe/Berlin")
    assert refusal.value.field == "windows"


@pytest.mark.parametrize(
    "pair",
    [
        (Window(0, 9 * HOUR, 17 * HOUR), Window(0, 16 * HOUR, 18 * HOUR)),
        (Window(0, 9 * HOUR, 17 * HOUR), Window(0, 9 * HOUR, 17 * HOUR)),
        (Window(0, 22 * HOUR, 6 * HOUR), Window(1, 5 * HOUR, 9 * HOUR)),
        (Window(6, 22 * HOUR, 6 * HOUR), Window(0, 5 * HOUR, 9 * HOUR)),
        (Window(3, 0, 0), Window(3, 23 * HOUR, 0)),
    ],
)
def test_overlapping_windows_are_refused_also_over_midnight_and_the_weeks_end(pair: tuple[Window, Window]):
    with pytest.raises(OverlappingWindows) as refusal:
        WorkingCalendar("Europe/Berlin", pair)
    assert refusal.value.field == "windows"
    assert {refusal.value.details["first"], refusal.value.details["second"]} == set(pair)


@pytest.mark.parametrize("numbers", [(7, 0, 0), (-1, 0, 0), (0, 86_400, 0), (0, 0, 86_400), (0, -1, 10)])
def test_a_window_outside_the_week_is_refused(numbers: tuple[int, int, int]):
    with pytest.raises(InvalidWindow) as refusal:
        Window(*numbers)
    assert refusal.value.field == "windows"


@pytest.mark.parametrize("seconds", [10**15, 65 * 10**9])
def test_more_time_than_there_is_before_the_year_9999_is_refused_at_once(seconds: int):
    with pytest.raises(NeverOpen) as refusal:
        BERLIN.add(instant("2026-01-01T00:00"), seconds)
    assert refusal.value.field == "windows"


def test_hours_that_run_out_before_the_year_9999_are_refused():
    with pytest.raises(NeverOpen):
        BERLIN.add(instant("9990-01-01T00:00"), 10 * 365 * 86_400)


def test_a_negative_duration_and_a_time_without_offset_are_refused():
    with pytest.raises(InvalidDuration):
        BERLIN.add(instant("2026-01-01T00:00"), -1)
    with pytest.raises(NaiveDateTime):
        BERLIN.add(datetime(2026, 1, 1), 0)
    with pytest.raises(NaiveDateTime):
        BERLIN.between(datetime(2026, 1, 1), instant("2026-01-01T00:00"))


def test_the_zones_of_the_property_tests_do_change_their_clocks_where_they_say():
    for zone, changes in CLOCK_CHANGES.items():
        for change in map(instant, changes):
            before, after = (
                at.astimezone(ZoneInfo(zone)).utcoffset() for at in (change - timedelta(seconds=1), change)
            )
            assert (before != after) is (zone not in ("Asia/Dubai", "Asia/Kolkata")), (zone, change)


@settings(max_examples=300, deadline=None)
@given(calendars_and_starts(), st.integers(0, 3 * 86_400))
def test_every_calendar_agrees_with_the_minute_by_minute_oracle(case: tuple[WorkingCalendar, datetime], length: int):
    calendar, start = case
    end = start + timedelta(seconds=length)
    oracle = Oracle(calendar)
    seconds = oracle.between(start, end)
    assert calendar.between(start, end) == seconds
    assert calendar.is_open(start) == oracle.is_open(start)
    if seconds:
        assert calendar.add(start, seconds) == oracle.add(start, seconds, end)
        assert calendar.add(start, seconds // 2 + 1) == oracle.add(start, seconds // 2 + 1, end)
        assert calendar.next_opening(start) == next(oracle.parts(start, end))[0]
    else:
        assert calendar.next_opening(start) >= end


@settings(max_examples=100, deadline=None)
@given(calendars_and_starts(), st.integers(0, 2 * 86_400))
def test_stretches_are_gapless_and_agree_with_the_oracle(case: tuple[WorkingCalendar, datetime], length: int):
    calendar, start = case
    end = start + timedelta(seconds=length)
    found = list(calendar.stretches(start, end))
    workdays = Oracle(WorkingCalendar(calendar.zone, calendar.windows, always_open=calendar.always_open))
    oracle = Oracle(calendar)
    assert [s.start for s in found] == [start, *(s.end for s in found[:-1])][: len(found)]
    assert (found[-1].end if found else start) == end
    assert all(a.kind is not b.kind for a, b in pairwise(found))
    opened = sum((s.end - s.start).total_seconds() for s in found if s.kind is StretchKind.OPEN)
    holiday = sum((s.end - s.start).total_seconds() for s in found if s.kind is StretchKind.HOLIDAY)
    assert opened == oracle.between(start, end)
    assert opened + holiday == workdays.between(start, end)


@settings(max_examples=300, deadline=None)
@given(calendars_and_starts(), st.integers(1, 4 * 10**7), st.integers(0, 999_999), st.integers(0, 5 * 10**8))
def test_between_undoes_add_and_parts_add_up(
    case: tuple[WorkingCalendar, datetime], seconds: int, micro: int, further: int
):
    calendar, start = case
    start = start.replace(microsecond=micro)
    due = calendar.add(start, seconds)
    end = start + timedelta(seconds=further, microseconds=micro // 2)
    assert calendar.between(start, due) == seconds
    assert calendar.is_open(due - timedelta(microseconds=1)), "the last open moment ends at the due time"
    assert calendar.add(start, seconds - 1) < due
    assert calendar.between(start, due) + calendar.between(due, end) == calendar.between(start, end)
    assert calendar.between(start, end) >= 0
