"""When somebody is told that a target is near or missed. March 2026: the 5th is a Thursday, the 6th a Friday."""

from dataclasses import replace
from datetime import datetime

import pytest

from support_retainer.domain.errors import DomainError
from support_retainer.domain.sla_clock import ClockState, Event, EventKind, Level, TargetKind, replay
from tests.unit.domain.clock_stories import (
    POLICIES,
    at,
    opened,
    paused,
    reopened,
    resolved,
    responded,
    resumed,
)

RESPONSE, RESOLUTION = TargetKind.RESPONSE, TargetKind.RESOLUTION
LADDER = (Level(RESPONSE, 50), Level(RESPONSE, 100), Level(RESOLUTION, 75), Level(RESOLUTION, 150))


def clock(now: datetime, *events: Event, levels: tuple[Level, ...] = LADDER) -> ClockState:
    policies = {name: replace(policy, levels=levels) for name, policy in POLICIES.items()}
    return replay(events, policies, now)


def told(when: datetime, target: str = "Response", percent: float = 50) -> Event:
    return Event(when, EventKind.ESCALATED, f'{{"target": "{target}", "percent": {percent}}}')


def to_tell(state: ClockState) -> list[tuple[TargetKind, float, datetime]]:
    return [(one.level.target, one.level.percent, one.tell_at) for one in state.pending]


def test_levels_are_reached_by_working_time_before_and_after_the_target():
    state = clock(at(5, 9), opened(5, 9, "P2"))  # two hours to answer, eight to solve, from 9 to 17
    assert to_tell(state) == [
        (RESPONSE, 50, at(5, 10)),
        (RESPONSE, 100, at(5, 11)),
        (RESOLUTION, 75, at(5, 15)),
        (RESOLUTION, 150, at(6, 13)),
    ]
    assert state.next_event_at == at(5, 10)


def test_a_level_reached_at_closing_time_is_told_when_support_opens_again():
    state = clock(at(6, 9), opened(6, 9, "P2"), levels=(Level(RESOLUTION, 100),))
    (escalation,) = state.pending
    assert (escalation.reached_at, escalation.tell_at) == (at(6, 17), at(9, 9))


def test_a_level_that_was_missed_is_told_at_once_in_support_hours_and_else_at_the_opening():
    levels = (Level(RESPONSE, 50),)
    assert to_tell(clock(at(5, 12), opened(5, 9, "P2"), levels=levels)) == [(RESPONSE, 50, at(5, 12))]
    assert to_tell(clock(at(6, 22), opened(5, 9, "P2"), levels=levels)) == [(RESPONSE, 50, at(9, 9))]


def test_a_target_on_the_clock_always_is_told_at_night():
    state = clock(at(6, 23), opened(6, 22, "P1"), levels=(Level(RESPONSE, 100),))
    assert to_tell(state) == [(RESPONSE, 100, at(6, 23))]


def test_a_level_that_was_told_is_not_told_again():
    state = clock(at(5, 10), opened(5, 9, "P2"), told(at(5, 10)))
    assert to_tell(state)[0] == (RESPONSE, 100, at(5, 11))
    assert state.next_event_at == at(5, 11)


def test_told_of_a_level_it_stays_told_after_a_change_of_priority_and_a_reopening():
    change = Event(at(5, 11), EventKind.PRIORITY_CHANGED, "P2")
    state = clock(at(5, 14), opened(5, 9, "P3"), told(at(5, 10)), change, resolved(5, 12), reopened(5, 13))
    assert (RESPONSE, 50) not in [(target, percent) for target, percent, _ in to_tell(state)]


def test_after_the_reply_only_the_resolution_escalates():
    state = clock(at(5, 10), opened(5, 9, "P2"), responded(5, 10))
    assert {target for target, _, _ in to_tell(state)} == {RESOLUTION}


@pytest.mark.parametrize("standing", [paused(5, 10), resolved(5, 10)])
def test_while_the_clock_stands_nobody_is_told_anything(standing):
    state = clock(at(5, 16), opened(5, 9, "P2"), standing)
    assert (state.pending, state.next_event_at) == ((), None)


def test_a_pause_puts_the_levels_off_by_the_working_time_it_took():
    state = clock(at(5, 11), opened(5, 9, "P2"), paused(5, 10), resumed(5, 11), levels=(Level(RESPONSE, 100),))
    assert to_tell(state) == [(RESPONSE, 100, at(5, 12))]


def test_the_due_time_itself_is_an_event_even_where_no_level_stands_on_it():
    state = clock(at(5, 10), opened(5, 9, "P2"), levels=(Level(RESPONSE, 150),))
    assert state.next_event_at == at(5, 11) == state.response_by


def test_a_policy_without_ladder_or_a_priority_without_target_has_nothing_to_tell():
    assert clock(at(5, 9), opened(5, 9, "P2"), levels=()).pending == ()
    assert clock(at(5, 9), opened(5, 9, "Nothing")).pending == ()


def test_a_part_of_a_second_counts_as_a_whole_one():
    assert Level(RESPONSE, 33.3).seconds_of(10) == 4
    assert Level(RESPONSE, 100).seconds_of(7200) == 7200


@pytest.mark.parametrize("percent", [0, -5, float("nan"), float("inf")])
def test_a_level_without_a_percentage_is_refused(percent):
    with pytest.raises(DomainError, match="above zero"):
        Level(RESPONSE, percent)


def test_an_escalation_that_names_no_level_changes_nothing():
    written_by_hand = Event(at(5, 9), EventKind.ESCALATED, "called the manager")
    assert clock(at(5, 9), opened(5, 9), written_by_hand) == clock(at(5, 9), opened(5, 9))
