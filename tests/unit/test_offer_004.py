"""Offer 004: Operations, Maintenance, Maintenance and Support, figure by figure."""

from datetime import date
from decimal import Decimal

import pytest

from support_retainer.domain.contract_terms import ContractTerms
from tests.unit.catalogue_reading import OFFERS, package, policy, rule, treatment

UPGRADED = ["Maintenance", "Maintenance and Support"]


@pytest.mark.parametrize("name", OFFERS["004"])
def test_at_least_twelve_months(name):
    assert package("004", name)["minimum_term_months"] == 12


@pytest.mark.parametrize(
    ("name", "model", "metric"),
    [
        ("Operations", "Flat", ""),
        ("Maintenance", "Metered", "Lines of code"),
        ("Maintenance and Support", "Metered", "Lines of code"),
    ],
)
def test_the_fee_follows_the_lines_of_code(name, model, metric):
    offer = package("004", name)
    assert (offer["pricing_model"], offer["metric"]) == (model, metric)
    assert bool(offer["tiers"]) == (model == "Metered")


@pytest.mark.parametrize("name", UPGRADED)
def test_tiers_start_at_nothing_and_get_cheaper(name):
    tiers = [(row["from_quantity"], Decimal(row["unit_price"])) for row in package("004", name)["tiers"]]
    assert tiers[0][0] == 0
    assert tiers == sorted(tiers)
    assert [price for _, price in tiers] == sorted((price for _, price in tiers), reverse=True)


@pytest.mark.parametrize("name", UPGRADED)
def test_one_upgrade_a_year_with_a_fee_for_its_instances(name):
    row = rule("004", name, "Version Upgrade")
    assert (row["treatment"], row["limit_per_year"], row["one_off_fee"]) == ("Included", 1, "9900.00")


@pytest.mark.parametrize("name", OFFERS["004"])
def test_a_valid_agreement_earns_a_discount_on_standard_rates(name):
    offer = package("004", name)
    terms = ContractTerms.from_snapshot(offer, effective_from=date(2026, 1, 1))
    standard = terms.rule_for("Training").rate
    assert 0 < offer["discount_percent"] < 100
    assert terms.discounted(standard) < standard


@pytest.mark.parametrize(
    ("work", "including"),
    [
        ("Technical Support", ["Maintenance and Support"]),
        ("User Support", ["Maintenance and Support"]),
        ("Bug Fix", UPGRADED),
        ("Code Maintenance", UPGRADED),
        ("Localization Update", UPGRADED),
        ("Hotfix", ["Operations"]),
        ("Software Update", OFFERS["004"]),
        ("Security Patch", OFFERS["004"]),
    ],
)
def test_what_each_agreement_includes(work, including):
    found = [name for name in OFFERS["004"] if treatment("004", name, work) == "Included"]
    assert found == including


@pytest.mark.parametrize("name", OFFERS["004"])
@pytest.mark.parametrize(
    ("work", "how"),
    [
        ("Instance Creation", "Hourly"),
        ("Backup Restore", "Hourly"),
        ("External Configuration", "Hourly"),
        ("External Application Support", "Hourly"),
        ("Configuration", "Hourly"),
        ("Data Import", "Hourly"),
        ("Data Export", "Hourly"),
        ("Data Cleaning", "Hourly"),
        ("Database Correction", "Hourly"),
        ("Training", "Hourly"),
        ("Version Testing", "Hourly"),
        ("Go-Live Support", "Hourly"),
        ("Custom Development", "Quoted"),
        ("Cloud Infrastructure", "Quoted"),
        ("Transaction Services", "Not Offered"),
        ("Licenses", "Not Offered"),
    ],
)
def test_exclusions(name, work, how):
    assert treatment("004", name, work) == how


@pytest.mark.parametrize("name", OFFERS["004"])
def test_swedish_time(name):
    assert policy("004", name)["time_zone"] == "Europe/Stockholm"
