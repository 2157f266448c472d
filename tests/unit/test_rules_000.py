"""Offer 000: what is billed separately, emergency support, support hours and warranty, one test for each rule."""

from datetime import date
from decimal import Decimal

import pytest

from support_retainer.domain.billing_period import Anchor, billable
from support_retainer.domain.charges import Expense, LineKind, for_period
from support_retainer.domain.coverage import Claim, CoverageKind
from support_retainer.domain.hour_ledger import EntryType, close
from support_retainer.domain.lifecycle import warranty_end
from tests.unit.offer_rules import START, decide_on, hours_of, offer, outcome_of_one_hour, price_of

PACKAGES = ["Starter", "Growth", "Professional", "Enterprise", "Extreme"]
OFFICE_HOURS = "2026-01-05 10:00"  # a Monday
AT_NIGHT = "2026-01-05 23:00"


def kinds(parts):
    return [part.kind for part in parts]


# Billed separately


@pytest.mark.parametrize("package", PACKAGES)
def test_custom_development_is_quoted_for_each_project(package):
    assert kinds(decide_on(offer("000", package), "Custom Development", OFFICE_HOURS)) == [CoverageKind.QUOTED]


@pytest.mark.parametrize("package", PACKAGES)
def test_a_major_customization_is_not_covered_by_the_hours_and_is_quoted(package):
    (part,) = decide_on(offer("000", package), "Major Customization", OFFICE_HOURS)
    assert (part.kind, part.draws) == (CoverageKind.QUOTED, ())


@pytest.mark.parametrize("package", PACKAGES)
def test_further_training_costs_150_dirhams_an_hour(package):
    assert price_of(decide_on(offer("000", package), "Training", OFFICE_HOURS, 90)) == Decimal("225.00")


@pytest.mark.parametrize("package", PACKAGES)
def test_training_draws_no_support_hours(package):
    (part,) = decide_on(offer("000", package), "Training", OFFICE_HOURS)
    assert part.draws == ()


@pytest.mark.parametrize("package", PACKAGES)
def test_an_issue_of_a_third_party_is_quoted(package):
    assert kinds(decide_on(offer("000", package), "Third-Party Issue", OFFICE_HOURS)) == [CoverageKind.QUOTED]


@pytest.mark.parametrize("package", ["Professional", "Enterprise", "Extreme"])
def test_a_visit_costs_2000_dirhams_for_each_day_however_long_it_is(package):
    terms = offer("000", package)
    assert price_of(decide_on(terms, "On-Site Visit", OFFICE_HOURS, 8 * 60)) == Decimal("2000.00")
    assert price_of(decide_on(terms, "On-Site Visit", OFFICE_HOURS, 30)) == Decimal("2000.00")


@pytest.mark.parametrize("package", ["Professional", "Enterprise", "Extreme"])
def test_travel_comes_on_top_of_the_day_rate(package):
    assert offer("000", package).terms.rule_for("On-Site Visit").plus_expenses


@pytest.mark.parametrize("package", ["Professional", "Enterprise", "Extreme"])
def test_travel_is_billed_at_what_it_cost(package):
    taxi = Expense("On-Site Visit", Decimal("320.50"), "row", date(2026, 1, 5), "Taxi to Abu Dhabi")
    lines = for_period(offer("000", package).terms, billable(START, Anchor.START_DAY, START), (), expenses=[taxi])
    assert [line.amount for line in lines if line.kind is LineKind.EXPENSES] == [Decimal("320.50")]


@pytest.mark.parametrize("package", ["Starter", "Growth"])
def test_visits_are_offered_from_professional_upwards_only(package):
    parts = decide_on(offer("000", package), "On-Site Visit", OFFICE_HOURS)
    assert (kinds(parts), price_of(parts)) == ([CoverageKind.NOT_OFFERED], 0)


# Emergency support


@pytest.mark.parametrize("package", ["Starter", "Growth", "Professional", "Enterprise"])
def test_work_outside_support_hours_costs_300_dirhams_an_hour(package):
    parts = decide_on(offer("000", package), "Troubleshooting", AT_NIGHT, 180)
    assert (kinds(parts), price_of(parts)) == ([CoverageKind.EMERGENCY], Decimal("900.00"))


@pytest.mark.parametrize("package", ["Starter", "Growth", "Professional", "Enterprise"])
def test_an_emergency_costs_at_least_two_hours(package):
    assert price_of(decide_on(offer("000", package), "Troubleshooting", AT_NIGHT, 10)) == Decimal("600.00")


@pytest.mark.parametrize("package", ["Starter", "Growth", "Professional", "Enterprise"])
def test_the_two_hours_count_once_for_an_incident(package):
    terms = offer("000", package)
    (first,) = decide_on(terms, "Troubleshooting", AT_NIGHT, 10)
    (second,) = decide_on(
        terms,
        "Troubleshooting",
        AT_NIGHT,
        20,
        incident_worked_minutes=first.worked_minutes,
        incident_billed_minutes=first.minutes,
    )
    assert (first.minutes, second.minutes) == (120, 0)


def test_extreme_pays_nothing_extra_at_night():
    parts = decide_on(offer("000", "Extreme"), "Troubleshooting", AT_NIGHT)
    assert (kinds(parts), price_of(parts)) == ([CoverageKind.INCLUDED], 0)


@pytest.mark.parametrize(
    ("local", "kind"),
    [
        ("2026-01-04 09:00", CoverageKind.INCLUDED),  # Sunday
        ("2026-01-08 17:00", CoverageKind.INCLUDED),  # Thursday
        ("2026-01-09 10:00", CoverageKind.EMERGENCY),  # Friday
        ("2026-01-10 10:00", CoverageKind.EMERGENCY),  # Saturday
        ("2026-01-05 08:00", CoverageKind.EMERGENCY),
        ("2026-01-05 18:00", CoverageKind.EMERGENCY),
    ],
)
def test_support_is_open_sunday_to_thursday_from_nine_to_six_gulf_time(local, kind):
    assert kinds(decide_on(offer("000", "Growth"), "User Support", local)) == [kind]


# Support hours


@pytest.mark.parametrize(
    ("package", "hours"), [("Starter", 2), ("Growth", 4), ("Professional", 8), ("Enterprise", 20), ("Extreme", 40)]
)
def test_each_package_has_its_hours_every_month(package, hours):
    assert [pool.minutes for pool in offer("000", package).terms.pools] == [hours * 60]


@pytest.mark.parametrize("package", PACKAGES)
def test_hours_not_used_in_their_month_are_lost(package):
    (lot,) = hours_of(offer("000", package))
    assert [posting.type for posting in close(lot, date(2026, 2, 1))] == [EntryType.EXPIRY]
    assert all(pool.rollover_periods == 0 for pool in offer("000", package).terms.pools)


@pytest.mark.parametrize("activity_type", ["User Support", "Troubleshooting", "Configuration"])
def test_questions_troubleshooting_and_small_configuration_draw_the_hours(activity_type):
    (part,) = decide_on(offer("000", "Growth"), activity_type, OFFICE_HOURS)
    assert (part.kind, part.pool, sum(taken.minutes for taken in part.draws)) == (
        CoverageKind.INCLUDED,
        "Support Hours",
        60,
    )


@pytest.mark.parametrize(
    "activity_type", ["System Monitoring", "Software Update", "Security Patch", "Backup Management"]
)
@pytest.mark.parametrize("package", PACKAGES)
def test_monitoring_updates_patches_and_backups_belong_to_the_fee(package, activity_type):
    (part,) = decide_on(offer("000", package), activity_type, AT_NIGHT)
    assert (part.kind, part.draws) == (CoverageKind.FREE, ())


def test_work_beyond_the_hours_goes_on_at_150_dirhams_an_hour():
    parts = decide_on(offer("000", "Starter"), "User Support", OFFICE_HOURS, 180)
    assert (kinds(parts), price_of(parts)) == ([CoverageKind.INCLUDED, CoverageKind.OVERAGE], Decimal("150.00"))


# Warranty


@pytest.mark.parametrize("package", PACKAGES)
def test_the_warranty_lasts_90_days_after_go_live(package):
    assert offer("000", package).warranty_days == 90
    assert warranty_end(START, 90) == date(2026, 4, 1)


def test_a_covered_defect_is_mended_free_even_at_night_and_draws_no_hours():
    parts = decide_on(offer("000", "Starter"), "Troubleshooting", AT_NIGHT, claim=Claim(True, True))
    assert (kinds(parts), price_of(parts), parts[0].draws) == ([CoverageKind.WARRANTY], 0, ())


@pytest.mark.parametrize("cause", ["Our Implementation", "Data Migration", "Our Integration", "Our Configuration"])
def test_the_warranty_covers_what_our_own_work_broke(cause):
    outcome = outcome_of_one_hour(offer("000", "Growth"), cause, reported=date(2026, 2, 2))
    assert (outcome.minutes_of(CoverageKind.WARRANTY), outcome.minutes_of(CoverageKind.INCLUDED)) == (60, 0)


@pytest.mark.parametrize("cause", ["Client Change", "ERPNext Core", "Third Party", "User Error"])
def test_the_warranty_does_not_cover_the_client_the_core_third_parties_or_user_errors(cause):
    outcome = outcome_of_one_hour(offer("000", "Growth"), cause, reported=date(2026, 2, 2))
    assert (outcome.minutes_of(CoverageKind.WARRANTY), outcome.minutes_of(CoverageKind.INCLUDED)) == (0, 60)


@pytest.mark.parametrize(
    ("reported", "kind"),
    [(date(2026, 4, 1), CoverageKind.WARRANTY), (date(2026, 4, 2), CoverageKind.INCLUDED)],
)
def test_a_defect_counts_by_the_day_it_was_reported(reported, kind):
    outcome = outcome_of_one_hour(offer("000", "Growth"), "Our Configuration", reported)
    assert outcome.minutes_of(kind) == 60


@pytest.mark.parametrize("package", PACKAGES)
def test_a_defect_is_mended_free_whatever_package_the_client_has(package):
    outcome = outcome_of_one_hour(offer("000", package), "Our Integration", reported=date(2026, 2, 2))
    assert outcome.minutes_of(CoverageKind.WARRANTY) == 60
