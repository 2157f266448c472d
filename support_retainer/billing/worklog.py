"""The worklog behind an invoice: every stretch of work that its usage lines and the period before it hold."""

from datetime import timedelta
from typing import Any

import frappe
from frappe.query_builder import DocType

from support_retainer import speech
from support_retainer.hours import extras
from support_retainer.hours.reasons import hours


def worklog(invoice: str) -> list[dict[str, Any]]:
    """Rows for the annex, oldest first: date, ticket, who, what, time, coverage and reason.

    Included and free work of the period before is shown beside what is charged, so the client sees all that was done.
    """
    if not frappe.db.get_value("Sales Invoice", invoice, "retainer_contract"):
        return []
    free = [row for period in _periods(invoice) for row in _worked_before(period)]
    rows = {row.name: row for row in [*_claimed(invoice), *free]}
    people = _names_of_people({row.owner for row in rows.values()})
    return [_shown(row, people) for row in sorted(rows.values(), key=lambda row: row.from_time)]


def _periods(invoice: str) -> list[frappe._dict]:
    """The periods on the invoice's head and lines."""
    return frappe.db.sql(
        """select contract, period_start from `tabRetainer Billing Period` where name in (
            select retainer_billing_period from `tabSales Invoice Item` where parent = %(invoice)s
            union select retainer_billing_period from `tabSales Invoice` where name = %(invoice)s)
        order by period_start, contract""",
        {"invoice": invoice},
        as_dict=True,
    )


def _query() -> Any:
    detail, sheet, issue = DocType("Timesheet Detail"), DocType("Timesheet"), DocType("Issue")
    return (
        frappe.qb.from_(detail)
        .join(sheet)
        .on(sheet.name == detail.parent)
        .left_join(issue)
        .on(issue.name == detail.issue)
        .select(
            detail.name,
            detail.from_time,
            detail.issue,
            issue.subject,
            detail.activity_type,
            detail.description,
            detail.retainer_billed_minutes,
            detail.retainer_coverage,
            detail.retainer_coverage_reason,
            detail.retainer_coverage_facts,
            detail.retainer_contract,
            detail.retainer_one_off_fee,
            detail.retainer_expenses,
            sheet.employee_name,
            sheet.user,
            sheet.owner,
            detail.hours,
        )
        .where(detail.docstatus == 1)
    )


def _claimed(invoice: str) -> list[frappe._dict]:
    listed, detail = DocType("Sales Invoice Timesheet"), DocType("Timesheet Detail")
    claimed = frappe.qb.from_(listed).select(listed.timesheet_detail).where(listed.parent == invoice)
    return _query().where(detail.name.isin(claimed)).run(as_dict=True)


def _worked_before(period: frappe._dict) -> list[frappe._dict]:
    """Work of the period before an invoiced one that cost nothing; what it charged is claimed by some invoice."""
    contract, start = frappe.get_doc("Retainer Contract", period.contract), period.period_start
    before = contract.period_on(start - timedelta(days=1)).period
    detail = DocType("Timesheet Detail")
    return (
        _query()
        .where(detail.retainer_contract == contract.name)
        .where(detail.is_billable == 0)
        .where(detail.from_time >= before.start)
        .where(detail.from_time < start)
        .run(as_dict=True)
    )


def _names_of_people(users: set[str]) -> dict[str, str]:
    rows = frappe.get_all("User", filters={"name": ["in", users]}, fields=["name", "full_name"])
    return {row.name: row.full_name for row in rows}


def _shown(row: frappe._dict, people: dict[str, str]) -> dict[str, Any]:
    return {
        "date": speech.day(row.from_time),
        "issue": row.issue or "",
        "subject": row.subject or row.description or "",
        "activity_type": row.activity_type or "",
        "who": row.employee_name or people.get(row.user or row.owner, ""),
        "worked": hours(round((row.hours or 0) * 60)),
        "counted": hours(row.retainer_billed_minutes or 0),
        "coverage": row.retainer_coverage or "",
        "reason": extras.reason_of(row),
    }
