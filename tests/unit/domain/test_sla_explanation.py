"""Why a target was missed, stretch by stretch, and the histories that cannot be told."""

from datetime import date, datetime

import pytest

from support_retainer.domain.errors import InvalidDuration, InvalidHistory, NaiveDateTime, UnknownPolicy
from support_retainer.domain.sla_clock import (
    CountedAs,
    Event,
    EventKind,
    Policy,
    Target,
    TargetKind,
    explain,
    replay,
)
from tests.unit.domain.calendar_oracle import office
from tests.unit.domain.clock_stories import (
    HOUR,
    POLICIES,
    TARGETS,
    at,
    clock,
    opened,
    paused,
    reopened,
    resolved,
    responded,
    resumed,
)


def test_explanation_names_every_stretch_and_its_sums_are_the_clocks():
    calendar = office("UTC", range(5), 9, 17, date(2026, 3, 9))
    policies = {"Office": Policy("Office", calendar, TARGETS)}
    events = (opened(5, 15), paused(6, 16, "Vendor"), resumed(10, 10), resolved(10, 12), reopened(10, 13))
    found = explain(events, policies, at(10, 14))
    assert [(s.counted_as.value, s.seconds // HOUR, s.reason) for s in found] == [
        ("Counted", 2, ""),
        ("Outside Hours", 16, ""),
        ("Counted", 7, ""),
        ("Paused", 1, "Vendor"),
        ("Outside Hours", 64, ""),
        ("Holiday", 8, ""),
        ("Outside Hours", 16, ""),
        ("Paused", 1, "Vendor"),
        ("Counted", 2, ""),
        ("Resolved", 1, ""),
        ("Counted", 1, ""),
    ]
    state = replay(events, policies, at(10, 14))
    assert sum(s.seconds for s in found if s.counted_as is CountedAs.COUNTED) == state.resolution_counted
    assert sum(s.seconds for s in found if s.counted_as is CountedAs.PAUSED) == state.hold_seconds


def test_night_is_one_stretch_though_a_pause_comes_and_goes_in_it():
    found = explain((opened(5, 16), paused(5, 20), resumed(5, 22)), POLICIES, at(6, 10))
    assert [(s.counted_as.value, s.seconds // HOUR) for s in found] == [
        ("Counted", 1),
        ("Outside Hours", 16),
        ("Counted", 1),
    ]


def test_explanation_of_the_response_ends_with_the_reply():
    found = explain((opened(5, 9), responded(5, 10)), POLICIES, at(9, 9), TargetKind.RESPONSE)
    assert [(s.start, s.end, s.counted_as) for s in found] == [(at(5, 9), at(5, 10), CountedAs.COUNTED)]


@pytest.mark.parametrize("value", ["", "not json", "[]", "3", "null"])
def test_opening_that_cannot_be_read_is_refused(value: str):
    with pytest.raises(InvalidHistory) as refusal:
        clock(at(5, 9), Event(at(5, 9), EventKind.OPENED, value))
    assert refusal.value.field == "value"


def test_history_without_an_opening_is_refused():
    with pytest.raises(InvalidHistory):
        clock(at(5, 9), responded(5, 9))


def test_policy_that_is_not_there_is_refused_by_name():
    with pytest.raises(UnknownPolicy) as refusal:
        clock(at(5, 9), opened(5, 9, "P1", "Gone"))
    assert (refusal.value.field, refusal.value.details["policy"]) == ("sla_policy", "Gone")


def test_negative_target_and_times_without_offset_are_refused():
    with pytest.raises(InvalidDuration) as refusal:
        Target(HOUR, -1)
    assert refusal.value.field == "resolution_time"
    with pytest.raises(NaiveDateTime):
        Event(datetime(2026, 3, 5), EventKind.RESPONDED)
    with pytest.raises(NaiveDateTime):
        clock(datetime(2026, 3, 5), opened(5, 9))
