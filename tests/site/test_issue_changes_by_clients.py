"""What a client does in the portal feeds the clock as a mail does: replies, closing, opening again, coming late."""

import pytest

from support_retainer.portal import ticket
from support_retainer.testing import make_contract, make_issue
from tests.support.people import acting_as, make_client
from tests.support.stories import at
from tests.support.tickets import due, facts, say, set_status, staff


@pytest.fixture
def contract(site):
    at("2026-09-14 10:00")
    return make_contract("Growth", "2026-08-31")


@pytest.fixture
def issue(contract):
    return make_issue(contract)


@pytest.fixture
def client(contract):
    return make_client(contract)


def test_a_reply_in_the_portal_is_no_first_response(issue, client):
    with acting_as(client):
        ticket.reply(issue.name, "Any news?")
    assert facts(issue) == [("Opened", "")]


def test_a_reply_in_the_portal_ends_the_pause_for_the_client(issue, client):
    say(issue, staff())
    set_status(issue, "Replied")
    before = due(issue)
    at("2026-09-14 15:00")
    with acting_as(client):
        ticket.reply(issue.name, "It is plugged in.")
    assert [kind for kind, _value in facts(issue)] == ["Opened", "Responded", "Paused", "Resumed"]
    assert due(issue) == before, "the pause came after the response"


def test_closing_and_opening_again_in_the_portal_stops_and_starts_the_clock(issue, client):
    with acting_as(client):
        ticket.close(issue.name)
        at("2026-09-15 10:00")
        ticket.reopen(issue.name)
    assert [kind for kind, _value in facts(issue)] == ["Opened", "Resolved", "Reopened"]


def test_a_late_reply_in_the_portal_is_a_follow_up(issue, client):
    set_status(issue, "Closed")
    at("2026-10-20 10:00")
    with acting_as(client):
        path = ticket.reply(issue.name, "It is back.")
    assert issue.name not in path
    assert facts(issue)[-1] == ("Resolved", "")
