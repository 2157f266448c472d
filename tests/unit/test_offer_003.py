"""Offer 003: Warranty, Basic, Standard and Premium, figure by figure."""

import pytest

from tests.unit.catalogue_reading import (
    DAY,
    HOUR,
    MONDAY_TO_FRIDAY,
    OFFERS,
    P1,
    P2,
    P3,
    P4,
    WEEK,
    activity,
    channels,
    opening,
    opening_days,
    package,
    policy,
    pools,
    targets,
    treatment,
)


@pytest.mark.parametrize(
    ("name", "fee"),
    [("Warranty", "0.00"), ("Basic", "15000.00"), ("Standard", "30000.00"), ("Premium", "60000.00")],
)
def test_prices(name, fee):
    assert package("003", name)["monthly_fee"] == fee


@pytest.mark.parametrize("name", OFFERS["003"])
def test_the_warranty_is_30_to_90_days(name):
    assert 30 <= package("003", name)["warranty_days"] <= 90


@pytest.mark.parametrize("name", OFFERS["003"])
def test_only_the_warranty_package_ends_with_the_warranty(name):
    assert package("003", name)["only_during_warranty"] is (name == "Warranty")


def test_a_backup_is_taken_and_verified_every_month():
    monthly = activity("003", "Monthly Maintenance")
    assert monthly["cadence"] == "Monthly"
    assert {"Backup taken and stored", "Backup verification"} <= {row["step"] for row in monthly["steps"]}


@pytest.mark.parametrize("name", OFFERS["003"])
def test_clients_are_kept_informed(name):
    assert policy("003", name)["next_update_every"] == 18 * HOUR


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Warranty", []),
        ("Basic", []),
        ("Standard", [(4, "", "Content Update", 0)]),
        ("Premium", [(8, "", "Content Update", 0)]),
    ],
)
def test_content_hours(name, expected):
    assert pools("003", name) == expected


@pytest.mark.parametrize(
    ("priority", "response", "resolution"),
    [
        pytest.param(P1, 1 * HOUR, 4 * HOUR, id="critical"),
        pytest.param(P2, 4 * HOUR, 24 * HOUR, id="high"),
        pytest.param(P3, 24 * HOUR, 3 * DAY, id="medium"),
        pytest.param(P4, 48 * HOUR, 1 * WEEK, id="low"),
    ],
)
@pytest.mark.parametrize("name", OFFERS["003"])
def test_priority_levels(name, priority, response, resolution):
    """Standard and Premium promise any answer within 24 hours, so there the shorter time counts."""
    if name in ("Standard", "Premium"):
        response = min(response, 24 * HOUR)
    row = targets("003", name)[priority]
    assert (row["response_time"], row["resolution_time"]) == (response, resolution)


@pytest.mark.parametrize(("name", "hours"), [("Basic", 48), ("Standard", 24), ("Premium", 24)])
def test_the_slowest_answer_by_email(name, hours):
    assert max(row["response_time"] for row in targets("003", name).values()) == hours * HOUR


@pytest.mark.parametrize(
    ("work", "since"),
    [
        ("Bug Fix", "Warranty"),
        ("Troubleshooting", "Warranty"),
        ("Security Patch", "Basic"),
        ("Backup Management", "Basic"),
        ("Content Update", "Standard"),
        ("System Monitoring", "Standard"),
        ("Quarterly Review", "Standard"),
        ("Optimization", "Premium"),
        ("Feature Enhancement", "Premium"),
    ],
)
def test_each_tier_includes_the_one_below(work, since):
    names = OFFERS["003"]
    including = [name for name in names if treatment("003", name, work) == "Included"]
    assert including == names[names.index(since) :]


@pytest.mark.parametrize("work", ["Feature Enhancement", "Content Update", "Training", "Third-Party Issue"])
def test_the_warranty_does_not_cover(work):
    assert treatment("003", "Warranty", work) == "Quoted"


def test_the_warranty_covers_documentation():
    assert treatment("003", "Warranty", "Documentation") == "Included"


@pytest.mark.parametrize(
    ("name", "phone", "night_line"),
    [
        ("Warranty", False, False),
        ("Basic", False, False),
        ("Standard", True, False),
        ("Premium", True, True),
    ],
)
def test_channels(name, phone, night_line):
    reached_by = channels("003", name)
    assert {"Email", "Portal"} <= reached_by
    assert ("Phone" in reached_by, "Dedicated Line" in reached_by) == (phone, night_line)


@pytest.mark.parametrize("name", OFFERS["003"])
def test_phone_hours(name):
    assert policy("003", name)["time_zone"] == "Asia/Kolkata"
    assert opening("003", name) == {("09:00", "18:00")}
    assert opening_days("003", name) == MONDAY_TO_FRIDAY


@pytest.mark.parametrize("name", OFFERS["003"])
def test_emergencies_around_the_clock_only_in_premium(name):
    premium = name == "Premium"
    assert package("003", name)["emergency_included"] is premium
    assert targets("003", name)[P1]["clock"] == ("Always" if premium else "Support Hours")


@pytest.mark.parametrize(
    ("name", "quarterly_review", "support_manager"),
    [
        ("Warranty", False, False),
        ("Basic", False, False),
        ("Standard", True, False),
        ("Premium", True, True),
    ],
)
def test_reviews_and_support_manager(name, quarterly_review, support_manager):
    offer = package("003", name)
    assert (offer["quarterly_review"], offer["account_manager"]) == (quarterly_review, support_manager)


@pytest.mark.parametrize(
    ("words", "priority"),
    [
        ("data loss", P1),
        ("security breach", P1),
        ("contact form", P2),
        ("login", P2),
        ("broken link", P3),
        ("formatting", P3),
        ("typo", P4),
        ("enhancement", P4),
    ],
)
def test_examples_of_the_priorities(words, priority):
    rules = {row["contains"]: row["priority"] for row in policy("003", "Basic")["intake_rules"]}
    assert rules[words] == priority
