"""Everybody reads in their own language what somebody else wrote down, and the desk keeps its own words."""

import json

import frappe
import pytest
from frappe.translate import get_translations_from_apps

from support_retainer import speech
from support_retainer.hours import extras
from support_retainer.portal import access, hours, work
from support_retainer.testing import make_contract, make_issue, make_timesheet
from tests.support.people import acting_as, make_client
from tests.support.stories import at, worked

LANGUAGES = ("ar", "de", "fr", "hi", "sv")


@pytest.fixture
def booked(site):
    """Five hours of the four that Growth includes, booked by somebody who reads English."""
    at("2026-09-14 16:00")
    contract = make_contract("Growth", "2026-08-31")
    issue = make_issue(contract)
    make_timesheet(worked(issue, "2026-09-14 09:00", 300))
    return frappe._dict(contract=contract, issue=issue)


@pytest.mark.parametrize(
    ("language", "said"),
    [("de", "aus den enthaltenen Stunden"), ("ar", "من الساعات المشمولة"), ("en", "from the included hours")],
)
def test_a_client_reads_why_time_is_covered_in_their_own_language(booked, language, said):
    user = make_client(booked.contract)
    with acting_as(user), speech.speaking(language):
        reasons = [row["reason"] for row in hours.statement(access.client()).rows]
        assert reasons == [row["reason"] for row in work.on_ticket(booked.issue.name)]
    assert len(reasons) == 2
    assert said in reasons[0]


def test_what_is_kept_gives_the_sentence_that_was_told(booked):
    for row in frappe.get_all("Timesheet Detail", {"issue": booked.issue.name}, ["*"]):
        assert json.loads(row.retainer_coverage_facts)[0]["package"] == "Growth"
        assert extras.reason_of(row) == row.retainer_coverage_reason


def test_a_row_from_before_facts_were_kept_says_what_was_told_then(booked):
    frappe.db.set_value("Timesheet Detail", {"issue": booked.issue.name}, "retainer_coverage_facts", None)
    rows = frappe.get_all("Timesheet Detail", {"issue": booked.issue.name}, ["*"])
    assert [extras.reason_of(row) for row in rows] == [row.retainer_coverage_reason for row in rows]


def test_nothing_of_the_row_that_is_ours_leaves_with_it(booked):
    row = work.on_ticket(booked.issue.name)[0]
    assert sorted(row) == sorted(
        ("name", "from_time", "issue", "subject", "activity_type", "worked", "counted", "coverage", "reason", "who")
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_of_the_desk_changes_its_meaning(site, language):
    desk = get_translations_from_apps(language, ["frappe", "erpnext"])
    ours = get_translations_from_apps(language, ["support_retainer"])
    assert {text for text, said in ours.items() if desk.get(text, said) != said} == set()
    assert len(ours) > 800


def test_a_short_word_is_the_portals_for_clients_and_the_desks_for_staff(site):
    with speech.speaking("de"):
        assert (speech._("Left"), frappe._("Left")) == ("Übrig", "Links")
