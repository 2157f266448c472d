"""The site of one client: how it was watched, maintained and restored, and a report of it. It is made up like the rest
of the story, so nobody visits it."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import frappe
from frappe.model.document import Document
from frappe.utils import getdate, now_datetime

from support_retainer.demo.clock import at_time, stamp
from support_retainer.demo.story import AGENT
from support_retainer.domain.maintenance import Cadence, due_between
from support_retainer.maintenance import jobs, upgrades
from support_retainer.monitoring import rollup
from support_retainer.reporting import drafts
from support_retainer.site_time import to_utc
from support_retainer.testing.sites import make_site

SITE = "erp.falconmarine.example"
OUTAGE = "Nobody can log in"
VISITS_A_DAY = 288
EVERY = timedelta(minutes=5)
LAST_DAY = timedelta(hours=24)


def add(contract: str) -> None:
    """Once; commits."""
    if frappe.db.exists("Managed Site", SITE):
        return
    record = frappe.get_doc("Retainer Contract", contract)
    site = watched(record)
    outage = incident(site)
    sum_days(site, getdate(record.start_date), outage)
    visit_today(site)
    prove_a_restore(site)
    maintain(record, site)
    ask_for_an_upgrade(site)
    frappe.db.commit()
    rollup.sum_up()
    drafts.make_batch([row for row in drafts.due(getdate()) if row[0] == contract])


def watched(contract: Document) -> Document:
    site = make_site(
        contract,
        site_name=SITE,
        monitoring_level="None",
        hosted_by="Gulf Cloud",
        off_site_copy="Bucket falcon-backups, Fujairah",
        recovery_notes="Stock and sales first; the warehouse can write by hand for half a day.",
    )
    night = now_datetime().replace(hour=2, minute=0, second=0, microsecond=0)
    site.db_set(
        {
            "status": "Up",
            "last_checked_at": now_datetime(),
            "inspected_at": now_datetime(),
            "response_ms": 268,
            "versions": f"erpnext {frappe.get_attr('erpnext.__version__')}\nfrappe {frappe.__version__}",
            "figures": "scheduler: Active\npending jobs: 3\nerrors per day: 4\ndatabase mb: 612.4\nstorage mb: 3904.0",
            "certificate_expires_on": getdate() + timedelta(days=61),
            "newest_backup_at": night,
            "newest_backup_mb": 84.2,
            "backup_kept_days": 30,
            "backup_trend": 3.1,
            "off_site_copied_at": night + timedelta(hours=1),
        },
        update_modified=False,
    )
    stamp("Managed Site", SITE, site.creation, creation=contract.creation)
    return site


def incident(site: Document) -> frappe._dict:
    """The morning on which the client wrote; found by the ticket of the story. Returns its (started_at, ended_at)."""
    ticket = {"subject": OUTAGE, "retainer_contract": site.contract}
    issue = frappe.db.get_value("Issue", ticket, ["name", "creation"], as_dict=True)
    started, ended = issue.creation - timedelta(minutes=4), issue.creation + timedelta(hours=1)
    row = frappe.get_doc(
        doctype="Site Incident",
        title=f"{SITE} does not answer",
        site=SITE,
        customer=site.customer,
        check="Uptime",
        reason="Uptime: the server answers with an error. (HTTP 502)",
        status="Over",
        started_at=started,
        ended_at=ended,
        issue=issue.name,
        source="Checks",
    ).insert(ignore_permissions=True)
    frappe.db.set_value("Issue", issue.name, "managed_site", SITE, update_modified=False)
    return frappe._dict(started_at=row.started_at, ended_at=row.ended_at)


def sum_days(site: Document, first: date, outage: frappe._dict) -> None:
    """What the daily sums have kept since the go-live."""
    fields = ("name", "owner", "creation", "modified", "modified_by", "site", "day", "up", "down", "excused", "timed")
    rows = []
    for day in days(first, getdate() - timedelta(days=1)):
        down = round((outage.ended_at - outage.started_at) / EVERY) if day == outage.started_at.date() else 0
        up = VISITS_A_DAY - down
        head = (frappe.generate_hash(length=20), "Administrator", now_datetime(), now_datetime(), "Administrator")
        mean = 230 + day.toordinal() * 37 % 80
        rows.append((*head, site.name, day, up, down, 0, up, up * mean, mean * 3))
    frappe.db.bulk_insert("Site Check Rollup", [*fields, "response_ms", "slowest_ms"], rows)


def days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=number) for number in range((last - first).days + 1))


def visit_today(site: Document) -> None:
    fields = ("name", "owner", "creation", "modified", "modified_by", "site", "at", "is_up", "response_ms")
    now, rows = now_datetime().replace(microsecond=0), []
    for number in range(int(LAST_DAY / EVERY)):
        at: datetime = now - number * EVERY
        head = (frappe.generate_hash(length=10), "Administrator", at, at, "Administrator")
        rows.append((*head, site.name, at, 1, 240 + number * 17 % 90))
    frappe.db.bulk_insert("Site Check", [*fields, "http_status"], [(*row, 200) for row in rows])


def prove_a_restore(site: Document) -> None:
    passed = {"status": "Passed", "tables": 712, "rows": 184_377, "checksums": 8, "seconds": 96, "backup_mb": 83.9}
    with at_time(to_utc(now_datetime()) - timedelta(days=12), AGENT.email) as then:
        test = frappe.get_doc(
            doctype="Restore Test", site=site.name, source="Taken for the Test", started_at=then
        ).insert(ignore_permissions=True)
        test.db_set(passed)
        stamp(test.doctype, test.name, then, creation=then)


def maintain(contract: Document, site: Document) -> None:
    """What was due up to today is done with its proof; what comes next is planned."""
    activities = [frappe.get_cached_doc("Maintenance Activity", name) for name in jobs.names_of_activities()]
    promised = [one for one in activities if contract.package in [row.package for row in one.packages]]
    for activity in promised:
        start, place = getdate(contract.start_date), site.name if activity.per == "Site" else None
        for due in due_between(start, Cadence(activity.cadence), start, getdate() - timedelta(days=1)):
            if jobs.make(contract, activity, place, due):
                finish(activity.name, due)
    jobs.make_for(contract, promised, getdate())


def finish(activity: str, due: date) -> None:
    job = frappe.get_doc("Maintenance Job", {"activity": activity, "due_date": due, "site": ["in", (SITE, "")]})
    with at_time(to_utc(f"{due} 10:00:00"), AGENT.email) as now:
        for row in job.steps:
            row.done = 1
        job.append("evidence", {"what": "Nothing out of the ordinary was found."})
        if job.kind == "Restore Test":
            job.restore_test = frappe.db.get_value("Restore Test", {"site": SITE})
        job.update({"status": "Done", "responsible": AGENT.email}).save(ignore_permissions=True)
        stamp(job.doctype, job.name, now, done_on=now)


def ask_for_an_upgrade(site: Document) -> None:
    """It waits for the client's word, in the portal of the story's client."""
    evening = now_datetime().replace(hour=20, minute=0, second=0, microsecond=0) + timedelta(days=9)
    job = frappe.get_doc(
        doctype="Maintenance Job",
        activity="Version Upgrade",
        title="Upgrade to the next release",
        site=site.name,
        responsible=AGENT.email,
        due_date=evening.date(),
        target_version="16.2.0",
        staging_result="Passed",
        staging_note="All print formats and the VAT return compared on a copy of last night.",
        rollback_plan="Restore the backup that is taken right before; half an hour.",
        window_starts=evening,
        window_ends=evening + timedelta(hours=3),
    ).insert(ignore_permissions=True)
    upgrades.ask(job)
