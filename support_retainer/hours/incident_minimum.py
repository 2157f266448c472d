"""The emergency minimum of an incident when the time that bore it is taken back: the work that stays owes it."""

import json

import frappe
from frappe.model.document import Document
from frappe.utils import flt, getdate

from support_retainer.domain.coverage import CoverageKind, Reason, minimum_missing
from support_retainer.hours import extras

EMERGENCY = CoverageKind.EMERGENCY.value


def pass_on(sheet: Document) -> None:
    """For each incident of a cancelled sheet; what an invoice has charged stays as it was charged."""
    for issue in sorted({row.issue for row in sheet.time_logs if row.issue and row.retainer_coverage == EMERGENCY}):
        others = _others(issue, sheet.name)
        heir = next((row for row in others if not row.sales_invoice and not extras.is_listed(row.name)), None)
        missing = heir and _missing(others, heir)
        if missing:
            _charge(heir, missing)


def _others(issue: str, sheet: str) -> list[frappe._dict]:
    return frappe.get_all(
        "Timesheet Detail",
        filters={"issue": issue, "docstatus": 1, "retainer_coverage": EMERGENCY, "parent": ["!=", sheet]},
        fields=[
            "name",
            "parent",
            "hours",
            "retainer_billed_minutes",
            "retainer_contract",
            "sales_invoice",
            "from_time",
        ],
        order_by="from_time, name",
    )


def _missing(rows: list[frappe._dict], heir: frappe._dict) -> int:
    """By the terms of the row that is going to bear it."""
    contract = frappe.get_cached_doc("Retainer Contract", heir.retainer_contract)
    return minimum_missing(
        round(sum(flt(row.hours) for row in rows) * 60),
        sum(row.retainer_billed_minutes for row in rows),
        contract.terms_on(getdate(heir.from_time)).emergency_minimum_minutes,
    )


def _charge(heir: frappe._dict, minutes: int) -> None:
    with extras.booked_row(heir) as row:
        row.retainer_billed_minutes += minutes
        billed_hours = row.retainer_billed_minutes / 60
        row.update({"is_billable": 1, "billing_hours": billed_hours, "billing_rate": row.retainer_rate})
        row.billing_amount = flt(row.billing_amount) + flt(flt(row.retainer_rate) * minutes / 60, 2)
        _tell(row)


def _tell(row: Document) -> None:
    if not row.retainer_coverage_facts:
        return
    known = json.loads(row.retainer_coverage_facts)
    known[-1].update({"reason": Reason.INCIDENT_MINIMUM.value, "minutes": row.retainer_billed_minutes})
    row.retainer_coverage_facts = json.dumps(known, ensure_ascii=False)
    row.retainer_coverage_reason = extras.reason_of(row)
