"""Who was promised news is not forgotten: staff is asked for it in time, and the client reads when it comes."""

import frappe
import pytest

from support_retainer.portal import access, package, templates, ticket
from support_retainer.sla import sweep, why
from support_retainer.testing import make_contract, make_issue
from tests.support.people import make_user
from tests.support.stories import at
from tests.support.tickets import facts, named_user, say, set_status, staff


@pytest.fixture
def issue(site):
    """A ticket on a promise of news every four support hours (09:00 to 18:00), answered at ten."""
    at("2026-09-14 09:00")
    contract = make_contract(
        "Growth", "2026-08-31", contacts=[{"user": make_user("Customer", user_type="Website User")}]
    )
    policy = frappe.get_doc("SLA Policy", "Growth SLA")
    policy.next_update_every = 4 * 3600
    policy.save()
    found = make_issue(contract, priority="P3 Medium", raised_by=contract.contacts[0].user)
    at("2026-09-14 10:00")
    say(found, staff())
    return found


def swept(moment: str) -> int:
    """How many were asked for news."""
    at(moment)
    before = frappe.db.count("Notification Log")
    sweep.work_off(sweep.utc_now(), sweep.Swept())
    return frappe.db.count("Notification Log") - before


def news(issue) -> list[str]:
    return [value for kind, value in facts(issue) if kind == "Escalated" and "Update" in value]


def test_whoever_has_the_ticket_is_asked_once(issue):
    agent = named_user("agent3@retainer.example", "System User", "Retainer Agent")
    frappe.get_doc(doctype="ToDo", reference_type="Issue", reference_name=issue.name, allocated_to=agent).db_insert()
    assert (swept("2026-09-14 13:59"), news(issue)) == (0, [])
    assert swept("2026-09-14 14:00") == 1
    assert frappe.get_last_doc("Notification Log").for_user == agent
    assert (swept("2026-09-14 14:01"), len(news(issue))) == (0, 1)


def test_every_word_of_ours_begins_the_time_anew(issue):
    at("2026-09-14 13:00")
    say(issue, "agent@retainer.example")
    assert why.for_client(issue.name)["next_update_by"] == "2026-09-14T13:00:00+00:00"  # 17:00 in Dubai
    swept("2026-09-14 16:00")
    assert news(issue) == []
    swept("2026-09-14 17:00")
    assert len(news(issue)) == 1


def test_who_waits_for_the_client_owes_no_news(issue):
    set_status(issue, "Replied")
    assert (swept("2026-09-15 12:00"), news(issue)) == (0, [])
    assert why.for_client(issue.name)["next_update_by"] is None


def test_the_client_reads_when_the_next_word_comes(issue):
    contract = frappe.get_doc("Retainer Contract", issue.retainer_contract)
    assert any("hear from us again within 4 hours" in text for text in package.in_words(package.agreed(contract)))
    frappe.set_user(contract.contacts[0].user)
    page = ticket.page(access.client(), issue.name)
    assert page["next_update"] == "2026-09-14T10:00:00+00:00"
    assert (
        templates.environment()
        .from_string("{{ at | instant('Asia/Dubai') }}")
        .render(at=page["next_update"], client=None)
        .endswith("14:00</time>")
    )


def test_without_the_promise_only_the_first_reply_is_kept(site):
    at("2026-09-14 09:00")
    found = make_issue(make_contract("Growth", "2026-08-31"))
    agent = staff()
    say(found, agent)
    say(found, agent)
    assert [kind for kind, _value in facts(found)] == ["Opened", "Responded"]
