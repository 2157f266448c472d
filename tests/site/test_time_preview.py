"""What a timesheet row would cost is known before it is saved, and a manager may decide otherwise, on record."""

import frappe
import pytest

from support_retainer.exceptions import DecisionNeedsReason, ManagersOnly
from support_retainer.hours import explain
from support_retainer.hours.api import preview
from support_retainer.testing import make_contract, make_issue, make_timesheet
from tests.support.people import acting_as, make_user
from tests.support.stories import at, decisions, on_contract

AGENT = ("Retainer Agent", "Projects User", "Support Team")
MANAGER = ("Retainer Manager", "Projects User", "Support Team")


def a_row(issue, start="10:00:00", end="11:00:00", **values):
    row = {"idx": 1, "issue": issue.name, "activity_type": "User Support"}
    return {**row, "from_time": f"2026-09-14 {start}", "to_time": f"2026-09-14 {end}", **values}


@pytest.fixture
def contract(site):
    return make_contract(package="Growth", go_live="2026-08-31")


@pytest.fixture
def issue(contract):
    return make_issue(contract)


def test_the_preview_shows_pool_minutes_and_money_of_a_row_past_the_end_of_the_pool(issue):
    (answer,) = preview([a_row(issue, end="15:10:00")])

    included, overage = answer["parts"]
    assert (included["coverage"], included["pool"], included["drawn_minutes"]) == ("Included", "Support Hours", 240)
    assert (overage["coverage"], overage["minutes"], overage["amount"]) == ("Overage", 70, 175.0)
    assert (answer["drawn_minutes"], answer["billed_minutes"], answer["amount"]) == (240, 310, 175.0)
    assert overage["from_time"] == "2026-09-14 14:00:00"


def test_the_second_row_sees_what_the_first_would_draw(issue):
    answers = preview([a_row(issue, end="13:30:00"), a_row(issue, "14:00:00", "15:00:00", idx=2)])

    assert [answer["drawn_minutes"] for answer in answers] == [210, 30]
    assert answers[1]["amount"] == 75.0


def test_the_preview_is_what_submitting_then_does(issue):
    promised = preview([a_row(issue, end="15:10:00")])[0]["parts"]

    sheet = make_timesheet({"issue": issue.name, "from_time": "2026-09-14 10:00:00", "minutes": 310})
    kept = [(row.retainer_coverage, row.retainer_billed_minutes, row.billing_amount) for row in sheet.time_logs]
    assert kept == [(part["coverage"], part["minutes"], part["amount"]) for part in promised]


def test_the_preview_writes_nothing(issue, contract):
    before = frappe.db.count("Hour Ledger Entry")
    preview([a_row(issue, end="15:10:00")])

    assert frappe.db.count("Hour Ledger Entry") == before
    assert frappe.db.get_value("Hour Ledger", {"contract": contract.name}, "balance_minutes") == 240


def test_a_row_without_times_or_contract_has_no_answer_yet(site):
    assert [answer["parts"] for answer in preview([{"idx": 1, "activity_type": "Training"}])] == [[]]


def test_a_client_is_told_nothing_here(issue):
    with acting_as(make_user("Customer", user_type="Website User")), pytest.raises(frappe.PermissionError):
        preview([a_row(issue)])


def test_staff_without_the_right_to_log_time_is_told_nothing(issue):
    with acting_as(make_user("Stock User")), pytest.raises(frappe.PermissionError):
        preview([a_row(issue)])


def override(sheet, kind, reason="Goodwill after the outage", rate=0):
    row = sheet.time_logs[0]
    row.update({"retainer_override": kind, "retainer_override_reason": reason, "retainer_override_rate": rate})
    return sheet


def draft(issue, minutes=60, **row):
    row = {"issue": issue.name, "from_time": "2026-09-14 10:00:00", "minutes": minutes, **row}
    return make_timesheet(row, submit=False)


def test_a_manager_gives_training_away_and_it_costs_nothing(issue):
    sheet = draft(issue, activity_type="Training")
    with acting_as(make_user(*MANAGER)) as manager:
        override(sheet, "Free").save()
        sheet.submit()

    row = sheet.time_logs[0]
    assert (row.retainer_coverage, row.billing_amount, row.retainer_override_by) == ("Free", 0, manager)
    assert "Goodwill after the outage" in row.retainer_coverage_reason


def test_a_manager_charges_included_work_at_a_rate_of_his_own(issue, contract):
    with acting_as(make_user(*MANAGER)):
        sheet = override(draft(issue), "Hourly", rate=99).save()
        sheet.submit()

    row = sheet.time_logs[0]
    assert (row.retainer_coverage, row.billing_amount) == ("Hourly", 99)
    assert frappe.db.get_value("Hour Ledger", {"contract": contract.name}, "balance_minutes") == 240


def test_a_manager_lets_training_draw_on_the_hours(issue, contract):
    with acting_as(make_user(*MANAGER)):
        override(draft(issue, minutes=300, activity_type="Training"), "Included").submit()

    rows = frappe.get_all("Timesheet Detail", {"issue": issue.name}, ["*"], order_by="idx")
    assert [(row.retainer_coverage, row.retainer_billed_minutes) for row in rows] == [
        ("Included", 240),
        ("Overage", 60),
    ]
    assert {row.retainer_override for row in rows} == {"Included"}


def test_a_decision_is_logged_on_the_sheet(issue):
    with acting_as(make_user(*MANAGER)) as manager:
        sheet = override(draft(issue), "Free").save()

    comments = frappe.get_all(
        "Comment", {"reference_doctype": "Timesheet", "reference_name": sheet.name}, ["content", "comment_email"]
    )
    logged = [comment for comment in comments if "Goodwill after the outage" in comment.content]
    assert [comment.comment_email for comment in logged] == [manager]


def test_an_agent_cannot_decide(issue):
    with acting_as(make_user(*AGENT)), pytest.raises(ManagersOnly):
        override(draft(issue), "Free").save()


def test_an_agent_cannot_put_other_work_into_a_row_that_was_decided_on(issue):
    with acting_as(make_user(*MANAGER)):
        sheet = override(draft(issue), "Free").save()
    sheet.time_logs[0].to_time = "2026-09-14 18:00:00"

    with acting_as(make_user(*AGENT)), pytest.raises(ManagersOnly):
        sheet.save()


def test_an_agent_cannot_sign_with_the_name_of_a_manager(issue):
    sheet = draft(issue)
    sheet.time_logs[0].retainer_override_by = "Administrator"
    with acting_as(make_user(*AGENT)):
        sheet.save()

    assert not sheet.time_logs[0].retainer_override_by


def test_an_agent_may_submit_what_a_manager_decided(issue):
    with acting_as(make_user(*MANAGER)):
        sheet = override(draft(issue), "Free").save()
    with acting_as(make_user(*AGENT)):
        sheet.submit()

    assert sheet.time_logs[0].retainer_coverage == "Free"


def test_a_decision_needs_a_reason(issue):
    with acting_as(make_user(*MANAGER)), pytest.raises(DecisionNeedsReason):
        override(draft(issue), "Free", reason=" ").save()


def test_a_preview_on_the_first_day_of_a_period_counts_the_hours_that_no_job_has_given_yet(site):
    """All four hours of September are used; on the 30th the next period begins, and the job has not run."""
    at("2026-09-14 19:30")
    contract = make_contract("Growth", "2026-08-31")
    make_timesheet(on_contract(contract, "2026-09-14 09:00", 240))
    at("2026-09-30 12:00")
    rows = [{**on_contract(contract, "2026-09-30 09:00", 60), "to_time": "2026-09-30 10:00"}]
    (answer,) = explain.explain(rows)
    assert [(part["coverage"], part["drawn_minutes"]) for part in answer["parts"]] == [("Included", 60)]
    draft = make_timesheet(on_contract(contract, "2026-09-30 09:00", 60), submit=False)
    assert decisions(draft) == [("Included", 60)]
    draft.submit()
    assert decisions(draft) == [("Included", 60)]


def test_a_timer_that_starts_on_used_up_hours_says_so(site):
    at("2026-09-14 10:00")
    contract = make_contract("Growth", "2026-08-31")
    ticket = make_issue(contract)
    assert explain.warning(ticket.name, "User Support") == ""
    make_timesheet(on_contract(contract, "2026-09-09 09:00", 240))
    assert "Included hours are used up" in explain.warning(ticket.name, "User Support")
