"""Additional work: estimated from a ticket, approved or declined by the client's approver, then ordered."""

import frappe
import pytest

from support_retainer.exceptions import (
    AlreadyDecided,
    DecisionNeedsReason,
    EstimateUsed,
    InvalidTime,
    NotAnApprover,
    WrongCustomer,
)
from support_retainer.hours import estimate_api, estimates
from support_retainer.portal import estimates as portal
from support_retainer.testing import make_contract, make_customer, make_issue
from tests.support.additional_work import TASKS, approver, estimate, on_task
from tests.support.people import acting_as, make_user
from tests.support.stories import at, decisions


@pytest.fixture
def client(site):
    at("2026-09-14 10:00")
    return make_user("Customer", user_type="Website User")


def ticket(quotation):
    return frappe.db.get_value("Issue", quotation.issue, ["status", "retainer_pause_reason"])


def test_an_estimate_has_hours_and_money_by_task(client):
    quotation = estimate(client, submit=False)
    assert [(row.description, row.qty, row.amount) for row in quotation.items] == [
        ("Rebuild the report", 4, 600),
        ("Test it", 1.5, 300),
    ]
    assert (quotation.net_total, quotation.docstatus) == (900, 0)


def test_a_line_without_hours_is_refused(client):
    contract = make_contract("Growth", "2026-08-31", contacts=[approver(client)])
    with pytest.raises(InvalidTime, match="Row 1"):
        estimates.make(make_issue(contract), [{"task": "Think", "hours": 0, "rate": 1}], "2026-09-28")


def test_the_ticket_waits_while_the_client_thinks(client):
    quotation = estimate(client)
    assert ticket(quotation) == ("On Hold", "Approval")
    with acting_as(client):
        portal.decline(quotation.name, "Too dear")
    assert ticket(quotation)[0] == "Open"


def test_approval_makes_an_order_and_a_task_for_each_line(client):
    quotation = estimate(client)
    with acting_as(client):
        assert [row["name"] for row in portal.waiting()] == [quotation.name]
        order = portal.approve(quotation.name)
        assert portal.waiting() == []
    quotation.reload()
    assert (quotation.approved_by, quotation.status) == (client, "Ordered")
    assert frappe.db.get_value("Sales Order", order, ["docstatus", "net_total"]) == (1, 900)
    tasks = frappe.get_all("Task", {"issue": quotation.issue}, ["name", "expected_time"], order_by="expected_time")
    assert [task.expected_time for task in tasks] == [1.5, 4]
    names = [task.name for task in tasks]
    assert frappe.db.count("ToDo", {"reference_type": "Task", "reference_name": ["in", names], "status": "Open"}) == 2


def test_an_answer_is_final(client):
    quotation = estimate(client)
    estimates.approve(quotation.name, client)
    with pytest.raises(AlreadyDecided):
        estimates.approve(quotation.name, client)
    with pytest.raises(AlreadyDecided):
        estimates.decline(quotation.name, client, "Changed my mind")
    assert frappe.db.count("Sales Order", {"docstatus": 1}) == 1


def test_a_contact_approves_up_to_the_limit(client):
    quotation = estimate(client, limit=899)
    with pytest.raises(NotAnApprover):
        estimates.approve(quotation.name, client)


def test_an_estimate_expires(client):
    quotation = estimate(client)
    at("2026-09-29 10:00")
    with pytest.raises(AlreadyDecided, match="valid until"):
        estimates.approve(quotation.name, client)


def test_declining_needs_a_reason_and_loses_the_quotation(client):
    quotation = estimate(client)
    with pytest.raises(DecisionNeedsReason):
        estimates.decline(quotation.name, client, " ")
    estimates.decline(quotation.name, client, "Next year")
    assert frappe.db.get_value("Quotation", quotation.name, ["status", "order_lost_reason"]) == ("Lost", "Next year")
    with pytest.raises(AlreadyDecided):
        estimates.approve(quotation.name, client)


def test_a_draft_and_a_version_that_was_replaced_are_not_answered(client):
    draft = estimate(client, submit=False)
    with pytest.raises(AlreadyDecided, match="not sent"):
        estimates.approve(draft.name, client)
    draft.submit()
    draft.cancel()
    with pytest.raises(AlreadyDecided, match="replaced"):
        estimates.approve(draft.name, client)


def test_a_stranger_answers_nothing_and_sees_nothing(client):
    quotation = estimate(client)
    with acting_as(make_user("Customer", user_type="Website User")):
        assert portal.waiting() == []
        for name in (quotation.name, "SAL-QTN-0000-00000"):
            with pytest.raises(frappe.PermissionError):
                portal.approve(name)
            with pytest.raises(frappe.PermissionError):
                portal.decline(name, "Mine")


def test_a_website_user_estimates_nothing(client):
    quotation = estimate(client, submit=False)
    with acting_as(client), pytest.raises(frappe.PermissionError):
        estimate_api.estimate(quotation.issue, TASKS, "2026-09-28")


def test_a_desk_user_needs_erpnexts_right_on_quotations(client):
    quotation = estimate(client, submit=False)
    with acting_as(make_user("Support Team")), pytest.raises(frappe.PermissionError):
        estimate_api.estimate(quotation.issue, TASKS, "2026-09-28")
    with acting_as(make_user("Support Team", "Sales User")):
        assert estimate_api.estimate(quotation.issue, TASKS, "2026-09-28")


def test_an_estimate_stays_with_the_customer_of_its_ticket(client):
    quotation = estimate(client, submit=False)
    quotation.party_name = make_customer()
    with pytest.raises(WrongCustomer):
        quotation.save()


def alerts(quotation):
    return frappe.get_all("Notification Log", {"document_name": quotation.name, "subject": ["like", "%used%"]})


def test_approved_work_draws_no_hours_and_is_not_charged_twice(client):
    quotation = estimate(client)
    estimates.approve(quotation.name, client)
    at("2026-09-14 19:00")
    sheet = on_task(quotation, "2026-09-14 09:00", 120)
    assert decisions(sheet) == [("Quoted", 120)]
    assert "on its estimate" in sheet.time_logs[0].retainer_coverage_reason
    assert frappe.get_all("Hour Ledger", pluck="balance_minutes") == [240]
    assert (sheet.total_billable_amount, sheet.time_logs[0].retainer_rate) == (300, 150)


def test_four_fifths_are_announced_and_the_end_is_the_end(client):
    quotation = estimate(client)
    quotation.db_set("owner", make_user("Retainer Manager"))
    estimates.approve(quotation.name, client)
    at("2026-09-15 19:00")
    on_task(quotation, "2026-09-14 09:00", 260)
    assert alerts(quotation) == []
    on_task(quotation, "2026-09-14 14:00", 60)
    assert len(alerts(quotation)) == 1
    with pytest.raises(EstimateUsed, match="10 minutes"):
        on_task(quotation, "2026-09-15 09:00", 11)
    assert decisions(on_task(quotation, "2026-09-15 10:00", 10)) == [("Quoted", 10)]
    assert len(alerts(quotation)) == 1


def test_what_a_cancelled_sheet_frees_is_announced_again_when_it_is_used_again(client):
    quotation = estimate(client)
    quotation.db_set("owner", make_user("Retainer Manager"))
    estimates.approve(quotation.name, client)
    at("2026-09-15 19:00")
    sheet = on_task(quotation, "2026-09-14 09:00", 280)
    assert len(alerts(quotation)) == 1
    sheet.cancel()
    on_task(quotation, "2026-09-14 14:00", 270)
    assert len(alerts(quotation)) == 2


def test_the_money_is_not_exceeded_either(client):
    quotation = estimate(client)
    estimates.approve(quotation.name, client)
    at("2026-09-15 19:00")
    on_task(quotation, "2026-09-14 09:00", 240, line=1)
    with pytest.raises(EstimateUsed, match="100"):
        on_task(quotation, "2026-09-15 09:00", 60)
    assert decisions(on_task(quotation, "2026-09-15 10:00", 40)) == [("Quoted", 40)]


def test_a_ticket_waits_no_longer_once_its_estimate_has_expired(client):
    quotation = estimate(client)
    at("2026-09-29 02:00")
    assert estimates.end_expired("2026-09-29") == [quotation.name]
    assert ticket(quotation)[0] == "Open"
    assert estimates.end_expired("2026-09-29") == []


def test_a_cancelled_estimate_holds_its_ticket_up_no_longer(client):
    quotation = estimate(client)
    quotation.cancel()
    assert ticket(quotation)[0] == "Open"


def test_a_manager_writes_down_what_the_client_said_by_phone(client):
    quotation = estimate(client)
    with acting_as(make_user("Retainer Agent", "Sales User")), pytest.raises(frappe.PermissionError):
        estimate_api.record_answer(quotation.name, client, True)
    with acting_as(make_user("Retainer Manager", "Sales User")) as manager:
        estimate_api.record_answer(quotation.name, client, True)
    assert frappe.db.get_value("Quotation", quotation.name, ["approved_by", "retainer_recorded_by"]) == (
        client,
        manager,
    )


def test_who_works_on_the_ticket_sees_its_tasks_and_hours_but_no_money(client):
    quotation = estimate(client)
    with acting_as(make_user("Retainer Agent", "Support Team")):
        assert estimate_api.on_ticket(quotation.issue) == []
    estimates.approve(quotation.name, client)
    at("2026-09-14 19:00")
    on_task(quotation, "2026-09-14 09:00", 132)
    with acting_as(make_user("Retainer Agent", "Support Team")):
        (found,) = estimate_api.on_ticket(quotation.issue)
    assert (found["estimate"], found["used_minutes"], found["approved_minutes"]) == (quotation.name, 132, 330)
    assert [(task["subject"], task["used_minutes"], task["planned_minutes"]) for task in found["tasks"]] == [
        ("Rebuild the report", 132, 240),
        ("Test it", 0, 90),
    ]
    assert set(found) == {"estimate", "approved_minutes", "used_minutes", "percent", "tasks"}
    with acting_as(client), pytest.raises(frappe.PermissionError):
        estimate_api.on_ticket(quotation.issue)
