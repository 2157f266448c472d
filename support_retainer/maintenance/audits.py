"""A server audit, filled in as far as the checks know: each step that names something they measure gets its finding."""

from collections.abc import Callable

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt, format_datetime, formatdate

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
    (("log",), logs),
    (("backup", "snapshot"), backups),
    (("disk", "space", "storage"), space),
    (("memory", "queue", "job", "scheduler"), queues),
    (("security", "firewall", "certificate", "login"), security),
    (("version", "update"), version),
    (("response", "performance", "slow"), speed),
)


def fill(job: Document) -> int:
    """Fill empty findings; returns how many. Nothing is ticked: a person has to look."""
    site = frappe.get_doc("Managed Site", job.site)
    figures = figures_of(site)
    filled = 0
    for row in job.steps:
        found = "" if row.finding else finding(row.step, site, figures)
        if found:
            row.finding, filled = found[:140], filled + 1
    return filled


def finding(step: str, site: Document, figures: dict[str, str]) -> str:
    words = step.lower()
    for names, finder in FINDERS:
        if any(name in words for name in names):
            return finder(site, figures)
    return ""
