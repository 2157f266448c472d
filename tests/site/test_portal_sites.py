"""A client's sites in the portal: their own, as they are and were, and nothing that is ours to know."""

from datetime import timedelta

import frappe
import pytest
from frappe.database.database import Database

from support_retainer.monitoring import rollup, view
from support_retainer.portal.sites_page import chart, facts_of
from support_retainer.site_time import site_date, to_site, utc_now
from support_retainer.testing import make_contract
from support_retainer.testing.sites import make_site
from tests.support.people import make_client
from tests.support.web import Web, with_password

pytestmark = pytest.mark.commits


@pytest.fixture
def watched(site):
    contract = make_contract("Professional", "2026-08-31")
    record = make_site(contract, site_name="erp.client.example", api_key="the-key", api_secret="the-secret")
    reader = make_client(contract)
    with_password(reader)
    now = utc_now()
    for minutes in range(5, 200, 5):
        at = to_site(now - timedelta(minutes=minutes))
        up = int(minutes != 50)
        frappe.get_doc(doctype="Site Check", site=record.name, at=at, is_up=up, response_ms=200 * up).insert()
    record.db_set({"status": "Up", "last_error": "Uptime: internal words", "response_ms": 200})
    rollup.sum_up()
    frappe.db.commit()
    return frappe._dict(record=record, contract=contract, reader=reader)


def incident(**values):
    row = {"started_at": "2026-09-14 10:00:00", "check": "Uptime", "reason": "internal words", **values}
    return frappe.get_doc(doctype="Site Incident", **row).insert()


def test_a_client_sees_the_state_the_uptime_and_the_incidents(watched, site):
    incident(site=watched.record.name, title="x")
    watched.record.reload()
    start = frappe.utils.add_to_date(None, days=1, as_datetime=True)
    end = frappe.utils.add_to_date(start, hours=2)
    watched.record.append("windows", {"starts_at": start, "ends_at": end, "reason": "Version upgrade"})
    watched.record.save()
    frappe.db.commit()
    web = Web(site, watched.reader)
    listed = web.get("/support/sites").text
    assert "erp.client.example" in listed
    assert "Version upgrade" in listed
    page = web.get("/support/sites/erp.client.example")
    assert page.status_code == 200
    assert "97.43 %" in page.text
    assert "<polyline" in page.text
    assert "none yet" in page.text
    assert "erp.client.example" in web.get("/support").text
    for secret in ("the-key", "the-secret", "internal words"):
        assert secret not in page.text + listed


@pytest.mark.parametrize("status", ["Unknown", "Up", "Degraded", "Down", "Maintenance"])
def test_every_state_of_a_site_has_its_pages(watched, site, status):
    watched.record.db_set("status", status)
    frappe.db.commit()
    web = Web(site, watched.reader)
    for path in ("/support", "/support/sites", "/support/sites/erp.client.example"):
        page = web.get(path)
        assert page.status_code == 200
        assert f">{status}</span>" in page.text


def test_the_site_of_another_client_is_not_there(watched, site):
    other = make_site(make_contract("Growth", "2026-08-31"), site_name="erp.other.example")
    incident(provider="*", sites="erp.client.example\nerp.other.example", title="x")
    frappe.db.commit()
    web = Web(site, watched.reader)
    assert web.get(f"/support/sites/{other.name}").status_code == 404
    assert "erp.other.example" not in web.get("/support/sites").text
    page = web.get("/support/sites/erp.client.example").text
    assert "Outage at the provider" in page
    assert "erp.other.example" not in page


def test_a_contact_who_sees_own_tickets_only_sees_no_sites(watched, site):
    narrow = make_client(watched.contract, tickets="Own")
    with_password(narrow)
    frappe.db.commit()
    web = Web(site, narrow)
    assert "erp.client.example" not in web.get("/support/sites").text
    assert web.get("/support/sites/erp.client.example").status_code == 404


def test_the_page_asks_few_questions_however_much_is_kept(watched):
    def asked() -> int:
        before = int(frappe.db.sql("show session status like 'Questions'")[0][1])
        facts_of(view.site_of(watched.record.customer, watched.record.name), utc_now())
        return int(frappe.db.sql("show session status like 'Questions'")[0][1]) - before - 1

    asked()  # what a DocType looks like is read once and kept
    few = asked()
    for day in range(1, 90):
        frappe.get_doc(
            doctype="Site Check Rollup",
            site=watched.record.name,
            day=site_date(utc_now()) - timedelta(days=day),
            up=288,
        ).insert()
    assert asked() <= few <= 15


def test_the_whole_request_asks_few_questions(watched, site, monkeypatch):
    """With the session, the rights and the menu, as a client's browser asks for the page again and again."""
    asked = []
    real = Database.sql

    def sql(self, query, *values, **more):
        asked.append(str(query))
        return real(self, query, *values, **more)

    web, path = Web(site, watched.reader), f"/support/sites/{watched.record.name}"
    for _warming_up in range(2):  # the first one of a session notes when the user was there, which forgets the user
        assert web.get(path).status_code == 200
    monkeypatch.setattr(Database, "sql", sql)
    assert web.get(path).status_code == 200
    assert 5 < len(asked) <= 15, "\n".join(asked)


def test_a_day_without_answers_interrupts_the_line():
    from datetime import date

    from support_retainer.domain.uptime import Sum

    fine = Sum(up=1, timed=1, response_ms=100)
    days = [(date(2026, 9, day), one) for day, one in enumerate([fine, fine, None, fine], 1)]
    found = chart(days)
    assert len(found["lines"]) == 2
    assert (found["top"], found["mean"]) == (100, 100)
    assert chart([(date(2026, 9, 1), None)])["lines"] == []
