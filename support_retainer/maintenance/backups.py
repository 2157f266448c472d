"""The backups in the folder of a site of this bench: the newest, how far back they go, and how they grow."""

import re
from datetime import datetime
from pathlib import Path

import frappe
from frappe import _
from frappe.utils import cint, getdate

from support_retainer.domain.restoring import Backup, is_kept_too_short, kept
from support_retainer.hours import notices
from support_retainer.maintenance import restore_test

NAME = re.compile(r"^(\d{8}_\d{6})-.*-database(-enc)?\.sql(\.gz)?$")
PART = re.compile(r"^(\d{8}_\d{6})-.*?-(private-files|files|site_config_backup)(-enc)?\.(tar|tgz|json)$")


def look_at_all() -> None:
    """Daily, for all sites whose backups are known: in a folder of this bench, or by what the site lists. Commits."""
    for site in frappe.get_all("Managed Site", {"enabled": 1}, ["name", "local_site", "newest_backup_mb"]):
        if site.local_site:
            look_at(site.name)
        elif site.newest_backup_mb:
            watched = frappe.get_doc("Managed Site", site.name)
            warn_if_kept_too_short(watched, watched.backup_kept_days)
        frappe.db.commit()


def look_at(site: str) -> None:
    watched = frappe.get_doc("Managed Site", site)
    found = files_of(watched.local_site)
    backups = [Backup(at.date(), size) for at, size in found]
    result = kept(backups, getdate())
    values: dict[str, object] = {"backup_kept_days": result.oldest_days, "backup_trend": result.growth_percent or 0}
    if found:
        newest = max(found)
        values |= {"newest_backup_at": newest[0], "newest_backup_mb": newest[1]}
    watched.db_set(values, update_modified=False)
    warn_if_kept_too_short(watched, result.oldest_days)


def files_of(local_site: str) -> list[tuple[datetime, float]]:
    """When each was taken (this bench's clock) and its size in MB."""
    named = ((NAME.match(path.name), path) for path in in_folder(local_site))
    return [(taken_at(match), round(path.stat().st_size / 1024**2, 1)) for match, path in named if match]


def newest_parts(local_site: str) -> dict[str, datetime]:
    """When the files and the configuration were last saved beside the database, by part: files, private-files,
    site_config_backup."""
    found: dict[str, datetime] = {}
    for path in in_folder(local_site):
        if match := PART.match(path.name):
            found[match[2]] = max(taken_at(match), found.get(match[2], datetime.min))
    return found


def in_folder(local_site: str) -> list[Path]:
    folder = Path(frappe.local.sites_path, local_site, "private", "backups")
    return list(folder.glob("*")) if folder.is_dir() else []


def taken_at(match: re.Match[str]) -> datetime:
    return datetime.strptime(match[1], "%Y%m%d_%H%M%S")


def warn_if_kept_too_short(watched, oldest_days: int | None) -> None:
    promised = cint(watched.backup_retention_days)
    age = (getdate() - getdate(watched.creation)).days
    if not is_kept_too_short(oldest_days, promised, age):
        return
    text = _("{0}: the oldest backup is {1} days old, {2} days are promised.").format(
        watched.name, oldest_days, promised
    )
    notices.notify(notices.managers(), text, watched)


def test_quarterly(site: str) -> None:
    """The job of the scheduler for one site; a failed test has told the managers itself."""
    restore_test.verify(site)


def start_quarterly_tests() -> None:
    """A restore test for each local site without one in the last 90 days, one after the other in the long queue."""
    names = frappe.db.sql_list(
        """select site.name from `tabManaged Site` site where site.enabled = 1 and ifnull(site.local_site, '') != ''
            and not exists (select 1 from `tabRestore Test` test
                where test.site = site.name and test.started_at > now() - interval 90 day)"""
    )
    for name in names:
        frappe.enqueue(
            "support_retainer.maintenance.backups.test_quarterly",
            site=name,
            queue="long",
            timeout=restore_test.LONGEST_SECONDS,
            job_id=f"retainer-restore-{name}",
            deduplicate=True,
        )
