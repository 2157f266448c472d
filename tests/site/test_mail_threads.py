"""Mails in both directions stay on their ticket and move its clock; strangers and machines move nothing."""

import frappe
import pytest
from frappe.core.doctype.communication.email import make

from tests.site.test_mail_intake import CLIENT, SUPPORT, contract, letters, raw, receive, send_out, server
from tests.support.people import acting_as, make_user
from tests.support.stories import at
from tests.support.tickets import facts, set_status

__all__ = ["contract", "letters", "receive", "server"]

pytestmark = pytest.mark.commits


@pytest.fixture
def issue(contract, receive):
    """A client's mail of 10:00, acknowledged."""
    [issue] = receive(raw(Message_ID="<first@client.example>"))
    send_out()
    return issue


def reloaded(issue):
    return frappe.get_doc("Issue", issue.name)


def answer(issue, text="Is it plugged in?"):
    """What the desk's 'New Email' does."""
    with acting_as(make_user("Retainer Agent", "Support Team")):
        values = {"recipients": CLIENT, "sender": SUPPORT, "subject": f"Re: {issue.subject}", "content": text}
        make(doctype="Issue", name=issue.name, send_email=1, communication_medium="Email", **values)
    frappe.db.commit()
    send_out()


def absent(letter):
    return raw(Auto_Submitted="auto-replied", In_Reply_To=letter["Message-Id"], subject=f"Away: {letter['Subject']}")


def test_an_answer_from_the_desk_leaves_by_smtp_and_is_the_first_response(issue, letters):
    at("2026-09-14 11:00")
    answer(issue)

    recipients, letter = letters[-1]
    assert recipients == [CLIENT]
    assert "plugged in" in letter.as_string()
    assert facts(issue)[-1] == ("Responded", "")
    assert str(reloaded(issue).first_responded_on)[:16] == "2026-09-14 11:00"


def test_the_clients_reply_to_it_is_on_the_ticket_and_ends_the_pause(issue, letters, receive):
    answer(issue)
    set_status(issue, "Replied")
    assert facts(issue)[-1][0] == "Paused"
    at("2026-09-14 12:00")
    tickets = receive(raw(subject="Something else", In_Reply_To=letters[-1][1]["Message-Id"]))

    assert [one.name for one in tickets] == [issue.name]
    assert (reloaded(issue).status, facts(issue)[-1][0]) == ("Open", "Resumed")


def test_a_reply_that_kept_only_the_references_is_on_its_ticket(issue, letters, receive):
    references = f"<other@client.example> {letters[-1][1]['Message-Id']}"
    assert len(receive(raw(subject="Something else", References=references))) == 1


def test_a_colleague_finds_the_ticket_by_its_number_and_a_stranger_does_not(issue, receive):
    assert len(receive(raw("bo@client.example", subject=f"News (#{issue.name})"))) == 1
    tickets = receive(raw("eve@stranger.example", subject=f"News (#{issue.name})"))

    assert len(tickets) == 2
    messages = frappe.get_all("Communication", {"reference_name": issue.name}, pluck="sender")
    assert not [sender for sender in messages if "eve" in sender]


def test_a_new_matter_of_an_old_name_is_a_new_ticket_and_a_reply_is_not(issue, receive):
    assert len(receive(raw(subject=f"Re: {issue.subject}"))) == 1
    assert len(receive(raw(subject=issue.subject))) == 2


def test_a_notice_of_absence_opens_no_solved_ticket(issue, letters, receive):
    set_status(issue, "Closed")
    tickets = receive(absent(letters[-1][1]))

    assert [one.name for one in tickets] == [issue.name], "it can be read on the ticket"
    assert (reloaded(issue).status, facts(issue)[-1]) == ("Closed", ("Resolved", ""))


def test_a_notice_of_absence_ends_no_pause(issue, letters, receive):
    answer(issue)
    set_status(issue, "Replied")
    receive(absent(letters[-1][1]))
    assert (reloaded(issue).status, facts(issue)[-1][0]) == ("Replied", "Paused")


def test_a_bounce_of_the_acknowledgement_changes_nothing_and_is_not_answered(issue, letters, receive):
    before = (facts(issue), len(letters))
    bounce = raw("mailer-daemon@client.example", subject="Undelivered", In_Reply_To=letters[-1][1]["Message-Id"])
    receive(bounce, envelope="")
    send_out()
    assert (facts(issue), len(letters)) == before


def test_two_machines_do_not_write_to_each_other_without_end(contract, letters, receive):
    """The other side answers every letter of ours with a new one that shows none of the signs."""
    receive(raw())
    for _ in range(10):
        send_out()
        receive(raw(subject=f"Got {len(letters)} of yours"))
    assert len(letters) <= 6


def test_a_reply_long_after_the_solution_is_a_follow_up_that_is_acknowledged(issue, letters, receive):
    set_status(issue, "Closed")
    at("2026-10-20 10:00")
    receive(raw(In_Reply_To=letters[-1][1]["Message-Id"], subject=f"Re: {issue.subject}"))

    follow_up = frappe.db.get_value("Issue", {"retainer_follow_up_of": issue.name})
    assert follow_up
    assert frappe.db.exists("Communication", {"reference_name": follow_up, "communication_type": "Automated Message"})
