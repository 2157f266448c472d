"""What a countdown in working time shows. March 2026: the 5th is a Thursday, the 6th a Friday; office hours 9 to 17."""

from datetime import datetime, timedelta

from support_retainer.domain.sla_clock import Event, Standing, TargetKind, TargetState, target_states
from tests.unit.domain.clock_stories import HOUR, POLICIES, at, opened, paused, resolved, responded


def response(now: datetime, *events: Event) -> TargetState:
    return target_states(events, POLICIES, now)[0]


def resolution(now: datetime, *events: Event) -> TargetState:
    return target_states(events, POLICIES, now)[-1]


def test_in_support_hours_the_countdown_ticks_until_closing_time():
    state = response(at(5, 10), opened(5, 9, "P3"))
    assert (state.standing, state.left, state.used_percent) == (Standing.RUNNING, 7 * HOUR, 12.5)
    assert (state.ticks, state.is_open_now, state.changes_at) == (True, True, at(5, 17))


def test_outside_support_hours_it_stands_until_the_next_opening():
    state = resolution(at(6, 20), opened(6, 9, "P3"))
    assert (state.left, state.ticks, state.changes_at) == (8 * HOUR, False, at(9, 9))


def test_a_target_on_the_clock_always_ticks_and_never_changes_by_itself():
    state = resolution(at(6, 23), opened(6, 22, "P1"))
    assert (state.left, state.ticks, state.changes_at) == (3 * HOUR, True, None)


def test_while_paused_nothing_ticks():
    state = resolution(at(5, 12), opened(5, 9, "P3"), paused(5, 10))
    assert (state.standing, state.left, state.ticks, state.changes_at) == (Standing.PAUSED, 15 * HOUR, False, None)


def test_past_the_due_time_the_seconds_over_it_are_below_zero():
    state = response(at(5, 12), opened(5, 9, "P2"))
    assert (state.standing, state.left, state.ticks) == (Standing.OVERDUE, -HOUR, True)


def test_at_the_due_time_itself_nothing_is_late():
    assert response(at(5, 11), opened(5, 9, "P2")).standing is Standing.RUNNING
    assert response(at(5, 11) + timedelta(seconds=1), opened(5, 9, "P2")).standing is Standing.OVERDUE


def test_a_reply_in_time_met_its_target_and_a_late_one_missed_it():
    assert response(at(5, 16), opened(5, 9, "P2"), responded(5, 10)).standing is Standing.MET
    assert response(at(5, 16), opened(5, 9, "P2"), responded(5, 12)).standing is Standing.MISSED


def test_a_ticket_solved_without_a_reply_needs_none_any_more():
    assert response(at(5, 16), opened(5, 9, "P2"), resolved(5, 10)).standing is Standing.RESOLVED
    assert response(at(5, 16), opened(5, 9, "P2"), resolved(5, 12)).standing is Standing.MISSED


def test_only_what_was_promised_has_a_standing():
    assert target_states((opened(5, 9, "Nothing"),), POLICIES, at(5, 9)) == ()
    assert [state.kind for state in target_states((opened(5, 9, "P4"),), POLICIES, at(5, 9))] == [TargetKind.RESPONSE]
