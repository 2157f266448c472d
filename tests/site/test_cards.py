"""The number cards of the workspace, each against the rows behind it."""

import frappe
import pytest
from frappe.desk.doctype.number_card.number_card import get_result
from frappe.utils import add_days, nowdate

from support_retainer.reporting import cards
from support_retainer.testing import make_contract
from support_retainer.testing.sites import make_site
from tests.support.people import acting_as, make_user


def test_recurring_fees_are_those_of_today_by_currency(site):
    before = fees()
    make_contract("Professional", nowdate())
    make_contract("Professional", add_days(nowdate(), -40))
    assert fees() == before + 1600


def test_terms_agreed_for_later_do_not_count_yet(site):
    before = fees()
    contract = make_contract("Professional", nowdate())
    contract.append("terms", {"package": "Growth", "effective_from": add_days(nowdate(), 30)})
    contract.save()
    assert fees() == before + 800


def test_a_contract_that_has_ended_brings_nothing(site):
    before = fees()
    contract = make_contract("Professional", add_days(nowdate(), -90))
    contract.db_set("end_date", add_days(nowdate(), -1))
    assert fees() == before


def fees() -> float:
    """The AED of the card."""
    text = frappe.utils.strip_html(cards.recurring_revenue())
    parts = [part for part in text.split(" · ") if part.startswith("AED")]
    return float(parts[0].removeprefix("AED ").replace(",", "")) if parts else 0


def test_hours_left_are_the_balances_of_live_contracts(site):
    before = cards.hours_left()["value"]
    make_contract("Professional", nowdate())
    assert cards.hours_left()["value"] == before + 8


@pytest.mark.parametrize("card", [cards.recurring_revenue, cards.hours_left, cards.missed_this_month])
@pytest.mark.parametrize("role", ["Customer", "Employee"])
def test_strangers_get_no_figure(site, card, role):
    with acting_as(make_user(role)), pytest.raises(frappe.PermissionError):
        card()


def test_an_agent_sees_no_revenue(site):
    with acting_as(make_user("Retainer Agent")), pytest.raises(frappe.PermissionError):
        frappe.utils.strip_html(cards.recurring_revenue())


def test_sites_that_are_down_are_counted_and_those_nobody_watches_are_not(site):
    card = frappe.get_doc("Number Card", "Sites Down")
    before = get_result(card.as_dict(), card.filters_json)
    for values in ({}, {"status": "Down"}, {"status": "Down", "enabled": 0}):
        make_site().db_set(values or {"status": "Up"})
    assert get_result(card.as_dict(), card.filters_json) == before + 1
