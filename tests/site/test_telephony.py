"""A telephone system's signed request becomes a Call Log; what is not signed changes nothing."""

import frappe
import pytest

from support_retainer.exceptions import InvalidCall
from support_retainer.sla.telephony import call
from support_retainer.testing import make_contract
from tests.support.people import make_contact, make_user
from tests.support.signing import post

SECRET = "a secret of the telephone system"
NUMBER = "+971501234567"
RING = {"id": "call-1", "from": NUMBER, "to": "+97140000000", "type": "Incoming", "status": "No Answer"}


@pytest.fixture
def customer(site, monkeypatch):
    monkeypatch.setitem(frappe.conf, "retainer_telephony_secret", SECRET)
    contract = make_contract("Growth", "2026-08-31")
    make_contact(contract.customer, phone=NUMBER)
    return contract.customer


def send(values, monkeypatch, secret=SECRET, **wrong):
    return post(monkeypatch, call, values, secret, **wrong)


def issues(customer):
    return frappe.db.count("Issue", {"customer": customer})


def test_a_signed_answered_call_is_booked_for_the_agent_it_names(customer, monkeypatch):
    agent = make_user("Retainer Agent")
    frappe.db.set_single_value("Retainer Settings", "call_activity_type", "User Support")
    ended = frappe.utils.now_datetime().replace(microsecond=0)
    times = {"start_time": str(frappe.utils.add_to_date(ended, minutes=-12)), "end_time": str(ended), "duration": 720}
    name = send({**RING, "status": "Completed", "employee_user_id": agent, **times}, monkeypatch)
    sheet = frappe.get_doc("Timesheet", frappe.db.get_value("Call Log", name, "retainer_timesheet"))

    assert (sheet.user, round(sheet.total_hours * 60), issues(customer)) == (agent, 12, 1)


def test_a_signed_missed_call_becomes_a_log_and_a_ticket_once(customer, monkeypatch):
    first = send(RING, monkeypatch)

    assert send(RING, monkeypatch) == first
    assert frappe.db.get_value("Call Log", first, "status") == "No Answer"
    assert issues(customer) == 1


@pytest.mark.parametrize("wrong", [{"secret": "guessed"}, {"age": 3600}, {"age": -3600}, {"signed": b"another body"}])
def test_a_wrong_old_or_changed_request_changes_nothing(customer, monkeypatch, wrong):
    with pytest.raises(frappe.AuthenticationError):
        send(RING, monkeypatch, **wrong)
    assert (frappe.db.count("Call Log"), issues(customer)) == (0, 0)


def test_a_site_without_secret_takes_no_calls(customer, monkeypatch):
    monkeypatch.setitem(frappe.conf, "retainer_telephony_secret", "")

    with pytest.raises(frappe.AuthenticationError):
        send(RING, monkeypatch, secret="")


def test_a_call_without_number_is_refused_with_the_fields_it_lacks(customer, monkeypatch):
    with pytest.raises(InvalidCall, match="from"):
        send({**RING, "from": ""}, monkeypatch)
    with pytest.raises(InvalidCall):
        send([1], monkeypatch)
