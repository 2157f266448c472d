"""One-off fees of jobs that have begun, beside the time they may have: due with the start, charged like a row of time.

A job's fee counts as claimed while a line of an invoice names the job, be it a draft; so an invoice that is cancelled
or deleted gives it back without anybody having to remember.
"""

from datetime import date

import frappe

from support_retainer.domain.coverage import CoverageKind

# In the shape of the rows of time (usage.CHARGES); the work itself is counted by its time, which may come or not.
AS_ROW = """job.name, job.name as job, job.activity_type, job.issue, job.started_on as from_time,
    job.started_on as to_time, job.one_off_fee as retainer_one_off_fee, %(coverage)s as retainer_coverage,
    0 as retainer_billed_minutes, 0 as retainer_rate, 0 as retainer_expenses, '' as retainer_expenses_note"""
COVERAGE = CoverageKind.FREE.value
ON_INVOICE = "select 1 from `tabSales Invoice Item` line where line.maintenance_job = job.name and line.docstatus < 2"


def unclaimed(contract: str, before: date, lock: str = "") -> list[frappe._dict]:
    """Fees of work that began before that day and that no invoice has claimed, oldest first."""
    return frappe.db.sql(
        f"""select {AS_ROW} from `tabMaintenance Job` job
        where job.contract = %(contract)s and job.one_off_fee > 0 and job.started_on < %(before)s
            and not exists ({ON_INVOICE})
        order by job.started_on, job.name {lock}""",  # noqa: S608 (our own text)
        {"contract": contract, "before": before, "coverage": COVERAGE},
        as_dict=True,
    )


def claimed_by(invoice: str, contract: str) -> list[frappe._dict]:
    """The fees that an invoice claims, as `unclaimed` returned them when it was made."""
    return frappe.db.sql(
        f"""select {AS_ROW} from `tabMaintenance Job` job
        where job.contract = %(contract)s and job.name in (
            select maintenance_job from `tabSales Invoice Item` where parent = %(invoice)s)
        order by job.started_on, job.name""",  # noqa: S608 (our own text)
        {"contract": contract, "invoice": invoice, "coverage": COVERAGE},
        as_dict=True,
    )


def invoice_of(job: str) -> str | None:
    """The invoice that claims the fee of a job."""
    line = {"maintenance_job": job, "docstatus": ["<", 2]}
    return frappe.db.get_value("Sales Invoice Item", line, "parent", order_by="creation")
