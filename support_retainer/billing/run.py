"""A billing run: every period that is due, oldest first, each in its own transaction; safe to repeat and to kill.

By hand a run works through everything itself. The scheduler's run hands batches of contracts to the background
workers; each adds what it did to the run every few seconds, and the last one closes it.
"""

from collections.abc import Iterator
from datetime import date
from time import monotonic

import frappe
from frappe.model.document import Document
from frappe.utils import cint, getdate

from support_retainer.billing import combine, follow_up, metered, numbers, periods, run_record
from support_retainer.billing.outcome import Outcome
from support_retainer.billing.settle import settle_together

BATCH = "support_retainer.billing.run.bill_batch"
NUMBERS_AT_ONCE = 50
REPORT_EVERY = 3.0  # seconds


def bill(on: date | str | None = None, contract: str | None = None) -> Document:
    """Bill everything due by `on` (default today), for one contract or all; returns the Retainer Billing Run."""
    day = getdate(on)
    contracts = [contract] if contract else None
    metered.count_due(day, contracts)
    run = run_record.start(day, planned=len(periods.due(day, contracts)))
    outcome = _work_off(day, contracts, run.name)
    run_record.close(run.name)
    follow_up.start()
    run.reload()
    run.flags.invoices = outcome.invoices
    return run


def bill_what_is_due() -> str | None:
    """The scheduler's run: hands what is due to the workers; None where nothing is due or a run is under way."""
    run_record.mark_interrupted()
    if frappe.db.exists(run_record.RUN, {"status": "Running"}):
        return None
    return hand_out(None, getdate())


def hand_out(contracts: list[str] | None, day: date) -> str | None:
    """Start a run over what is due of these contracts (None means all) on the workers; None where nothing is."""
    metered.count_due(day, contracts)
    waiting = periods.contracts_due(day, contracts)
    if not waiting:
        run_record.mark_looked()
        frappe.db.commit()
        return None
    batches = combine.batches_of_contracts(waiting, max(cint(frappe.get_cached_doc("Retainer Settings").batch_size), 1))
    run = run_record.start(day, planned=len(periods.due(day, waiting)), batches=len(batches))
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
    _work_off(getdate(on), contracts, run)
    run_record.close_if_last(run)
    follow_up.start()


def _work_off(day: date, contracts: list[str] | None, run: str) -> Outcome:
    """Everything that is due, told to the run as it goes; it stops between two periods when the run is stopped."""
    whole, since_report, told_at = Outcome(), Outcome(), monotonic()
    for groups, found_later in _batches_of_due_periods(day, contracts):
        since_report.found_later += found_later
        numbers.reserve(combine.needing_numbers(groups), day)
        for group in groups:
            settle_together(group, day, since_report)
            if monotonic() - told_at < REPORT_EVERY:
                continue
            goes_on = run_record.add(run, since_report)
            whole.add(since_report)
            since_report, told_at = Outcome(), monotonic()
            if not goes_on:
                return _ended(run, whole, since_report)
    return _ended(run, whole, since_report)


def _ended(run: str, whole: Outcome, since_report: Outcome) -> Outcome:
    run_record.add(run, since_report, ends_batch=True)
    whole.add(since_report)
    return whole


def _batches_of_due_periods(day: date, contracts: list[str] | None) -> Iterator[tuple[list[list[str]], int]]:
    """What is due in groups that share an invoice, some fifty at a time, and how many of them the plan didn't know.

    Billing a period opens the next one, so ask again until nothing new turns up.
    """
    attempted: set[str] = set()
    while waiting := [name for name in periods.due(day, contracts) if name not in attempted]:
        is_new = bool(attempted)
        attempted.update(waiting)
        groups = combine.groups(waiting)
        for first in range(0, len(groups), NUMBERS_AT_ONCE):
            batch = groups[first : first + NUMBERS_AT_ONCE]
            yield batch, sum(map(len, batch)) if is_new else 0
