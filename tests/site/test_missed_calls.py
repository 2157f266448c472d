"""A client who rings at night and reaches nobody has a ticket with a promise."""

import frappe
import pytest

from support_retainer.testing import make_contract
from tests.support.people import make_contact
from tests.support.stories import at

NUMBER = "+971501234567"


@pytest.fixture
def contract(site):
    at("2026-09-14 23:30")
    contract = make_contract("Growth", "2026-08-31")
    make_contact(contract.customer, phone=NUMBER)
    return contract


def ring(status="No Answer", number=NUMBER, **values):
    name = frappe.generate_hash(length=8)
    values = {"id": name, "from": number, "to": "+97140000000", "type": "Incoming", "status": status, **values}
    return frappe.get_doc({"doctype": "Call Log", "start_time": "2026-09-14 23:25:00", **values}).insert()


def tickets(call):
    call.reload()
    return [row.link_name for row in call.links if row.link_doctype == "Issue"]


def test_a_voicemail_after_hours_is_a_ticket_whose_promise_starts_at_the_next_opening(contract):
    [name] = tickets(ring(recording_url="https://calls.example/1.mp3"))
    issue = frappe.get_doc("Issue", name)

    assert (issue.customer, issue.retainer_contract) == (contract.customer, contract.name)
    assert (issue.retainer_channel, issue.subject) == ("Phone", f"Voicemail from {NUMBER}")
    assert "https://calls.example/1.mp3" in issue.description
    assert str(issue.response_by) > "2026-09-15"


def test_a_call_that_ends_unanswered_becomes_a_ticket_once(contract):
    call = ring("Ringing")
    assert tickets(call) == []
    call.status = "No Answer"
    call.save()
    call.save()

    assert len(tickets(call)) == 1
    assert frappe.db.count("Issue", {"customer": contract.customer}) == 1


def test_who_rings_again_has_one_ticket(contract):
    assert tickets(ring()) == tickets(ring("Busy"))


@pytest.mark.parametrize("values", [{"status": "In Progress"}, {"number": "+4912345"}, {"type": "Outgoing"}])
def test_unfinished_unknown_and_outgoing_calls_make_no_ticket(contract, values):
    assert tickets(ring(**values)) == []
