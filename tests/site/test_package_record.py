"""A Support Package: what it keeps, what it refuses, and what the refusal says."""

import json

import frappe
import pytest

from support_retainer import exceptions
from tests.site.record_factories import make_activity_type, new_package, refused


@pytest.mark.parametrize(
    ("values", "exception", "says"),
    [
        ({"monthly_fee": -1}, exceptions.NegativeAmount, "Monthly Fee"),
        ({"emergency_rate": -1}, exceptions.NegativeAmount, "Emergency Rate"),
        ({"notice_days": -1}, exceptions.NegativeAmount, "Notice (Days)"),
        ({"hour_pools": [{"pool": "A", "hours": -1}]}, exceptions.NegativeAmount, "Row 1 of Included Hours"),
        ({"discount_percent": 101}, exceptions.InvalidDiscount, "Enter 0 to 100"),
        ({"overage_rate": 0}, exceptions.NoOverageRate, "Ask Approval or Stop"),
        ({"hour_pools": [{"pool": "A", "hours": 1, "rollover_cap_hours": 2}]}, exceptions.InvalidRollover, "Rollover"),
        ({"hour_pools": [{"pool": "A", "hours": 1}] * 2}, exceptions.DuplicateRow, "Row 2 of Included Hours"),
        ({"channels": [{"channel": "Email"}] * 2}, exceptions.DuplicateRow, "Email is listed twice"),
        ({"pricing_model": "Metered"}, exceptions.NoMetric, "Metric"),
        ({"pricing_model": "Metered", "metric": "Users"}, exceptions.InvalidTiers, "Price Tiers"),
    ],
)
def test_a_package_is_refused_with_the_field_and_the_way_out(values, exception, says):
    assert says in refused(new_package(**values), exception)


@pytest.mark.parametrize("treatment", ["Hourly", "Daily"])
def test_an_exclusion_without_a_charge_rule_is_refused(treatment):
    coverage = [{"activity_type": make_activity_type("Training"), "treatment": treatment}]

    message = refused(new_package(coverage=coverage), exceptions.NoChargeRule)
    assert message.startswith("Row 1 of Coverage by Activity Type, Rate: Training is not included")


@pytest.mark.parametrize("treatment", ["Included", "Free", "Quoted", "Not Offered"])
def test_what_is_not_charged_by_time_needs_no_rate(treatment):
    coverage = [{"activity_type": make_activity_type("Training"), "treatment": treatment}]

    assert new_package(coverage=coverage).insert().name


@pytest.mark.parametrize("second", [0, 100])
def test_tiers_have_to_rise(second):
    tiers = [{"from_quantity": 100, "unit_price": 2}, {"from_quantity": second, "unit_price": 1}]

    message = refused(new_package(pricing_model="Metered", metric="Users", tiers=tiers), exceptions.InvalidTiers)
    assert "Row 2 of Price Tiers, From Quantity" in message


def test_a_package_with_pools_but_without_billed_overage_needs_no_rate():
    assert new_package(overage_rate=0, overage_policy="Ask Approval").insert().name


def test_a_snapshot_is_the_package_in_the_shape_of_a_catalogue_entry():
    tiers = [{"from_quantity": 0, "unit_price": "0.125"}]
    package = new_package(pricing_model="Metered", metric="Users", tiers=tiers, weekly_report=1, sla_policy=None)
    snapshot = frappe.get_doc("Support Package", package.insert().name).snapshot()

    assert snapshot["monthly_fee"] == "450.00"
    assert snapshot["weekly_report"] is True
    assert snapshot["sla_policy"] == ""
    assert snapshot["tiers"] == [{"from_quantity": 0, "unit_price": "0.125"}]
    assert snapshot["hour_pools"][0]["hours"] == 4
    assert not {"name", "owner", "enabled", "catalogue_source"} & set(snapshot)
    assert json.loads(json.dumps(snapshot)) == snapshot
