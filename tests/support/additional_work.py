"""Additional work in tests: an estimate on a ticket, its approval, and time on its tasks."""

import frappe
from frappe.model.document import Document

from support_retainer.hours import estimates
from support_retainer.testing import make_contract, make_issue, make_timesheet

TASKS = [{"task": "Rebuild the report", "hours": 4, "rate": 150}, {"task": "Test it", "hours": 1.5, "rate": 200}]


def approver(user: str, limit: float = 0) -> dict:
    return {"user": user, "can_approve": 1, "approval_limit": limit}


def estimate(client: str, limit: float = 0, submit: bool = True, valid_till: str = "2026-09-28") -> Document:
    """5.5 hours for 900 before taxes on a ticket of a new client."""
    contract = make_contract("Growth", "2026-08-31", contacts=[approver(client, limit)])
    quotation = estimates.make(make_issue(contract), TASKS, valid_till)
    if submit:
        quotation.submit()
    return quotation


def task_of(quotation: Document, line: int = 0) -> str:
    return frappe.db.get_value("Task", {"retainer_estimate_row": quotation.items[line].name})


def row_on(quotation: Document, start: str, minutes: int, line: int = 0) -> dict:
    """A row of time on one of the estimate's tasks, for make_timesheet."""
    return {"issue": quotation.issue, "task": task_of(quotation, line), "from_time": start, "minutes": minutes}


def on_task(quotation: Document, start: str, minutes: int, line: int = 0, **values: object) -> Document:
    return make_timesheet({**row_on(quotation, start, minutes, line), **values})
