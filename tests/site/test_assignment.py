"""Each new ticket has one assignee: who is on call, the contract's account manager, or whom Frappe's rule picks."""

import frappe
import pytest
from frappe.desk.form import assign_to

from support_retainer.sla.assignment import assignees, on_call_now
from support_retainer.testing import make_contract, make_issue
from tests.support.people import acting_as, make_user
from tests.support.stories import at

DAY, NIGHT = "2026-09-14 11:00", "2026-09-14 23:30"
URGENT = {"priority": "P1 Critical"}


@pytest.fixture
def manager(site):
    at(DAY)
    return staff()


def staff():
    return make_user("Retainer Agent", "Support Team")


def contract_of(manager=None):
    return make_contract("Growth", "2026-08-31", account_manager=manager)


def put_on_call(*rows):
    settings = frappe.get_doc("Retainer Settings")
    settings.set("on_call", [{"day": "Every Day", **row} for row in rows])
    settings.save()


def make_rule(*users, rule="Round Robin"):
    days = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    frappe.get_doc(
        doctype="Assignment Rule",
        name="Tickets",
        document_type="Issue",
        rule=rule,
        description="Ticket {{ name }}",
        assign_condition="status == 'Open'",
        users=[{"user": user} for user in users],
        assignment_days=[{"day": day} for day in days],
    ).insert()


def test_a_new_ticket_goes_to_the_account_manager_of_its_contract(manager):
    assert assignees(make_issue(contract_of(manager)).name) == [manager]


def test_a_manager_who_left_or_a_contract_without_one_assigns_nobody(manager):
    contract = contract_of(manager)
    frappe.get_doc("User", manager).update({"enabled": 0}).save()
    assert assignees(make_issue(contract).name) == []
    assert assignees(make_issue(contract_of()).name) == []


def test_frappes_rule_serves_the_contracts_without_manager_in_turn(manager):
    one, two = staff(), staff()
    make_rule(one, two)
    free, managed = contract_of(), contract_of(manager)
    names = [make_issue(contract).name for contract in (free, managed, free, free)]
    assert [assignees(name) for name in names] == [[one], [manager], [two], [one]]


def test_frappes_rule_balances_the_load(manager):
    one, two = staff(), staff()
    make_rule(one, two, rule="Load Balancing")
    contract = contract_of()
    assert [assignees(make_issue(contract).name) for _ in range(4)] == [[one], [two], [one], [two]]


def test_saving_again_assigns_nobody_a_second_time(manager):
    make_rule(staff())
    issue = make_issue(contract_of(manager))
    for subject in ("Once", "Twice"):
        frappe.get_doc("Issue", issue.name).update({"subject": subject}).save()
    assert assignees(issue.name) == [manager]


def test_an_urgent_ticket_of_the_night_wakes_the_person_on_call_and_nobody_else(manager):
    sleepless = staff()
    make_rule(staff())
    put_on_call({"user": sleepless, "start_time": "18:00", "end_time": "08:00"})
    contract = contract_of(manager)
    assert assignees(make_issue(contract, **URGENT).name) == [manager], "support is open"
    at(NIGHT)
    assert assignees(make_issue(contract).name) == [manager], "it can wait"
    assert assignees(make_issue(contract, **URGENT).name) == [sleepless]


def test_a_ticket_that_becomes_urgent_at_night_changes_hands(manager):
    sleepless = staff()
    put_on_call({"user": sleepless})
    at(NIGHT)
    issue = make_issue(contract_of(manager))
    frappe.get_doc("Issue", issue.name).update(URGENT).save()
    assert assignees(issue.name) == [sleepless]


def test_nobody_is_woken_for_what_was_answered(manager):
    put_on_call({"user": staff()})
    at(NIGHT)
    issue = make_issue(contract_of(manager))
    answer = {"communication_type": "Communication", "sent_or_received": "Sent", "content": "We look at it."}
    frappe.get_doc(
        doctype="Communication", reference_doctype="Issue", reference_name=issue.name, subject="Re", **answer
    ).insert()
    frappe.get_doc("Issue", issue.name).update(URGENT).save()
    assert assignees(issue.name) == [manager]


def test_a_hole_in_the_rota_or_somebody_who_left_leaves_it_to_the_manager(manager):
    gone = staff()
    put_on_call({"user": gone})
    frappe.get_doc("User", gone).update({"enabled": 0}).save()
    at(NIGHT)
    contract = contract_of(manager)
    assert assignees(make_issue(contract, **URGENT).name) == [manager]
    put_on_call({"user": staff(), "day": "Sunday"})
    assert assignees(make_issue(contract, **URGENT).name) == [manager]


def test_a_cover_for_the_holidays_stands_above_the_rule(manager):
    regular, cover = staff(), staff()
    week = {"first_day": "2026-09-14", "last_day": "2026-09-20"}
    put_on_call({"user": cover, **week}, {"user": regular})
    assert [on_call_now(moment) for moment in ("2026-09-13 12:00", "2026-09-17 03:00")] == [regular, cover]


def test_an_assignment_by_hand_stays(manager):
    contract, other = contract_of(manager), staff()
    issue = make_issue(contract)
    assign_to.remove("Issue", issue.name, manager)
    assign_to.add({"doctype": "Issue", "name": issue.name, "assign_to": [other]})
    frappe.get_doc("Issue", issue.name).update({"subject": "Again"}).save()
    assert assignees(issue.name) == [other]


def test_the_rota_is_for_staff(manager):
    for user in ("Guest", make_user(user_type="Website User")):
        with acting_as(user), pytest.raises(frappe.PermissionError):
            on_call_now()
