"""The sweep on a real site: what is due is told once, in support hours, to the people of the ladder."""

import json
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import frappe
import pytest
from frappe.email.doctype.email_account.email_account import EmailAccount
from pymysql.err import IntegrityError

from support_retainer.sla import clock, sweep, webhook
from support_retainer.testing import make_contract, make_issue
from tests.support.outbox import make_outbox
from tests.support.stories import at
from tests.support.tickets import facts, named_user, say, set_status, staff


@pytest.fixture
def outbox():
    """An outgoing account, so that mails are queued; who was written to, newest last, and about what."""
    make_outbox()
    manager = named_user("manager@retainer.example", "System User", "Retainer Manager")
    agent = named_user("agent2@retainer.example", "System User", "Retainer Agent")
    for user in frappe.get_all("Has Role", {"role": ["like", "Retainer%"], "parenttype": "User"}, pluck="parent"):
        if user not in (manager, agent, "Administrator"):
            frappe.db.set_value("User", user, "enabled", 0)
    return lambda: sorted(frappe.get_all("Email Queue Recipient", pluck="recipient"))


def enterprise_issue(**values):
    """Answered within an hour, solved within three days of nine hours; told at 75 and 100 percent."""
    at("2026-09-14 10:00")
    return make_issue(make_contract("Enterprise", "2026-08-31"), priority="P3 Medium", **values)


def swept(moment: str) -> sweep.Swept:
    """One batch in the test's own transaction."""
    at(moment)
    done = sweep.Swept()
    done.issues = len(sweep.work_off(sweep.utc_now(), done))
    return done


def escalations(issue) -> list[tuple[str, float]]:
    return [
        (json.loads(value)["target"], json.loads(value)["percent"])
        for kind, value in facts(issue)
        if kind == "Escalated"
    ]


def policy_with(**row) -> None:
    policy = frappe.get_doc("SLA Policy", "Enterprise SLA")
    policy.escalations = []
    policy.append("escalations", {"target": "Response", "at_percent": 100, **row})
    policy.save()


def test_a_ticket_is_left_alone_until_its_moment_comes(outbox):
    issue = enterprise_issue()
    assert swept("2026-09-14 10:44").issues == 0
    assert (swept("2026-09-14 10:45").levels, escalations(issue)) == (1, [("Response", 75.0)])
    assert outbox() == ["agent2@retainer.example"]


def test_each_level_is_told_once_by_mail_and_in_the_desk(outbox):
    issue = enterprise_issue()
    for moment in ("10:45", "10:46", "11:00", "11:01", "11:02"):
        swept(f"2026-09-14 {moment}")
    assert escalations(issue) == [("Response", 75.0), ("Response", 100.0)]
    assert len(outbox()) == 2
    bell = frappe.get_all("Notification Log", {"document_name": issue.name}, ["for_user", "subject"])
    assert {row.for_user for row in bell} == {"agent2@retainer.example", "manager@retainer.example"}
    assert len(bell) == 2


def test_the_sweep_says_that_the_promise_was_broken(outbox):
    issue = enterprise_issue()
    swept("2026-09-14 11:00")
    assert frappe.db.get_value("Issue", issue.name, "agreement_status") == "First Response Due"
    swept("2026-09-14 11:01")
    assert frappe.db.get_value("Issue", issue.name, "agreement_status") == "Failed"


def test_a_ticket_that_was_answered_or_waits_is_not_told_of(outbox):
    answered, waiting = enterprise_issue(), enterprise_issue()
    say(answered, staff())
    set_status(waiting, "On Hold")
    assert swept("2026-09-14 12:00").levels == 0
    assert outbox() == []


def test_outside_support_hours_it_is_quiet_until_support_opens(outbox):
    at("2026-09-14 21:20")  # Monday; three quarters of the hour are over at 08:05, as support closes at 22:00
    issue = make_issue(make_contract("Enterprise", "2026-08-31"), priority="P3 Medium")
    next_event = frappe.db.get_value("Issue", issue.name, "retainer_next_event_at")
    assert next_event.isoformat(" ") == "2026-09-15 08:05:00"

    at("2026-09-14 21:10")
    missed = make_issue(customer=issue.customer, priority="P3 Medium")
    assert swept("2026-09-14 22:30").levels == 0, "reached at 21:55, but nobody swept, and now support is closed"
    assert frappe.db.get_value("Issue", missed.name, "retainer_next_event_at").isoformat(" ") == "2026-09-15 08:00:00"
    assert swept("2026-09-15 08:00").levels == 1


def test_after_a_pause_of_the_scheduler_only_the_highest_level_is_told(outbox):
    issue = enterprise_issue()
    swept("2026-09-14 13:00")
    assert escalations(issue) == [("Response", 75.0), ("Response", 100.0)]
    assert outbox() == ["manager@retainer.example"]
    assert swept("2026-09-14 13:05").levels == 0


def test_many_at_once_come_as_one_digest(outbox):
    contract = enterprise_issue()
    for _ in range(7):
        make_issue(customer=contract.customer, priority="P3 Medium")
    swept("2026-09-14 10:50")
    assert outbox() == ["agent2@retainer.example"]
    assert frappe.get_all("Notification Log", {"for_user": "agent2@retainer.example"}, pluck="subject") == [
        "8 tickets need attention"
    ]


def test_without_an_outgoing_account_the_desk_still_says_it(monkeypatch):
    monkeypatch.setattr(EmailAccount, "find_outgoing", classmethod(lambda cls, **_: None))
    named_user("agent2@retainer.example", "System User", "Retainer Agent")
    issue = enterprise_issue()
    assert (swept("2026-09-14 10:45").mails, escalations(issue)) == (0, [("Response", 75.0)])
    assert frappe.db.exists("Notification Log", {"document_name": issue.name, "for_user": "agent2@retainer.example"})


def test_the_account_manager_of_the_contract_is_told(outbox):
    issue = enterprise_issue()
    manager = named_user("anna@retainer.example", "System User", "Support Team")
    frappe.db.set_value("Retainer Contract", issue.retainer_contract, "account_manager", manager)
    policy_with(notify_account_manager=1)
    swept("2026-09-14 11:00")
    assert outbox() == [manager]


def test_somebody_who_left_is_not_written_to(outbox):
    issue = enterprise_issue()
    frappe.db.set_value("User", "agent2@retainer.example", "enabled", 0)
    swept("2026-09-14 10:45")
    assert (outbox(), escalations(issue)) == ([], [("Response", 75.0)])


def test_a_level_hands_the_ticket_to_somebody_else():
    issue = enterprise_issue()
    senior = named_user("senior@retainer.example", "System User", "Support Team")
    policy_with(reassign_to=senior)
    swept("2026-09-14 11:00")
    assert frappe.parse_json(frappe.db.get_value("Issue", issue.name, "_assign")) == [senior]


def test_a_level_raises_the_priority_and_the_clock_is_set_anew():
    issue = enterprise_issue()
    policy_with(raise_priority_to="P1 Critical")
    swept("2026-09-14 11:00")
    assert frappe.db.get_value("Issue", issue.name, "priority") == "P1 Critical"
    assert ("Priority Changed", "P1 Critical") in facts(issue)
    assert frappe.db.get_value("Issue", issue.name, "agreement_status") == "Failed"


class Receiver(BaseHTTPRequestHandler):
    got: list[dict] = []
    answer = 204

    def do_POST(self):
        type(self).got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(self.answer)
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def receiver():
    Receiver.got, Receiver.answer = [], 204
    server = HTTPServer(("127.0.0.1", 0), Receiver)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/hook"
    server.shutdown()
    server.server_close()


def test_a_webhook_gets_the_level_once_and_waits_while_the_other_side_is_down(receiver):
    issue = enterprise_issue()
    policy_with(webhook_url=receiver)
    swept("2026-09-14 11:00")
    (request,) = webhook.waiting()

    Receiver.answer = 503
    webhook.send(request)
    assert webhook.waiting() == [request]
    Receiver.answer = 204
    webhook.send(request)
    webhook.send(request)
    assert [(body["issue"], body["target"], body["percent"]) for body in Receiver.got] == [
        (issue.name, "Response", 100)
    ] * 2
    assert Receiver.got[0]["id"] == Receiver.got[1]["id"]
    assert webhook.waiting() == []


def test_a_webhook_that_nothing_answers_keeps_its_request():
    enterprise_issue()
    policy_with(webhook_url="http://127.0.0.1:9/closed")
    swept("2026-09-14 11:00")
    (request,) = webhook.waiting()
    webhook.send(request)
    assert frappe.db.get_value("Integration Request", request, "error")


def test_the_database_refuses_a_second_event_of_the_same_level():
    issue = enterprise_issue()
    swept("2026-09-14 10:45")
    (fact,) = [event for event in clock.history(issue.name) if event.kind is clock.EventKind.ESCALATED]
    with pytest.raises(IntegrityError, match="Duplicate"):
        clock.write(issue.name, [fact])


@pytest.mark.commits
def test_one_broken_ticket_does_not_stop_the_others(outbox):
    broken, sound = enterprise_issue(), enterprise_issue()
    frappe.db.sql("update `tabSLA Event` set value = 'nonsense' where issue = %s", broken.name)
    at("2026-09-14 10:50")
    done = sweep.sweep()
    assert (done.issues, done.failed, escalations(sound)) == (2, 1, [("Response", 75.0)])
    assert frappe.db.get_value("Issue", broken.name, "retainer_next_event_at").hour == 11
    assert frappe.db.exists("Error Log", {"reference_name": broken.name})
    assert sweep.last_sweep_at().isoformat(" ")[:16] == "2026-09-14 10:50"


@pytest.mark.commits
def test_the_command_sweeps(bench, outbox):
    enterprise_issue()  # September is over: everything is due by now
    frappe.flags.current_time = None
    frappe.db.commit()
    done = bench("retainer", "sweep", "--json")
    assert (done.returncode, json.loads(done.stdout)["issues"]) == (0, 1), done.stderr


def test_muted_mail_stops_no_sweep(monkeypatch):
    """Frappe then makes up an account without an address, and a mail from it breaks."""
    issue = enterprise_issue()
    monkeypatch.setattr(frappe.flags, "mute_emails", True, raising=False)
    monkeypatch.delitem(frappe.local.conf, "mail_server", raising=False)
    named_user("agent2@retainer.example", "System User", "Retainer Agent")
    assert (swept("2026-09-14 10:45").mails, escalations(issue)) == (0, [("Response", 75.0)])
