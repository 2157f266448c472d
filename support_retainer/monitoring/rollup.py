"""Samples added up by day, and what is old thrown away. Both may run twice, late, or after a crash."""

from datetime import date, datetime, timedelta

import frappe

from support_retainer.domain.uptime import Sum
from support_retainer.site_time import site_date, to_site, utc_now

SAMPLES_KEPT_DAYS = 14
ROLLUPS_KEPT_DAYS = 400
AT_ONCE = 20_000


def sum_up(days: tuple[date, ...] | None = None) -> None:
    """Compute the sums of whole days anew from the samples; today's and yesterday's unless days are named."""
    today = site_date(utc_now())
    for day in days or (today - timedelta(days=1), today):
        frappe.db.sql(
            """insert into `tabSite Check Rollup`
                (name, owner, creation, modified, modified_by,
                site, day, up, down, excused, timed, response_ms, slowest_ms)
            select substr(sha1(concat(site, %(day)s)), 1, 20), %(user)s, now(), now(), %(user)s, site, %(day)s,
                sum(is_up = 1 and excused = 0), sum(is_up = 0 and excused = 0), sum(excused = 1),
                sum(response_ms > 0), sum(response_ms), max(response_ms)
            from `tabSite Check` where at >= %(day)s and at < %(next)s group by site
            on duplicate key update modified = now(), up = values(up), down = values(down), excused = values(excused),
                timed = values(timed), response_ms = values(response_ms), slowest_ms = values(slowest_ms)""",
            {"day": day, "next": day + timedelta(days=1), "user": frappe.session.user},
        )
        frappe.db.commit()


def purge(moment: datetime | None = None) -> tuple[int, int]:
    """Delete old samples and sums in small portions; returns how many of each. Commits."""
    moment = moment or utc_now()
    samples = delete_before("Site Check", "at", to_site(moment - timedelta(days=SAMPLES_KEPT_DAYS)))
    sums = delete_before("Site Check Rollup", "day", site_date(moment) - timedelta(days=ROLLUPS_KEPT_DAYS))
    return samples, sums


def delete_before(doctype: str, fieldname: str, limit: datetime | date) -> int:
    """A portion at a time, so that no pass waits for the locks of a long delete."""
    deleted = 0
    while True:
        frappe.db.sql(f"delete from `tab{doctype}` where {fieldname} < %s limit {AT_ONCE}", limit)  # noqa: S608
        rows = frappe.db._cursor.rowcount
        frappe.db.commit()
        deleted += rows
        if rows < AT_ONCE:
            return deleted


def sums(site: str, since: date) -> dict[date, Sum]:
    """The days of a site from `since` on, oldest first."""
    rows = frappe.get_all(
        "Site Check Rollup",
        {"site": site, "day": [">=", since]},
        ["day", "up", "down", "excused", "timed", "response_ms"],
        order_by="day",
    )
    return {row.day: Sum(row.up, row.down, row.excused, row.timed, row.response_ms) for row in rows}
