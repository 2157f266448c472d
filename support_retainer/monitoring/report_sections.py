"""What a Support Report says of the client's sites: availability, incidents, versions and use, in a few queries for any
number of sites. Days are those of this site, as in the sums of visits; moments are told in the client's zone."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import frappe
from frappe.model.document import Document
from frappe.utils import cint

from support_retainer.domain.site_use import LOOKS_BACK, Use
from support_retainer.domain.uptime import Sum, total
from support_retainer.domain.versions import newest_of_line, version_lag
from support_retainer.monitoring import releases, use
from support_retainer.reporting import words
from support_retainer.reporting.facts import zone_of
from support_retainer.site_time import to_utc
from support_retainer.speech import _

Section = dict[str, Any]
LISTED = 30  # incidents told one by one; more help no reader
OLD_AFTER = 4  # releases behind, where a site has no limit of its own: about two months of ERPNext's
NAMES = {"erpnext": "ERPNext", "frappe": "Frappe Framework"}
UNKNOWN = "–"


def sections(contract: Document, first: date, last: date) -> list[Section]:
    """The sections of a report about the days from `first` to `last`, both counted; what is not known is left out."""
    sites = sites_of(contract.name, first, last)
    if not sites:
        return []
    names = [site.name for site in sites]
    hit = incidents(names, first, last)
    counted = use.newest(names, first, last)
    made = (availability(sites, hit), told(hit, zone_of(contract, last)), versions(sites), used(names, counted))
    return [section for section in made if section]


def sites_of(contract: str, first: date, last: date) -> list[frappe._dict]:
    """The contract's sites with the sum of their visits; one that is no longer watched counts for when it was."""
    rows = frappe.db.sql(
        """select site.name, site.versions, site.releases_behind, sum(day.up) as up, sum(day.down) as down,
            sum(day.excused) as excused, sum(day.timed) as timed, sum(day.response_ms) as response_ms,
            max(day.slowest_ms) as slowest_ms
        from `tabManaged Site` site
        left join `tabSite Check Rollup` day on day.site = site.name and day.day between %(first)s and %(last)s
        where site.contract = %(contract)s
        group by site.name having max(site.enabled) = 1 or count(day.name) > 0
        order by site.name""",
        {"contract": contract, "first": first, "last": last},
        as_dict=True,
    )
    for row in rows:
        row.visits = Sum(*(cint(row[name]) for name in ("up", "down", "excused", "timed", "response_ms")))
    return rows


def incidents(sites: Sequence[str], first: date, last: date) -> list[tuple[str, frappe._dict]]:
    """(site, incident) for all that were open in the period, those of a provider once for each site they hit."""
    rows = frappe.db.sql(
        """select site, `check`, provider, sites, started_at, ended_at from `tabSite Incident`
        where started_at < %(until)s and (ended_at is null or ended_at >= %(first)s)
            and (site in %(sites)s or provider != '')
        order by started_at, name""",
        {"sites": tuple(sites), "first": first, "until": last + timedelta(days=1)},
        as_dict=True,
    )
    return [(site, row) for row in rows for site in sites if site == row.site or site in (row.sites or "").split("\n")]


def availability(sites: Sequence[frappe._dict], hit: Sequence[tuple[str, frappe._dict]]) -> Section | None:
    seen = [site for site in sites if site.visits.percent is not None]
    if not seen:
        return None
    whole = total(site.visits for site in seen)
    times = [site.visits.mean_ms for site in seen if site.visits.mean_ms is not None]
    return {
        "key": "uptime",
        "title": _("Availability of your sites"),
        "figures": [
            {"label": _("Available"), "value": percent(whole)},
            {"label": _("Mean response time"), "value": milliseconds(whole.mean_ms)},
            {"label": _("Incidents"), "value": str(len(hit))},
        ],
        "columns": [_("Site"), _("Available"), _("Mean response time"), _("Slowest answer"), _("Incidents")],
        "rows": [availability_row(site, hit) for site in seen],
        "note": _("Announced maintenance does not count.") if whole.excused else "",
        "site": {
            "uptime_percent": min(float(site.visits.percent) for site in seen),
            "response_ms": max(times, default=None),
        },
    }


def availability_row(site: frappe._dict, hit: Sequence[tuple[str, frappe._dict]]) -> list[str]:
    of_site = sum(name == site.name for name, _incident in hit)
    times = (site.visits.mean_ms, cint(site.slowest_ms) or None)
    return [site.name, percent(site.visits), *map(milliseconds, times), str(of_site)]


def percent(visits: Sum) -> str:
    """With its two decimals, because a tenth of a percent is three quarters of an hour in a month."""
    return UNKNOWN if visits.percent is None else f"{visits.percent} %"


def milliseconds(value: int | None) -> str:
    return UNKNOWN if value is None else _("{0} ms").format(value)


def told(hit: Sequence[tuple[str, frappe._dict]], zone: ZoneInfo) -> Section | None:
    """What was noticed and for how long. The reason stays with us, and so do the names of other clients."""
    if not hit:
        return None
    more = len(hit) - LISTED
    return {
        "key": "incidents",
        "title": _("Incidents of your sites"),
        "columns": [_("Site"), _("Incident"), _("Began"), _("Lasted")],
        "rows": [[site, kind(row), moment(row.started_at, zone), length(row)] for site, row in hit[:LISTED]],
        "note": _("and {0} more").format(more) if more > 0 else "",
    }


def kind(row: frappe._dict) -> str:
    return _("Outage at the provider") if row.provider else _(row.check)


def moment(stored: datetime, zone: ZoneInfo) -> str:
    local = to_utc(stored).astimezone(zone)
    return f"{words.day(local.date().isoformat())} {local:%H:%M}"


def length(row: frappe._dict) -> str:
    return words.duration(round((row.ended_at - row.started_at).total_seconds())) if row.ended_at else _("not over yet")


def versions(sites: Sequence[frappe._dict]) -> Section | None:
    """The version of each site whose version is known, beside the newest release of its line that is known here.

    They are those of the moment in which the report is made. The site furthest behind is told to the recommendations.
    """
    newest = releases.newest()
    known = [version_of(site, newest) for site in sites if site.versions]
    if not known:
        return None
    worst = max(known, key=lambda one: one.lag)
    old = {"version": worst.version, "newest_version": worst.newest} if worst.lag > worst.limit else {}
    return {
        "key": "versions",
        "title": _("Versions of your sites"),
        "columns": [_("Site"), _("Version"), _("Newest release"), _("Releases behind")],
        "rows": [[one.site, f"{one.app} {one.version}", one.newest, str(one.lag)] for one in known],
        "note": releases.basis(),
        "site": old,
    }


def version_of(site: frappe._dict, newest: dict[str, str]) -> frappe._dict:
    found = releases.read(site.versions)
    app = next((name for name in NAMES if name in found), next(iter(found), ""))
    version = found.get(app, "")
    return frappe._dict(
        site=site.name,
        app=NAMES.get(app, app),
        version=version,
        newest=newest_of_line(app, version, newest) or version,
        lag=version_lag({app: version}, newest) or 0,
        limit=cint(site.releases_behind) or OLD_AFTER,
    )


def used(sites: Sequence[str], counted: dict[str, tuple[date, Use]]) -> Section | None:
    """Sites that could not be asked in the period are left out."""
    rows = [[site, words.day(str(counted[site][0])), *use_row(counted[site][1])] for site in sites if site in counted]
    if not rows:
        return None
    return {
        "key": "use",
        "title": _("Use of your sites"),
        "columns": [_("Site"), _("Counted on"), _("Active users"), _("Documents made"), _("Busiest modules")],
        "rows": rows,
        "note": _("In the {0} days up to the day on which it was counted.").format(LOOKS_BACK.days),
    }


def use_row(one: Use) -> list[str]:
    busiest = ", ".join(f"{_(module)} {count}" for module, count in one.busiest())
    return [str(one.active_users), UNKNOWN if one.made is None else str(one.made), busiest or UNKNOWN]
