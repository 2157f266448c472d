"""Passes over sites on loopback: what is stored, which tickets are made, and who claims what."""

import json
from datetime import datetime, timedelta

import frappe
import pytest
from frappe.utils import add_to_date, get_datetime
from frappe.utils.background_jobs import create_job_id, get_job, get_queue

from support_retainer.monitoring import incidents, rollup
from support_retainer.monitoring.run import CHECKS_JOB, check_sites, due, forget_dead_pass
from support_retainer.site_time import site_date, utc_now
from support_retainer.testing import make_contract
from support_retainer.testing.sites import make_site
from tests.support.people import make_user
from tests.support.web_servers import refusing_port, web_server

pytestmark = pytest.mark.commits
START = "2026-09-14 10:00:00.123456"


@pytest.fixture
def server(site):
    frappe.flags.current_time = get_datetime(START)
    with web_server() as running:
        yield running


def later(minutes: int) -> None:
    frappe.flags.current_time += timedelta(minutes=minutes)


def watched(server, **values):
    site = make_site(internal=1, url=server.url(), **{"monitoring_level": "Advanced", **values})
    frappe.db.commit()
    return site


def passes(times: int):
    for _pass in range(times):
        done = check_sites()
        later(5)
    return done


def tickets(site) -> list:
    return frappe.get_all("Issue", {"managed_site": site.name}, ["name", "status", "priority", "retainer_channel"])


def status(site) -> str:
    return frappe.db.get_value("Managed Site", site.name, "status")


def test_a_site_that_answers_is_up_and_has_a_sample(server):
    site = watched(server)
    done = check_sites()
    assert (done.sites, done.up, done.opened) == (1, 1, 0)
    assert status(site) == "Up"
    sample = frappe.get_last_doc("Site Check", {"site": site.name})
    assert (sample.is_up, sample.http_status, sample.bad) == (1, 200, "")


def test_a_site_is_visited_when_its_level_says_so_and_not_before(server):
    site = watched(server, monitoring_level="Standard")
    check_sites()
    later(5)
    assert check_sites().sites == 0
    later(5)
    assert due(utc_now()) == [site.name]
    frappe.db.set_value("Managed Site", site.name, "enabled", 0)
    assert due(utc_now()) == []


def test_a_site_of_an_ended_contract_is_left_alone(server):
    contract = make_contract("Growth", "2026-08-31")
    watched(server, contract=contract)
    contract.db_set("status", "Ended")
    frappe.db.commit()
    assert check_sites().sites == 0


def test_two_failures_in_a_row_make_one_critical_ticket_of_the_client(server):
    contract = make_contract("Professional", "2026-08-31")
    site = watched(server, contract=contract)
    server.status = 500
    assert passes(1).opened == 0
    assert passes(1).opened == 1
    assert passes(2).opened == 0
    assert len(tickets(site)) == 1
    ticket = frappe.get_doc("Issue", tickets(site)[0].name)
    assert (ticket.priority, ticket.retainer_channel) == ("P1 Critical", "Monitoring")
    assert (ticket.customer, ticket.retainer_contract) == (contract.customer, contract.name)
    assert "HTTP 500" in ticket.description
    assert not ticket.retainer_channel_note
    assert status(site) == "Down"


def test_recovery_is_commented_and_resolves_the_ticket_by_setting(server):
    site = watched(server)
    server.status = 500
    passes(2)
    server.status = 200
    assert passes(2).over == 1
    assert tickets(site)[0].status == "Resolved"
    comments = frappe.get_all(
        "Comment", {"reference_name": tickets(site)[0].name, "comment_type": "Comment"}, pluck="content"
    )
    assert any("well again" in text for text in comments)
    incident = frappe.get_last_doc("Site Incident", {"site": site.name})
    assert (incident.status, incident.open_key) == ("Over", None)

    frappe.db.set_single_value("Retainer Settings", "leave_incidents_open", 1)
    server.status = 500
    passes(2)
    server.status = 200
    passes(2)
    assert sorted(row.status for row in tickets(site)) == ["Open", "Resolved"]


def test_a_flapping_site_is_one_ticket(server):
    site = watched(server)
    for number in range(10):
        server.status = 500 if number % 2 else 200
        passes(1)
    assert len(tickets(site)) == 1
    server.status = 200
    passes(5)
    assert tickets(site)[0].status == "Open"
    passes(2)
    assert tickets(site)[0].status == "Resolved"


def test_nothing_is_told_in_a_maintenance_window_and_it_costs_no_uptime(server):
    window = {"starts_at": "2026-09-14 09:00:00", "ends_at": "2026-09-14 10:12:00"}
    site = watched(server, windows=[window])
    server.status = 500
    assert passes(3).opened == 0
    assert status(site) == "Maintenance"
    rollup.sum_up()
    sums = rollup.sums(site.name, site_date(utc_now()))
    assert next(iter(sums.values())).percent is None
    assert passes(1).opened == 1


def test_all_sites_failing_at_once_are_one_ticket(server):
    sites = [watched(server, site_name=f"erp-{number}.client.example") for number in range(5)]
    server.status = 500
    passes(2)
    assert frappe.db.count("Site Incident") == 1
    incident = frappe.get_last_doc("Site Incident")
    assert incident.provider == "*"
    assert len(incident.sites.splitlines()) == 5
    assert frappe.db.count("Issue") == 1
    assert [tickets(site) for site in sites] == [[]] * 5
    server.status = 200
    done = passes(1)
    assert (done.opened, done.over) == (0, 1)
    assert frappe.db.get_value("Issue", incident.issue, "status") == "Resolved"
    passes(2)
    assert frappe.db.count("Issue") == 1


def test_a_ticket_that_could_not_be_opened_is_opened_by_the_next_pass(server, monkeypatch):
    """The pass died between its samples and its tickets; the standing is known, so the next one makes up for it."""
    site = watched(server)
    server.status = 500
    passes(1)
    with monkeypatch.context() as broken:
        broken.setattr(incidents, "settle", lambda *_all: (0, 0))
        passes(1)
    assert tickets(site) == []
    passes(1)
    assert len(tickets(site)) == 1


def test_an_incident_of_the_same_key_cannot_be_opened_twice(server):
    site = watched(server)
    values = {"title": "x", "site": site.name, "check": "Uptime", "reason": "x", "sites": ""}
    assert incidents.create("key", values, "P1 Critical", utc_now())
    assert incidents.create("key", values, "P1 Critical", utc_now()) is None
    assert len(tickets(site)) == 1


def test_a_site_that_is_claimed_is_left_to_the_one_who_claimed_it(server):
    watched(server)
    assert check_sites().sites == 1
    assert check_sites().sites == 0


def test_one_site_that_refuses_harms_no_other(server):
    good, bad = watched(server), watched(server)
    bad.db_set("url", f"http://127.0.0.1:{refusing_port()}/")
    frappe.db.commit()
    done = check_sites()
    assert (done.up, done.down) == (1, 1)
    assert status(good) == "Up"


def test_a_public_record_that_leads_inside_is_refused_with_a_reason(server):
    site = watched(server)
    site.db_set("internal", 0)
    frappe.db.commit()
    check_sites()
    assert server.asked == []
    assert "private network" in frappe.db.get_value("Managed Site", site.name, "last_error")


def test_managers_are_told_and_other_systems_too(server):
    manager = make_user("Retainer Manager")
    frappe.db.set_single_value("Retainer Settings", "incident_webhook_url", "https://hooks.example/x")
    site = watched(server)
    server.status = 500
    passes(2)
    subjects = frappe.get_all("Notification Log", {"for_user": manager}, pluck="subject")
    assert any(site.name in text for text in subjects)
    waiting = frappe.get_all("Integration Request", {"url": "https://hooks.example/x"}, pluck="data")
    assert [json.loads(data)["event"] for data in waiting] == ["started"]


def test_days_are_summed_up_again_and_again_with_the_same_result(server):
    site = watched(server)
    passes(3)
    server.status = 500
    passes(1)
    for _again in range(2):
        rollup.sum_up()
    found = rollup.sums(site.name, site_date(utc_now()))
    assert [(one.up, one.down, one.timed) for one in found.values()] == [(3, 1, 4)]


def test_old_samples_and_old_sums_are_thrown_away_and_young_ones_stay(server):
    site = watched(server)
    for days in (13, 15):
        at = add_to_date(frappe.flags.current_time, days=-days)
        frappe.get_doc(doctype="Site Check", site=site.name, at=at).insert()
    for days in (399, 401):
        day = add_to_date(site_date(utc_now()), days=-days)
        frappe.get_doc(doctype="Site Check Rollup", site=site.name, day=day).insert()
    frappe.db.commit()
    assert rollup.purge() == (1, 1)
    assert frappe.db.count("Site Check", {"site": site.name}) == 1
    assert rollup.purge() == (0, 0)


def test_an_incident_of_a_site_that_nobody_watches_any_more_ends(server):
    site = watched(server)
    server.status = 500
    passes(2)
    frappe.db.set_value("Managed Site", site.name, "enabled", 0)
    incidents.tidy()
    assert frappe.get_last_doc("Site Incident").status == "Over"


def test_an_incident_of_a_site_whose_contract_ended_ends_too_and_says_no_more_than_is_known(server):
    contract = make_contract("Growth", "2026-08-31")
    site = watched(server, contract=contract, fail_after=1)
    server.status = 500
    passes(1)
    (ticket,) = tickets(site)
    contract.db_set("status", "Ended")
    server.status = 200
    passes(2)
    assert frappe.get_all("Site Incident", {"site": site.name}, pluck="status") == ["Open"]
    incidents.tidy()
    assert frappe.get_all("Site Incident", {"site": site.name}, pluck="status") == ["Over"]
    said = frappe.get_all("Comment", {"reference_name": ticket.name, "comment_type": "Comment"}, pluck="content")
    assert ["is not watched any more" in text for text in said] == [True]


@pytest.mark.parametrize(("silent_for", "again"), [(30, False), (600, True)])
def test_a_pass_whose_worker_was_killed_keeps_out_no_other(server, silent_for, again):
    """The job of a killed worker is left as started, and a job that is started is not enqueued again."""
    queue = get_queue("long")
    job = queue.enqueue_call("frappe.ping", job_id=create_job_id(CHECKS_JOB))
    try:
        queue.remove(job)
        job.set_status("started")
        job.heartbeat(datetime.utcnow() - timedelta(seconds=silent_for), 900)
        forget_dead_pass()
        assert (get_job(CHECKS_JOB) is None) is again
    finally:
        job.delete()
