"""Asking for an export, asking again after a failure, and taking up what a killed worker left."""

from datetime import timedelta

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import now_datetime

from support_retainer.exceptions import ExportRefused
from support_retainer.offboarding.export import failure, trail, working_folder

JOB = "support_retainer.offboarding.export.job.run"
LONGEST = 12 * 60 * 60  # seconds; what is cut off then goes on in the next job
SILENT_FOR = timedelta(minutes=15)  # a worker gives a sign of life every few seconds
MOST_ATTEMPTS = 20


def request(contract: str, reason: str = "On Request", **values: object) -> Document:
    """A new Client Data Export, queued when the transaction is committed."""
    return frappe.get_doc(doctype="Client Data Export", contract=contract, reason=reason, **values).insert(
        ignore_permissions=True
    )


def start(export: str) -> None:
    """Hand the export to a worker, unless one has it already."""
    frappe.enqueue(
        JOB,
        queue="long",
        timeout=LONGEST,
        job_id=f"data-export-{export}",
        deduplicate=True,
        enqueue_after_commit=True,
        export=export,
    )


def retry(export: Document, passphrase: str = "") -> None:
    """After a failure: go on from what was finished; the passphrase of an encrypted archive is given anew, because a
    failure forgets it. Raises ExportRefused for an export that did not fail."""
    if export.status != "Failed":
        frappe.throw(
            _("{0} is {1}; only a failed export can be retried.").format(export.name, _(export.status)), ExportRefused
        )
    if export.encrypted:
        export.keep_passphrase(passphrase)
    export.db_set({"status": "Queued", "error": None, "attempts": 0, "heartbeat_at": None}, notify=True)
    trail.note(export.name, "Requested", _("again"))
    start(export.name)


def cancel(export: Document, why: str) -> None:
    """Not wanted any more: nothing of it stays but the record. Raises ExportRefused for one that is made already.

    A worker that is at it notices within seconds and clears up itself.
    """
    if export.status not in (*working_folder.UNDER_WAY, "Failed"):
        frappe.throw(
            _("{0} is {1}; only an export that is not made yet can be cancelled.").format(
                export.name, _(export.status)
            ),
            ExportRefused,
        )
    export.db_set({"status": "Cancelled", "step": None, "error": why}, notify=True)
    working_folder.forget_passphrase(export.name)
    failure.settled(export.name)
    trail.note(export.name, "Cancelled", why)
    frappe.db.after_commit.add(lambda: working_folder.clear(export.name))


def take_up_silent_ones() -> list[str]:
    """Exports whose worker died or whose job was lost go on; one that kills every worker is given up. Their names."""
    silent_since = now_datetime() - SILENT_FOR
    silent = frappe.db.sql(
        """select name, attempts from `tabClient Data Export`
        where status in ('Queued', 'Running') and coalesce(heartbeat_at, modified) < %s""",
        silent_since,
        as_dict=True,
    )
    for row in silent:
        if row.attempts >= MOST_ATTEMPTS:
            give_up(row.name)
        else:
            start(row.name)
    return [row.name for row in silent]


def give_up(export: str) -> None:
    said = _("The worker died {0} times. Look into the log of the worker, then choose Retry.").format(MOST_ATTEMPTS)
    failure.tell(export, said)
