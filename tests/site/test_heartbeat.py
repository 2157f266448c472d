"""Billing or the sweep stops: managers are told once, and again only when it stops again."""

from datetime import timedelta

import frappe
import pytest
from frappe.utils import get_datetime

from support_retainer import doctor, heartbeat
from support_retainer.billing import run_record
from support_retainer.monitoring import run
from support_retainer.sla import sweep
from support_retainer.testing import make_contract
from support_retainer.testing.sites import make_site
from tests.support.people import acting_as, make_user
from tests.support.stories import at

pytestmark = pytest.mark.commits
NOON = get_datetime("2026-11-24 12:00:00")


@pytest.fixture
def manager():
    return make_user("Retainer Manager")


@pytest.fixture
def beating(manager):
    """A contract of last week; billing and sweep were at work at noon."""
    contract = make_contract("Growth", "2026-09-01")
    frappe.db.set_value("Retainer Contract", contract.name, "creation", "2026-11-01", update_modified=False)
    at("2026-11-24 12:00")
    run_record.mark_looked()
    sweep.mark_swept()


def later(**span):
    return heartbeat.watch(NOON + timedelta(**span))


def told(user):
    return frappe.get_all("Notification Log", {"for_user": user, "document_type": "Retainer Settings"}, pluck="subject")


def test_all_is_quiet_while_both_beat(beating, manager):
    assert (later(minutes=9), told(manager)) == ([], [])


def test_a_sweep_that_stopped_is_told_once_and_not_at_each_look(beating, manager):
    assert [later(minutes=11), later(minutes=16), later(hours=5)] == [["sweep"], [], []]
    (subject,) = told(manager)
    assert "SLA events" in subject


def test_billing_that_stopped_is_told_after_a_day_and_a_half(beating, manager):
    later(hours=1)
    assert (later(hours=35), later(hours=37)) == ([], ["billing"])
    assert len(told(manager)) == 2


def test_what_beats_again_and_stops_again_is_told_again(beating, manager):
    later(minutes=11)
    at("2026-11-24 12:30")
    sweep.mark_swept()
    later(minutes=31)
    assert later(minutes=45) == ["sweep"]
    assert len(told(manager)) == 2


def test_checks_of_sites_that_stopped_are_told_from_the_first_watched_site_on(beating, manager):
    assert later(minutes=9) == []
    watched = make_site(monitoring_level="Basic")
    frappe.db.set_value("Managed Site", watched.name, "creation", NOON, update_modified=False)
    assert later(minutes=9) == []
    at("2026-11-24 12:08")
    run.mark_passed()
    sweep.mark_swept()
    assert (later(minutes=17), later(minutes=24)) == ([], ["sweep", "site checks"])
    assert "client's site" in " ".join(told(manager))


def test_a_site_without_contracts_has_nothing_to_be_late_with(manager):
    assert heartbeat.alarms(NOON) == []


def test_a_scheduler_that_never_ran_is_told_from_the_first_contract_on(manager):
    contract = make_contract("Growth", "2026-09-01")
    frappe.db.set_value("Retainer Contract", contract.name, "creation", "2026-11-20", update_modified=False)
    assert heartbeat.watch(NOON) == ["billing", "sweep"]


def test_a_manager_who_opens_the_desk_is_told_although_no_scheduler_runs(beating, manager):
    at("2026-11-26 12:00")
    with acting_as(manager):
        heartbeat.on_desk(frappe._dict())
    assert len(told(manager)) == 2


def test_an_agent_who_opens_the_desk_looks_at_nothing(beating, manager):
    at("2026-11-26 12:00")
    with acting_as(make_user("Retainer Agent")):
        heartbeat.on_desk(frappe._dict())
    assert told(manager) == []


def test_the_desk_opens_although_the_look_fails(beating, manager, monkeypatch):
    monkeypatch.setattr(heartbeat, "watch", lambda: 1 / 0)
    with acting_as(manager):
        heartbeat.on_desk(frappe._dict())
    assert frappe.db.exists("Error Log", {"method": "Heartbeat of Support Retainer"})


def test_the_doctor_names_billing_that_stopped(beating):
    at("2026-11-26 12:00")
    check = next(one for one in doctor.examine().checks if one.name == "Billing")
    assert (check.ok, "No billing run has finished for 36 hours" in check.found) == (False, True)
