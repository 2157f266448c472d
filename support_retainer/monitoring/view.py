"""What a client may know of their sites: how they are, were, and when work on them is announced. No key, no address
inside, no text of a tool: only these fields leave here."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import frappe

from support_retainer.domain.uptime import MaintenanceWindow, Repeats, Sum, total
from support_retainer.monitoring import rollup
from support_retainer.site_time import site_date, site_zone, to_site, to_utc

SHOWN = (
    *("name", "url", "status", "last_checked_at", "response_ms", "certificate_expires_on", "versions", "contract"),
    *("newest_backup_at", "newest_backup_mb", "backup_retention_days", "off_site_copy", "off_site_copied_at"),
    *("monitoring_level", "hosted_by"),
)
DAYS = 90
INCIDENTS = 20
WINDOWS_AHEAD = timedelta(days=31)


def sites_of(customer: str) -> list[frappe._dict]:
    """The watched sites of a customer, those that need attention first; one query."""
    rows = frappe.get_all("Managed Site", {"customer": customer, "enabled": 1}, SHOWN, order_by="name")
    worst = ("Down", "Degraded", "Maintenance", "Unknown", "Up")
    return sorted(rows, key=lambda row: worst.index(row.status) if row.status in worst else len(worst))


def site_of(customer: str, name: str) -> frappe._dict | None:
    """One site of the customer, None where it is not theirs."""
    return frappe.db.get_value("Managed Site", {"name": name, "customer": customer, "enabled": 1}, SHOWN, as_dict=True)


def facts(site: frappe._dict, now: datetime) -> dict[str, Any]:
    """All that the page of one site shows; its cost does not grow with the samples kept."""
    today = site_date(now)
    days = rollup.sums(site.name, today - timedelta(days=DAYS))
    return {
        "site": site,
        "uptime": uptime(site.name, days, now),
        "days": [(day, days.get(day)) for day in each_day(today, DAYS)],
        "incidents": incidents(site),
        "windows": windows([site.name], now),
        "restore": last_restore(site.name),
    }


def uptime(site: str, days: dict[date, Sum], now: datetime) -> list[tuple[int, Sum]]:
    """The last 24 hours from samples, 7, 30 and 90 days from the sums of days: (days, sum)."""
    today = site_date(now)
    spans = [(1, last_hours(site, now))]
    for length in (7, 30, 90):
        first = today - timedelta(days=length - 1)
        spans.append((length, total(one for day, one in days.items() if day >= first)))
    return spans


def last_hours(site: str, now: datetime) -> Sum:
    row = frappe.db.sql(
        """select sum(is_up = 1 and excused = 0), sum(is_up = 0 and excused = 0), sum(excused = 1),
            sum(response_ms > 0), sum(response_ms)
        from `tabSite Check` where site = %s and at > %s""",
        (site, to_site(now - timedelta(hours=24))),
    )[0]
    return Sum(*(int(value or 0) for value in row))


def each_day(last: date, count: int) -> list[date]:
    return [last - timedelta(days=back) for back in range(count - 1, -1, -1)]


def incidents(site: frappe._dict) -> list[frappe._dict]:
    """Newest first, with outages of the provider that hit this site; two queries. The reason stays with us."""
    fields = ["check", "status", "started_at", "ended_at", "provider", "sites"]
    own = frappe.get_all("Site Incident", {"site": site.name}, fields, order_by="started_at desc", limit=INCIDENTS)
    shared = frappe.get_all(
        "Site Incident", {"provider": ["is", "set"]}, fields, order_by="started_at desc", limit=INCIDENTS
    )
    hit = [row for row in shared if site.name in (row.sites or "").split("\n")]
    for row in hit:
        row.sites = None  # the names of other clients
    return sorted([*own, *hit], key=lambda row: row.started_at, reverse=True)[:INCIDENTS]


def windows(sites: Sequence[str], now: datetime) -> list[frappe._dict]:
    """Announced work of the next month that is under way or to come: site, starts, ends (site time), reason."""
    if not sites:
        return []
    found = []
    rows = frappe.get_all(
        "Managed Site Window",
        {"parent": ["in", sites], "parenttype": "Managed Site"},
        ["parent", "starts_at", "ends_at", "repeats", "reason"],
    )
    for row in rows:
        repeats = Repeats(row.repeats or "Once")
        window = MaintenanceWindow(to_utc(row.starts_at), to_utc(row.ends_at), repeats, site_zone())
        start = now if window.holds(now) else window.next_start(now)
        if start and start - now <= WINDOWS_AHEAD:
            found.append(
                frappe._dict(
                    site=row.parent,
                    starts=to_site(start),
                    ends=to_site(start + (window.end - window.start)),
                    is_now=window.holds(now),
                    reason=row.reason,
                )
            )
    return sorted(found, key=lambda row: row.starts)


def last_restore(site: str) -> frappe._dict | None:
    """The newest finished proof that a backup of the site can be restored."""
    finished = {"site": site, "status": ["in", ("Passed", "Failed")]}
    rows = frappe.get_all("Restore Test", finished, ["status", "started_at"], order_by="started_at desc", limit=1)
    return next(iter(rows), None)
