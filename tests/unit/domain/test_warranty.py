"""Seed 000, "90-Day Implementation Warranty", as the rule reads it."""

from datetime import date

import pytest

from support_retainer.domain.warranty import (
    CAUSES,
    UNKNOWN,
    Change,
    Decision,
    Ground,
    Proposal,
    Reproduction,
    goes_beyond,
    propose,
    suggested_cause,
)

LAST_DAY = date(2026, 11, 29)
COVERED = Proposal(Decision.COVERED, Ground.OUR_DEFECT)


@pytest.mark.parametrize("cause", ["Our Implementation", "Data Migration", "Our Integration", "Our Configuration"])
def test_our_own_faults_are_covered(cause):
    assert propose(cause, date(2026, 9, 14), LAST_DAY) == COVERED


@pytest.mark.parametrize("cause", ["Client Change", "ERPNext Core", "Third Party", "User Error"])
def test_what_others_did_is_not_covered(cause):
    assert propose(cause, date(2026, 9, 14), LAST_DAY) == Proposal(Decision.NOT_COVERED, Ground.NOT_OUR_CAUSE)


@pytest.mark.parametrize("cause", ["", "Unknown"])
def test_without_a_cause_nothing_is_decided(cause):
    assert propose(cause, date(2026, 9, 14), LAST_DAY) == Proposal(Decision.PENDING, Ground.CAUSE_UNKNOWN)


def test_the_last_day_still_counts_and_the_next_does_not():
    assert propose("Data Migration", LAST_DAY, LAST_DAY) == COVERED
    late = propose("Data Migration", date(2026, 11, 30), LAST_DAY)
    assert late == Proposal(Decision.NOT_COVERED, Ground.REPORTED_TOO_LATE)


def test_a_late_claim_needs_no_cause_to_be_refused():
    assert propose("", date(2026, 12, 24), LAST_DAY).ground is Ground.REPORTED_TOO_LATE


def test_a_package_without_warranty_covers_nothing():
    assert propose("Our Implementation", date(2026, 9, 14), None).ground is Ground.NO_WARRANTY


def test_only_giving_more_than_the_rules_goes_beyond_them():
    refused = Proposal(Decision.NOT_COVERED, Ground.NOT_OUR_CAUSE)
    undecided = Proposal(Decision.PENDING, Ground.CAUSE_UNKNOWN)
    assert goes_beyond(Decision.COVERED, refused)
    assert goes_beyond(Decision.COVERED, undecided)
    assert not goes_beyond(Decision.COVERED, COVERED)
    assert not goes_beyond(Decision.NOT_COVERED, COVERED)
    assert not goes_beyond(Decision.PENDING, refused)


@pytest.mark.parametrize(
    ("reproduction", "change", "cause"),
    [
        (Reproduction.CLIENT_ONLY, Change.OUR_CODE, "Our Implementation"),
        (Reproduction.STANDARD, Change.OUR_SETUP, "Our Configuration"),
        ("", Change.CLIENT, "Client Change"),
        (Reproduction.STANDARD, Change.NONE, "ERPNext Core"),
        (Reproduction.CLIENT_ONLY, Change.NONE, UNKNOWN),
        (Reproduction.NOWHERE, Change.NONE, "User Error"),
        (Reproduction.STANDARD, "", ""),
        ("", "", ""),
    ],
)
def test_the_evidence_points_to_a_cause(reproduction, change, cause):
    assert suggested_cause(getattr(reproduction, "value", reproduction), getattr(change, "value", change)) == cause


def test_every_change_that_was_found_points_to_a_cause_that_a_claim_knows():
    assert {suggested_cause("", change.value) for change in Change if change is not Change.NONE} <= set(CAUSES)
