"""Alerts of other tools become incidents: each once, however often it is sent, and over when the tool says so."""

import hashlib
import json
from urllib.parse import urlsplit

import frappe
from frappe import _

from support_retainer.domain import alerts
from support_retainer.domain.alerts import Alert, State
from support_retainer.exceptions import UnknownAlert
from support_retainer.monitoring import incidents
from support_retainer.site_time import utc_now

LONGEST = 120


def take(body: bytes) -> dict[str, int]:
    """Read one request and open or end what it says; returns {taken, opened, over, ignored}. Raises UnknownAlert."""
    found = read(body)
    done = {"taken": len(found), "opened": 0, "over": 0, "ignored": 0}
    for alert in found:
        done[take_one(alert)] += 1
    return done


def read(body: bytes) -> tuple[Alert, ...]:
    try:
        return alerts.read(json.loads(body))
    except (ValueError, RecursionError):
        raise UnknownAlert(
            _(
                "The body is no alert that is known here. Send what Alertmanager, Grafana, Uptime Kuma, Datadog, "
                "Nagios or Icinga send, or JSON with id, state (firing or resolved) and title, and if you can site, "
                "text and severity."
            )
        ) from None


def take_one(alert: Alert) -> str:
    key = f"alert:{short(alert.key)}"
    known = frappe.db.get_value("Site Incident", {"open_key": key}, incidents.FIELDS, as_dict=True)
    if alert.state is State.OVER and known:
        incidents.end(known, utc_now())
        return "over"
    if alert.state is not State.FIRING or known or was_taken(alert):
        return "ignored"
    site = site_of(alert)
    if site and frappe.get_doc("Managed Site", site).in_maintenance(utc_now()):
        return "ignored"
    return "opened" if open_one(alert, key, site) else "ignored"


def was_taken(alert: Alert) -> bool:
    """Whether this very occurrence came before; a copy that arrives after its end opens nothing."""
    return bool(alert.episode and frappe.db.exists("Site Incident", {"alert_id": alert_id(alert)}))


def alert_id(alert: Alert) -> str:
    return short(f"{alert.key} {alert.episode}".strip())


def short(text: str) -> str:
    """It has to fit a column and stay apart from others that begin alike, as the labels of one cluster's alerts do."""
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 41]} {hashlib.sha1(text.encode()).hexdigest()}"  # noqa: S324


def open_one(alert: Alert, key: str, site: str | None) -> str | None:
    values = {
        "title": alert.title[:140],
        "site": site,
        "customer": site and frappe.db.get_value("Managed Site", site, "customer"),
        "check": "Alert",
        "reason": alert.text[:2000] or alert.title,
        "source": "Alert",
        "alert_id": alert_id(alert),
    }
    return incidents.create(key, values, alerts.priority_of(alert.severity), utc_now())


def site_of(alert: Alert) -> str | None:
    """The managed site that one of the hints names, by its name or by the host of its address."""
    for hint in alert.hints[:10]:
        host = host_of(hint)
        found = frappe.db.get_value("Managed Site", {"name": ["in", [hint, host]]}) or by_host(host)
        if found:
            return found
    return None


def host_of(hint: str) -> str:
    """ "https://erp.client.example/app", "erp.client.example:443" and "erp.client.example" name the same host."""
    try:
        return urlsplit(hint if "//" in hint else f"//{hint}").hostname or hint
    except ValueError:
        return hint


def by_host(host: str) -> str | None:
    like = f"%//{host.replace('%', '').replace('_', chr(92) + '_')}%"
    rows = frappe.get_all("Managed Site", {"url": ["like", like]}, ["name", "url"], limit=20)
    return next((row.name for row in rows if host_of(row.url) == host), None)
