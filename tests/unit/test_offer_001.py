"""Offer 001: support for self-hosted ERPNext, figure by figure."""

import pytest

from tests.unit.catalogue_reading import activity, pools, rule, treatment

NAME = "Self-Hosted ERPNext Support"


@pytest.mark.parametrize(
    "work",
    [
        "Functional Support",
        "Bug Fix",
        "Configuration",
        "Server Deployment",
        "Version Upgrade",
        "Scaling",
        "Security Patch",
        "Server Migration",
        "Crash Recovery",
        "Server Audit",
        "Training",
    ],
)
def test_included_services(work):
    assert treatment("001", NAME, work) == "Included"


@pytest.mark.parametrize(
    "work",
    [
        "Server Costs",
        "Backup Service Costs",
        "Email Service Costs",
        "Professional Services",
        "On-Site Visit",
        "Master Replica Setup",
    ],
)
def test_exclusions(work):
    assert treatment("001", NAME, work) in ("Quoted", "Not Offered")


def test_upgrades_are_unlimited_and_cost_nothing_extra():
    row = rule("001", NAME, "Version Upgrade")
    assert (row["limit_per_year"], row["one_off_fee"]) == (0, "0.00")


@pytest.mark.parametrize(("work", "cadence"), [("Release Update", "Every 4 Weeks"), ("Server Audit", "Quarterly")])
def test_regular_care_of_the_server(work, cadence):
    """Two to four weeks between updates; audits from time to time."""
    assert activity("001", work)["cadence"] == cadence


def test_clients_are_invited_to_events():
    assert activity("001", "Events")["cadence"] == "Quarterly"
    assert treatment("001", NAME, "Event Invitation") == "Free"


def test_no_hours_are_counted():
    assert pools("001", NAME) == []
