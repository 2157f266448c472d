"""What a Support Report says of maintenance: what was done, what comes, and what the backups are worth; four queries
for any number of sites. Backups are told as they are when the report is made."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

import frappe
from frappe.model.document import Document
from frappe.utils import cint, flt, getdate

from support_retainer.maintenance.jobs import OPEN
from support_retainer.reporting import words
from support_retainer.retainer.doctype.maintenance_job.maintenance_job import OVER
from support_retainer.speech import _

Section = dict[str, Any]
AHEAD = timedelta(days=31)
LISTED = 40
UNKNOWN = "–"
BACKUP_FIELDS = ("name", "newest_backup_at", "newest_backup_mb", "backup_kept_days", "off_site_copied_at")


def sections(contract: Document, first: date, last: date) -> list[Section]:
    """The sections of a report about the days from `first` to `last`, both counted; what is not known is left out."""
    jobs = jobs_of(contract.name, first, last)
    over = [job for job in jobs if job.status in OVER]
    made = (done(over), coming([job for job in jobs if job.status in OPEN]), backups(contract.name, first, last))
    return [section for section in made if section]


def jobs_of(contract: str, first: date, last: date) -> list[frappe._dict]:
    """What was finished in the period, and what was due by then or is in the month that follows."""
    return frappe.db.sql(
        """select title, site, status, due_date, done_on, note from `tabMaintenance Job`
        where contract = %(contract)s and ((status in %(over)s and done_on >= %(first)s and done_on < %(until)s)
            or (status in %(open)s and due_date <= %(ahead)s))
        order by coalesce(done_on, due_date), title, site, name""",
        {
            "contract": contract,
            "over": OVER,
            "open": OPEN,
            "first": first,
            "until": last + timedelta(days=1),
            "ahead": last + AHEAD,
        },
        as_dict=True,
    )


def done(jobs: Sequence[frappe._dict]) -> Section | None:
    return listed(
        "maintenance_done",
        _("Maintenance done"),
        [_("Work"), _("Site"), _("Done on"), _("Result")],
        [[job.title, job.site or "", words.day(str(job.done_on)), result(job)] for job in jobs],
    )


def result(job: frappe._dict) -> str:
    """The note says why something was rolled back or not needed."""
    return _(job.status) if job.status == "Done" else f"{_(job.status)}: {job.note}"


def coming(jobs: Sequence[frappe._dict]) -> Section | None:
    return listed(
        "maintenance_coming",
        _("Maintenance to come"),
        [_("Work"), _("Site"), _("Due on"), _("Status")],
        [[job.title, job.site or "", words.day(str(job.due_date)), _(job.status)] for job in jobs],
    )


def listed(key: str, title: str, columns: list[str], rows: list[list[str]]) -> Section | None:
    more = len(rows) - LISTED
    note = _("and {0} more").format(more) if more > 0 else ""
    return {"key": key, "title": title, "columns": columns, "rows": rows[:LISTED], "note": note} if rows else None


def backups(contract: str, first: date, last: date) -> Section | None:
    """The newest backup of each site and the proof that one can be restored; nothing where neither is known."""
    sites = frappe.get_all("Managed Site", {"contract": contract, "enabled": 1}, BACKUP_FIELDS, order_by="name")
    if not sites:
        return None
    names = [site.name for site in sites]
    tests = restore_tests(names)
    failed = failures(names, first, last) + sum(one.status == "Failed" and first <= day(one) <= last for one in tests)
    if not (tests or failed or any(site.newest_backup_at for site in sites)):
        return None
    newest = {test.site: test for test in tests}
    return {
        "key": "backups",
        "title": _("Backups"),
        "columns": [_("Site"), _("Newest backup"), _("Size"), _("Kept"), _("Copied elsewhere"), _("Restore test")],
        "rows": [backup_row(site, newest.get(site.name)) for site in sites],
        "site": {"failed_backups": failed, "days_since_restore_test": days_since_passed(tests, last)},
    }


def restore_tests(sites: Sequence[str]) -> list[frappe._dict]:
    """Finished ones, oldest first; a site has a handful in a year."""
    finished = {"site": ["in", sites], "status": ["in", ("Passed", "Failed")]}
    return frappe.get_all("Restore Test", finished, ["site", "status", "started_at"], order_by="started_at, creation")


def failures(sites: Sequence[str], first: date, last: date) -> int:
    """How often in the period a site's newest backup was too old or missing."""
    return frappe.db.sql(
        """select count(*) from `tabSite Incident` where site in %(sites)s and `check` = 'Backup'
            and started_at < %(until)s and (ended_at is null or ended_at >= %(first)s)""",
        {"sites": tuple(sites), "first": first, "until": last + timedelta(days=1)},
    )[0][0]


def days_since_passed(tests: Iterable[frappe._dict], last: date) -> int | None:
    """Of the site that waits longest, at the end of the period; None where no site ever passed one."""
    passed = {test.site: day(test) for test in tests if test.status == "Passed"}
    return max((max((last - on).days, 0) for on in passed.values()), default=None)


def day(test: frappe._dict) -> date:
    return getdate(test.started_at)


def backup_row(site: frappe._dict, test: frappe._dict | None) -> list[str]:
    size, kept = flt(site.newest_backup_mb), cint(site.backup_kept_days)
    return [
        site.name,
        day_or_unknown(site.newest_backup_at),
        _("{0} MB").format(f"{size:g}") if size else UNKNOWN,
        _("{0} days").format(kept) if kept else UNKNOWN,
        day_or_unknown(site.off_site_copied_at),
        f"{_(test.status)}, {words.day(str(test.started_at))}" if test else _("none yet"),
    ]


def day_or_unknown(value: Any) -> str:
    return words.day(str(value)) if value else UNKNOWN
