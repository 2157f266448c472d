"""The record of a billing run while it works: what is planned, done, failed and left, told to whoever is watching."""

import json
from datetime import date, datetime, timedelta

import frappe
from frappe.model.document import Document
from frappe.utils import get_datetime, now_datetime

from support_retainer.billing.outcome import Outcome
from support_retainer.site_time import to_site, utc_now

RUN = "Retainer Billing Run"
PROGRESS = "retainer_billing_progress"
SILENT_FOR = timedelta(minutes=30)  # a run reports every few seconds; one that is silent for so long has died


def start(day: date, planned: int, batches: int = 0) -> Document:
    run = frappe.get_doc(
        doctype=RUN, on_date=day, started_at=now_datetime(), status="Running", planned=planned, batches=batches
    )
    run.insert(ignore_permissions=True)
    frappe.db.commit()
    return run


def add(run: str, outcome: Outcome, *, ends_batch: bool = False) -> bool:
    """Add what was done since the last report; the row lock makes workers add up. False: somebody stopped the run."""
    row = frappe.db.sql("select failures, status from `tabRetainer Billing Run` where name = %s for update", run)[0]
    failures = json.loads(row[0] or "[]") + outcome.failures
    frappe.db.sql(
        """update `tabRetainer Billing Run` set planned = greatest(planned + %(found_later)s,
                done + failed + skipped + %(done)s + %(failed)s + %(skipped)s),
            done = done + %(done)s, not_charged = not_charged + %(not_charged)s, invoices = invoices + %(invoices)s,
            failed = failed + %(failed)s, skipped = skipped + %(skipped)s, failures = %(failures)s,
            batches_done = batches_done + %(batches)s, modified = %(now)s where name = %(run)s""",
        {
            **outcome.figures(),
            "run": run,
            "failures": json.dumps(failures, indent=1) if failures else None,
            "batches": int(ends_batch),
            "now": now_datetime(),
        },
    )
    frappe.db.commit()
    tell(run)
    return row[1] != "Stopped"


def tell(run: str) -> None:
    """Move the bar of everybody who has the run open."""
    figures = frappe.db.get_value(RUN, run, ["planned", "done", "failed", "skipped", "status"], as_dict=True)
    frappe.publish_realtime(PROGRESS, figures, doctype=RUN, docname=run)


def close(run: str) -> None:
    """Put the end under a run; one that was stopped by hand says so."""
    record = frappe.db.get_value(RUN, run, ["started_at", "failed", "invoices", "status"], as_dict=True)
    finished = now_datetime()
    seconds = max((finished - record.started_at).total_seconds(), 0.001)
    values = {
        "finished_at": finished,
        "duration": seconds,
        "invoices_per_second": record.invoices / seconds,
    }
    if record.status != "Stopped":
        values["status"] = "Failed partly" if record.failed else "Done"
    frappe.db.set_value(RUN, run, values)
    mark_looked()
    frappe.db.commit()
    tell(run)


def close_if_last(run: str) -> None:
    if not frappe.db.sql("select 1 from `tabRetainer Billing Run` where name = %s and batches_done < batches", run):
        close(run)


def mark_interrupted() -> None:
    """A run whose workers died says so; its periods are still due, so the next run takes them up."""
    silent_since: datetime = now_datetime() - SILENT_FOR
    for name in frappe.get_all(RUN, filters={"status": "Running", "modified": ["<", silent_since]}, pluck="name"):
        frappe.db.set_value(RUN, name, "status", "Interrupted")
    frappe.db.commit()


def mark_looked() -> None:
    """When billing last did all that was due; straight in the table, so that the cache of settings stays warm."""
    row = {"doctype": "Retainer Settings", "field": "last_billing_at", "value": str(to_site(utc_now()))}
    frappe.db.sql("delete from tabSingles where doctype = %(doctype)s and field = %(field)s", row)
    frappe.db.sql("insert into tabSingles (doctype, field, value) values (%(doctype)s, %(field)s, %(value)s)", row)


def last_looked() -> datetime | None:
    """In site time; None where billing never ran."""
    value = frappe.db.get_value(
        "Singles", {"doctype": "Retainer Settings", "field": "last_billing_at"}, "value", order_by=None
    )
    return get_datetime(value) if value else None
