"""What happens when the hours are used up: thresholds are announced once, approvals are asked for, Stop stops."""

from datetime import date, datetime

import frappe
import pytest

from support_retainer.exceptions import AlreadyDecided, NeedsApproval, NotAnApprover, ServiceStopped
from support_retainer.hours import allotment, api, approvals, audit
from support_retainer.testing import make_contract, make_issue, make_timesheet
from tests.support.outbox import make_outbox
from tests.support.people import acting_as, make_user

MANAGER = ("Retainer Manager", "Projects User", "Support Team")


@pytest.fixture
def client(site, monkeypatch):
    monkeypatch.setitem(frappe.local.conf, "mute_emails", 0)  # queued as on a real site; nothing is sent from here
    frappe.flags.current_time = datetime(2026, 9, 2, 9, 0, 0, 1)
    make_outbox()
    return make_user("Customer", user_type="Website User")


def contract_of(client, policy, approval_limit=0):
    contract = make_contract(
        package="Growth",
        go_live="2026-08-31",
        contacts=[{"user": client, "can_approve": 1, "approval_limit": approval_limit}],
        submit=False,
    )
    package = frappe.get_doc("Support Package", "Growth")
    package.overage_policy = policy
    package.save()
    frappe.clear_document_cache("Support Package", "Growth")
    return contract.submit()


def work(contract, minutes, start="09:00:00", **row):
    row = row or {"retainer_contract": contract.name}
    return make_timesheet({**row, "from_time": f"2026-09-03 {start}", "minutes": minutes})


def mails(to):
    sent = frappe.get_all("Email Queue Recipient", {"recipient": to}, pluck="parent")
    return frappe.get_all("Email Queue", {"name": ["in", sent]}, pluck="message", order_by="creation")


def subjects(to):
    return [line for message in mails(to) for line in message.splitlines() if line.startswith("Subject:")]


def test_half_four_fifths_and_all_are_announced_once_each(client):
    contract = contract_of(client, "Bill")
    work(contract, 119)
    assert subjects(client) == []

    for minutes, start in ((1, "11:00:00"), (60, "12:00:00"), (12, "14:00:00"), (50, "15:00:00"), (30, "16:30:00")):
        work(contract, minutes, start)
    announced = subjects(client)
    assert len(announced) == 3
    assert "Half of the hours" in announced[0]
    assert "80 %" in announced[1]
    assert "are used up" in announced[2]


def test_staff_is_told_in_the_desk(client):
    manager = make_user("Retainer Manager")
    contract = contract_of(client, "Bill")
    work(contract, 200)

    told = frappe.get_all("Notification Log", {"for_user": manager, "document_name": contract.name}, pluck="subject")
    assert len(told) == 1
    assert "80 %" in told[0]


def test_a_cancelled_sheet_does_not_announce_the_same_level_again(client):
    contract = contract_of(client, "Bill")
    work(contract, 130).cancel()
    work(contract, 130)

    assert len(subjects(client)) == 1


def test_the_next_period_announces_anew(client):
    contract = contract_of(client, "Bill")
    work(contract, 130)
    frappe.flags.current_time = datetime(2026, 10, 2, 9, 0, 0, 1)
    allotment.roll_forward(contract, date(2026, 10, 2))
    make_timesheet({"retainer_contract": contract.name, "from_time": "2026-10-01 09:00:00", "minutes": 130})

    assert len(subjects(client)) == 2


def test_work_beyond_the_hours_waits_for_the_clients_approval(client):
    contract = contract_of(client, "Ask Approval")
    with pytest.raises(NeedsApproval):
        work(contract, 300)

    assert frappe.db.get_value("Hour Ledger", {"contract": contract.name}, "balance_minutes") == 240


def test_a_critical_incident_does_not_wait(client):
    contract = contract_of(client, "Ask Approval")
    issue = make_issue(contract, priority="P1 Critical")
    sheet = work(contract, 300, issue=issue.name)

    assert [row.retainer_coverage for row in sheet.time_logs] == ["Included", "Overage"]


def test_approved_hours_are_charged_and_used_up(client):
    contract = contract_of(client, "Ask Approval")
    asked = approvals.request(contract.name, 60, "The import needs another hour")
    approvals.approve(asked.name, client)
    sheet = work(contract, 285)

    assert [(row.retainer_coverage, row.retainer_billed_minutes) for row in sheet.time_logs] == [
        ("Included", 240),
        ("Overage", 45),
    ]
    assert approvals.open_on(contract.name) == [(asked.name, 15)]
    with pytest.raises(NeedsApproval):
        work(contract, 30, "16:00:00")


def test_a_cancelled_sheet_gives_the_approval_back(client):
    contract = contract_of(client, "Ask Approval")
    asked = approvals.request(contract.name, 60, "The import needs another hour")
    approvals.approve(asked.name, client)
    work(contract, 285).cancel()

    assert approvals.open_on(contract.name) == [(asked.name, 60)]
    assert not list(audit.differences(contract))


def test_hours_of_two_approvals_are_used_in_turn(client):
    contract = contract_of(client, "Ask Approval")
    names = [approvals.request(contract.name, 30, "More").name for _ in range(2)]
    for name in names:
        approvals.approve(name, client)
    work(contract, 285)

    assert [left for _name, left in approvals.open_on(contract.name)] == [15]
    assert not list(audit.differences(contract))


def test_the_client_is_asked_by_mail_with_hours_and_money(client):
    contract = contract_of(client, "Ask Approval")
    approvals.request(contract.name, 120, "The import needs two more hours")

    (subject,) = subjects(client)
    assert "2:00 h" in subject


def test_a_declined_request_opens_nothing_and_cannot_be_approved_later(client):
    contract = contract_of(client, "Ask Approval")
    asked = approvals.request(contract.name, 60, "More")
    approvals.decline(asked.name, client, "Next month")

    assert approvals.open_on(contract.name) == []
    with pytest.raises(AlreadyDecided):
        approvals.approve(asked.name, client)


def test_somebody_elses_contact_cannot_approve(client):
    contract = contract_of(client, "Ask Approval")
    asked = approvals.request(contract.name, 60, "More")

    with pytest.raises(NotAnApprover):
        approvals.approve(asked.name, make_user("Customer", user_type="Website User"))


def test_a_contact_approves_up_to_the_limit(client):
    contract = contract_of(client, "Ask Approval", approval_limit=150)
    small = approvals.request(contract.name, 60, "An hour")
    large = approvals.request(contract.name, 61, "More than an hour")

    approvals.approve(small.name, client)
    with pytest.raises(NotAnApprover):
        approvals.approve(large.name, client)


def test_a_manager_writes_down_what_the_client_said(client):
    contract = contract_of(client, "Ask Approval")
    asked = approvals.request(contract.name, 60, "More")
    with acting_as(make_user(*MANAGER)) as manager:
        api.record_approval(asked.name, client, 1, "By phone, 10:30")

    asked.reload()
    assert (asked.status, asked.decided_by, asked.recorded_by) == ("Approved", client, manager)


def test_an_agent_cannot_write_down_an_approval(client):
    contract = contract_of(client, "Ask Approval")
    asked = approvals.request(contract.name, 60, "More")

    with acting_as(make_user("Retainer Agent", "Support Team")), pytest.raises(frappe.PermissionError):
        api.record_approval(asked.name, client, 1, "By phone")


def test_stop_stops(client):
    contract = contract_of(client, "Stop")
    with pytest.raises(ServiceStopped):
        work(contract, 300)


def test_a_manager_can_go_on_after_stop(client):
    contract = contract_of(client, "Stop")
    work(contract, 240)
    with acting_as(make_user(*MANAGER)):
        decision = {"retainer_override": "Free", "retainer_override_reason": "Agreed by phone"}
        sheet = work(contract, 60, "15:00:00", retainer_contract=contract.name, **decision)

    assert sheet.time_logs[0].retainer_coverage == "Free"
