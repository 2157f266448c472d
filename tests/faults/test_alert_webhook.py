"""The webhook for alerts: forged, replayed, endless or unknown requests have a clear answer and change nothing."""

import json
import time

import frappe
import pytest
from frappe.utils import add_to_date

from support_retainer.sla.signed import signature
from support_retainer.testing import make_contract
from support_retainer.testing.sites import make_site
from tests.support.people import make_user
from tests.support.web import Web

pytestmark = pytest.mark.commits
SECRET = "a secret of the monitoring"
PATH = "/api/method/support_retainer.monitoring.api."
DOWN = {"id": "42", "state": "firing", "title": "ERP is down", "site": "erp.client.example", "severity": "critical"}


@pytest.fixture
def secret(site, monkeypatch):
    """In the file, because each request reads the configuration anew."""
    from frappe.installer import update_site_config

    update_site_config("retainer_alert_secret", SECRET, validate=False)
    update_site_config("retainer_metrics_token", "metrics-token", validate=False)
    frappe.cache.delete_keys("retainer_alert_signature")
    yield site
    for name in ("retainer_alert_secret", "retainer_metrics_token"):
        update_site_config(name, "None", validate=False)


def send(site, payload, *, with_secret=SECRET, age=0, signed=None, stamp=None, headers=None):
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    stamp = stamp or str(int(time.time()) - age)
    sealed = {"X-Retainer-Timestamp": stamp, "X-Retainer-Signature": signature(with_secret, stamp, signed or body)}
    return Web(site).open(PATH + "alert", "POST", data=body, headers=sealed if headers is None else headers)


def incidents():
    frappe.db.rollback()
    return frappe.get_all("Site Incident", ["name", "status", "site", "issue", "customer"], order_by="creation")


def test_an_alert_makes_one_ticket_of_the_site_s_client_and_ends_with_it(secret):
    contract = make_contract("Growth", "2026-08-31")
    make_site(contract, site_name="erp.client.example")
    frappe.db.commit()
    assert send(secret, DOWN).json["message"] == {"taken": 1, "opened": 1, "over": 0, "ignored": 0}
    assert send(secret, {**DOWN, "note": "again"}).json["message"]["ignored"] == 1
    (incident,) = incidents()
    issue = frappe.get_doc("Issue", incident.issue)
    assert (issue.customer, issue.managed_site) == (contract.customer, "erp.client.example")
    assert (issue.priority, issue.retainer_channel) == ("P1 Critical", "Monitoring")
    assert send(secret, {**DOWN, "state": "resolved"}).json["message"]["over"] == 1
    frappe.db.rollback()
    assert frappe.db.get_value("Issue", incident.issue, "status") == "Resolved"


def test_a_copy_of_an_alert_that_arrives_after_its_end_opens_nothing(secret):
    alert = {**DOWN, "episode": "2026-09-14T10:00:00Z"}
    for state, extra, word in (("firing", 1, "opened"), ("resolved", 2, "over"), ("firing", 3, "ignored")):
        assert send(secret, {**alert, "state": state, "n": extra}).json["message"][word] == 1


def test_an_alert_that_no_tool_ends_is_over_with_its_ticket_and_may_come_again(secret):
    send(secret, DOWN)
    (incident,) = incidents()
    issue = frappe.get_doc("Issue", incident.issue)
    issue.status = "Closed"
    issue.save()
    frappe.db.commit()
    assert [row.status for row in incidents()] == ["Over"]
    assert send(secret, {**DOWN, "n": 2}).json["message"]["opened"] == 1
    assert send(secret, {**DOWN, "state": "resolved"}).json["message"]["over"] == 1


def test_alerts_with_long_labels_are_told_apart_by_their_ends(secret):
    labels = {"alertname": "PodCrashLooping", "cluster": "c" * 90, "namespace": "n" * 60}
    rows = [{"status": "firing", "labels": {**labels, "pod": pod}} for pod in ("a", "b")]
    assert send(secret, {"receiver": "retainer", "alerts": rows}).json["message"]["opened"] == 2
    over = [{**rows[0], "status": "resolved"}]
    assert send(secret, {"receiver": "retainer", "alerts": over}).json["message"]["over"] == 1
    assert sorted(row.status for row in incidents()) == ["Open", "Over"]


def test_an_alert_in_a_maintenance_window_opens_nothing(secret):
    around = {"starts_at": add_to_date(None, hours=-1), "ends_at": add_to_date(None, hours=1)}
    make_site(site_name="erp.client.example", windows=[around])
    frappe.db.commit()
    assert send(secret, DOWN).json["message"]["ignored"] == 1
    assert incidents() == []


def test_an_alert_for_nobody_s_site_is_a_ticket_all_the_same(secret):
    assert send(secret, {**DOWN, "site": "unknown.example"}).status_code == 200
    (incident,) = incidents()
    assert incident.site is None
    assert frappe.db.exists("Issue", incident.issue)


@pytest.mark.parametrize(
    "wrong",
    [{"with_secret": "guessed"}, {"age": 3600}, {"age": -3600}, {"signed": b"{}"}, {"headers": {}}, {"stamp": "x"}],
)
def test_a_forged_old_or_unsigned_request_is_refused(secret, wrong):
    assert send(secret, DOWN, **wrong).status_code == 401
    assert incidents() == []


def test_the_very_same_request_is_taken_once(secret):
    stamp = str(int(time.time()))
    assert send(secret, DOWN, stamp=stamp).status_code == 200
    assert send(secret, DOWN, stamp=stamp).status_code == 409
    assert len(incidents()) == 1


def test_ten_megabytes_are_refused(secret):
    body = json.dumps({**DOWN, "text": "x" * 10_000_000}).encode()
    assert send(secret, body).status_code == 413
    assert incidents() == []


@pytest.mark.parametrize("body", [b"", b"not json", b"[]", b"{}", b'{"hello": "world"}', b"[" * 5000, b"\xff\xfe"])
def test_an_unknown_format_is_told_so(secret, body):
    answer = send(secret, body)
    assert answer.status_code == 422
    assert "Alertmanager" in answer.text
    assert incidents() == []


def test_a_tool_that_cannot_sign_comes_with_an_api_key_of_staff(secret):
    for role, status in (("Retainer Agent", 200), ("Projects User", 401)):
        user = frappe.get_doc("User", make_user(role))
        user.api_key, user.api_secret = frappe.generate_hash(length=15), frappe.generate_hash(length=15)
        user.save()
        key = f"token {user.api_key}:{user.get_password('api_secret')}"
        frappe.db.commit()
        headers = {"Authorization": key, "Content-Type": "application/json"}
        assert send(secret, {**DOWN, "id": role}, headers=headers).status_code == status


def test_figures_are_for_staff_or_for_the_token(secret):
    make_site(site_name="erp.client.example")
    frappe.db.commit()
    web = Web(secret)
    assert web.get(PATH + "metrics").status_code == 403
    assert web.get(PATH + "metrics", {"token": "guessed"}).status_code == 403
    answer = web.get(PATH + "metrics", {"token": "metrics-token"})
    assert answer.status_code == 200
    assert answer.mimetype == "text/plain"
    assert "# TYPE retainer_open_tickets gauge" in answer.text
    assert 'retainer_sites{status="Unknown"} 1' in answer.text


def test_figures_are_what_prometheus_reads(secret):
    """Each line is a comment or a name, labels in braces and a number."""
    import re

    line = re.compile(r'[a-z_]+(\{[a-z_]+="[^"\n]*"(,[a-z_]+="[^"\n]*")*\})? -?[0-9.]+(e[+-]?[0-9]+)?')
    text = Web(secret).get(PATH + "metrics", {"token": "metrics-token"}).text
    assert text.endswith("\n")
    for row in text.splitlines():
        assert row.startswith(("# HELP ", "# TYPE ")) or line.fullmatch(row), row
