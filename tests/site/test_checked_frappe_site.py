"""A real Frappe site, served by a process of its own, is looked at through its API."""

import os
import socket
import time

import frappe
import pytest

from support_retainer.domain.site_health import Reason
from support_retainer.monitoring import use
from support_retainer.monitoring.connection import Client
from support_retainer.monitoring.probe import Probe, visit
from support_retainer.monitoring.run import check_sites, probes
from support_retainer.site_time import site_date, utc_now
from support_retainer.testing.sites import make_site
from tests.support.people import make_user
from tests.support.web_server import serving

pytestmark = pytest.mark.commits
COUNTS = (
    *("Accounts User", "Sales User", "Sales Manager", "Purchase User", "Stock User", "Manufacturing User"),
    *("Projects User", "Support Team", "Retainer Manager"),
)


@pytest.fixture(scope="module")
def served(site_name):
    with serving(site_name, threads=4) as port:
        yield f"http://{site_name}:{port}/"


@pytest.fixture(autouse=True)
def names_under_localhost(monkeypatch, site_name):
    real = socket.getaddrinfo

    def resolve(host, port, *rest, **more):
        return real("127.0.0.1" if host == site_name else host, port, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)


@pytest.fixture
def keys(site):
    user = frappe.get_doc("User", make_user("System Manager"))
    user.api_key, user.api_secret = frappe.generate_hash(length=15), frappe.generate_hash(length=15)
    user.save()
    frappe.db.commit()
    return {"api_key": user.api_key, "api_secret": user.get_password("api_secret")}


def test_a_site_tells_of_its_versions_scheduler_and_database(site, served, keys):
    watched = make_site(url=served, internal=1, **keys)
    frappe.db.commit()
    assert check_sites(watched.name).up == 1
    watched.reload()
    assert watched.status in ("Up", "Degraded")
    assert f"frappe {frappe.__version__}" in watched.versions
    assert "scheduler:" in watched.figures
    assert "database mb:" in watched.figures
    assert watched.inspected_at


def counted_of(watched):
    frappe.db.commit()
    check_sites(watched.name)
    today = site_date(utc_now())
    return use.newest([watched.name], today, today)[watched.name]


def test_how_much_a_site_is_used_is_counted_once_a_day_through_its_api(site, served, keys):
    frappe.get_doc("User", {"api_key": keys["api_key"]}).add_roles(*COUNTS)
    frappe.get_doc(doctype="Task", subject="Counted").insert()
    watched = make_site(url=served, internal=1, **keys)
    day, counted = counted_of(watched)
    inside = use.count_local(site, frappe.utils.add_days(day, -30))
    assert counted == inside
    assert len(counted.documents) == 16
    assert counted.documents["Task"] >= 1
    assert [probe.use_since for probe in probes([watched], utc_now())] == [None]


def test_documents_that_the_key_may_not_count_are_left_out_altogether(site, served, keys):
    watched = make_site(url=served, internal=1, **keys)
    frappe.get_doc("User", {"api_key": keys["api_key"]}).db_set("last_active", frappe.utils.now())
    _day, counted = counted_of(watched)
    assert counted.active_users >= 1
    assert counted.made is None


def test_a_backup_is_seen_with_its_time(site, served, keys):
    from frappe.utils.backups import new_backup

    taken = new_backup(ignore_files=True, force=True)
    try:
        client = Client(2)
        seen = visit(Probe("x", served, True, keys["api_key"], keys["api_secret"], looks_inside=True), client)
        client.close()
        assert seen.measured.api is Reason.FINE
        age = time.time() - seen.measured.newest_backup_at.timestamp()
        assert -5 < age < 600
    finally:
        for path in (taken.backup_path_db, taken.backup_path_conf):
            if path and os.path.exists(path):
                os.remove(path)


def test_a_wrong_key_is_a_finding_of_its_own_and_the_site_is_up(site, served):
    watched = make_site(url=served, internal=1, api_key="wrong", api_secret="no-secret-at-all")
    frappe.db.commit()
    assert check_sites(watched.name).up == 1
    watched.reload()
    assert "API key is not accepted" in watched.last_error
    logs = str(frappe.get_all("Error Log", fields=["method", "error"]))
    assert "no-secret-at-all" not in watched.as_json() + logs


def test_a_key_of_somebody_without_rights_is_told_as_such(site, served, keys):
    user = frappe.get_doc("User", frappe.db.get_value("User", {"api_key": keys["api_key"]}))
    user.remove_roles("System Manager")
    frappe.db.commit()
    client = Client(2)
    seen = visit(Probe("x", served, True, keys["api_key"], keys["api_secret"], looks_inside=True), client)
    client.close()
    assert seen.measured.api is Reason.WRONG_CREDENTIALS
