"""A billing run: every period that is due, oldest first, each in its own transaction; safe to repeat and to kill.

By hand a run works through everything itself. The scheduler's run hands batches of contracts to the background
workers; each batch adds what it did to the run, and the last one closes it.
"""

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import frappe
from frappe.model.document import Document
from frappe.utils import cint, getdate, now_datetime

from support_retainer.billing import numbers, periods
from support_retainer.billing.settle import Outcome, settle

BATCH = "support_retainer.billing.run.bill_batch"
NUMBERS_AT_ONCE = 50
SILENT_FOR = timedelta(minutes=30)  # a batch reports when it ends; one that takes longer than this has died


def bill(on: date | str | None = None, contract: str | None = None) -> Document:
    """Bill everything due by `on` (default today), for one contract or all; returns the Retainer Billing Run."""
    day = getdate(on)
    run = _start(day)
    outcome = _work_off(day, [contract] if contract else None)
    _add(run.name, outcome)
    _close(run.name)
    run.reload()
    run.flags.invoices = outcome.invoices
    return run


def bill_what_is_due() -> str | None:
    """The scheduler's run: hands what is due to the workers; None where nothing is due or a run is under way."""
    _mark_interrupted()
    if frappe.db.exists("Retainer Billing Run", {"status": "Running"}):
        return None
    return hand_out(None, getdate())


def hand_out(contracts: list[str] | None, day: date) -> str | None:
    """Start a run over what is due of these contracts (None means all) on the workers; None where nothing is."""
    waiting = periods.contracts_due(day, contracts)
    if not waiting:
        return None
    size = max(cint(frappe.get_cached_doc("Retainer Settings").batch_size), 1)
    batches = [waiting[first : first + size] for first in range(0, len(waiting), size)]
    run = _start(day, batches=len(batches))
    for number, batch in enumerate(batches, start=1):
        frappe.enqueue(
            BATCH,
            queue="long",
            job_id=f"{run.name}::{number}",
            deduplicate=True,
            run=run.name,
            contracts=batch,
            on=str(day),
        )
    return run.name


def bill_batch(run: str, contracts: list[str], on: str) -> None:
    """One worker's share of a run."""
    outcome = _work_off(getdate(on), contracts)
    _add(run, outcome)
    frappe.publish_progress(_percent_done(run), title=frappe._("Billing"), doctype="Retainer Billing Run", docname=run)
    if not frappe.db.sql("select 1 from `tabRetainer Billing Run` where name = %s and batches_done < batches", run):
        _close(run)


def _work_off(day: date, contracts: list[str] | None) -> Outcome:
    outcome = Outcome()
    for batch in _batches_of_due_periods(day, contracts):
        numbers.reserve(batch, day)
        for name in batch:
            settle(name, day, outcome)
    return outcome


def _batches_of_due_periods(day: date, contracts: list[str] | None) -> Iterator[list[str]]:
    """Everything that is due; billing a period opens the next one, so ask again until nothing new turns up."""
    attempted: set[str] = set()
    while waiting := [name for name in periods.due(day, contracts) if name not in attempted]:
        attempted.update(waiting)
        for first in range(0, len(waiting), NUMBERS_AT_ONCE):
            yield waiting[first : first + NUMBERS_AT_ONCE]


def _start(day: date, batches: int = 0) -> Document:
    run = frappe.get_doc(
        doctype="Retainer Billing Run", on_date=day, started_at=now_datetime(), status="Running", batches=batches
    )
    run.insert(ignore_permissions=True)
    frappe.db.commit()
    return run


def _add(run: str, outcome: Outcome) -> None:
    """Add one batch's figures; the row lock makes batches that end together add up."""
    failures = frappe.db.sql("select failures from `tabRetainer Billing Run` where name = %s for update", run)[0][0]
    frappe.db.sql(
        """update `tabRetainer Billing Run` set planned = planned + %(planned)s, done = done + %(done)s,
            failed = failed + %(failed)s, skipped = skipped + %(skipped)s, failures = %(failures)s,
            batches_done = batches_done + 1, modified = %(now)s where name = %(run)s""",
        {
            "run": run,
            "planned": outcome.planned,
            "done": outcome.done,
            "failed": len(outcome.failures),
            "skipped": outcome.skipped,
            "failures": json.dumps(json.loads(failures or "[]") + outcome.failures, indent=1),
            "now": now_datetime(),
        },
    )
    frappe.db.commit()


def _close(run: str) -> None:
    started, failed = frappe.db.get_value("Retainer Billing Run", run, ["started_at", "failed"])
    finished = now_datetime()
    values = {
        "finished_at": finished,
        "duration": (finished - started).total_seconds(),
        "status": "Failed partly" if failed else "Done",
    }
    frappe.db.set_value("Retainer Billing Run", run, values)
    frappe.db.commit()


def _percent_done(run: str) -> float:
    done, batches = frappe.db.get_value("Retainer Billing Run", run, ["batches_done", "batches"])
    return 100 * done / max(batches, 1)


def _mark_interrupted() -> None:
    """A run whose workers died says so; its periods are still due, so the next run takes them up."""
    silent_since: datetime = now_datetime() - SILENT_FOR
    for name in frappe.get_all(
        "Retainer Billing Run", filters={"status": "Running", "modified": ["<", silent_since]}, pluck="name"
    ):
        frappe.db.set_value("Retainer Billing Run", name, "status", "Interrupted")
    frappe.db.commit()
