"""An SLA Policy: what it keeps, what it refuses, and the calendar that it becomes."""

import json

import frappe
import pytest
from frappe.utils import getdate

from support_retainer import exceptions
from support_retainer.domain.sla_clock import Target, TargetClock
from support_retainer.domain.working_calendar import WorkingCalendar
from tests.site.record_factories import make_holiday_list, new_policy, refused, window


@pytest.mark.parametrize(
    "windows",
    [
        [window("Monday", "09:00", "13:00"), window("Monday", "12:59", "18:00")],
        [window("Monday", "22:00", "03:00"), window("Tuesday", "02:00", "04:00")],
        [window("Sunday", "22:00", "03:00"), window("Monday", "00:00", "01:00")],
        [window("Monday", "09:00", "13:00"), window("Monday", "09:00", "13:00")],
    ],
    ids=["same day", "past midnight", "into the next week", "twice the same"],
)
def test_overlapping_windows_are_refused_by_their_rows(windows):
    message = refused(new_policy(windows=windows), exceptions.OverlappingWindows)

    assert message.startswith("Windows: rows 1 and 2 overlap.")


def test_a_week_that_never_opens_is_refused():
    assert "tick Always Open" in refused(new_policy(windows=[]), exceptions.NeverOpen)


def test_always_open_needs_no_windows():
    assert new_policy(windows=[], always_open=1).insert().calendar() == WorkingCalendar("Asia/Dubai", always_open=True)


@pytest.mark.parametrize("zone", ["Mars/Olympus", "Dubai", "../etc/passwd", None])
def test_an_unknown_time_zone_is_refused(zone):
    assert "Time Zone" in refused(new_policy(time_zone=zone), exceptions.UnknownTimeZone)


@pytest.mark.parametrize(
    "broken",
    [window("Someday", "09:00", "18:00"), window("Monday", "25:00", "18:00"), window("Monday", "nine", "18:00")],
)
def test_a_window_that_is_no_time_of_the_week_is_refused(broken):
    assert "Row 1 of Windows" in refused(new_policy(windows=[broken]), exceptions.InvalidWindow)


@pytest.mark.parametrize(
    ("values", "exception"),
    [
        ({"targets": [{"priority": "High", "response_time": 60}] * 2}, exceptions.DuplicateRow),
        ({"targets": [{"priority": "High"}]}, exceptions.NoTarget),
        ({"targets": [{"priority": "High", "response_time": -60}]}, exceptions.NegativeAmount),
        ({"targets": [{"priority": "High", "resolution_time": 11 * 365 * 86400}]}, exceptions.TargetTooLong),
        (
            {"escalations": [{"target": "Response", "at_percent": 1001, "notify_account_manager": 1}]},
            exceptions.InvalidEscalation,
        ),
        ({"pause_on": [{"status": "Open"}]}, exceptions.InvalidPauseStatus),
        ({"pause_on": [{"status": "Sleeping"}]}, exceptions.InvalidPauseStatus),
        ({"escalations": [{"target": "Response", "at_percent": 100}]}, exceptions.InvalidEscalation),
        (
            {"escalations": [{"target": "Response", "at_percent": 0, "notify_account_manager": 1}]},
            exceptions.InvalidEscalation,
        ),
        ({"intake_rules": [{"contains": "down"}]}, exceptions.InvalidIntakeRule),
    ],
)
def test_a_policy_that_cannot_be_kept_is_refused(values, exception):
    refused(new_policy(**values), exception)


def test_a_response_after_the_resolution_is_questioned_but_allowed():
    targets = [{"priority": "High", "response_time": 7200, "resolution_time": 3600}]
    new_policy(targets=targets).insert()

    assert any("Is that meant?" in json.dumps(message) for message in frappe.get_message_log())


def test_a_policy_becomes_a_calendar_and_targets():
    holidays = make_holiday_list("2026-12-02")
    policy = new_policy(
        holiday_list=holidays,
        windows=[window("Monday", "22:00", "00:00"), window("Tuesday", "09:00:30", "18:00")],
        targets=[{"priority": "High", "response_time": 3600, "clock": "Always"}],
    ).insert()
    policy = frappe.get_doc("SLA Policy", policy.name)
    calendar = policy.calendar()

    assert [(row.day, row.start, row.end) for row in calendar.windows] == [(0, 79200, 0), (1, 32430, 64800)]
    assert calendar.holidays == frozenset([getdate("2026-12-02")])
    assert policy.targets_by_priority() == {"High": Target(3600, None, TargetClock.ALWAYS)}


def test_a_known_calendar_costs_no_query():
    policy = new_policy(holiday_list=make_holiday_list("2026-12-02")).insert()
    first = frappe.get_cached_doc("SLA Policy", policy.name).calendar()
    before = queries()
    second = frappe.get_cached_doc("SLA Policy", policy.name).calendar()

    assert second is first
    assert queries() - before == 1  # the question itself


def test_a_new_holiday_is_a_new_calendar():
    name = make_holiday_list("2026-12-02")
    policy = new_policy(holiday_list=name).insert()
    policy.calendar()
    holidays = frappe.get_doc("Holiday List", name)
    holidays.append("holidays", {"holiday_date": "2026-12-03", "description": "Second day"})
    holidays.save()

    assert getdate("2026-12-03") in policy.calendar().holidays


def queries() -> int:
    return int(frappe.db.sql("SHOW SESSION STATUS LIKE 'Questions'")[0][1])
