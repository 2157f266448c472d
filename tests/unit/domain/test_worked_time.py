"""Worked stretches as timesheets keep them: across midnight, changes of the clock and other entries."""

from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support_retainer.domain.worked_time import Span, by_day, on_the_wall, without

BERLIN = ZoneInfo("Europe/Berlin")
UTC = timezone.utc


def wall(hour, minute=0, day=14):
    return datetime(2026, 9, day, hour, minute)


def length(span, zone=BERLIN):
    start, end = (at.replace(tzinfo=zone).astimezone(UTC) for at in (span.start, span.end))
    return end - start


def test_a_night_shift_belongs_to_two_days():
    parts = list(by_day(Span(wall(22), wall(2, day=15))))

    assert parts == [Span(wall(22), wall(0, day=15)), Span(wall(0, day=15), wall(2, day=15))]


def test_work_that_ends_at_midnight_belongs_to_one_day():
    assert list(by_day(Span(wall(22), wall(0, day=15)))) == [Span(wall(22), wall(0, day=15))]


def test_work_through_the_repeated_hour_keeps_its_four_hours():
    span = on_the_wall(datetime(2026, 10, 24, 22, 30, tzinfo=UTC), datetime(2026, 10, 25, 2, 30, tzinfo=UTC), BERLIN)

    assert span == Span(datetime(2026, 10, 25, 0, 30), datetime(2026, 10, 25, 3, 30))
    assert length(span) == timedelta(hours=4)


def test_twenty_minutes_around_the_turning_back_are_not_negative():
    span = on_the_wall(datetime(2026, 10, 25, 0, 50, tzinfo=UTC), datetime(2026, 10, 25, 1, 10, tzinfo=UTC), BERLIN)

    assert length(span) == timedelta(minutes=20)
    assert span.start < span.end


@pytest.mark.parametrize("minutes", [60, 90])
def test_work_that_begins_with_the_repeated_hour_is_not_an_hour_longer(minutes):
    start = datetime(2026, 10, 25, 1, 0, tzinfo=UTC)
    span = on_the_wall(start, start + timedelta(minutes=minutes), BERLIN)

    assert length(span) == timedelta(minutes=minutes)
    assert span.end == datetime(2026, 10, 25, 2, 0)


@pytest.mark.parametrize("day", [datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 10, 24, 12, tzinfo=UTC)])
@given(offset=st.integers(0, 36 * 60), minutes=st.integers(1, 12 * 60))
def test_the_length_is_true_whenever_the_clock_changes(day, offset, minutes):
    start = day + timedelta(minutes=offset)
    span = on_the_wall(start, start + timedelta(minutes=minutes), BERLIN)

    assert length(span) == timedelta(minutes=minutes)
    assert span.start < span.end


def test_what_was_logged_by_hand_is_cut_out():
    logged = [Span(wall(10), wall(10, 20)), Span(wall(11, 50), wall(12, 30))]

    assert without(Span(wall(9), wall(12)), logged) == (Span(wall(9), wall(10)), Span(wall(10, 20), wall(11, 50)))


def test_what_was_logged_by_hand_in_full_leaves_nothing():
    assert without(Span(wall(10), wall(11)), [Span(wall(9), wall(12))]) == ()


def test_neighbours_do_not_overlap():
    assert without(Span(wall(10), wall(11)), [Span(wall(9), wall(10)), Span(wall(11), wall(12))]) == (
        Span(wall(10), wall(11)),
    )


hours = st.integers(0, 100)
spans = st.tuples(hours, hours).filter(lambda pair: pair[0] < pair[1])


@given(spans, st.lists(spans, max_size=6))
def test_free_time_and_logged_time_never_share_a_minute_and_lose_none(span, taken):
    def as_span(pair):
        return Span(*(datetime(2026, 1, 1) + timedelta(hours=hour) for hour in pair))

    free = without(as_span(span), [as_span(other) for other in taken])
    expected = set(range(*span)) - {hour for other in taken for hour in range(*other)}
    assert sum((part.end - part.start for part in free), timedelta()) == timedelta(hours=len(expected))
    assert not [1 for part in free for other in taken if part.overlaps(as_span(other))]
