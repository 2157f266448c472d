"""Time on the tasks of an approved estimate: counted against its hours and money, told of near their end, stopped
at it."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

import frappe
from frappe import _, bold
from frappe.model.document import Document
from frappe.utils import flt

from support_retainer import amounts
from support_retainer.domain.contract_terms import ZERO, decimal
from support_retainer.domain.estimate import Budget, Level, cost
from support_retainer.exceptions import EstimateUsed
from support_retainer.hours import notices


def estimates_of(rows: Iterable[Document]) -> dict[str, frappe._dict]:
    """Task -> {estimate, rate} for the rows that are on an estimate; the rate is per hour before taxes."""
    tasks = sorted({row.get("task") for row in rows if row.get("task")})
    found = _priced("task.name in %(wanted)s", tasks) if tasks else []
    return {row.task: row for row in found}


def _priced(condition: str, wanted: object) -> list[frappe._dict]:
    return frappe.db.sql(
        f"""select task.name as task, task.subject, task.retainer_estimate as estimate, line.net_rate as rate,
            task.retainer_estimate_row as line
        from `tabTask` task left join `tabQuotation Item` line on line.name = task.retainer_estimate_row
        where {condition} and coalesce(task.retainer_estimate, '') != ''
        order by line.idx, task.name""",  # noqa: S608 (our own text)
        {"wanted": wanted},
        as_dict=True,
    )


def tasks_of(estimate: str) -> list[frappe._dict]:
    """The tasks of an estimate in the order of its lines: {task, subject, estimate, rate, line}."""
    return _priced("task.retainer_estimate = %(wanted)s", estimate)


def progress_of(estimate: str) -> list[frappe._dict]:
    """[{task, subject, status, planned_minutes, used_minutes}] in the order of the lines; submitted time only."""
    return frappe.db.sql(
        """select task.name as task, task.subject, task.status, round(task.expected_time * 60) as planned_minutes,
            round(coalesce(sum(detail.hours), 0) * 60) as used_minutes
        from `tabTask` task left join `tabQuotation Item` line on line.name = task.retainer_estimate_row
        left join `tabTimesheet Detail` detail on detail.task = task.name and detail.docstatus = 1
        where task.retainer_estimate = %s
        group by task.name order by line.idx, task.name""",
        estimate,
        as_dict=True,
    )


def hold_to_estimates(rows: list[Document]) -> None:
    """Called before a sheet is submitted. Raises EstimateUsed; two sheets on one estimate come one after the other."""
    tasks = estimates_of(rows)
    for name in sorted({task.estimate for task in tasks.values()}):
        mine = [
            (_minutes(row.hours), row.task) for row in rows if row.task in tasks and tasks[row.task].estimate == name
        ]
        minutes, amount = _sums(mine, tasks)
        budget = budget_of(name)
        level = budget.level_with(minutes, amount)
        if level is Level.BEYOND:
            _refuse(name, minutes, amount, budget)
        if level is Level.ALERT:
            _alert(name, budget.with_more(minutes, amount))


def _sums(worked: Iterable[tuple[int, str]], tasks: Mapping[str, frappe._dict]) -> tuple[int, Decimal]:
    by_task: dict[str, int] = {}
    for minutes, task in worked:
        by_task[task] = by_task.get(task, 0) + minutes
    amount = sum((cost(minutes, decimal(tasks[task].rate)) for task, minutes in by_task.items()), ZERO)
    return sum(by_task.values()), amount


def budget_of(name: str, *, lock: bool = True) -> Budget:
    """What is approved and used on an estimate; the lock makes it read what others have committed."""
    approved = frappe.db.get_value("Quotation", name, ["total_qty", "net_total"], for_update=lock, as_dict=True)
    tasks = {task.task: task for task in tasks_of(name)}
    rows = frappe.db.sql(
        f"""select task, hours from `tabTimesheet Detail` where task in %(tasks)s and docstatus = 1
        {"lock in share mode" if lock else ""}""",  # noqa: S608 (our own text)
        {"tasks": list(tasks) or [""]},
        as_dict=True,
    )
    used, spent = _sums([(_minutes(row.hours), row.task) for row in rows], tasks)
    return Budget(_minutes(approved.total_qty), used, decimal(approved.net_total), spent)


def _minutes(hours: float | None) -> int:
    return round(flt(hours) * 60)


def _refuse(name: str, minutes: int, amount: Decimal, budget: Budget) -> None:
    currency = frappe.db.get_value("Quotation", name, "currency")
    frappe.throw(
        _(
            "{0}: of what was approved {1} minutes and {2} are left, this sheet has {3} minutes for {4}. "
            "Send a new version first."
        ).format(
            bold(name),
            budget.left,
            amounts.money(budget.amount_left, currency),
            minutes,
            amounts.money(amount, currency),
        ),
        EstimateUsed,
        title=_("Estimate used up"),
    )


def _alert(name: str, budget: Budget) -> None:
    quotation = frappe.get_doc("Quotation", name)
    manager = frappe.get_cached_value("Retainer Contract", quotation.retainer_contract, "account_manager")
    text = _("{0} % of estimate {1} are used").format(budget.percent, name)
    notices.notify([quotation.owner, manager], text, quotation)
