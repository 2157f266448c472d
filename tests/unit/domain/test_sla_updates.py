"""When a client hears from us again while an issue is open. March 2026: the 5th is a Thursday, the 6th a Friday."""

from dataclasses import replace
from datetime import datetime

import pytest

from support_retainer.domain.sla_clock import ClockState, Event, EventKind, replay
from tests.unit.domain.clock_stories import HOUR, POLICIES, at, opened, paused, resolved, responded, resumed

DAILY = {name: replace(policy, update_every=8 * HOUR) for name, policy in POLICIES.items()}  # one day, from 9 to 17


def clock(now: datetime, *events: Event) -> ClockState:
    return replay(events, DAILY, now)


def due(state: ClockState) -> datetime | None:
    return state.update.due if state.update else None


def asked(when: datetime, since: datetime) -> Event:
    return Event(when, EventKind.ESCALATED, f'{{"target": "Update", "percent": 100, "since": "{since.isoformat()}"}}')


def test_before_the_first_reply_the_response_target_is_all_that_runs():
    assert due(clock(at(5, 12), opened(5, 9))) is None


def test_the_next_word_is_due_so_many_support_hours_after_the_last():
    assert due(clock(at(5, 12), opened(5, 9), responded(5, 10))) == at(6, 10)
    assert due(clock(at(6, 9), opened(5, 9), responded(5, 10), responded(5, 16))) == at(6, 16)


def test_an_update_that_was_not_given_stays_due():
    assert due(clock(at(6, 15), opened(5, 9), responded(5, 10))) == at(6, 10)


def test_support_hours_count_even_where_the_targets_run_at_night():
    assert due(clock(at(5, 12), opened(5, 9, "P1"), responded(5, 10))) == at(6, 10)


@pytest.mark.parametrize("stop", [paused(5, 11), resolved(5, 11)])
def test_nothing_is_owed_while_the_clock_stands(stop):
    assert due(clock(at(6, 15), opened(5, 9), responded(5, 10), stop)) is None


def test_a_pause_takes_away_only_the_support_hours_it_overlaps():
    state = clock(at(6, 12), opened(5, 9), responded(5, 10), paused(5, 11), resumed(6, 11))
    assert due(state) == at(6, 11).replace(day=9, hour=10)  # one hour of Thursday, six of Friday, one of Monday


def test_the_sweep_finds_an_update_once():
    last = at(5, 10)
    facts = [opened(5, 9, "Nothing"), responded(5, 10)]
    assert clock(at(5, 12), *facts).next_event_at == at(6, 10)
    told = clock(at(6, 11), *facts, asked(at(6, 10), last))
    assert (told.update.is_asked, told.next_event_at) == (True, None)


def test_after_the_next_word_another_is_promised():
    state = clock(at(6, 12), opened(5, 9), responded(5, 10), asked(at(6, 10), at(5, 10)), responded(6, 11))
    assert (due(state), state.update.is_asked) == (at(9, 11), False)


def test_later_words_leave_the_first_reply_as_it_was():
    state = clock(at(6, 12), opened(5, 9), responded(5, 10), responded(6, 11))
    assert state.responded_at == at(5, 10)


def test_a_policy_that_promises_no_updates_owes_none():
    assert due(replay([opened(5, 9), responded(5, 10)], POLICIES, at(6, 15))) is None
