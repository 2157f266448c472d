"""The time that was worked for a client, as they read it: who, how long, and how it is covered and why."""

from datetime import date, timedelta
from typing import Any

import frappe

from support_retainer.hours import extras

# What the reason is made of; readers get the reason.
_BEHIND = ("retainer_coverage_reason", "retainer_coverage_facts", "retainer_one_off_fee", "retainer_expenses")

_COLUMNS = """select detail.name, detail.from_time, detail.issue, issue.subject, detail.activity_type,
    round(detail.hours * 60) as worked, detail.retainer_billed_minutes as counted,
    detail.retainer_coverage as coverage, detail.retainer_coverage_reason,
    detail.retainer_coverage_facts, detail.retainer_contract, detail.retainer_one_off_fee, detail.retainer_expenses,
    coalesce(nullif(sheet.employee_name, ''), user.full_name, '') as who
from `tabTimesheet Detail` detail
join `tabTimesheet` sheet on sheet.name = detail.parent
left join `tabUser` user on user.name = coalesce(sheet.user, sheet.owner)
left join `tabIssue` issue on issue.name = detail.issue"""


def on_ticket(issue: str) -> list[dict[str, Any]]:
    """Booked time on one ticket, oldest first; minutes. The caller has checked that the ticket is the client's."""
    rows = frappe.db.sql(
        f"{_COLUMNS} where detail.issue = %s and detail.docstatus = 1 order by detail.from_time",
        issue,
        as_dict=True,
    )
    return [_for_reader(row) for row in rows]


def on_contract(contract: str, first: date, last: date, only_of: str | None = None) -> list[dict[str, Any]]:
    """Booked time of a contract on these days, oldest first; `only_of` a user leaves out what others asked for.

    The caller has checked that the contract is the client's.
    """
    own = "and (issue.raised_by = %(user)s or issue.owner = %(user)s)" if only_of else ""
    rows = frappe.db.sql(
        f"""{_COLUMNS} where detail.retainer_contract = %(contract)s and detail.docstatus = 1
            and detail.from_time >= %(first)s and detail.from_time < %(until)s {own}
        order by detail.from_time""",
        {"contract": contract, "first": first, "until": last + timedelta(days=1), "user": only_of},
        as_dict=True,
    )
    return [_for_reader(row) for row in rows]


def _for_reader(row: frappe._dict) -> dict[str, Any]:
    row.retainer_coverage = row.coverage
    row.reason = extras.reason_of(row)
    for name in (*_BEHIND, "retainer_coverage", "retainer_contract"):
        row.pop(name)
    return row
