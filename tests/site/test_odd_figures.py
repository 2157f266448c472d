"""What is no number, too large or no date is refused with the name of its field, before the database sees it."""

import re

import frappe
import pytest

from support_retainer.catalogues import charge_items
from support_retainer.exceptions import (
    DuplicateRow,
    InvalidDate,
    InvalidFigure,
    InvalidTerms,
    InvalidWindow,
    NegativeAmount,
    NoEmergencyMinimum,
)
from support_retainer.patches.v1 import fill_settings
from support_retainer.testing import bill, make_contract
from support_retainer.testing.factories import company, make_customer

NAN = float("nan")
ODD = [NAN, "nan", float("inf"), "cheap", 1e300, 1e15]


def package(**values):
    name = f"Package {frappe.generate_hash(length=6)}"
    return frappe.get_doc(doctype="Support Package", package_name=name, currency="AED", **values).insert()


def contract(**values):
    values = {"customer": make_customer(), "company": company(), "go_live_date": "2026-12-01", **values}
    return frappe.get_doc(doctype="Retainer Contract", package=package(monthly_fee=100).name, **values).insert()


@pytest.mark.parametrize("value", ODD, ids=str)
@pytest.mark.parametrize("fieldname", ["monthly_fee", "overage_rate", "warranty_days", "discount_percent"])
def test_a_package_refuses_odd_figures(site, fieldname, value):
    label = frappe.get_meta("Support Package").get_label(fieldname)
    with pytest.raises(InvalidFigure, match=re.escape(label)):
        package(**{fieldname: value})


@pytest.mark.parametrize(
    ("fieldname", "value"),
    [("notice_days", 10**9), ("minimum_term_months", 10**9), ("warranty_days", 10**9), ("emergency_rate", 1e300)],
)
def test_a_package_refuses_what_no_date_or_sum_can_be_made_of(site, fieldname, value):
    with pytest.raises(InvalidFigure, match="too large"):
        package(**{fieldname: value})


def test_a_row_is_named_with_its_figure(site):
    with pytest.raises(InvalidFigure, match=r"Row 1 of .*Included Hours.*Hours per Month"):
        package(overage_rate=1, hour_pools=[{"pool": "A", "hours": NAN}])


@pytest.mark.parametrize("other", ["phone", "Phone ", "Phöne"])
def test_two_pools_that_the_database_takes_for_one_are_refused(site, other):
    pools = [{"pool": "Phone", "hours": 1}, {"pool": other, "hours": 1}]
    with pytest.raises(DuplicateRow, match="Pool"):
        package(overage_rate=1, hour_pools=pools)


def test_an_emergency_minimum_needs_a_rate(site):
    with pytest.raises(NoEmergencyMinimum, match="Emergency Rate"):
        package(emergency_minimum_hours=2)


@pytest.mark.parametrize("value", ODD, ids=str)
@pytest.mark.parametrize("fieldname", ["monthly_fee", "uplift_percent", "billing_lead_days"])
def test_a_contract_refuses_odd_figures(site, fieldname, value):
    label = frappe.get_meta("Retainer Contract").get_label(fieldname)
    with pytest.raises(InvalidFigure, match=re.escape(label)):
        contract(**{fieldname: value})


@pytest.mark.parametrize("value", ["soon", "2026-02-30", "0001-01-01", "9999-12-31"])
@pytest.mark.parametrize("fieldname", ["go_live_date", "start_date"])
def test_a_contract_refuses_what_is_no_date(site, fieldname, value):
    label = frappe.get_meta("Retainer Contract").get_label(fieldname)
    with pytest.raises(InvalidDate, match=re.escape(label)):
        contract(**{fieldname: value})


def test_negative_figures_keep_their_own_error(site):
    with pytest.raises(NegativeAmount, match="Notice"):
        contract(notice_days=-1)


def policy(**values):
    windows = [{"day": "Monday", "start_time": "09:00:00", "end_time": "17:00:00", **values.pop("window", {})}]
    name = f"Policy {frappe.generate_hash(length=6)}"
    return frappe.get_doc(doctype="SLA Policy", policy_name=name, time_zone="UTC", windows=windows, **values).insert()


def test_a_window_without_length_is_refused(site):
    with pytest.raises(InvalidWindow, match="no length"):
        policy(window={"end_time": "09:00:00"})


def test_a_window_from_midnight_to_midnight_is_a_whole_day(site):
    calendar = policy(window={"start_time": "00:00:00", "end_time": "00:00:00"}).calendar()
    assert sum(window.end == window.start == 0 for window in calendar.windows) == 1


def test_a_time_before_midnight_is_refused(site):
    with pytest.raises(InvalidWindow, match="Start Time"):
        policy(window={"start_time": "-01:00:00"})


def test_time_between_updates_is_not_negative(site):
    with pytest.raises(NegativeAmount):
        policy(next_update_every=-5)


@pytest.mark.commits
def test_a_change_to_a_metered_package_needs_a_quantity(site):
    metered = package(pricing_model="Metered", metric="Users", tiers=[{"from_quantity": 0, "unit_price": 2}])
    growth = make_contract("Growth", "2026-12-01")
    growth.append("terms", {"effective_from": "2027-01-01", "package": metered.name})
    with pytest.raises(InvalidTerms, match="Quantity"):
        growth.save()


@pytest.mark.commits
def test_a_site_that_loaded_no_catalogue_can_bill_its_first_contract(site):
    settings = frappe.get_doc("Retainer Settings")
    settings.update(dict.fromkeys(charge_items.FIELDS)).save()
    made = contract()
    made.submit()
    run = bill("2026-12-01", made)
    assert (run.done, run.failed) == (1, 0)


@pytest.mark.commits
def test_a_setting_that_came_later_gets_its_default_and_the_others_stay(site):
    settings = frappe.get_doc("Retainer Settings")
    settings.update({"batch_size": 7}).save()
    frappe.db.delete(
        "Singles", {"doctype": "Retainer Settings", "field": ["in", ["hours_on_change", "overdue_warnings"]]}
    )
    fill_settings.execute()
    frappe.clear_document_cache("Retainer Settings", "Retainer Settings")
    settings = frappe.get_doc("Retainer Settings")
    assert (settings.hours_on_change, settings.overdue_warnings, settings.batch_size) == ("With Next Period", "7, 2", 7)
