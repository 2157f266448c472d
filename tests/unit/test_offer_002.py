"""Offer 002: ongoing support with a phone line, figure by figure."""

from datetime import date

import pytest

from support_retainer.domain.contract_terms import ContractTerms
from tests.unit.catalogue_reading import (
    HOUR,
    MONDAY_TO_FRIDAY,
    P1,
    activity,
    channels,
    opening_days,
    package,
    policy,
    pools,
    rule,
    targets,
    treatment,
)

NAME = "Ongoing Support"


def test_ten_phone_hours_a_month():
    assert pools("002", NAME) == [(10, "Phone", "", 0)]


@pytest.mark.parametrize("channel", ["Portal", "Email", "Phone"])
def test_support_access(channel):
    assert channel in channels("002", NAME)


@pytest.mark.parametrize("channel", ["Portal", "Email", "Monitoring"])
def test_only_calls_draw_hours(channel):
    terms = ContractTerms.from_snapshot(package("002", NAME), effective_from=date(2026, 1, 1))
    assert terms.pools_for("Troubleshooting", channel) == ()
    assert terms.pools_for("Troubleshooting", "Phone") != ()


def test_critical_issues_are_answered_within_the_hour_around_the_clock():
    critical = targets("002", NAME)[P1]
    assert (critical["response_time"], critical["clock"]) == (1 * HOUR, "Always")


def test_tickets_and_email_run_around_the_clock_at_no_surcharge():
    assert {row["clock"] for row in targets("002", NAME).values()} == {"Always"}
    offer = package("002", NAME)
    assert (offer["emergency_included"], offer["emergency_rate"]) == (True, "0.00")


def test_the_phone_line_has_business_hours():
    assert policy("002", NAME)["always_open"] is False
    assert opening_days("002", NAME) == MONDAY_TO_FRIDAY


def test_additional_work_costs_85_an_hour_and_needs_approval():
    row, offer = rule("002", NAME, "Additional Work"), package("002", NAME)
    assert (row["treatment"], row["rate"]) == ("Hourly", "85.00")
    assert (offer["overage_policy"], offer["overage_rate"]) == ("Ask Approval", "85.00")


@pytest.mark.parametrize(
    ("promise", "value"),
    [
        ("monitoring_level", "24x7"),
        ("weekly_report", True),
        ("monthly_report", True),
        ("quarterly_review", False),
    ],
)
def test_monitoring_and_reports(promise, value):
    assert package("002", NAME)[promise] == value


@pytest.mark.parametrize(
    ("work", "cadence"),
    [("Support Set-up", "Once"), ("Security Log Review", "Weekly"), ("Report Presentation", "Monthly")],
)
def test_duties_beside_the_tickets(work, cadence):
    assert activity("002", work)["cadence"] == cadence


def test_the_client_hears_of_an_open_issue_every_business_day():
    assert policy("002", NAME)["next_update_every"] == 8 * HOUR


@pytest.mark.parametrize("work", ["Troubleshooting", "Consulting", "Optimization"])
def test_work_within_the_scope(work):
    assert treatment("002", NAME, work) == "Included"
