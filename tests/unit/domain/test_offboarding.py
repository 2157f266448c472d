"""The end of a contract, as the offer of catalogue 000 promises it: duties of both sides, 30 days of transition."""

from datetime import date

import pytest

from support_retainer.domain.offboarding import (
    Duty,
    InvalidExportDays,
    Stage,
    TaskKey,
    checklist,
    export_days,
    exports_due,
    progress,
    stage,
    transition_end,
)

NOTICE, END = date(2026, 9, 14), date(2026, 10, 14)


def test_both_sides_have_their_duties():
    tasks = checklist(NOTICE, END, 30)

    ours = {task.key for task in tasks if task.duty is Duty.US}
    assert ours == {TaskKey.EXPORT, TaskKey.DOCUMENTATION, TaskKey.CREDENTIALS, TaskKey.TRANSITION}
    assert {task.key for task in tasks} - ours == {TaskKey.INVOICES, TaskKey.HOSTING, TaskKey.USERS}


def test_tasks_come_in_the_order_of_their_days_and_the_transition_ends_last():
    days = [task.due for task in checklist(NOTICE, END, 30)]

    assert days == sorted(days)
    assert days[-1] == transition_end(END, 30) == date(2026, 11, 13)


def test_after_a_short_notice_nothing_was_due_before_it():
    assert min(task.due for task in checklist(END, END, 30)) == END


@pytest.mark.parametrize(("text", "days"), [("14, 3, 0", (14, 3, 0)), ("0 3,14", (14, 3, 0)), ("7,7", (7,)), ("", ())])
def test_export_days_are_read_in_any_order(text, days):
    assert export_days(text) == days


@pytest.mark.parametrize("text", ["soon", "3;2", "-1", "1.5"])
def test_export_days_that_are_no_days_are_refused(text):
    with pytest.raises(InvalidExportDays) as refused:
        export_days(text)
    assert refused.value.field == "export_days"


@pytest.mark.parametrize(
    ("today", "due"),
    [
        (date(2026, 9, 29), ()),
        (date(2026, 9, 30), (date(2026, 9, 30),)),
        (date(2026, 10, 14), (date(2026, 9, 30), date(2026, 10, 11))),
        (date(2026, 10, 15), (date(2026, 9, 30), date(2026, 10, 11), date(2026, 10, 15))),
    ],
)
def test_exports_are_made_on_their_days_and_the_last_one_when_nothing_is_added_any_more(today, due):
    assert exports_due(END, (14, 3, 0), today) == due


@pytest.mark.parametrize(
    ("ended", "today", "expected"),
    [
        (False, date(2027, 1, 1), Stage.SERVED),
        (True, date(2026, 10, 15), Stage.TRANSITION),
        (True, date(2026, 11, 13), Stage.TRANSITION),
        (True, date(2026, 11, 14), Stage.OVER),
    ],
)
def test_transition_lasts_thirty_days(ended, today, expected):
    assert stage(END, ended, 30, today) is expected


def test_without_transition_the_end_is_the_end():
    assert stage(END, True, 0, date(2026, 10, 15)) is Stage.OVER
    assert stage(None, True, 30, END) is Stage.OVER


def test_progress_is_a_share_of_the_tasks():
    assert progress([True, False, False]) == 33.3
    assert progress([]) == 100.0
