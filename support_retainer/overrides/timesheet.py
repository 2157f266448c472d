"""Timesheet: rows on contracts get their coverage, and submitting draws the hours."""

import frappe
from frappe.model.document import Document

from support_retainer.hours import usage


def validate(doc: Document, method: str | None = None) -> None:
    link_contract_from_issue(doc)
    rows = rows_on_contracts(doc)
    if rows and not doc.docstatus.is_submitted():
        usage.preview(rows)
        doc.calculate_total_amounts()


def before_submit(doc: Document, method: str | None = None) -> None:
    rows = rows_on_contracts(doc)
    if rows:
        usage.decide(doc, rows)
        doc.calculate_total_amounts()


def on_submit(doc: Document, method: str | None = None) -> None:
    rows = rows_on_contracts(doc)
    usage.post_usage(doc.name, rows)
    show_on_issues(rows)


def on_cancel(doc: Document, method: str | None = None) -> None:
    usage.reverse(voucher_type="Timesheet", voucher_no=doc.name)


def link_contract_from_issue(doc: Document) -> None:
    """A row on a ticket belongs to the ticket's contract, whatever was typed."""
    issues = {row.issue for row in doc.time_logs if row.issue}
    if not issues:
        return
    contracts = dict(
        frappe.get_all("Issue", filters={"name": ["in", issues]}, fields=["name", "retainer_contract"], as_list=True)
    )
    for row in doc.time_logs:
        if row.issue:
            row.retainer_contract = contracts.get(row.issue)


def rows_on_contracts(doc: Document) -> list[Document]:
    return [row for row in doc.time_logs if row.retainer_contract and row.from_time and row.to_time]


def show_on_issues(rows: list[Document]) -> None:
    """The issue shows how its latest time was covered."""
    latest = {row.issue: row for row in rows if row.issue}
    for issue, row in latest.items():
        frappe.db.set_value(
            "Issue",
            issue,
            {
                "retainer_coverage": row.retainer_coverage,
                "retainer_coverage_reason": row.retainer_coverage_reason,
            },
            update_modified=False,
        )
