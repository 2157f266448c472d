"""A plan that the client approves: an upgrade, or the window of any other job; asked, answered, and only then done."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import format_datetime, now_datetime

from support_retainer import speech
from support_retainer.exceptions import AlreadyDecided, NoContract
from support_retainer.hours import notices
from support_retainer.maintenance import windows

SHOWN = (
    *("name", "title", "kind", "contract", "site", "status", "target_version", "staging_note", "rollback_plan"),
    *("window_starts", "window_ends", "approval", "approved_on", "note", "activity_type", "issue", "waive_fee"),
)


def ask(job: Document) -> list[str]:
    """Put the plan before the client's approvers; returns whom it was mailed to. Raises JobNotReady."""
    if not job.contract:
        frappe.throw(_("Choose the contract whose client shall approve."), NoContract)
    job.refuse_missing(job.missing_to_ask())
    job.db_set("approval", "Asked")
    windows.follow(job)
    approvers = frappe.get_all(
        "Retainer Contract Contact", {"parent": job.contract, "can_approve": 1, "user": ["is", "set"]}, pluck="user"
    )
    notices.mail(approvers, subject_of(job), question(job), job)
    return approvers


def subject_of(job: Document) -> str:
    if job.kind == "Upgrade":
        return _("An upgrade waits for your approval")
    return _("A maintenance window waits for your approval")


def question(job: Document) -> str:
    when = format_datetime(job.window_starts)
    if job.kind == "Upgrade":
        return _("Please approve in the support portal: {0} to {1}, on {2}.").format(
            job.title, job.target_version or "", when
        )
    return _("Please approve in the support portal: {0}, on {1}.").format(job.title, when)


def waiting(contracts: list[str]) -> list[frappe._dict]:
    """Jobs of these contracts that wait for the client's word; one query."""
    if not contracts:
        return []
    asked = {"contract": ["in", contracts], "approval": "Asked", "status": "Planned"}
    return frappe.get_all("Maintenance Job", asked, SHOWN, order_by="window_starts")


def answer(name: str, user: str, approved: bool, note: str) -> None:
    """Write down the client's word, once. The caller has checked that it is theirs to give."""
    job = frappe.get_doc("Maintenance Job", name, for_update=True)
    if job.approval != "Asked" or job.status != "Planned":
        frappe.throw(_("This was answered already, or is no longer asked."), AlreadyDecided)
    job.db_set(
        {
            "approval": "Approved" if approved else "Declined",
            "approved_by": user,
            "approved_on": now_datetime(),
        }
    )
    windows.follow(job)
    word = _("approved") if approved else _("declined")
    text = _("{0} {1} {2}. {3}").format(speech.name_of(user), word, job.title, note).strip()
    job.add_comment("Info", frappe.utils.escape_html(text))
    notices.notify([job.responsible, *notices.managers()], text, job)
