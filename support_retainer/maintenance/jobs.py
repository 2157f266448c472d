"""Maintenance jobs made ahead from what the packages promise, and those that are late told of. May run twice."""

from collections.abc import Iterator
from datetime import date, timedelta

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, formatdate, getdate

from support_retainer.domain.maintenance import Cadence, due_between, level_of_lateness
from support_retainer.hours import notices
from support_retainer.sla.contracts import SERVING

OPEN = ("Planned", "In Progress")


def make_ahead(today: date | None = None) -> int:
    """Make what is due soon for every contract and site; returns how many are new. Commits after each contract."""
    today, made = today or getdate(), 0
    activities = [frappe.get_cached_doc("Maintenance Activity", name) for name in names_of_activities()]
    for contract in frappe.get_all("Retainer Contract", {"status": ["in", SERVING], "docstatus": 1}, pluck="name"):
        made += make_for(frappe.get_doc("Retainer Contract", contract), activities, today)
        frappe.db.commit()
    return made


def names_of_activities() -> list[str]:
    return frappe.get_all("Maintenance Activity", {"enabled": 1, "cadence": ["!=", "On Request"]}, pluck="name")


def make_for(contract: Document, activities: list[Document], today: date) -> int:
    """Jobs of one contract. What was due before the app was there is not made up for."""
    row = contract.terms_row_on(max(today, getdate(contract.start_date)))
    package = row.package if row else contract.package
    made = 0
    for activity in activities:
        if package not in [row.package for row in activity.packages]:
            continue
        last = today + timedelta(days=cint(activity.days_ahead))
        if contract.end_date:
            last = min(last, getdate(contract.end_date))
        due = due_between(getdate(contract.start_date), Cadence(activity.cadence), today, last)
        made += sum(make(contract, activity, site, day) for site in sites_for(contract, activity) for day in due)
    return made


def sites_for(contract: Document, activity: Document) -> list[str | None]:
    if activity.per == "Contract":
        return [None]
    return frappe.get_all("Managed Site", {"contract": contract.name, "enabled": 1}, pluck="name")


def make(contract: Document, activity: Document, site: str | None, due: date) -> int:
    """1 for a new job, 0 where it is there already; the key keeps two workers from making it twice."""
    key = f"{site or contract.name}:{activity.name}:{due}"[:140]
    if frappe.db.exists("Maintenance Job", {"job_key": key}):
        return 0
    frappe.db.savepoint("retainer_job")
    try:
        frappe.get_doc(
            doctype="Maintenance Job",
            activity=activity.name,
            contract=contract.name,
            customer=contract.customer,
            site=site,
            due_date=due,
            job_key=key,
        ).insert(ignore_permissions=True)
    except (frappe.UniqueValidationError, frappe.DuplicateEntryError):
        frappe.db.rollback(save_point="retainer_job")
        return 0
    return 1


def escalate(today: date | None = None) -> int:
    """Tell of late jobs, each level once; returns how many were told of. Commits."""
    today, told = today or getdate(), 0
    for job in late_jobs(today):
        level = level_of_lateness(job.due_date, today)
        if level <= cint(job.escalated_level):
            continue
        record = frappe.get_doc("Maintenance Job", job.name)
        text = _("{0} of {1} was due on {2}.").format(job.title, job.customer or "", formatdate(job.due_date))
        users = [job.responsible, *(notices.managers() if level > 1 or not job.responsible else [])]
        notices.notify(users, text, record)
        notices.mail(users, text[:140], text, record)
        record.db_set("escalated_level", level, update_modified=False)
        frappe.db.commit()
        told += 1
    return told


def late_jobs(today: date) -> Iterator[frappe._dict]:
    return iter(
        frappe.get_all(
            "Maintenance Job",
            {"status": ["in", OPEN], "due_date": ["<", today]},
            ["name", "title", "customer", "due_date", "responsible", "escalated_level"],
        )
    )
