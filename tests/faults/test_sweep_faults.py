"""Sweeps that are killed or doubled tell of each level once, counted in the outbox and at a real SMTP server."""

import signal
import subprocess
import time
from collections import Counter
from email import message_from_bytes
from email.header import decode_header, make_header

import frappe
import pytest
from aiosmtpd.controller import Controller

from support_retainer.testing import make_contract, make_issue
from tests.support.mail_server import free_port
from tests.support.site import bench_command
from tests.support.stories import at
from tests.support.tickets import named_user

pytestmark = pytest.mark.commits
DUE = 200


class Inbox:
    """What arrived, as aiosmtpd hands it over."""

    def __init__(self) -> None:
        self.letters: list[tuple[str, str]] = []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 (aiosmtpd's name)
        subject = str(make_header(decode_header(message_from_bytes(envelope.content)["Subject"])))
        self.letters += [(recipient, " ".join(subject.split())) for recipient in envelope.rcpt_tos]
        return "250 OK"


@pytest.fixture
def inbox():
    found = Inbox()
    port = free_port()
    server = Controller(found, hostname="127.0.0.1", port=port)
    server.start()
    account = {"email_account_name": "Outbox", "email_id": "support@retainer.example", "smtp_server": "127.0.0.1"}
    frappe.get_doc(
        doctype="Email Account",
        enable_outgoing=1,
        default_outgoing=1,
        smtp_port=str(port),
        no_smtp_authentication=1,
        **account,
    ).db_insert()
    yield found
    server.stop()


@pytest.fixture
def due_issues(inbox) -> list[str]:
    """Two hundred tickets that a manager and an agent are to be told of, one mail each."""
    at("2026-09-14 10:00")
    issue = make_issue(make_contract("Enterprise", "2026-08-31"), priority="P3 Medium")
    names = [issue.name, *(make_issue(customer=issue.customer, priority="P3 Medium").name for _ in range(DUE - 1))]
    for row in frappe.get_all("Has Role", {"role": ["like", "Retainer%"], "parenttype": "User"}, pluck="parent"):
        frappe.db.set_value("User", row, "enabled", int(row == "Administrator"))
    named_user("agent2@retainer.example", "System User", "Retainer Agent")
    named_user("manager@retainer.example", "System User", "Retainer Manager")
    policy = frappe.get_doc("SLA Policy", "Enterprise SLA")
    policy.update({"always_open": 1, "escalations": []})
    policy.append("escalations", {"target": "Response", "at_percent": 100, "notify_role": "Retainer Manager"})
    policy.append("escalations", {"target": "Resolution", "at_percent": 75, "notify_role": "Retainer Agent"})
    policy.save()
    frappe.db.set_single_value("Retainer Settings", "digest_above", 10 * DUE)
    frappe.db.commit()
    return names


def start(site: str) -> "subprocess.Popen[str]":
    command = bench_command(site, "retainer", "sweep", "--json")
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def queued() -> int:
    """Mails in the outbox, those included that a sweep has not committed yet."""
    frappe.db.rollback()
    frappe.db.sql("set session transaction isolation level read uncommitted")
    frappe.db.commit()
    try:
        return frappe.db.count("Email Queue")
    finally:
        frappe.db.sql("set session transaction isolation level repeatable read")
        frappe.db.commit()


def wait_for(reached, seconds: float = 90) -> None:
    until = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < until, "the sweep never got that far"
        time.sleep(0.02)


def kill_in_the_middle(site: str) -> None:
    process = start(site)
    wait_for(lambda: queued() > DUE // 4)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    wait_for(lambda: queued() == 0)


def flush() -> None:
    """Frappe's own sender, in this process because mails are muted on test sites."""
    from frappe.email.queue import flush as send_queued

    frappe.flags.current_time = None
    frappe.db.rollback()
    muted, frappe.local.conf.mute_emails = frappe.local.conf.mute_emails, 0
    try:
        send_queued()
    finally:
        frappe.local.conf.mute_emails = muted


def escalations() -> Counter:
    frappe.db.rollback()
    rows = frappe.get_all("SLA Event", {"event": "Escalated"}, ["issue", "value"])
    return Counter((row.issue, row.value) for row in rows)


def assert_each_was_told_once(names: list[str], inbox: Inbox) -> None:
    once = {(name, target) for name in names for target in ("response overdue", "resolution overdue")}
    assert len(escalations()) == len(once)
    assert set(escalations().values()) == {1}
    assert frappe.db.count("Email Queue") == len(once)
    assert Counter(map(meant, inbox.letters)) == dict.fromkeys(once, 1)


def meant(letter: tuple[str, str]) -> tuple[str, str]:
    """The issue and the target that a letter's subject names."""
    _, subject = letter
    return subject.split(":")[0], "response overdue" if "response" in subject else "resolution overdue"


def test_killed_and_then_doubled_each_level_is_told_once(site, due_issues, inbox):
    kill_in_the_middle(site)
    assert escalations() == {}, "nothing of a killed sweep stays"

    together = [start(site), start(site)]
    answers = [process.communicate(timeout=240)[0] for process in together]
    assert [process.returncode for process in together] == [0, 0], answers
    assert start(site).communicate(timeout=120)[0]

    flush()
    assert_each_was_told_once(due_issues, inbox)
    assert {recipient for recipient, _ in inbox.letters} == {"manager@retainer.example", "agent2@retainer.example"}


def test_a_worker_neither_waits_for_nor_takes_what_another_one_holds(site, due_issues):
    """Half of the tickets are locked in an open transaction, as by another worker or a user who is saving."""
    held = set(due_issues[: DUE // 2])
    frappe.db.commit()
    for name in held:  # one by one: a list of half the table would be read by a scan, which locks every row
        frappe.db.sql("select name from tabIssue where name = %s for update", name)
    process = start(site)
    output = process.communicate(timeout=120)[0]
    assert process.returncode == 0, output
    frappe.db.commit()

    told = {issue for issue, _ in escalations()}
    assert told == set(due_issues) - held
    assert start(site).communicate(timeout=120)[0]
    assert {issue for issue, _ in escalations()} == set(due_issues)
