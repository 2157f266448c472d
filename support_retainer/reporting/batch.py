"""Drafting every report that is due at once, at a manager's word: how far it is, and an end to it between two reports.

Every night a job drafts what is due by itself; this is for the day when somebody wants them now. How far it is stands
in the cache, because it is nobody's record: what was made are the drafts.
"""

from typing import Any

import frappe
from frappe import _
from frappe.utils import getdate

from support_retainer.exceptions import NothingToDo
from support_retainer.reporting import drafts

KEY = "retainer_report_batch"
KEPT_SECONDS = 24 * 3600
MAY_DRAFT = ("Retainer Manager", "System Manager")
IDLE = {"planned": 0, "done": 0, "status": "Idle"}


@frappe.whitelist(methods=["POST"])
def start() -> dict[str, Any]:
    """Hand every report that is due to a worker; {planned, done, status}. Raises NothingToDo."""
    frappe.only_for(MAY_DRAFT)
    wanted = drafts.due(getdate(frappe.flags.current_time))
    if not wanted:
        frappe.throw(_("No report is due: each period that has ended has its draft."), NothingToDo)
    shown = _keep(len(wanted), 0, "Running")  # before a fast worker says that it is done
    frappe.enqueue(
        "support_retainer.reporting.batch.run",
        queue="long",
        job_id="retainer-reports-by-hand",
        deduplicate=True,
        enqueue_after_commit=True,
        wanted=wanted,
    )
    return shown


@frappe.whitelist(methods=["GET"])
def state() -> dict[str, Any]:
    """{planned, done, status}; status is Idle, Running, Stopped or Done."""
    frappe.only_for(MAY_DRAFT)
    return _state()


@frappe.whitelist(methods=["POST"])
def stop() -> dict[str, Any]:
    """End after the report it is at; the others are drafted next night, or when this is started again."""
    frappe.only_for(MAY_DRAFT)
    known = _state()
    return _keep(known["planned"], known["done"], "Stopped") if known["status"] == "Running" else known


def run(wanted: list[tuple[str, str, str]]) -> None:
    """What the worker calls; a report that fails is logged by drafts.make_batch and stops no other."""
    for number, one in enumerate(wanted, start=1):
        if _state()["status"] == "Stopped":
            return
        drafts.make_batch([one])
        if _state()["status"] != "Stopped":
            _keep(len(wanted), number, "Running" if number < len(wanted) else "Done")


def _state() -> dict[str, Any]:
    return frappe.cache.get_value(KEY, expires=True) or dict(IDLE)


def _keep(planned: int, done: int, status: str) -> dict[str, Any]:
    found = {"planned": planned, "done": done, "status": status}
    frappe.cache.set_value(KEY, found, expires_in_sec=KEPT_SECONDS)
    return found
