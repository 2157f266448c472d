"""Time is logged on the ticket, by a timer or in one go, and lands on the user's own sheet of that day."""

from datetime import datetime

import frappe
import pytest

from support_retainer.exceptions import InvalidTime, NoTimer, TimerRuns, TimeTaken
from support_retainer.hours import api, day_sheet
from support_retainer.testing import make_contract, make_issue, make_timesheet
from tests.support.people import acting_as, make_user
from tests.support.stories import worked

AGENT = ("Retainer Agent", "Support Team")


def at(hour, minute=0, day=14):
    """Freeze the clock; Frappe needs non-zero microseconds to see that a record changed."""
    frappe.flags.current_time = datetime(2026, 9, day, hour, minute, 0, 1)


@pytest.fixture
def issue(site):
    at(9)
    return make_issue(make_contract(package="Growth", go_live="2026-08-31"))


@pytest.fixture
def agent(issue):
    with acting_as(make_user(*AGENT)) as user:
        yield user


def rows(user):
    return frappe.db.sql(
        """select detail.from_time, detail.to_time, detail.issue, detail.parent, detail.docstatus, sheet.retainer_day
        from `tabTimesheet Detail` detail join `tabTimesheet` sheet on sheet.name = detail.parent
        where sheet.user = %s and sheet.docstatus < 2 order by detail.from_time""",
        user,
        as_dict=True,
    )


def times(user):
    return [(f"{row.from_time:%H:%M}", f"{row.to_time:%H:%M}") for row in rows(user)]


def log(issue, start, end, activity_type="User Support", day=14):
    return api.log_time(issue.name, activity_type, f"2026-09-{day} {start}", f"2026-09-{day} {end}", "Looked into it")


def test_a_timer_that_was_paused_logs_both_stretches(issue, agent):
    api.start_timer(issue.name, "User Support")
    at(9, 40)
    api.pause_timer()
    at(10)
    api.start_timer(issue.name, "User Support")
    at(10, 15)
    api.stop_timer(note="Restarted the report queue")

    assert times(agent) == [("09:00", "09:40"), ("10:00", "10:15")]
    assert {row.issue for row in rows(agent)} == {issue.name}
    assert api.current_timer() is None


def test_a_timer_survives_a_reload(issue, agent):
    api.start_timer(issue.name, "User Support")
    at(9, 10)
    api.pause_timer()
    at(9, 30)
    api.start_timer(issue.name, "User Support")

    timer = api.current_timer()
    assert (timer["issue"], timer["status"], timer["seconds"]) == (issue.name, "Running", 600)
    assert timer["running_since"]


def test_a_user_has_one_timer(issue, agent):
    other = make_issue(frappe.get_doc("Retainer Contract", issue.retainer_contract))
    api.start_timer(issue.name, "User Support")

    with pytest.raises(TimerRuns, match=issue.name):
        api.start_timer(other.name, "User Support")


def test_two_users_time_the_same_ticket(issue, agent):
    api.start_timer(issue.name, "User Support")
    with acting_as(make_user(*AGENT)) as colleague:
        api.start_timer(issue.name, "User Support")
        at(9, 30)
        api.stop_timer()
        assert times(colleague) == [("09:00", "09:30")]
    assert api.current_timer()["issue"] == issue.name


def test_a_second_stop_in_another_window_logs_nothing_twice(issue, agent):
    api.start_timer(issue.name, "User Support")
    at(9, 30)
    api.stop_timer()

    with pytest.raises(NoTimer):
        api.stop_timer()
    assert times(agent) == [("09:00", "09:30")]


def test_time_logged_by_hand_while_the_timer_ran_is_not_counted_twice(issue, agent):
    api.start_timer(issue.name, "User Support")
    at(11)
    log(issue, "09:30", "10:00")
    api.stop_timer()

    assert times(agent) == [("09:00", "09:30"), ("09:30", "10:00"), ("10:00", "11:00")]


def test_a_timer_across_midnight_fills_the_sheets_of_two_days(issue, agent):
    at(23, 30)
    api.start_timer(issue.name, "User Support")
    at(0, 45, day=15)
    api.stop_timer()

    assert [str(row.retainer_day) for row in rows(agent)] == ["2026-09-14", "2026-09-15"]
    assert times(agent) == [("23:30", "00:00"), ("00:00", "00:45")]


def test_a_timer_left_running_over_the_weekend_asks_when_the_work_ended(issue, agent):
    api.start_timer(issue.name, "User Support")
    at(9, day=17)
    with pytest.raises(InvalidTime):
        api.stop_timer()

    api.stop_timer(ended_at="2026-09-14 09:25:00")
    assert times(agent) == [("09:00", "09:25")]


def test_a_discarded_timer_logs_nothing(issue, agent):
    api.start_timer(issue.name, "User Support")
    at(10)
    api.discard_timer()

    assert (api.current_timer(), rows(agent)) == (None, [])


def test_the_entries_of_a_day_share_one_small_sheet(issue, agent):
    at(18)
    first, second = log(issue, "09:00", "09:30"), log(issue, "10:00", "10:30")

    assert first == second
    assert frappe.db.count("Timesheet", {"user": agent}) == 1


def test_the_sheet_of_the_day_is_submitted_at_once_where_that_is_set(issue, agent):
    frappe.db.set_single_value("Retainer Settings", "submit_time", "At Once")
    at(18)
    log(issue, "09:00", "09:30")
    log(issue, "10:00", "10:30")

    assert [row.docstatus for row in rows(agent)] == [1, 1]
    balance = frappe.db.get_value("Hour Ledger", {"contract": issue.retainer_contract}, "balance_minutes")
    assert balance == 240 - 60


@pytest.mark.commits
def test_sheets_of_past_days_are_booked_and_todays_stays_a_draft(issue, agent):
    at(10, day=15)
    log(issue, "09:00", "09:30")
    log(issue, "09:00", "09:30", day=15)
    frappe.db.commit()

    with acting_as("Administrator"):
        assert day_sheet.submit_finished(datetime(2026, 9, 15).date()) == 1
    assert [row.docstatus for row in rows(agent)] == [1, 0]


@pytest.mark.commits
def test_a_sheet_written_by_hand_is_nobody_elses_to_submit(issue):
    at(10, day=15)
    sheet = make_timesheet(worked(issue, "2026-09-14 09:00", 30), submit=False)
    frappe.db.commit()

    assert day_sheet.submit_finished(datetime(2026, 9, 15).date()) == 0
    assert frappe.db.get_value("Timesheet", sheet.name, "docstatus") == 0


def test_the_same_time_is_not_logged_twice_and_the_error_says_where_it_is(issue, agent):
    at(18)
    (sheet,) = log(issue, "09:00", "09:30")

    with pytest.raises(TimeTaken, match=sheet):
        log(issue, "09:15", "09:45")


def test_work_in_the_future_is_refused(issue, agent):
    at(9)
    with pytest.raises(InvalidTime):
        log(issue, "10:00", "11:00")


def test_an_employee_logs_as_employee(issue, agent):
    company = frappe.db.get_value("Retainer Contract", issue.retainer_contract, "company")
    employee = frappe.get_doc(
        doctype="Employee",
        first_name="Test",
        company=company,
        user_id=agent,
        gender="Female",
        date_of_birth="1990-01-01",
        date_of_joining="2020-01-01",
        create_user_permission=0,
    )
    employee.insert(ignore_permissions=True, ignore_mandatory=True)
    at(18)
    (sheet,) = log(issue, "09:00", "09:30")

    assert frappe.db.get_value("Timesheet", sheet, ["user", "employee"]) == (agent, employee.name)


def test_a_ticket_that_the_user_may_not_read_takes_no_time(issue):
    with acting_as(make_user("Projects User")), pytest.raises(frappe.PermissionError):
        log(issue, "08:00", "08:30")


def test_a_client_logs_no_time(issue):
    with acting_as(make_user("Customer", user_type="Website User")), pytest.raises(frappe.PermissionError):
        log(issue, "08:00", "08:30")


def test_time_on_a_contract_needs_no_ticket(issue, agent):
    at(18)
    entry = day_sheet.Entry("User Support", "Monthly call", contract=issue.retainer_contract)
    (name,) = day_sheet.log(agent, entry, [day_sheet.Span(datetime(2026, 9, 14, 9), datetime(2026, 9, 14, 10))])

    with acting_as("Administrator"):
        sheet = frappe.get_doc("Timesheet", name).submit()
    assert sheet.time_logs[0].retainer_coverage == "Included"
