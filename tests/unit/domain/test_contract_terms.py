import json
from datetime import date
from decimal import Decimal

import pytest

from support_retainer.domain.contract_terms import (
    ContractTerms,
    CoverageRule,
    HourPool,
    LastPeriod,
    OveragePolicy,
    PricingModel,
    Tier,
    Treatment,
    decimal,
    minutes,
    package_terms,
)
from support_retainer.domain.errors import NoChargeRule
from support_retainer.domain.working_calendar import WorkingCalendar

START = date(2026, 1, 1)
SNAPSHOT = {
    "package_name": "Maintenance",
    "currency": "SEK",
    "monthly_fee": "1500.00",
    "fee_is_minimum": 1,
    "pricing_model": "Metered",
    "metric": "Lines of code",
    "overage_policy": "Ask Approval",
    "overage_rate": "1200.00",
    "emergency_rate": 1800.0,
    "emergency_minimum_hours": 1.5,
    "emergency_included": 0,
    "discount_percent": 10,
    "last_period": "Full",
    "hour_pools": [
        {"pool": "Phone", "hours": 10, "channel": "Phone", "rollover_periods": 2, "rollover_cap_hours": 2.5},
        {"pool": "Content", "hours": "0.25", "activity_type": "Content Update", "rollover_cap_hours": 0},
    ],
    "coverage": [
        {
            "activity_type": "Version Upgrade",
            "treatment": "Hourly",
            "rate": "1200.00",
            "minimum_hours": 0.5,
            "rounding_minutes": 15,
            "plus_expenses": True,
            "limit_per_year": 1,
            "one_off_fee": "9900.00",
        }
    ],
    "channels": [{"channel": "Phone"}, {"channel": "Email"}],
    "tiers": [{"from_quantity": 5000, "unit_price": "1.50"}, {"from_quantity": 0, "unit_price": "2.00"}],
}


def test_a_snapshot_is_read_field_by_field():
    calendar = WorkingCalendar("UTC", always_open=True)
    terms = ContractTerms.from_snapshot(SNAPSHOT, effective_from=START, calendar=calendar)
    assert terms == ContractTerms(
        package="Maintenance",
        currency="SEK",
        effective_from=START,
        monthly_fee=Decimal(1500),
        fee_is_minimum=True,
        pricing_model=PricingModel.METERED,
        metric="Lines of code",
        tiers=(Tier(Decimal(0), Decimal("2.00")), Tier(Decimal(5000), Decimal("1.50"))),
        pools=(
            HourPool("Phone", 600, channel="Phone", rollover_periods=2, rollover_cap_minutes=150),
            HourPool("Content", 15, activity_type="Content Update"),
        ),
        rules={
            "Version Upgrade": CoverageRule(
                "Version Upgrade", Treatment.HOURLY, Decimal(1200), 30, 15, True, 1, Decimal(9900)
            )
        },
        channels=("Phone", "Email"),
        overage_policy=OveragePolicy.ASK_APPROVAL,
        overage_rate=Decimal(1200),
        emergency_rate=Decimal(1800),
        emergency_minimum_minutes=90,
        discount_percent=Decimal(10),
        last_period=LastPeriod.FULL,
        calendar=calendar,
    )


def test_a_snapshot_that_says_nothing_more_is_a_flat_free_package():
    terms = ContractTerms.from_snapshot({"package_name": "Bare"}, effective_from=START)
    assert terms == ContractTerms("Bare", "", START, Decimal(0))


def test_what_the_contract_agreed_wins_over_the_package_even_when_it_is_nothing():
    terms = ContractTerms.from_snapshot(SNAPSHOT, effective_from=START, monthly_fee=Decimal(0), quantity=Decimal(12000))
    assert (terms.monthly_fee, terms.quantity) == (0, 12000)


def test_work_the_package_does_not_list_is_included():
    terms = ContractTerms.from_snapshot(SNAPSHOT, effective_from=START)
    assert terms.rule_for("Anything else") == CoverageRule("Anything else", Treatment.INCLUDED)
    assert terms.rule_for("Version Upgrade").treatment is Treatment.HOURLY


@pytest.mark.parametrize(
    ("activity_type", "channel", "pools"),
    [
        ("User Support", "Phone", ["Phone"]),
        ("User Support", "Email", []),
        ("Content Update", "Email", ["Content"]),
        ("Content Update", "Phone", ["Phone", "Content"]),
    ],
)
def test_a_pool_takes_the_work_it_is_meant_for(activity_type, channel, pools):
    terms = ContractTerms.from_snapshot(SNAPSHOT, effective_from=START)
    assert [pool.name for pool in terms.pools_for(activity_type, channel)] == pools


def test_a_pool_is_known_by_its_name():
    terms = ContractTerms.from_snapshot(SNAPSHOT, effective_from=START)
    assert (terms.has_pool("Phone"), terms.has_pool("Email")) == (True, False)


def test_the_discount_comes_off_the_standard_rate():
    terms = ContractTerms.from_snapshot(SNAPSHOT, effective_from=START)
    assert terms.discounted(Decimal(1200)) == Decimal(1080)


def test_another_quantity_leaves_the_rest_of_the_terms():
    terms = ContractTerms.from_snapshot(SNAPSHOT, effective_from=START)
    assert terms.at(Decimal(7)).quantity == 7
    assert terms.at(Decimal(7)).at(terms.quantity) == terms


@pytest.mark.parametrize("treatment", [Treatment.HOURLY, Treatment.DAILY])
def test_work_by_the_hour_or_day_needs_a_price(treatment):
    with pytest.raises(NoChargeRule) as refused:
        CoverageRule("Training", treatment).refuse_without_charge()
    assert refused.value.field == "coverage.rate"
    CoverageRule("Training", treatment, Decimal(150)).refuse_without_charge()


@pytest.mark.parametrize("treatment", [Treatment.INCLUDED, Treatment.FREE, Treatment.QUOTED, Treatment.NOT_OFFERED])
def test_other_work_needs_no_price(treatment):
    CoverageRule("Training", treatment).refuse_without_charge()


@pytest.mark.parametrize(
    ("value", "expected"), [(None, "0"), ("", "0"), ("150.00", "150.00"), (0.1, "0.1"), (7, "7"), (0, "0")]
)
def test_money_is_read_exactly(value, expected):
    assert decimal(value) == Decimal(expected)


@pytest.mark.parametrize(("hours", "expected"), [(None, 0), (2, 120), (0.25, 15), ("1.5", 90), (0.1, 6), (1 / 3, 20)])
def test_hours_become_whole_minutes(hours, expected):
    assert minutes(hours) == expected


def test_the_text_of_a_package_is_read_once_and_says_the_same():
    text = json.dumps(SNAPSHOT)
    assert package_terms(text) == ContractTerms.from_snapshot(SNAPSHOT, effective_from=date.min)
    assert package_terms(text) is package_terms(text)


@pytest.mark.parametrize("text", ["", "{", "{}", '{"package_name": "Bare", "pricing_model": "Barter"}'])
def test_a_broken_text_is_refused_each_time(text):
    for _ in range(2):
        with pytest.raises((ValueError, KeyError)):
            package_terms(text)
