"""Service on hold: what tickets, hours and fees do, by agreement and for an overdue invoice."""

import frappe
import pytest

from support_retainer.billing import api
from support_retainer.billing.audit import audit
from support_retainer.exceptions import NotSuspended
from support_retainer.hours import allotment
from support_retainer.offboarding import notice
from support_retainer.sla.why import answer, internal_reason
from support_retainer.testing import bill, make_contract, make_issue
from tests.support.stories import at, balances, period_statuses
from tests.support.tickets import set_status

pytestmark = pytest.mark.commits


@pytest.fixture
def contract():
    at("2026-09-14 10:00")
    return make_contract("Enterprise", "2026-08-31")


def suspend(contract, **values):
    api.suspend(contract.name, **values)
    contract.reload()


def resume(contract, **values):
    api.resume(contract.name, **values)
    contract.reload()


def paused_for(issue):
    """Hours of the resolution target that each reason has held back so far."""
    targets = {one["target"]: one for one in answer(issue.name, internal_reason)["targets"]}
    return {reason: seconds / 3600 for reason, seconds in targets["Resolution"]["paused_for"].items()}


def test_open_tickets_wait_while_service_is_on_hold_and_go_on_afterwards(contract):
    issue = make_issue(contract)
    due = issue.sla_resolution_by
    at("2026-09-14 11:00")
    suspend(contract)
    assert frappe.db.get_value("Issue", issue.name, "on_hold_since")
    at("2026-09-14 13:00")
    resume(contract)
    issue.reload()
    assert (issue.sla_resolution_by - due).total_seconds() == 2 * 3600
    assert paused_for(issue) == {"On hold": 2.0}


def test_a_ticket_that_comes_in_meanwhile_waits_from_its_first_moment(contract):
    suspend(contract)
    at("2026-09-14 11:00")
    issue = make_issue(contract)
    at("2026-09-14 12:00")
    resume(contract)
    assert paused_for(issue) == {"On hold": 1.0}


def test_a_status_neither_starts_nor_stops_the_clock_of_a_ticket_on_hold(contract):
    issue = make_issue(contract)
    suspend(contract)
    at("2026-09-14 11:00")
    set_status(issue, "On Hold")
    at("2026-09-14 12:00")
    set_status(issue, "Open")
    at("2026-09-14 13:00")
    resume(contract)
    assert paused_for(issue) == {"On hold": 3.0}


def test_a_ticket_whose_own_status_pauses_it_goes_on_waiting_for_that(contract):
    issue = make_issue(contract)
    set_status(issue, "On Hold")
    at("2026-09-14 11:00")
    suspend(contract)
    at("2026-09-14 12:00")
    resume(contract)
    at("2026-09-14 14:00")
    assert paused_for(issue) == {"On Hold": 3.0, "On hold": 1.0}


def test_a_ticket_that_is_reopened_meanwhile_waits_again(contract):
    issue = make_issue(contract)
    suspend(contract)
    set_status(issue, "Resolved")
    at("2026-09-14 12:00")
    set_status(issue, "Open")
    at("2026-09-14 13:00")
    assert frappe.db.get_value("Issue", issue.name, "on_hold_since")
    resume(contract)
    issue.reload()
    assert not issue.on_hold_since


def test_a_period_that_begins_while_suspended_by_agreement_is_free_and_brings_no_hours(contract):
    bill("2026-08-31", contract)
    suspend(contract, note="The client's shop is closed for the season.")
    at("2026-10-02 10:00")
    bill("2026-10-02", contract)
    allotment.roll_all_forward(frappe.utils.getdate(frappe.flags.current_time))
    assert period_statuses(contract)[1] == ("2026-09-30", "Not Charged")
    assert set(balances(contract).values()) == {0}
    resume(contract)
    at("2026-10-31 10:00")
    bill("2026-10-31", contract)
    allotment.roll_all_forward(frappe.utils.getdate(frappe.flags.current_time))
    assert period_statuses(contract)[2] == ("2026-10-31", "Invoiced")
    assert all(balances(contract).values())
    assert audit("2026-10-31", contract.name).lines()[:-1] == []


def test_notice_that_was_given_comes_back_after_a_suspension(contract):
    notice.give(contract, "2026-09-14")
    suspend(contract)
    assert contract.status == "Suspended"
    resume(contract)
    assert contract.status == "Notice Given"


def test_notice_while_suspended_keeps_service_on_hold(contract):
    suspend(contract)
    notice.give(contract, "2026-09-14")
    contract.reload()
    assert (contract.status, contract.notice_given_on is not None) == ("Suspended", True)
    notice.withdraw(contract)
    resume(contract)
    assert contract.status == "Active"


@pytest.mark.parametrize("twice", [True, False])
def test_what_is_suspended_already_or_not_at_all_is_said(contract, twice):
    if twice:
        suspend(contract)
    with pytest.raises(NotSuspended, match=contract.name):
        (suspend if twice else resume)(contract)


def test_a_contract_that_ended_cannot_be_suspended(contract):
    contract.db_set("status", "Ended")
    with pytest.raises(NotSuspended, match="Ended"):
        suspend(contract)
