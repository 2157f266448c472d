"""When maintenance is due, and what keeps it from being done."""

from datetime import date

import pytest

from support_retainer.domain.maintenance import (
    Approval,
    Cadence,
    Missing,
    Upgrade,
    due_between,
    due_date,
    is_agreed,
    level_of_lateness,
    missing_to_ask,
    missing_to_ask_window,
    missing_to_finish,
    missing_to_start,
    missing_to_start_window,
)

START = date(2026, 1, 31)
READY = Upgrade(staging_passed=True, has_rollback_plan=True, is_approved=True, has_window=True, is_verified=True)


def test_monthly_work_of_a_contract_from_the_31st_returns_to_the_30th_after_february():
    found = [due_date(START, Cadence.MONTHLY, number) for number in range(3)]
    assert found == [date(2026, 2, 27), date(2026, 3, 30), date(2026, 4, 29)]


@pytest.mark.parametrize(
    ("cadence", "day"),
    [
        (Cadence.ONCE, date(2026, 2, 27)),
        (Cadence.WEEKLY, date(2026, 2, 6)),
        (Cadence.FOUR_WEEKLY, date(2026, 2, 27)),
        (Cadence.QUARTERLY, date(2026, 4, 29)),
        (Cadence.YEARLY, date(2027, 1, 30)),
    ],
)
def test_work_is_due_at_the_end_of_its_first_span(cadence, day):
    assert due_date(START, cadence, 0) == day


def test_what_is_done_on_request_is_never_due():
    assert due_between(START, Cadence.ON_REQUEST, START, date(2030, 1, 1)) == []


def test_what_is_done_once_is_due_once():
    due = date(2026, 2, 27)
    assert due_between(START, Cadence.ONCE, START, date(2030, 1, 1)) == [due]
    assert due_between(START, Cadence.ONCE, date(2026, 2, 28), date(2030, 1, 1)) == []


RETURNING = [one for one in Cadence if one not in (Cadence.ON_REQUEST, Cadence.ONCE)]


@pytest.mark.parametrize("cadence", RETURNING)
def test_looking_from_any_day_finds_the_same_days(cadence):
    last = date(2031, 1, 31)
    whole = due_between(START, cadence, START, last)
    assert len(whole) > 4
    for day in (date(2026, 2, 27), date(2028, 2, 29), date(2030, 12, 31)):
        assert due_between(START, cadence, day, last) == [one for one in whole if one >= day]
    assert due_between(START, cadence, date(2025, 1, 1), date(2026, 1, 30)) == []


def test_lateness_is_told_after_a_day_and_again_after_three():
    due = date(2026, 9, 14)
    levels = [level_of_lateness(due, date(2026, 9, day)) for day in (13, 14, 15, 16, 17, 30)]
    assert levels == [0, 0, 1, 1, 2, 2]


def test_a_job_is_done_when_its_steps_are_and_there_is_proof():
    done = {"needs_evidence": True, "has_evidence": True}
    assert missing_to_finish([True, True], **done) == []
    assert missing_to_finish([True, False], **done) == [Missing.STEPS]
    assert missing_to_finish([True], needs_evidence=True, has_evidence=False) == [Missing.EVIDENCE]
    assert missing_to_finish([], needs_evidence=False, has_evidence=False) == []


def test_a_restore_test_is_its_own_proof_and_cannot_be_left_out():
    wanted = {"needs_evidence": True, "has_evidence": False, "needs_restore_test": True}
    assert missing_to_finish([], **wanted, has_restore_test=True) == []
    assert Missing.RESTORE_TEST in missing_to_finish([], **wanted)


def test_an_upgrade_is_tested_asked_approved_done_and_verified_in_this_order():
    assert missing_to_ask(Upgrade()) == [Missing.STAGING, Missing.ROLLBACK, Missing.WINDOW]
    planned = Upgrade(staging_passed=True, has_rollback_plan=True, has_window=True)
    assert missing_to_ask(planned) == []
    assert missing_to_start(planned) == [Missing.APPROVAL]
    assert missing_to_start(READY) == []
    finished = {"needs_evidence": False, "has_evidence": False}
    assert missing_to_finish([], **finished, upgrade=READY) == []
    unverified = Upgrade(staging_passed=True, has_rollback_plan=True, is_approved=True, has_window=True)
    assert missing_to_finish([], **finished, upgrade=unverified) == [Missing.VERIFICATION]


def test_a_window_is_asked_for_once_it_has_a_time():
    assert missing_to_ask_window(has_window=False) == [Missing.WINDOW]
    assert missing_to_ask_window(has_window=True) == []


def test_a_window_that_was_put_before_the_client_waits_for_his_yes():
    waiting = {approval for approval in Approval if missing_to_start_window(approval) == [Missing.APPROVAL]}
    assert waiting == {Approval.ASKED, Approval.DECLINED}


def test_an_upgrade_stands_once_it_is_approved_and_other_work_unless_it_was_asked_for():
    assert {approval for approval in Approval if is_agreed(True, approval)} == {Approval.APPROVED}
    assert {approval for approval in Approval if is_agreed(False, approval)} == {Approval.APPROVED, Approval.NOT_ASKED}
