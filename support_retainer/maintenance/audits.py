"""A server audit, filled in as far as the checks know: each step that names something they measure gets its finding."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt, format_datetime, formatdate

from support_retainer.monitoring import releases, rollup, view
from support_retainer.site_time import site_date, utc_now

QUARTER = timedelta(days=90)
Finder = Callable[[Document, dict[str, str]], str]


def figures_of(site: Document) -> dict[str, str]:
    """The lines of the site's figures as {name: value}."""
    return dict(line.split(": ", 1) for line in (site.figures or "").splitlines() if ": " in line)


def logs(site: Document, figures: dict[str, str]) -> str:
    errors = figures.get("errors per day")
    return _("{0} errors in the last day.").format(errors) if errors is not None else ""


def backups(site: Document, figures: dict[str, str]) -> str:
    if not site.newest_backup_at:
        return ""
    begun = {"site": site.name, "started_at": ["is", "set"]}
    test = frappe.get_all("Restore Test", begun, ["status"], order_by="started_at desc", limit=1)
    tested = _("Last restore test: {0}.").format(_(test[0].status)) if test else _("Never restore-tested.")
    when, size = format_datetime(site.newest_backup_at), flt(site.newest_backup_mb)
    if not size:
        return _("Newest backup {0}. {1}").format(when, tested)
    return _("Newest backup {0}, {1} MB. {2}").format(when, f"{size:g}", tested)


def space(site: Document, figures: dict[str, str]) -> str:
    storage, database = figures.get("storage mb"), figures.get("database mb")
    return _("Files and backups {0} MB, database {1} MB.").format(storage, database) if storage or database else ""


def queues(site: Document, figures: dict[str, str]) -> str:
    if "pending jobs" not in figures:
        return ""
    return _("{0} jobs wait, {1} scheduled jobs fail, scheduler {2}.").format(
        figures["pending jobs"], figures.get("failing jobs", "0"), figures.get("scheduler", "?")
    )


def memory(site: Document, figures: dict[str, str]) -> str:
    """Of the database and of Redis, and the work that waits for it; how full the machine is, a check does not see."""
    buffer, cache, database = (figures.get(name) for name in ("buffer mb", "cache mb", "database mb"))
    held = (
        _("Buffer of the database {0} MB for {1} MB of data.").format(buffer, database) if buffer and database else "",
        _("Redis holds {0} MB.").format(cache) if cache else "",
        queues(site, figures),
    )
    return " ".join(filter(None, held))


def deadlocks(site: Document, figures: dict[str, str]) -> str:
    if "deadlocks" not in figures:
        return ""
    return _("{0} deadlocks among the errors of the last day. Database {1} MB.").format(
        figures["deadlocks"], figures.get("database mb", "?")
    )


def security(site: Document, figures: dict[str, str]) -> str:
    found = (
        [_("{0} failed logins in the last day.").format(figures["failed logins"])] if "failed logins" in figures else []
    )
    if site.certificate_expires_on:
        found.append(_("Certificate until {0}.").format(formatdate(site.certificate_expires_on)))
    return " ".join(found)


def version(site: Document, figures: dict[str, str]) -> str:
    return (site.versions or "").replace("\n", ", ")


def speed(site: Document, figures: dict[str, str]) -> str:
    return _("Last answer in {0} ms.").format(site.response_ms) if site.response_ms else ""


# A step is known by a word in it, in the language of the catalogues.
FINDERS: tuple[tuple[tuple[str, ...], Finder], ...] = (
    (("deadlock",), deadlocks),
    (("log",), logs),
    (("backup", "snapshot"), backups),
    (("disk", "space", "storage"), space),
    (("memory",), memory),
    (("queue", "job", "scheduler"), queues),
    (("security", "firewall", "certificate", "login"), security),
    (("version", "update"), version),
    (("response", "performance", "slow"), speed),
)


def fill(job: Document) -> int:
    """Fill empty findings; returns how many. Nothing is ticked: a person has to look.

    What no step asks for and the checks know all the same is kept as evidence, so that the report has it.
    """
    site = frappe.get_doc("Managed Site", job.site)
    figures = figures_of(site)
    filled = 0
    for row in job.steps:
        found = "" if row.finding else finding(row.step, site, figures)
        if found:
            row.finding, filled = found[:140], filled + 1
    known = {row.what for row in job.evidence}
    for what in measured(site):
        if what not in known:
            job.append("evidence", {"what": what[:140]})
    return filled


def measured(site: Document) -> Iterator[str]:
    """What the checks say of the site as a whole, by the day; nothing of what they do not know."""
    now = utc_now()
    today = site_date(now)
    percent = dict(view.uptime(site.name, rollup.sums(site.name, today - QUARTER), now))[90].percent
    if percent is not None:
        since = {"site": site.name, "started_at": [">=", today - QUARTER]}
        incidents = frappe.db.count("Site Incident", since)
        yield _("Checks until {0}: up {1} % of 90 days, {2} incidents.").format(formatdate(today), percent, incidents)
    if site.versions:
        yield _("Versions on {0}: {1}").format(formatdate(today), releases.told(site.versions).replace("\n", "; "))
    told = [security(site, figures_of(site)), speed(site, {}), backups(site, {})]
    if any(told):
        yield _("Seen on {0}: {1}").format(formatdate(today), " ".join(filter(None, told)))


def finding(step: str, site: Document, figures: dict[str, str]) -> str:
    words = step.lower()
    for names, finder in FINDERS:
        if any(name in words for name in names):
            return finder(site, figures)
    return ""
