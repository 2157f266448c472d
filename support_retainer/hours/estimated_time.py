"""Time on the tasks of an approved estimate: counted against its hours, told of near their end, stopped at it."""

from collections.abc import Iterable

import frappe
from frappe import _, bold
from frappe.model.document import Document
from frappe.utils import flt

from support_retainer.domain.estimate import Budget, Level
from support_retainer.exceptions import EstimateUsed
from support_retainer.hours import notices


def estimates_of(rows: Iterable[Document]) -> dict[str, str]:
    """Task -> Quotation, for the rows that are on an estimate."""
    tasks = sorted({row.get("task") for row in rows if row.get("task")})
    if not tasks:
        return {}
    filters = {"name": ["in", tasks], "retainer_estimate": ["is", "set"]}
    return dict(frappe.get_all("Task", filters=filters, fields=["name", "retainer_estimate"], as_list=True))


def hold_to_estimates(rows: list[Document]) -> None:
    """Called before a sheet is submitted. Raises EstimateUsed; two sheets on one estimate come one after the other."""
    estimates = estimates_of(rows)
    for name in sorted(set(estimates.values())):
        minutes = sum(_minutes(row.hours) for row in rows if estimates.get(row.task) == name)
        budget = budget_of(name)
        level = budget.level_with(minutes)
        if level is Level.BEYOND:
            _refuse(name, minutes, budget)
        if level is Level.ALERT:
            _alert(name, budget, minutes)


def budget_of(name: str) -> Budget:
    """What is approved and used on an estimate; locks it, and reads what others have committed."""
    approved = frappe.db.get_value("Quotation", name, "total_qty", for_update=True)
    ((used,),) = frappe.db.sql(
        """select sum(detail.hours) from `tabTimesheet Detail` detail join `tabTask` task on task.name = detail.task
        where task.retainer_estimate = %s and detail.docstatus = 1 lock in share mode""",
        name,
    )
    return Budget(_minutes(approved), _minutes(used))


def _minutes(hours: float | None) -> int:
    return round(flt(hours) * 60)


def _refuse(name: str, minutes: int, budget: Budget) -> None:
    frappe.throw(
        _("{0}: {1} minutes of those approved are left, this sheet has {2}. Send a new estimate first.").format(
            bold(name), budget.left, minutes
        ),
        EstimateUsed,
        title=_("Estimate used up"),
    )


def _alert(name: str, budget: Budget, minutes: int) -> None:
    quotation = frappe.get_doc("Quotation", name)
    manager = frappe.get_cached_value("Retainer Contract", quotation.retainer_contract, "account_manager")
    percent = round((budget.used_minutes + minutes) * 100 / budget.approved_minutes)
    notices.notify([quotation.owner, manager], _("{0} % of estimate {1} are used").format(percent, name), quotation)
