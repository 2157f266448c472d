"""Offer 000: Starter, Growth, Professional, Enterprise and Extreme, figure by figure."""

import pytest

from tests.unit.catalogue_reading import (
    HOUR,
    MINUTE,
    OFFERS,
    P1,
    P2,
    P3,
    P4,
    SUNDAY_TO_THURSDAY,
    channels,
    opening,
    opening_days,
    package,
    policy,
    pools,
    rule,
    targets,
    treatment,
)


@pytest.mark.parametrize(
    ("name", "fee", "hours", "at_least"),
    [
        ("Starter", "150.00", 2, False),
        ("Growth", "450.00", 4, False),
        ("Professional", "800.00", 8, False),
        ("Enterprise", "2000.00", 20, False),
        ("Extreme", "3000.00", 40, True),
    ],
)
def test_pricing(name, fee, hours, at_least):
    offer = package("000", name)
    assert (offer["monthly_fee"], offer["fee_is_minimum"]) == (fee, at_least)
    assert pools("000", name) == [(hours, "", "", 0)]


@pytest.mark.parametrize(
    ("name", "critical", "others"),
    [
        ("Starter", 48 * HOUR, 48 * HOUR),
        ("Growth", 24 * HOUR, 24 * HOUR),
        ("Professional", 12 * HOUR, 12 * HOUR),
        ("Enterprise", 15 * MINUTE, 1 * HOUR),
        ("Extreme", 15 * MINUTE, 15 * MINUTE),
    ],
)
def test_response_times(name, critical, others):
    found = {priority: row["response_time"] for priority, row in targets("000", name).items()}
    assert found == {P1: critical, P2: others, P3: others, P4: others}


@pytest.mark.parametrize(
    ("name", "reached_by"),
    [
        ("Starter", {"Email"}),
        ("Growth", {"Email", "Phone"}),
        ("Professional", {"Email", "Phone", "WhatsApp"}),
        ("Enterprise", {"Email", "Phone", "WhatsApp", "Video Call"}),
        ("Extreme", {"Email", "Phone", "WhatsApp", "Video Call", "Dedicated Line"}),
    ],
)
def test_support_channels(name, reached_by):
    assert channels("000", name) == reached_by | {"Portal", "Monitoring"}


@pytest.mark.parametrize("name", ["Starter", "Growth", "Professional"])
def test_business_hours(name):
    assert policy("000", name)["time_zone"] == "Asia/Dubai"
    assert opening("000", name) == {("09:00", "18:00")}
    assert opening_days("000", name) == SUNDAY_TO_THURSDAY


def test_enterprise_hours_extend_the_business_hours():
    ((start, end),) = opening("000", "Enterprise")
    assert start < "09:00"
    assert end > "18:00"
    assert opening_days("000", "Enterprise") >= SUNDAY_TO_THURSDAY


def test_extreme_is_served_around_the_clock():
    assert policy("000", "Extreme")["always_open"] is True


@pytest.mark.parametrize(
    ("name", "monitoring", "backup_days", "monthly_report", "quarterly_review", "account_manager"),
    [
        ("Starter", "Basic", 30, False, False, False),
        ("Growth", "Standard", 60, False, False, False),
        ("Professional", "Advanced", 90, True, False, False),
        ("Enterprise", "Premium", 180, True, True, True),
        ("Extreme", "24x7", 365, True, True, True),
    ],
)
def test_what_the_retainer_covers(name, monitoring, backup_days, monthly_report, quarterly_review, account_manager):
    offer = package("000", name)
    assert (offer["monitoring_level"], offer["backup_retention_days"]) == (monitoring, backup_days)
    assert offer["monthly_report"] is monthly_report
    assert offer["quarterly_review"] is quarterly_review
    assert offer["account_manager"] is account_manager


@pytest.mark.parametrize("name", OFFERS["000"])
@pytest.mark.parametrize("work", ["Software Update", "Security Patch", "System Monitoring", "Backup Management"])
def test_operation_belongs_to_every_fee_and_draws_no_hours(name, work):
    assert treatment("000", name, work) == "Free"


@pytest.mark.parametrize("name", OFFERS["000"])
@pytest.mark.parametrize("work", ["User Support", "Troubleshooting", "Configuration"])
def test_support_hours_cover_questions_troubleshooting_and_small_changes(name, work):
    assert treatment("000", name, work) == "Included"


@pytest.mark.parametrize("name", OFFERS["000"])
def test_terms(name):
    offer = package("000", name)
    assert (offer["notice_days"], offer["minimum_term_months"], offer["warranty_days"]) == (30, 0, 90)


@pytest.mark.parametrize("name", OFFERS["000"])
@pytest.mark.parametrize(
    ("work", "how", "rate"),
    [
        ("Custom Development", "Quoted", "0.00"),
        ("Major Customization", "Quoted", "0.00"),
        ("Training", "Hourly", "150.00"),
        ("Third-Party Issue", "Quoted", "0.00"),
    ],
)
def test_billed_separately(name, work, how, rate):
    row = rule("000", name, work)
    assert (row["treatment"], row["rate"]) == (how, rate)


@pytest.mark.parametrize(
    ("name", "how", "rate", "plus_travel"),
    [
        ("Starter", "Not Offered", "0.00", False),
        ("Growth", "Not Offered", "0.00", False),
        ("Professional", "Daily", "2000.00", True),
        ("Enterprise", "Daily", "2000.00", True),
        ("Extreme", "Daily", "2000.00", True),
    ],
)
def test_on_site_visits(name, how, rate, plus_travel):
    row = rule("000", name, "On-Site Visit")
    assert (row["treatment"], row["rate"], row["plus_expenses"]) == (how, rate, plus_travel)


@pytest.mark.parametrize(
    ("name", "rate", "minimum_hours", "included"),
    [
        ("Starter", "300.00", 2, False),
        ("Growth", "300.00", 2, False),
        ("Professional", "300.00", 2, False),
        ("Enterprise", "300.00", 2, False),
        ("Extreme", "0.00", 0, True),
    ],
)
def test_emergency_support(name, rate, minimum_hours, included):
    offer = package("000", name)
    assert (offer["emergency_rate"], offer["emergency_minimum_hours"]) == (rate, minimum_hours)
    assert offer["emergency_included"] is included


@pytest.mark.parametrize("name", OFFERS["000"])
def test_leaving_is_free(name):
    assert treatment("000", name, "Offboarding") == "Free"
