"""Offer 003: what the warranty package covers and for how long, one test for each rule."""

from datetime import date

import pytest

from support_retainer.domain.coverage import Claim, CoverageKind, Reason
from tests.unit.offer_rules import decide_on, offer, outcome_of_one_hour

OFFICE_HOURS = "2026-01-05 10:00"


def test_faults_are_mended_free_while_the_warranty_runs():
    (part,) = decide_on(offer("003", "Warranty"), "Bug Fix", OFFICE_HOURS)
    assert (part.kind, part.reason) == (CoverageKind.INCLUDED, Reason.UNLIMITED)


@pytest.mark.parametrize("activity_type", ["Bug Fix", "Troubleshooting", "Documentation"])
def test_once_it_is_over_the_warranty_package_includes_nothing(activity_type):
    (part,) = decide_on(offer("003", "Warranty"), activity_type, OFFICE_HOURS, after_warranty=True)
    assert (part.kind, part.reason, part.minutes) == (CoverageKind.QUOTED, Reason.WARRANTY_OVER, 60)


def test_a_defect_of_ours_that_was_reported_in_time_is_mended_free_even_later():
    (part,) = decide_on(offer("003", "Warranty"), "Bug Fix", OFFICE_HOURS, claim=Claim(True, True), after_warranty=True)
    assert part.kind is CoverageKind.WARRANTY


@pytest.mark.parametrize("package", ["Basic", "Standard", "Premium"])
def test_packages_that_are_paid_go_on_after_the_warranty(package):
    (part,) = decide_on(offer("003", package), "Bug Fix", OFFICE_HOURS, after_warranty=True)
    assert part.kind is CoverageKind.INCLUDED


@pytest.mark.parametrize(
    ("day", "kind"), [(date(2026, 4, 1), CoverageKind.INCLUDED), (date(2026, 4, 2), CoverageKind.QUOTED)]
)
def test_the_warranty_package_serves_to_the_last_day_of_the_ninety(day, kind):
    assert outcome_of_one_hour(offer("003", "Warranty"), "User Error", day).minutes_of(kind) == 60
