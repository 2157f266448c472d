"""The window of a job is one of its site's: announced to the client, without alerts, and not against the uptime."""

from datetime import datetime

import frappe
from frappe.model.document import Document
from frappe.utils import get_datetime

from support_retainer.domain.maintenance import Approval, is_agreed
from support_retainer.maintenance.jobs import OPEN

CARRIED_OUT = ("Done", "Rolled Back")


def follow(job: Document) -> None:
    """Bring the site's row of this job up to date, in the caller's transaction."""
    rows = frappe.get_all("Managed Site Window", {"job": job.name}, ["parent", "starts_at", "ends_at", "reason"])
    wanted = job.site if is_announced(job) else None
    if [(row.parent, row.starts_at, row.ends_at, row.reason) for row in rows] == shown(job, wanted):
        return
    for row in rows:
        if row.parent != wanted:
            edit(row.parent, job, wanted=False)
    if wanted:
        edit(wanted, job, wanted=True)


def shown(job: Document, site: str | None) -> list[tuple]:
    return [(site, get_datetime(job.window_starts), end_of(job), job.title)] if site else []


def is_announced(job: Document) -> bool:
    if not (job.window_starts and is_agreed(job.kind == "Upgrade", Approval(job.approval))):
        return False
    return job.status in OPEN or (job.status in CARRIED_OUT and get_datetime(job.window_starts) < end_of(job))


def end_of(job: Document) -> datetime:
    """What is done earlier ends its window."""
    ends = get_datetime(job.window_ends)
    return min(ends, get_datetime(job.done_on)) if job.status in CARRIED_OUT and job.done_on else ends


def edit(site: str, job: Document, *, wanted: bool) -> None:
    record = frappe.get_doc("Managed Site", site)
    rows = [row for row in record.windows if row.job != job.name]
    record.set("windows", rows)
    if wanted:
        values = {"starts_at": job.window_starts, "ends_at": end_of(job), "reason": job.title}
        record.append("windows", {"job": job.name, "repeats": "Once", **values})
    record.save(ignore_permissions=True)
