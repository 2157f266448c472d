"""An alarm of another monitoring system is one ticket on the client's contract, with the promise of its priority."""

import frappe
import pytest

from support_retainer.exceptions import InvalidCall, NoContract
from support_retainer.sla.alarms import alarm
from support_retainer.testing import make_contract
from tests.support.signing import post
from tests.support.tickets import set_status

SECRET = "a secret of the monitoring system"


@pytest.fixture
def contract(site, monkeypatch):
    monkeypatch.setitem(frappe.conf, "retainer_alarm_secret", SECRET)
    return make_contract("Growth", "2026-08-31")


@pytest.fixture
def send(contract, monkeypatch):
    def send(status="firing", secret=SECRET, **values):
        values = {"id": "disk-1", "contract": contract.name, "subject": "Disk is full", "status": status, **values}
        return post(monkeypatch, alarm, values, secret)

    return send


def test_an_alarm_is_a_ticket_of_its_contract_and_no_surcharge_for_its_channel(contract, send):
    issue = frappe.get_doc("Issue", send(priority="P2 High", description="97 % <used>"))

    assert (issue.customer, issue.retainer_contract, issue.retainer_channel) == (
        contract.customer,
        contract.name,
        "Monitoring",
    )
    assert (issue.priority, issue.retainer_channel_note) == ("P2 High", None)
    assert "<used>" not in issue.description
    assert issue.response_by
    assert not issue.first_responded_on


def test_an_alarm_that_repeats_has_one_ticket_and_after_its_solution_a_new_one(send):
    first = send()
    assert send() == first
    set_status(frappe.get_doc("Issue", first), "Resolved")
    assert send() not in (None, first)


def test_the_end_of_an_alarm_is_on_its_ticket_and_a_person_solves_it(send):
    issue = send()
    assert send("resolved") == issue
    assert frappe.db.get_value("Issue", issue, "status") == "Open"
    assert frappe.db.exists("Comment", {"reference_name": issue, "content": ["like", "%alarm is over%"]})


def test_the_end_of_an_unknown_alarm_makes_nothing(send):
    assert send("resolved") is None
    assert frappe.db.count("Issue") == 0


def test_an_unknown_priority_leaves_it_to_the_policy(send):
    assert frappe.db.get_value("Issue", send(priority="critical"), "priority") == "P3 Medium"


def test_what_is_not_signed_or_names_no_contract_is_refused(send):
    with pytest.raises(frappe.AuthenticationError):
        send(secret="guessed")
    with pytest.raises(NoContract):
        send(contract="RET-NONE")
    with pytest.raises(InvalidCall, match="subject"):
        send(subject="")
    assert frappe.db.count("Issue") == 0
