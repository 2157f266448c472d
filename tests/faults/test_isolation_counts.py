"""What names nobody and is a leak all the same: counts and sums. And the proof that the search for leaks finds them.

A count of all tickets has no word of client B in it. So everything is read twice, and B has more of everything the
second time. Whoever else sees a difference sees something of B.
"""

import json
import re

import frappe
import pytest

from support_retainer.portal import access, routes, tickets
from support_retainer.reporting import cards
from tests.faults.test_isolation import NAMES, sent_for, wrong_answers
from tests.support.isolation import World, endpoints, more_of_b, parameters
from tests.support.web import Web

pytestmark = pytest.mark.commits

# What runs on between two looks: countdowns.
RUNS = re.compile(r'data-left="-?\d+"|<span class="clock-text">[^<]*</span>|"left": ?-?\d+|"text": ?"[^"]*"')
CARDS, CHARTS = "Number Card", "Dashboard Chart"
DESK = "/api/method/frappe.desk.doctype."
CARD, CHART = DESK + "number_card.number_card.get_result", DESK + "dashboard_chart.dashboard_chart.get"


def test_nothing_that_anybody_sees_changes_with_what_b_has(world, visitors):
    del visitors["closed"]
    asked = [*readable(world), *cards_and_charts()]
    assert len(asked) > 60
    assert changed(world, visitors, asked) == []


def test_leaks_that_are_planted_are_found(world, visitors, monkeypatch):
    """Each way of looking is tried on a leak of its kind, so that none of them is blind."""
    client = {"client": visitors["client"]}
    portal = "support_retainer.portal."
    guarded = [portal + name for name in ("ticket.ticket", "ticket.close", "files.download")]
    with monkeypatch.context() as planted:
        planted.setattr(access.Client, "may_see", lambda client, ticket: True)
        found = wrong_answers(world, client, guarded)
    assert [line.split(":")[0].split()[-1] for line in found] == guarded
    card = forgotten_card()
    with monkeypatch.context() as planted:
        planted.setattr(cards, card.__name__, card, raising=False)
        found = wrong_answers(world, visitors, [f"{card.__module__}.{card.__name__}"])
    frappe.whitelisted.remove(card)
    assert [line.split()[0] for line in found] == ["client", "colleague"]
    search = tickets.search
    with monkeypatch.context() as planted:
        planted.setattr(tickets, "search", lambda *asked: (search(*asked)[0], frappe.db.count("Issue")))
        found = changed(world, client, [("/support/tickets", {}), ("/support/hours", {})])
    assert found == ["client at /support/tickets {}"]


def forgotten_card():
    """How many tickets there are, for whoever is logged in."""

    def tickets_of_all() -> int:
        return frappe.db.count("Issue")

    tickets_of_all.__module__, tickets_of_all.__qualname__ = cards.__name__, tickets_of_all.__name__
    return frappe.whitelist(methods=["GET"])(tickets_of_all)


def changed(world: World, visitors: dict[str, Web], asked: list[tuple[str, dict]]) -> list[str]:
    """Where an answer is another one when B has more of everything."""
    before = all_seen(visitors, asked)
    more_of_b(world)
    after = all_seen(visitors, asked)
    return [where for where in before if before[where] != after[where]]


def all_seen(visitors: dict[str, Web], asked: list[tuple[str, dict]]) -> dict[str, tuple[int, str]]:
    return {
        f"{who} at {path} {query}": look(web, path, query) for who, web in visitors.items() for path, query in asked
    }


def look(web: Web, path: str, query: dict) -> tuple[int, str]:
    """With the visitor's session, whatever a look before did to it."""
    kept = dict(web.client._cookies)
    try:
        return seen(web.get(path, query))
    finally:
        web.client._cookies.clear()
        web.client._cookies.update(kept)


def seen(answer) -> tuple[int, str]:
    """A refusal tells where in the code it was made, and a PDF when: of those the status counts. What is on the PDF
    comes from functions that are asked here as well."""
    is_text = answer.mimetype.startswith("text/") or answer.mimetype == "application/json"
    return answer.status_code, words_of(answer) if is_text and answer.status_code < 400 else answer.mimetype


def words_of(answer) -> str:
    """Without the stretches of promised time, the last of which ends now."""
    if answer.mimetype != "application/json":
        return RUNS.sub("", answer.get_data(as_text=True))
    found = answer.json
    if isinstance(found.get("message"), dict):
        found["message"].pop("promises", None)
    return RUNS.sub("", json.dumps(found))


def readable(world: World) -> list[tuple[str, dict]]:
    """With client A's own names where A has such a record, so that A gets an answer."""
    own = {"Retainer Contract": world.own.name, "Customer": world.own.customer, "Issue": world.own_issue}
    allowed = frappe.allowed_http_methods_for_whitelisted_func
    functions = [
        (
            f"/api/method/{path}",
            {name: own.get(NAMES.get(name)) or sent_for(name, world) for name in parameters(function)},
        )
        for path, function in endpoints().items()
        if "GET" in allowed[function]
    ]
    pages = [page.path for page in routes.PAGES if "<" not in page.path]
    return [(path, {}) for path in (*pages, f"/support/tickets/{world.own_issue}")] + functions


def cards_and_charts() -> list[tuple[str, dict]]:
    """As the desk asks for them; a card's own function is among those that read."""
    names = {doctype: frappe.get_all(doctype, {"module": "Retainer"}, pluck="name") for doctype in (CARDS, CHARTS)}
    assert all(names.values())
    shown = [frappe.get_doc(CARDS, name) for name in names[CARDS]]
    return [
        *((CARD, {"doc": card.as_json(), "filters": card.filters_json or "[]"}) for card in shown),
        *((CHART, {"chart_name": name}) for name in names[CHARTS]),
    ]
