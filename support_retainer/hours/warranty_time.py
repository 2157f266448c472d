"""The time behind a claim: what it cost us, what it would cost the client, and what a decision comes late for."""

from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import add_to_date, cint, escape_html, flt, get_datetime, now_datetime

from support_retainer.hours import explain, reasons

WARRANTY = "Warranty"


def say_what_would_change(claim: Document) -> None:
    """Time that was submitted before keeps its decision; whoever decides the claim reads which rows that is."""
    rows = decided_otherwise(claim)
    if rows:
        frappe.msgprint(
            "<br>".join(escape_html(_line(row)) for row in rows), title=_("Time that was decided before this claim")
        )


def decided_otherwise(claim: Document) -> list[frappe._dict]:
    """Submitted rows on the ticket whose coverage would be another under the claim's decision."""
    covered = claim.decision == "Covered"
    return [row for row in _rows(claim.issue) if row.docstatus == 1 and (row.retainer_coverage == WARRANTY) != covered]


def standing(claim: Document) -> dict[str, Any]:
    """{claim, minutes, price, currency, cost, cost_currency, late}: minutes logged on the ticket, what they cost the
    client without a warranty, what they cost us, and names of the sheets that were decided before the claim."""
    contract = frappe.get_cached_doc("Retainer Contract", claim.retainer_contract)
    rows = _rows(claim.issue)
    return {
        "claim": claim.name,
        "minutes": sum(round(flt(row.hours) * 60) for row in rows),
        "price": _price(rows),
        "currency": contract.currency,
        "cost": sum(flt(row.base_costing_amount) for row in rows),
        "cost_currency": frappe.get_cached_value("Company", contract.company, "default_currency"),
        "late": sorted({row.parent for row in decided_otherwise(claim)}),
    }


def hour_more(claim: Document) -> list[dict[str, Any]]:
    """What an hour from now on would be if the claim were not covered: [{coverage, reason, amount}]; [] without a
    ticket."""
    if not claim.issue:
        return []
    start = get_datetime(frappe.flags.current_time or now_datetime())
    row = {"issue": claim.issue, "from_time": start, "to_time": add_to_date(start, hours=1)}
    (answer,) = explain.explain([row], without_warranty=True)
    return [{name: part[name] for name in ("coverage", "reason", "amount")} for part in answer["parts"]]


def _price(rows: list[frappe._dict]) -> float:
    """Rows that were charged say what they cost; the others are decided as if there were no claim."""
    charged = [row for row in rows if row.docstatus == 1 and row.retainer_coverage != WARRANTY]
    others = [row for row in rows if row not in charged]
    answers = explain.explain(others, without_warranty=True) if others else []
    return sum(flt(row.billing_amount) for row in charged) + sum(answer["amount"] for answer in answers)


def _rows(issue: str | None) -> list[frappe._dict]:
    if not issue:
        return []
    return frappe.get_all(
        "Timesheet Detail",
        filters={"issue": issue, "docstatus": ["<", 2]},
        fields=[
            *explain.WANTED,
            *("docstatus", "hours", "base_costing_amount", "billing_amount"),
            *("retainer_coverage", "retainer_billed_minutes", "sales_invoice"),
        ],
        order_by="from_time, name",
    )


def _line(row: frappe._dict) -> str:
    what = _("{0}, row {1}: {2}, {3}").format(
        row.parent, row.idx, reasons.hours(cint(row.retainer_billed_minutes)), _(row.retainer_coverage or "")
    )
    if row.sales_invoice:
        return _("{0}. Invoiced on {1}: it stays, a credit note is a decision of its own.").format(
            what, row.sales_invoice
        )
    return _("{0}. Not invoiced: cancel and amend the sheet to decide it anew.").format(what)
