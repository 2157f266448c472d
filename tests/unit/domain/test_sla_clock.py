"""The SLA clock in sentences. March 2026 starts on a Sunday; the 5th is a Thursday, the 6th a Friday."""

from datetime import timedelta
from itertools import permutations

import pytest

from support_retainer.domain.sla_clock import AgreementStatus, Event, EventKind, explain
from tests.unit.domain.clock_stories import (
    HOUR,
    POLICIES,
    at,
    clock,
    opened,
    paused,
    reopened,
    resolved,
    responded,
    resumed,
)


def test_friday_on_hold_from_10_to_12_before_any_response_is_due_monday_at_11():
    state = clock(at(6, 12), opened(6, 9), paused(6, 10), resumed(6, 12))
    assert state.response_by == at(9, 11)
    assert state.hold_seconds == 2 * HOUR


def test_a_hold_from_friday_16_to_monday_9_costs_one_working_hour_of_sixteen():
    state = clock(at(9, 9), opened(5, 9), responded(5, 10), paused(6, 16), resumed(9, 9))
    assert state.resolution_by == at(9, 10)
    assert state.hold_seconds == HOUR


def test_both_worked_examples_hold_for_response_and_resolution_alike():
    before_response = clock(at(9, 9), opened(6, 9, "Resolution only"), paused(6, 10), resumed(6, 12))
    assert before_response.resolution_by == at(9, 11)
    unanswered = clock(at(9, 9), opened(5, 9, "P4"), paused(6, 16), resumed(9, 9))
    assert unanswered.response_by == at(9, 10)


def test_pause_removes_only_the_working_time_it_overlaps():
    assert clock(at(7, 0), opened(5, 9), paused(5, 18), resumed(6, 8)).resolution_by == at(6, 17)


def test_pause_after_the_first_response_extends_only_the_resolution():
    state = clock(at(5, 14), opened(5, 9), responded(5, 10), paused(5, 11), resumed(5, 13))
    assert (state.response_by, state.resolution_by) == (at(5, 17), at(9, 11))


def test_reply_during_a_pause_ends_the_response_and_leaves_the_pause_running():
    state = clock(at(5, 15), opened(5, 9, "P2"), paused(5, 10), responded(5, 14))
    assert state.response_met is True
    assert state.response_by == at(5, 15)
    assert state.paused_since == at(5, 10)


def test_due_time_of_a_paused_issue_is_the_one_it_would_have_if_resumed_now():
    events = (opened(5, 9, "P2"), paused(5, 10))
    assert clock(at(5, 10), *events).response_by == at(5, 11)
    assert clock(at(5, 12), *events).response_by == at(5, 13)
    assert clock(at(5, 12), *events).response_by == clock(at(5, 12), *events, resumed(5, 12)).response_by


def test_target_on_the_clock_always_runs_at_night_and_counts_the_whole_pause():
    state = clock(at(6, 23), opened(6, 20, "P1"), paused(6, 21), resumed(6, 22))
    assert state.resolution_by == at(7, 1)
    assert state.hold_seconds == 0, "no support hours were lost"


def test_change_of_priority_measures_from_the_opening_with_all_pauses_kept():
    change = Event(at(5, 13), EventKind.PRIORITY_CHANGED, "P2")
    state = clock(at(5, 13), opened(5, 9, "P3"), paused(5, 10), resumed(5, 12), change)
    assert (state.response_by, state.resolution_by) == (at(5, 13), at(6, 11))
    assert state.priority == "P2"


def test_change_of_policy_measures_from_the_opening_in_the_new_hours():
    change = Event(at(5, 13), EventKind.POLICY_CHANGED, "Short")
    state = clock(at(5, 13), opened(5, 9, "P2"), paused(5, 11), resumed(5, 15), change)
    assert state.resolution_by == at(9, 11), "two hours of Thursday, four of Friday, two of Monday"
    assert state.hold_seconds == 2 * HOUR


def test_reply_is_judged_by_the_priority_it_was_given_under():
    change = Event(at(5, 15), EventKind.PRIORITY_CHANGED, "P2")
    state = clock(at(5, 15), opened(5, 9, "P3"), responded(5, 14), change)
    assert state.response_met is True
    assert state.response_by == at(5, 17)
    assert state.resolution_by == at(5, 17)


def test_resolution_is_judged_by_the_priority_it_was_reached_under_until_it_is_reopened():
    change = Event(at(9, 10), EventKind.PRIORITY_CHANGED, "P2")
    history = (opened(5, 9, "P3"), responded(5, 10), resolved(6, 16), change)
    assert clock(at(9, 11), *history).status is AgreementStatus.FULFILLED
    assert clock(at(9, 11), *history, reopened(9, 11)).status is AgreementStatus.FAILED


def test_reopening_resumes_the_clock_and_the_time_in_between_does_not_count():
    state = clock(at(9, 10), opened(5, 9), responded(5, 10), resolved(5, 16), reopened(9, 9))
    assert state.resolved_at is None
    assert state.resolution_counted == 8 * HOUR
    assert state.resolution_by == at(10, 10), "seven hours used on Thursday, nine left from Monday 9"
    assert state.hold_seconds == 0, "a closed issue waited for nobody"


def test_reopening_an_issue_that_was_resolved_on_hold_does_not_bring_the_hold_back():
    state = clock(at(6, 12), opened(5, 9), paused(5, 11), resolved(5, 15), reopened(6, 10))
    assert state.paused_since is None
    assert state.hold_seconds == 4 * HOUR
    assert state.resolution_counted == 4 * HOUR


def test_first_response_is_recorded_once():
    state = clock(at(6, 9), opened(5, 9, "P2"), responded(5, 10), responded(5, 16))
    assert (state.responded_at, state.response_met) == (at(5, 10), True)


@pytest.mark.parametrize(("minute", "met"), [(0, True), (1, False)])
def test_reply_at_the_due_time_is_in_time_and_a_minute_later_is_not(minute: int, met: bool):
    assert clock(at(6, 9), opened(5, 9, "P2"), responded(5, 11, minute)).response_met is met


def test_reply_after_hours_misses_a_target_that_fell_due_as_the_day_ended():
    state = clock(at(9, 9), opened(6, 9, "P3"), responded(7, 12))
    assert (state.response_by, state.response_counted, state.response_met) == (at(6, 17), 8 * HOUR, False)


def test_missed_target_keeps_its_due_time_whatever_pauses_follow():
    state = clock(at(9, 9), opened(5, 9, "P2"), paused(5, 12), resumed(5, 14), paused(6, 12), resumed(9, 9))
    assert (state.response_by, state.response_met) == (at(5, 11), False)


def test_status_goes_from_response_to_resolution_to_fulfilled():
    events = [opened(5, 9), responded(5, 10), resolved(5, 11)]
    states = [clock(at(5, 12), *events[:n]).status for n in (1, 2, 3)]
    assert states == ["First Response Due", "Resolution Due", "Fulfilled"]


def test_missed_response_stays_failed_though_the_resolution_is_in_time():
    state = clock(at(5, 17), opened(5, 9, "P2"), responded(5, 12), resolved(5, 13))
    assert (state.response_met, state.resolution_met, state.status) == (False, True, AgreementStatus.FAILED)


def test_resolved_before_the_response_fell_due_leaves_the_response_unjudged():
    state = clock(at(9, 9), opened(5, 9, "P2"), resolved(5, 10))
    assert (state.response_met, state.status, state.responded_at) == (None, AgreementStatus.FULFILLED, None)
    assert state.response_by == at(5, 11), "as it would have been, however much later one looks"


def test_resolved_after_the_response_fell_due_has_missed_it():
    assert clock(at(9, 9), opened(5, 9, "P2"), resolved(5, 12)).response_met is False


def test_target_without_resolution_is_fulfilled_by_the_reply():
    state = clock(at(6, 9), opened(5, 9, "P4"), responded(5, 10))
    assert (state.resolution_by, state.status) == (None, AgreementStatus.FULFILLED)


def test_target_without_response_waits_for_the_resolution():
    state = clock(at(5, 10), opened(5, 9, "Resolution only"))
    assert (state.response_by, state.response_met, state.status) == (None, None, AgreementStatus.RESOLUTION_DUE)


@pytest.mark.parametrize("opening", [opened(5, 9, "Unlisted"), opened(5, 9, "Nothing"), opened(5, 9, "P1", "")])
def test_without_a_target_there_is_no_status_and_nothing_to_explain(opening: Event):
    state = clock(at(20, 9), opening, paused(5, 10))
    assert (state.response_by, state.resolution_by, state.status, state.next_event_at) == (None,) * 4
    assert explain([opening], POLICIES, at(20, 9)) == ()


def test_next_event_is_the_first_due_time_that_is_still_open():
    events = (opened(5, 9, "P2"), responded(5, 12))
    assert clock(at(5, 10), events[0]).next_event_at == at(5, 11)
    assert clock(at(5, 11), events[0]).next_event_at == at(5, 11), "a reply at this second would be in time"
    assert clock(at(5, 11, 1), events[0]).next_event_at == at(5, 17)
    assert clock(at(5, 12), *events).next_event_at == at(5, 17)
    assert clock(at(6, 9), *events).next_event_at is None, "both are missed"


def test_nothing_is_due_while_paused_or_after_the_resolution():
    assert clock(at(5, 10), opened(5, 9), paused(5, 10)).next_event_at is None
    assert clock(at(5, 10), opened(5, 9), resolved(5, 10)).next_event_at is None


def test_events_after_the_moment_asked_for_are_not_seen():
    events = (opened(5, 9, "P2"), responded(5, 10), paused(5, 12))
    assert clock(at(5, 9, 30), *events) == clock(at(5, 9, 30), events[0])


def test_issue_opened_in_the_future_has_its_due_times_but_has_used_nothing():
    state = clock(at(4, 9), opened(5, 9, "P2"))
    assert (state.response_by, state.response_counted, state.next_event_at) == (at(5, 11), 0, at(5, 11))


def test_pause_while_paused_resume_while_running_and_the_like_change_nothing():
    plain = (opened(5, 9), paused(5, 10), resumed(5, 12), resolved(6, 9))
    noise = (resumed(5, 9), reopened(5, 9), paused(5, 11, "Vendor"), reopened(5, 11), resumed(5, 13))
    late = (paused(6, 10), resolved(6, 11), resumed(6, 12), opened(6, 13, "P1"), Event(at(6, 14), EventKind.ESCALATED))
    assert clock(at(9, 9), *plain, *noise, *late) == clock(at(9, 9), *plain)


def test_events_of_one_instant_give_the_same_state_in_any_order():
    together = (paused(5, 11), resumed(5, 11), responded(5, 11), resolved(5, 11), Event(at(5, 11), EventKind.REOPENED))
    states = {clock(at(6, 9), *order, opened(5, 9)) for order in permutations(together)}
    assert len(states) == 1
    assert states.pop().resolved_at == at(5, 11)


def test_duplicated_events_change_nothing():
    events = (opened(5, 9), paused(5, 10), resumed(5, 12), responded(5, 13), resolved(5, 14), reopened(6, 9))
    assert clock(at(6, 10), *events, *events) == clock(at(6, 10), *events)


def test_fact_dated_before_the_opening_counts_from_the_opening():
    assert clock(at(5, 12), opened(5, 9, "P2"), responded(5, 8)).responded_at == at(5, 9)


def test_parts_of_a_second_never_show():
    drift = timedelta(microseconds=999_999)
    events = [Event(e.at + drift, e.kind, e.value) for e in (opened(5, 9), paused(5, 10), resumed(5, 12))]
    assert clock(at(5, 13) + drift, *events) == clock(at(5, 13), opened(5, 9), paused(5, 10), resumed(5, 12))
