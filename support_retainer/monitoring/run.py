"""A pass over the sites whose time has come: visited by a bounded number of threads, written down in one transaction.

The sites of a pass are claimed first, by setting when they were last checked; so a second worker takes others, and a
pass that is killed leaves its sites to the next interval. Threads only talk to sites: what is read and written stays
in the worker's own thread.
"""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta, timezone
from time import monotonic

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, get_datetime
from frappe.utils.background_jobs import get_job
from rq.job import JobStatus

from support_retainer.domain.site_health import LEVELS
from support_retainer.domain.site_use import LOOKS_BACK
from support_retainer.monitoring import incidents, record, use
from support_retainer.monitoring.connection import Client
from support_retainer.monitoring.probe import Probe, Seen, broken, visit
from support_retainer.site_time import site_date, to_site, utc_now

WORKERS = 64
# The scheduler is late by seconds; without this a site would be left out each other time.
SLACK = timedelta(seconds=45)
CHECKS_JOB = "retainer-check-sites"
# A worker at work gives a sign of life each half minute.
SILENT = timedelta(minutes=3)
PASSED_AT = "last_site_pass_at"


@dataclass(slots=True)
class Passed:
    """What a pass did."""

    sites: int = 0
    up: int = 0
    down: int = 0
    opened: int = 0
    over: int = 0
    seconds: float = 0.0

    def as_dict(self) -> dict[str, float]:
        return asdict(self)

    def lines(self) -> list[str]:
        return [
            _("{0} sites visited, {1} up, {2} down, {3} incidents opened, {4} over, {5} s").format(
                self.sites, self.up, self.down, self.opened, self.over, f"{self.seconds:.2f}"
            )
        ]


def check_sites(only: str | None = None, workers: int = WORKERS) -> Passed:
    """Visit what is due, or one site at once; commits."""
    began, moment = monotonic(), utc_now()
    names = [only] if only else due(moment)
    sites = [frappe.get_doc("Managed Site", name) for name in claim(names, moment)]
    done = Passed(sites=len(sites))
    if sites:
        seen = look(probes(sites, moment, inside=bool(only)), workers)
        states = record.write(sites, seen, moment)
        done.up = sum(state.is_up is True for state in states)
        done.down = sum(state.is_up is False for state in states)
        done.opened, done.over = incidents.settle(states, moment)
        frappe.db.commit()
        incidents.send_what_waits()
    if not only:
        mark_passed()
    done.seconds = monotonic() - began
    return done


def mark_passed() -> None:
    """Straight in the table, so that the cache of settings stays warm; commits."""
    row = {"doctype": "Retainer Settings", "field": PASSED_AT, "value": str(to_site(utc_now()))}
    frappe.db.sql("delete from tabSingles where doctype = %(doctype)s and field = %(field)s", row)
    frappe.db.sql("insert into tabSingles (doctype, field, value) values (%(doctype)s, %(field)s, %(value)s)", row)
    frappe.db.commit()


def last_pass_at() -> datetime | None:
    """When a pass was last finished, also one that found nothing due; site time, None where there was none yet."""
    where = {"doctype": "Retainer Settings", "field": PASSED_AT}
    value = frappe.db.get_value("Singles", where, "value", order_by=None)
    return get_datetime(value) if value else None


def watched_since() -> datetime | None:
    """When the oldest of the sites that are watched was entered; None where none is."""
    watched = {"enabled": 1, "monitoring_level": ["in", list(LEVELS)]}
    return frappe.db.get_value("Managed Site", watched, "creation", order_by="creation")


def start_pass() -> None:
    """Hand the pass to a worker of the long queue, unless one still waits there or is at it."""
    forget_dead_pass()
    frappe.enqueue("support_retainer.monitoring.run.check_sites", queue="long", job_id=CHECKS_JOB, deduplicate=True)


def forget_dead_pass() -> None:
    """A worker that was killed leaves its job as started until another one tidies up, a quarter of an hour later."""
    job = get_job(CHECKS_JOB)
    if not job or job.get_status() != JobStatus.STARTED:
        return
    heard = job.last_heartbeat or job.started_at
    if heard and datetime.now(timezone.utc) - heard.replace(tzinfo=timezone.utc) > SILENT:
        job.delete()


def due(moment: datetime) -> list[str]:
    """Sites whose level says that it is time, the longest waiting first."""
    waiting = []
    for level, plan in LEVELS.items():
        before = to_site(moment - timedelta(minutes=plan.check_every_minutes) + SLACK)
        waiting += frappe.db.sql(
            """select site.name, site.last_checked_at from `tabManaged Site` site
            left join `tabRetainer Contract` contract on contract.name = site.contract
            where site.enabled = 1 and site.monitoring_level = %s
                and (site.last_checked_at is null or site.last_checked_at <= %s)
                and coalesce(contract.status, '') not in ('Ended', 'Cancelled')""",
            (level, before),
        )
    return [name for name, _last in sorted(waiting, key=lambda row: str(row[1] or ""))]


def claim(names: list[str], moment: datetime) -> list[str]:
    """Take those that no other worker has taken meanwhile; commits."""
    if not names:
        return []
    frappe.db.commit()
    free = frappe.db.sql_list(
        """select name from `tabManaged Site` where name in %(names)s
        and (last_checked_at is null or last_checked_at < %(now)s) for update skip locked""",
        {"names": names, "now": to_site(moment)},
    )
    if free:
        site = frappe.qb.DocType("Managed Site")
        frappe.qb.update(site).set(site.last_checked_at, to_site(moment)).where(site.name.isin(free)).run()
    frappe.db.commit()
    taken = set(free)
    return [name for name in names if name in taken]


def probes(sites: Iterable[Document], moment: datetime, inside: bool = False) -> list[Probe]:
    today = site_date(moment)
    counted = use.counted_on(today)
    return [
        Probe(
            site.name,
            site.url,
            bool(cint(site.internal)),
            site.get_password("api_key", raise_exception=False) or "",
            site.get_password("api_secret", raise_exception=False) or "",
            inside or is_inspection_due(site, moment),
            None if site.local_site or site.name in counted else today - LOOKS_BACK,
        )
        for site in sites
    ]


def is_inspection_due(site: Document, moment: datetime) -> bool:
    """Looking inside costs the site more than an answer, so it is done less often."""
    level = LEVELS.get(site.monitoring_level)
    if not level or not site.inspected_at:
        return bool(level)
    return site.inspected_at <= to_site(moment - timedelta(minutes=level.inspect_every_minutes) + SLACK)


def look(wanted: list[Probe], workers: int = WORKERS) -> dict[str, Seen]:
    """Visit all of them, so many at a time; one that hangs holds up only its own thread, until its time is over."""
    workers = max(1, min(workers, len(wanted)))
    seen: dict[str, Seen] = {}
    client = Client(workers, frappe.conf.get("retainer_ca_bundle"))
    with closing(client), ThreadPoolExecutor(workers, thread_name_prefix="retainer-check") as pool:
        under_way = {pool.submit(visit, probe, client): probe for probe in wanted}
        for future in as_completed(under_way):
            probe = under_way.pop(future)
            error = future.exception()
            seen[probe.site] = broken(probe, error) if error else future.result()
    return seen
