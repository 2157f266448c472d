"""What a contract still owes: charged timesheet rows and fees of begun work that no invoice has claimed, not even a
draft."""

from datetime import date

import frappe
from frappe.utils import flt

from support_retainer.billing import starts
from support_retainer.domain.charges import Expense, OneOff, Usage
from support_retainer.domain.contract_terms import decimal
from support_retainer.domain.coverage import CHARGED, CoverageKind
from support_retainer.domain.entitlement import WITHIN_PACKAGE

CHARGES = """detail.name, detail.parent, detail.activity_type, detail.retainer_coverage, detail.retainer_billed_minutes,
    detail.retainer_rate, detail.retainer_one_off_fee, detail.retainer_expenses, detail.retainer_expenses_note,
    detail.from_time, detail.to_time, detail.issue"""


def claim(contract: str, before: date, *, may_owe_fees: bool = True) -> list[frappe._dict]:
    """Lock and return the charged, unclaimed rows worked before `before`, oldest first; fees of jobs where it may
    owe any.

    The timesheets are locked too, in the order of their names: submitting an invoice rewrites every row of a sheet,
    and a second invoice on the same sheet has to see what the first one claimed.
    """
    rows = _unclaimed(contract, before, lock="for update")
    sheets = sorted({row.parent for row in rows})
    if sheets:
        frappe.db.sql("select name from `tabTimesheet` where name in %s order by name for update", [sheets])
    return rows + (starts.unclaimed(contract, before, lock="for update") if may_owe_fees else [])


def unclaimed(contract: str, before: date) -> list[frappe._dict]:
    """The same rows without a lock, for a dry run."""
    return _unclaimed(contract, before, lock="") + starts.unclaimed(contract, before)


def _unclaimed(contract: str, before: date, lock: str) -> list[frappe._dict]:
    return frappe.db.sql(
        f"""select {CHARGES}, detail.billing_amount, detail.project_name, detail.description
        from `tabTimesheet Detail` detail
        where retainer_contract = %(contract)s and docstatus = 1 and coalesce(sales_invoice, '') = ''
            and is_billable = 1 and from_time < %(before)s and (retainer_coverage in %(charged)s
                or retainer_coverage in %(within)s and (retainer_one_off_fee > 0 or retainer_expenses > 0))
            and name not in (
                select listed.timesheet_detail from `tabRetainer Billing Period` billed
                join `tabSales Invoice` draft on draft.name = billed.sales_invoice and draft.docstatus = 0
                join `tabSales Invoice Timesheet` listed on listed.parent = draft.name
                where billed.contract = %(contract)s and listed.timesheet_detail is not null)
        order by from_time, name {lock}""",  # noqa: S608 (our own text)
        {
            "contract": contract,
            "charged": [kind.value for kind in CHARGED],
            "within": [kind.value for kind in WITHIN_PACKAGE],
            "before": before,
        },
        as_dict=True,
    )


def as_listed(row: frappe._dict, billed_hours: float) -> dict[str, object]:
    """A row of the list in which ERPNext's invoice names its time; the amount is the row's own, since a day on site is
    not charged by hours."""
    return {
        "time_sheet": row.parent,
        "timesheet_detail": row.name,
        "activity_type": row.activity_type,
        "description": row.description,
        "from_time": row.from_time,
        "to_time": row.to_time,
        "project_name": row.project_name,
        "billing_hours": billed_hours,
        "billing_amount": flt(row.billing_amount),
    }


def claimed_by(invoice: str, contract: str) -> list[frappe._dict]:
    """The contract's timesheet rows and fees that an invoice has, as `claim` returned them when it was made."""
    rows = frappe.db.sql(
        f"""select {CHARGES} from `tabSales Invoice Timesheet` listed
        join `tabTimesheet Detail` detail on detail.name = listed.timesheet_detail
        where listed.parent = %s and detail.retainer_contract = %s
        order by detail.from_time, detail.name""",  # noqa: S608 (our own text)
        (invoice, contract),
        as_dict=True,
    )
    return rows + starts.claimed_by(invoice, contract)


def as_usage(rows: list[frappe._dict]) -> list[Usage]:
    return [
        Usage(
            row=row.name,
            activity_type=row.activity_type or "",
            kind=CoverageKind(row.retainer_coverage),
            minutes=row.retainer_billed_minutes,
            rate=decimal(row.retainer_rate),
            worked_on=row.from_time.date(),
            issue=row.issue or "",
        )
        for row in rows
    ]


def one_offs(rows: list[frappe._dict]) -> list[OneOff]:
    """The fees that these rows made due; each lies on the row that began the work."""
    return [
        OneOff(row.activity_type or "", decimal(row.retainer_one_off_fee), row.name, row.issue or "")
        for row in rows
        if row.retainer_one_off_fee
    ]


def expenses(rows: list[frappe._dict]) -> list[Expense]:
    """What was spent on the way to these rows, at cost."""
    return [
        Expense(
            row.activity_type or "",
            decimal(row.retainer_expenses),
            row.name,
            row.from_time.date(),
            row.retainer_expenses_note or "",
        )
        for row in rows
        if row.retainer_expenses
    ]
