"""Charged time, fees and expenses that no invoice has claimed yet, row by row."""

from typing import Any

import frappe

from support_retainer.amounts import smallest_unit
from support_retainer.domain.charges import Usage, usage_lines
from support_retainer.domain.contract_terms import decimal
from support_retainer.domain.coverage import CHARGED, CoverageKind
from support_retainer.domain.entitlement import WITHIN_PACKAGE
from support_retainer.retainer.columns import CONTRACT, CURRENCY, CUSTOMER, column, money, translated


def execute(filters: dict[str, Any] | None = None) -> tuple[list[dict], list[dict]]:
    return columns(), rows(frappe._dict(filters or {}))


def columns() -> list[dict]:
    return translated(
        [
            CUSTOMER,
            CONTRACT,
            column("worked_on", "Date", "Date", 100),
            column("issue", "Issue", "Link", 130, options="Issue"),
            column("timesheet", "Timesheet", "Link", 140, options="Timesheet"),
            column("activity_type", "Activity", "Link", 140, options="Activity Type"),
            column("coverage", "Coverage", width=110),
            column("minutes", "Billed Minutes", "Int", 110),
            money("rate", "Rate"),
            money("beside", "Fees and Expenses"),
            money("amount", "Amount"),
            CURRENCY,
        ]
    )


def rows(filters: frappe._dict) -> list[dict]:
    found = frappe.db.sql(
        f"""select contract.customer, contract.name as contract, contract.currency, detail.issue,
            detail.parent as timesheet, detail.name, detail.activity_type, detail.from_time,
            detail.retainer_coverage as coverage, detail.retainer_billed_minutes as minutes,
            detail.retainer_rate as rate, detail.retainer_one_off_fee + detail.retainer_expenses as beside
        from `tabTimesheet Detail` detail
        join `tabRetainer Contract` contract on contract.name = detail.retainer_contract
        where detail.docstatus = 1 and coalesce(detail.sales_invoice, '') = '' and detail.is_billable = 1
            and (detail.retainer_coverage in %(charged)s or detail.retainer_coverage in %(within)s
                and detail.retainer_one_off_fee + detail.retainer_expenses > 0) {conditions(filters)}
        order by contract.customer, contract.name, detail.from_time""",  # noqa: S608 (our own text)
        {
            **filters,
            "charged": [kind.value for kind in CHARGED],
            "within": [kind.value for kind in WITHIN_PACKAGE],
        },
        as_dict=True,
    )
    for row in found:
        row.worked_on = row.from_time.date()
        row.amount = amount(row)
    return sorted(found + begun(filters), key=lambda row: (row.customer or "", row.contract, row.worked_on))


def begun(filters: frappe._dict) -> list[frappe._dict]:
    """Fees of work that has begun, which lie on no time."""
    return frappe.db.sql(
        f"""select contract.customer, contract.name as contract, contract.currency, job.issue, job.activity_type,
            date(job.started_on) as worked_on, 0 as minutes, 0 as rate, job.one_off_fee as beside,
            job.one_off_fee as amount
        from `tabMaintenance Job` job join `tabRetainer Contract` contract on contract.name = job.contract
        where job.one_off_fee > 0 and not exists (select 1 from `tabSales Invoice Item` line
            where line.maintenance_job = job.name and line.docstatus = 1) {conditions(filters)}""",  # noqa: S608
        dict(filters),
        as_dict=True,
    )


def conditions(filters: frappe._dict) -> str:
    known = {"customer": "contract.customer", "contract": "contract.name", "company": "contract.company"}
    return "".join(f" and {column} = %({name})s" for name, column in known.items() if filters.get(name))


def amount(row: frappe._dict) -> float:
    """What the row alone would come to with its fee and expenses; the invoice rounds once for all rows of a kind."""
    usage = Usage(
        row.name, row.activity_type or "", CoverageKind(row.coverage), row.minutes, decimal(row.rate), row.worked_on
    )
    lines = usage_lines([usage], exponent=smallest_unit(row.currency))
    return (float(lines[0].amount) if lines else 0.0) + float(row.beside or 0)
