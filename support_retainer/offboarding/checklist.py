"""The checklist of an end: opened by notice, followed day by day, closed when the transition is over."""

from collections.abc import Iterable
from datetime import date
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import add_days, cint, getdate, nowdate

from support_retainer.domain.offboarding import Duty, TaskKey, checklist, export_days, exports_due, transition_end
from support_retainer.offboarding.export import request

RUNNING = ("Open", "Transition")
TRANSITION_DAYS = 30


def sentence(key: TaskKey) -> str:
    return {
        TaskKey.EXPORT: _("Full data export handed over"),
        TaskKey.DOCUMENTATION: _("Documentation handed over"),
        TaskKey.CREDENTIALS: _("Credentials rotated, ours removed"),
        TaskKey.TRANSITION: _("Transition support"),
        TaskKey.INVOICES: _("Outstanding invoices paid"),
        TaskKey.HOSTING: _("Other hosting and support arranged"),
        TaskKey.USERS: _("Users told"),
    }[key]


def transition_days() -> int:
    return cint(frappe.db.get_single_value("Retainer Settings", "transition_days")) or TRANSITION_DAYS


def open_for(contract: Document) -> Document:
    """The offboarding of a contract under notice, with its duties; the one there is, if there is one."""
    known = running(contract.name)
    if known:
        return known
    days, end = transition_days(), getdate(contract.end_date)
    made = frappe.get_doc(
        doctype="Offboarding", contract=contract.name, status="Open", transition_end=transition_end(end, days)
    )
    for task in checklist(getdate(contract.notice_given_on or nowdate()), end, days):
        ours = task.duty is Duty.US
        made.append(
            "tasks",
            {
                "key": task.key.value,
                "task": sentence(task.key),
                "duty_of": task.duty.value,
                "due_on": task.due,
                "owner_user": contract.account_manager if ours else first_contact(contract),
            },
        )
    return made.insert(ignore_permissions=True)


def running(contract: str) -> Document | None:
    name = frappe.db.exists("Offboarding", {"contract": contract, "status": ["in", RUNNING]})
    return frappe.get_doc("Offboarding", name) if name else None


def first_contact(contract: Document) -> str | None:
    admins = [row.user for row in contract.contacts if row.get("is_admin")]
    return next(iter(admins or [row.user for row in contract.contacts]), None)


def withdraw(contract: str) -> None:
    """Notice was taken back: nothing is to be done any more, what was done stays on record."""
    if doc := running(contract):
        doc.status = "Withdrawn"
        doc.save(ignore_permissions=True)


def outstanding(contract: str) -> list[frappe._dict]:
    """Unpaid invoices of the contract: shown to both sides, and never a reason to hold anything back."""
    return frappe.get_all(
        "Sales Invoice",
        {"retainer_contract": contract, "docstatus": 1, "outstanding_amount": [">", 0]},
        ["name", "posting_date", "due_date", "currency", "outstanding_amount"],
        order_by="due_date",
    )


def follow(doc: Document, today: date) -> None:
    """What a day brings for one offboarding: exports, ticks that follow from facts, the end of the transition.

    The caller saves.
    """
    ask_for_exports(doc, today)
    tick(doc, facts(doc))
    if doc.status == "Transition" and today > getdate(doc.transition_end):
        tick(doc, [TaskKey.TRANSITION])
        doc.status = "Closed"


def ask_for_exports(doc: Document, today: date) -> None:
    """The export of each planned day that has come; a missed day is made up for by one export, not by several."""
    due = exports_due(getdate(doc.end_date), export_days(doc.export_days or ""), today)
    if not due:
        return
    made = {"contract": doc.contract, "reason": "Offboarding", "creation": [">=", due[-1]]}
    if not frappe.db.exists("Client Data Export", made):
        request.request(doc.contract, "Offboarding")


def has_final_export(doc: Document) -> bool:
    """One that was asked for after the last day: nothing was added to the data any more."""
    after = ["creation", ">=", add_days(doc.end_date, 1)]
    return bool(_exports(doc, ("Ready", "Deleted"), after)) and not _exports(doc, ("Queued", "Running"))


def _exports(doc: Document, statuses: Iterable[str], *conditions: list[Any]) -> list[str]:
    filters = [["contract", "=", doc.contract], ["status", "in", tuple(statuses)], *conditions]
    return frappe.get_all("Client Data Export", filters=filters, pluck="name")


def facts(doc: Document) -> Iterable[TaskKey]:
    """Tasks whose being done can be seen in other records."""
    if doc.status == "Transition" and has_final_export(doc):
        yield TaskKey.EXPORT
    if not outstanding(doc.contract) and getdate() >= getdate(doc.end_date):
        yield TaskKey.INVOICES


def tick(doc: Document, keys: Iterable[TaskKey]) -> None:
    wanted = {key.value for key in keys}
    for row in doc.tasks:
        if row.key in wanted:
            row.done = 1
