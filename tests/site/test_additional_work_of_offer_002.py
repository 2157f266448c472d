"""Offer 002, 'Additional Work (Billed at $85/Hour)': one test for each of its sentences, on the real records."""

import frappe
import pytest

from support_retainer.exceptions import EstimateUsed
from support_retainer.hours import estimate_api, estimate_invoice, estimates, explain
from support_retainer.testing import make_contract, make_issue, make_timesheet
from tests.support.additional_work import approver, on_task
from tests.support.people import make_user
from tests.support.stories import allow_foreign_currency, at, decisions, worked

TASKS = [{"task": "Add a customs field", "hours": 2, "rate": 85}, {"task": "Test it with you", "hours": 1, "rate": 85}]


@pytest.fixture
def client(site):
    allow_foreign_currency()
    at("2026-09-14 10:00")
    return make_user("Customer", user_type="Website User")


@pytest.fixture
def ticket(client):
    return make_issue(make_contract("Ongoing Support", "2026-08-31", contacts=[approver(client)]))


def sent(ticket):
    quotation = estimates.make(ticket, TASKS, "2026-09-28")
    quotation.submit()
    return quotation


def approved(ticket, client):
    quotation = sent(ticket)
    estimates.approve(quotation.name, client)
    at("2026-09-15 19:00")
    return quotation


def test_a_request_outside_the_scope_is_seen_to_be_one_before_work_begins(ticket):
    row = {**worked(ticket, "2026-09-14 09:00", 60, "Additional Work"), "to_time": "2026-09-14 10:00"}
    (answer,) = explain.explain([row])
    assert [(part["coverage"], part["amount"]) for part in answer["parts"]] == [("Hourly", 85)]


def test_a_detailed_estimate_of_hours_and_costs_is_provided(ticket):
    quotation = sent(ticket)
    assert [(row.description, row.qty, row.amount) for row in quotation.items] == [
        ("Add a customs field", 2, 170),
        ("Test it with you", 1, 85),
    ]
    assert (quotation.currency, quotation.net_total) == ("USD", 255)


def test_the_clients_approval_is_obtained_before_proceeding(ticket, client):
    quotation = sent(ticket)
    assert frappe.get_all("Task", {"issue": ticket.name}) == []
    estimates.approve(quotation.name, client)
    assert len(frappe.get_all("Task", {"issue": ticket.name})) == 2


def test_tasks_are_assigned_to_the_people_who_execute_them(ticket, client):
    agent = make_user("Retainer Agent")
    frappe.get_doc(
        doctype="ToDo", allocated_to=agent, reference_type="Issue", reference_name=ticket.name, description="x"
    ).insert()
    quotation = approved(ticket, client)
    tasks = frappe.get_all("Task", {"retainer_estimate": quotation.name}, pluck="name")
    assert frappe.get_all("ToDo", {"reference_name": ["in", tasks]}, pluck="allocated_to") == [agent, agent]


def test_hours_spent_on_additional_work_are_tracked_and_end_where_the_approval_ends(ticket, client):
    quotation = approved(ticket, client)
    assert decisions(on_task(quotation, "2026-09-15 09:00", 120, activity_type="Additional Work")) == [("Quoted", 120)]
    assert estimate_api.standing(quotation.name)["used_minutes"] == 120
    with pytest.raises(EstimateUsed):
        on_task(quotation, "2026-09-15 12:00", 61, activity_type="Additional Work")


def test_an_invoice_is_generated_with_a_detailed_breakdown_of_hours_and_tasks(ticket, client):
    quotation = approved(ticket, client)
    on_task(quotation, "2026-09-15 09:00", 90, activity_type="Additional Work", description="Field and print format")
    invoice = estimate_invoice.make(quotation.name)
    invoice.submit()
    (item,) = invoice.items
    assert (item.qty, item.rate, item.amount, invoice.currency) == (1.5, 85, 127.5, "USD")
    text = frappe.utils.strip_html(item.description)
    assert "Add a customs field: 1:30 h" in text
    assert "Field and print format" in text


def test_additional_work_without_an_estimate_is_billed_at_85_dollars_an_hour(ticket):
    at("2026-09-15 19:00")
    sheet = make_timesheet(worked(ticket, "2026-09-15 09:00", 150, "Additional Work"))
    assert (sheet.currency, sheet.time_logs[0].billing_amount) == ("USD", 212.5)
