"""'Why was this missed?' and the badges: what staff and clients are told of a ticket's clock."""

import json

import frappe
import pytest

from support_retainer.sla import badges, why
from support_retainer.testing import make_contract, make_customer, make_issue
from tests.support.stories import at
from tests.support.tickets import named_user, say, set_status, staff

HOUR = 3600


def a_missed_ticket():
    """Opened Monday 10:00, on hold for a vendor from 12 to 14, answered Tuesday 10:00; open 8 to 22."""
    at("2026-09-14 10:00")
    issue = make_issue(make_contract("Enterprise", "2026-08-31"), priority="P3 Medium")
    at("2026-09-14 12:00")
    paused = frappe.get_doc("Issue", issue.name)
    paused.update({"status": "On Hold", "retainer_pause_reason": "Vendor"})
    paused.save()
    at("2026-09-14 14:00")
    set_status(issue, "Open")
    at("2026-09-15 10:00")
    say(issue, staff())
    return issue


def target(answer: dict, name: str) -> dict:
    return next(row for row in answer["targets"] if row["target"] == name)


def test_every_stretch_is_named_and_the_sums_add_up():
    response = target(why.why(a_missed_ticket().name), "Response")
    assert [(row["kind"], row["reason"], row["seconds"] / HOUR) for row in response["stretches"]] == [
        ("Counted", "", 2),
        ("Paused", "Vendor", 2),
        ("Counted", "", 8),
        ("Outside Hours", "", 10),
        ("Counted", "", 2),
    ]
    assert (response["standing"], response["counted"], response["left"]) == ("Missed", 12 * HOUR, -11 * HOUR)
    assert (response["sums"]["Counted"], response["paused_for"]) == (12 * HOUR, {"Vendor": 2 * HOUR})
    assert response["stretches"][0]["start"] == "2026-09-14T06:00:00+00:00"


def test_the_answer_is_json_and_names_the_clients_zone_and_what_happened():
    answer = json.loads(json.dumps(why.why(a_missed_ticket().name)))
    assert (answer["time_zone"], answer["policy"]) == ("Asia/Dubai", "Enterprise SLA")
    assert [row["event"] for row in answer["events"]] == ["Opened", "Paused", "Resumed", "Responded"]
    assert answer["events"][-1]["by_user"] == "agent@retainer.example"


def test_the_client_reads_neither_our_reasons_nor_our_people():
    text = json.dumps(why.for_client(a_missed_ticket().name))
    assert "Vendor" not in text
    assert "agent@retainer.example" not in text
    assert '"Paused"' in text


def test_the_client_reads_that_we_waited_for_the_client():
    at("2026-09-14 10:00")
    issue = make_issue(make_contract("Enterprise", "2026-08-31"))
    set_status(issue, "Replied")
    at("2026-09-14 11:00")
    assert target(why.for_client(issue.name), "Resolution")["paused_for"] == {"Client": HOUR}


def test_a_ticket_without_our_clock_has_nothing_to_explain():
    assert why.why(make_issue(customer=make_customer(), priority=None).name)["targets"] == []


def test_a_stranger_is_told_nothing():
    issue = a_missed_ticket()
    frappe.set_user(named_user("stranger@client.example", "Website User"))
    with pytest.raises(frappe.PermissionError):
        why.why(issue.name)
    with pytest.raises(frappe.PermissionError):
        badges.badges([issue.name])


def test_badges_of_a_list_come_for_our_tickets_only():
    at("2026-09-14 10:00")
    issue = make_issue(make_contract("Enterprise", "2026-08-31"), priority="P3 Medium")
    other = make_issue(customer=make_customer())
    at("2026-09-14 10:30")
    answer = badges.badges(json.dumps([issue.name, other.name, "ISS-NONE"]))
    assert list(answer["issues"]) == [issue.name]
    response, resolution = answer["issues"][issue.name]
    assert (response["left"], response["ticks"], response["changes_at"]) == (
        HOUR / 2,
        True,
        "2026-09-14T18:00:00+00:00",
    )
    assert resolution["standing"] == "Running"


def test_badges_of_many_tickets_cost_no_more_queries_than_of_few():
    at("2026-09-14 10:00")
    issue = make_issue(make_contract("Enterprise", "2026-08-31"))
    more = [make_issue(customer=issue.customer).name for _ in range(8)]
    badges.badges([issue.name])

    def queries(names: list[str]) -> int:
        before = int(frappe.db.sql("show session status like 'Questions'")[0][1])
        badges.badges(names)
        return int(frappe.db.sql("show session status like 'Questions'")[0][1]) - before

    assert queries([issue.name, *more]) == queries([issue.name])
