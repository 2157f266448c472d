"""The link in the mail about an estimate: it shows without a login, and answers once, for whom it was sent to."""

import json
import re

import frappe
import pytest

from support_retainer.exceptions import DecisionNeedsReason, NotAnApprover
from support_retainer.hours import estimate_links, estimate_versions, estimates
from support_retainer.portal import estimates as portal
from support_retainer.testing import make_contract, make_issue
from tests.support.additional_work import TASKS, approver, estimate
from tests.support.people import acting_as, make_user
from tests.support.stories import at


@pytest.fixture
def client(site):
    at("2026-09-14 10:00")
    frappe.cache.delete_value("retainer_estimate_guesses:here")
    return make_user("Customer", user_type="Website User")


def tokens(quotation):
    """A fresh link for each approver, as the mail has it."""
    contacts = list(json.loads(quotation.retainer_links).values())
    return {contact: url.partition("token=")[2] for contact, url in estimate_links.issue(quotation, contacts).items()}


def sent(client, **values):
    quotation = estimate(client, **values)
    quotation.reload()
    return quotation, tokens(quotation)[client]


def answer(quotation, token, approved=1, reason=""):
    with acting_as("Guest"):
        portal.answer_by_link(quotation.name, token, approved, reason)


def status(quotation):
    return frappe.db.get_value("Quotation", quotation.name, "status")


def test_a_link_approves_for_the_contact_it_was_sent_to(client):
    quotation, token = sent(client)
    answer(quotation, token)
    assert frappe.db.get_value("Quotation", quotation.name, ["approved_by", "status"]) == (client, "Ordered")
    assert frappe.session.user == "Administrator"


def test_a_link_declines_with_a_reason(client):
    quotation, token = sent(client)
    with pytest.raises(DecisionNeedsReason):
        answer(quotation, token, approved=0)
    answer(quotation, token, approved=0, reason="Next year")
    assert status(quotation) == "Lost"


def test_a_link_answers_once(client):
    quotation, token = sent(client)
    answer(quotation, token)
    with pytest.raises(frappe.PermissionError):
        answer(quotation, token)
    assert frappe.db.count("Sales Order", {"docstatus": 1}) == 1


def test_every_link_dies_with_the_first_answer(client):
    other = make_user("Customer", user_type="Website User")
    contract = make_contract("Growth", "2026-08-31", contacts=[approver(client), approver(other)])
    quotation = estimates.make(make_issue(contract), TASKS, "2026-09-28")
    quotation.submit()
    quotation.reload()
    links = tokens(quotation)
    assert set(links) == {client, other}
    answer(quotation, links[client], approved=0, reason="No")
    with pytest.raises(frappe.PermissionError):
        answer(quotation, links[other])


def test_only_a_hash_of_the_token_is_kept(client):
    quotation, token = sent(client)
    kept = frappe.db.get_value("Quotation", quotation.name, "retainer_links")
    assert token not in kept
    assert token.partition(".")[0] not in kept
    assert [len(digest) for digest in json.loads(kept)] == [64]


def test_a_link_dies_with_the_estimates_last_day_and_with_a_new_version(client):
    quotation, token = sent(client)
    at("2026-09-28 23:00")
    assert estimate_links.holder(quotation.name, token) == client
    at("2026-09-29 00:10")
    with pytest.raises(frappe.PermissionError):
        answer(quotation, token)
    at("2026-09-14 10:00")
    estimate_versions.new_version(quotation.name).submit()
    with pytest.raises(frappe.PermissionError):
        answer(quotation, token)


def test_a_link_is_for_one_estimate(client):
    first, token = sent(client)
    second, _other = sent(client)
    with pytest.raises(frappe.PermissionError):
        answer(second, token)
    assert status(first) == status(second) == "Open"


@pytest.mark.parametrize("forged", ["", "x", "x.y", "ü.é", "a" * 10_000])
def test_a_made_up_link_is_refused_without_a_look_at_the_records(client, forged):
    quotation, _token = sent(client)
    with pytest.raises(frappe.PermissionError):
        answer(quotation, forged)


def test_a_link_goes_no_further_than_the_contacts_limit_and_stays_for_declining(client):
    quotation, token = sent(client, limit=100)
    with pytest.raises(NotAnApprover):
        answer(quotation, token)
    frappe.db.set_value("Retainer Contract Contact", {"user": client}, "can_approve", 0)
    frappe.clear_document_cache("Retainer Contract", quotation.retainer_contract)
    with pytest.raises(NotAnApprover):
        answer(quotation, token, approved=0, reason="No")


def test_guessing_ends_after_ten_wrong_links(client):
    quotation, token = sent(client)
    for _ in range(estimate_links.MOST_GUESSES):
        with pytest.raises(frappe.PermissionError):
            answer(quotation, "wrong.link")
    with pytest.raises(frappe.TooManyRequestsError):
        answer(quotation, token)


def test_the_mail_has_a_link_for_each_approver_and_none_for_the_others(client, monkeypatch):
    mails = []
    monkeypatch.setattr("support_retainer.post.queue", lambda *mail: mails.append(mail))
    other = make_user("Customer", user_type="Website User")
    contract = make_contract("Growth", "2026-08-31", contacts=[approver(client), {"user": other}])
    quotation = estimates.make(make_issue(contract), TASKS, "2026-09-28")
    quotation.submit()
    ((users, subject, message, _about, text),) = mails
    assert (users, quotation.name in subject) == ([client], True)
    assert "5.5 hours, at most" in text
    assert "token=" not in text, "what a site without mail keeps as a comment holds no link"
    assert re.search(rf'href="https?://[^"]+/support/estimates/{quotation.name}\?token=[^"]+"', message)
