"""A call that somebody answered is on a ticket, answers the client, and draws the phone hours of whoever spoke."""

import frappe
import pytest

from support_retainer.testing import make_contract, make_issue
from tests.support.people import acting_as, make_contact, make_user
from tests.support.stories import allow_foreign_currency, at, balances

NUMBER, OURS = "+971501234567", "+97140000000"
TEN_HOURS = 600


@pytest.fixture
def contract(site):
    """Ten hours a month by phone; everything else is included without limit."""
    at("2026-09-14 19:00")
    allow_foreign_currency()
    contract = make_contract("Ongoing Support", "2026-08-31")
    make_contact(contract.customer, phone=NUMBER)
    settings = frappe.get_doc("Retainer Settings")
    settings.update({"call_activity_type": "Troubleshooting", "submit_time": "At Once"})
    settings.save()
    return contract


@pytest.fixture
def agent(contract):
    return make_user("Retainer Agent", "Support Team")


def call(**values):
    values = {
        "id": frappe.generate_hash(length=8),
        "from": NUMBER,
        "to": OURS,
        "type": "Incoming",
        "status": "Completed",
        "start_time": "2026-09-14 18:20:00",
        "end_time": "2026-09-14 18:45:00",
        "duration": 1500,
        **values,
    }
    return frappe.get_doc({"doctype": "Call Log", **values}).insert().reload()


def ticket(log):
    return next((row.link_name for row in log.links if row.link_doctype == "Issue"), None)


def minutes(issue):
    hours = frappe.get_all("Timesheet Detail", {"issue": issue, "docstatus": 1}, pluck="hours")
    return [round(one * 60) for one in hours]


def test_an_answered_call_makes_a_ticket_that_is_answered_and_draws_the_phone_hours(contract, agent):
    log = call(employee_user_id=agent)
    issue = frappe.get_doc("Issue", ticket(log))

    assert (issue.customer, issue.retainer_contract, issue.retainer_channel) == (
        contract.customer,
        contract.name,
        "Phone",
    )
    assert str(issue.opening_time).startswith("18:20")
    assert issue.first_responded_on
    assert minutes(issue.name) == [25]
    assert frappe.db.get_value("Timesheet", log.retainer_timesheet, "user") == agent
    assert balances(contract) == {"Phone Support": TEN_HOURS - 25}


def test_saving_the_call_again_books_and_answers_nothing_twice(contract, agent):
    log = call(employee_user_id=agent)
    for summary in ("Printing", "Printing again"):
        log.summary = summary
        log.save()

    assert minutes(ticket(log)) == [25]
    assert frappe.db.count("Communication", {"reference_name": ticket(log), "communication_medium": "Phone"}) == 1


def test_a_second_call_of_the_same_number_continues_the_ticket(contract, agent):
    first = call(employee_user_id=agent)
    back = {"type": "Outgoing", "from": OURS, "to": NUMBER, "employee_user_id": agent}
    second = call(start_time="2026-09-14 18:50:00", end_time="2026-09-14 18:55:00", duration=300, **back)

    assert ticket(second) == ticket(first)
    assert sorted(minutes(ticket(first))) == [5, 25]


def test_a_call_linked_to_a_ticket_that_came_by_mail_draws_the_phone_hours(contract, agent):
    mailed = make_issue(contract, retainer_channel="Email")
    log = call(employee_user_id=agent, links=[{"link_doctype": "Issue", "link_name": mailed.name}])

    assert ticket(log) == mailed.name
    assert balances(contract) == {"Phone Support": TEN_HOURS - 25}


def test_the_employee_with_the_number_that_was_rung_is_the_one_who_spoke(contract, agent):
    company = contract.company
    employee = {"first_name": "Bo", "gender": "Other", "date_of_birth": "1990-01-01", "date_of_joining": "2020-01-01"}
    frappe.get_doc(
        {"doctype": "Employee", "company": company, "user_id": agent, "cell_number": OURS, **employee}
    ).insert()

    assert frappe.db.get_value("Timesheet", call().retainer_timesheet, "user") == agent


def test_when_nobody_is_known_the_call_says_so_and_is_booked_once_somebody_is_named(contract, agent):
    log = call()
    assert "nobody of the staff is known" in log.retainer_note
    assert (log.retainer_timesheet, minutes(ticket(log))) == (None, [])

    log.employee_user_id = agent
    log.save()
    assert minutes(ticket(log)) == [25]
    assert "25 minutes booked" in log.retainer_note


def test_a_client_is_nobody_of_the_staff(contract):
    assert not call(employee_user_id=make_user(user_type="Website User")).retainer_timesheet


def test_what_was_logged_by_hand_is_not_booked_twice(contract, agent):
    from support_retainer.sla.calls import log_call

    with acting_as(agent):
        logged = log_call("Printing", 10, "Troubleshooting", contract=contract.name, ended_at="2026-09-14 18:30:00")
    log = call(employee_user_id=agent)

    assert (minutes(logged["issue"]), minutes(ticket(log))) == ([10], [15])


def test_a_call_whose_time_cannot_be_booked_is_kept_with_the_reason(contract, agent):
    log = call(employee_user_id=agent, start_time="2026-09-14 21:00:00", end_time="2026-09-14 21:20:00")

    assert "in the future" in log.retainer_note
    assert ticket(log)


def test_without_an_activity_type_the_call_says_what_to_set(contract, agent):
    frappe.db.set_single_value("Retainer Settings", "call_activity_type", None)

    assert "Activity Type of Calls" in call(employee_user_id=agent).retainer_note


@pytest.mark.parametrize(
    "values",
    [
        {"from": "+4912345"},
        {"status": "In Progress"},
        {"type": "Outgoing", "from": OURS, "to": NUMBER},
    ],
)
def test_unknown_numbers_calls_under_way_and_our_own_calls_make_no_ticket(contract, agent, values):
    assert ticket(call(employee_user_id=agent, **values)) is None
