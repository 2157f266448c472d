"""`retainer doctor`: what is wrong with an installation, and what to do about it."""

import json

import frappe
import pytest
from frappe.utils import add_to_date, now_datetime

from support_retainer import doctor
from support_retainer.monitoring import run as monitoring
from support_retainer.sla import sweep
from support_retainer.testing import make_contract
from support_retainer.testing.sites import make_site


def check(name: str) -> doctor.Check:
    return next(one for one in doctor.examine().checks if one.name == name)


def test_a_sweep_of_a_minute_ago_is_well_and_one_of_an_hour_ago_is_not():
    sweep.mark_swept()
    assert check("SLA sweep").ok
    frappe.flags.current_time = add_to_date(now_datetime(), hours=-1)
    sweep.mark_swept()
    assert not check("SLA sweep").ok
    assert "retainer sweep" in check("SLA sweep").to_do


def test_a_site_that_never_swept_says_so():
    assert (check("SLA sweep").ok, check("SLA sweep").found) == (False, "no sweep yet.")


def test_a_scheduler_that_is_off_is_named():
    frappe.db.set_single_value("System Settings", "enable_scheduler", 0)
    assert not check("Scheduler").ok


def test_periods_that_nobody_billed_for_two_days_are_named():
    contract = make_contract("Growth", "2026-08-31")
    assert check("Billing").ok, "it was only just made"
    old = add_to_date(now_datetime(), days=-2)
    frappe.db.set_value("Retainer Billing Period", {"contract": contract.name}, "creation", old, update_modified=False)
    assert "1 periods" in check("Billing").found
    assert not check("Billing").ok


def test_a_failed_period_is_named_with_its_error():
    contract = make_contract("Growth", "2026-08-31")
    values = {"status": "Failed", "error": "The customer is disabled"}
    frappe.db.set_value("Retainer Billing Period", {"contract": contract.name}, values)
    assert not check("Failed billing periods").ok
    assert contract.name in check("Failed billing periods").found
    assert "The customer is disabled" in check("Failed billing periods").found


def test_a_run_that_lost_its_workers_is_named():
    run = frappe.get_doc(doctype="Retainer Billing Run", on_date="2026-09-01", status="Running").insert()
    assert check("Billing under way").ok, "it has only just begun"
    old = add_to_date(now_datetime(), hours=-3)
    frappe.db.set_value("Retainer Billing Run", run.name, "modified", old, update_modified=False)
    assert (check("Billing under way").ok, run.name in check("Billing under way").found) == (False, True)


@pytest.mark.commits
def test_sites_that_nobody_has_visited_for_a_quarter_of_an_hour_are_told_of():
    assert (check("Site checks").ok, check("Site checks").found) == (True, "no site is watched.")
    record = make_site(monitoring_level="Standard")
    assert check("Site checks").ok, "it was only just entered"
    record.db_set("creation", add_to_date(now_datetime(), minutes=-16), update_modified=False)
    assert (check("Site checks").ok, check("Site checks").found) == (False, "no pass yet.")
    record.db_set("last_checked_at", now_datetime())
    assert not check("Site checks").ok, "a pass that began is none that has finished"
    monitoring.mark_passed()
    assert check("Site checks").ok
    old = str(add_to_date(now_datetime(), minutes=-16))
    frappe.db.sql("update tabSingles set value = %s where field = 'last_site_pass_at'", old)
    assert not check("Site checks").ok
    assert "check-sites" in check("Site checks").to_do


@pytest.mark.commits
def test_a_pass_that_finds_nothing_due_has_finished_too():
    assert monitoring.last_pass_at() is None
    assert monitoring.check_sites().sites == 0
    assert monitoring.last_pass_at() is not None


def test_missing_items_are_named_by_their_labels():
    make_contract("Growth", "2026-08-31")
    assert check("Items on invoices").ok
    frappe.db.set_single_value("Retainer Settings", "usage_item", None)
    assert check("Items on invoices").found == "missing: Hours."


@pytest.mark.parametrize(("frequency", "ok"), [("Each Transaction", False), ("Monthly", True)])
def test_slow_sales_statistics_are_advice_and_no_failure(frequency, ok):
    frappe.db.set_single_value("Selling Settings", "sales_update_frequency", frequency)
    advice = check("Sales statistics")
    assert (advice.ok, advice.is_advice) == (ok, True)
    assert doctor.Examination((advice,)).is_well


def test_the_command_ends_with_one_where_something_is_bad(bench):
    done = bench("retainer", "doctor", "--json")
    answer = json.loads(done.stdout)
    assert (done.returncode, answer["ok"]) == (1, False)
    assert {"name", "ok", "found", "to_do", "is_advice"} <= set(answer["checks"][0])
