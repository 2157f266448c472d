"""Timesheet: rows on contracts get their coverage, and submitting draws the hours."""

import frappe
from frappe import _, bold
from frappe.model.document import Document
from frappe.utils import formatdate, getdate

from support_retainer.billing import periods
from support_retainer.exceptions import ContractNotActive, TimeAhead
from support_retainer.hours import (
    estimated_time,
    extras,
    incident_minimum,
    manager_decision,
    posting,
    sheet_money,
    usage,
)
from support_retainer.maintenance import fees
from support_retainer.retainer.rows import place


def before_validate(doc: Document, method: str | None = None) -> None:
    link_contract_from_issue(doc)
    sheet_money.take_currency(doc, [row for row in doc.time_logs if row.retainer_contract])


def validate(doc: Document, method: str | None = None) -> None:
    manager_decision.guard(doc)
    rows = rows_on_contracts(doc)
    refuse_inactive_contracts(rows)
    extras.refuse_unagreed_expenses(rows)
    usage.forget([row for row in doc.time_logs if not row.retainer_contract])
    if rows and not doc.docstatus.is_submitted():
        usage.preview(rows)
        sheet_money.put_base_amounts(doc)
        doc.calculate_total_amounts()


def before_submit(doc: Document, method: str | None = None) -> None:
    rows = rows_on_contracts(doc)
    if rows:
        refuse_time_ahead(rows)
        estimated_time.hold_to_estimates(rows)
        usage.decide(doc, rows)
        sheet_money.put_base_amounts(doc)
        doc.calculate_total_amounts()


def on_update(doc: Document, method: str | None = None) -> None:
    manager_decision.log(doc)


def on_submit(doc: Document, method: str | None = None) -> None:
    rows = rows_on_contracts(doc)
    posting.post_usage(doc, rows)
    for contract in sorted({row.retainer_contract for row in rows if row.is_billable}):
        periods.collect_late_usage(frappe.get_cached_doc("Retainer Contract", contract))
    show_on_issues(rows)


def on_cancel(doc: Document, method: str | None = None) -> None:
    usage.reverse(voucher_type="Timesheet", voucher_no=doc.name)
    usage.note_reversal(doc)
    extras.pass_fees_on(doc)
    fees.follow_tickets({row.issue for row in doc.time_logs if row.issue})
    incident_minimum.pass_on(doc)


def link_contract_from_issue(doc: Document) -> None:
    """A row on a ticket belongs to the ticket's contract, whatever was typed."""
    issues = {row.issue for row in doc.time_logs if row.issue}
    if not issues:
        return
    contracts = dict(frappe.db.sql("select name, retainer_contract from `tabIssue` where name in %s", [tuple(issues)]))
    for row in doc.time_logs:
        if row.issue:
            row.retainer_contract = contracts.get(row.issue)


def refuse_inactive_contracts(rows: list[Document]) -> None:
    """Raises ContractNotActive: hours of a contract that nobody agreed to, or that was cancelled, do not exist."""
    for row in rows:
        contract = frappe.get_cached_doc("Retainer Contract", row.retainer_contract)
        if not contract.docstatus.is_submitted():
            frappe.throw(
                _("{0}: {1} is {2}. Submit it first, or choose an active contract.").format(
                    place(row, "retainer_contract"), bold(contract.name), _(contract.status)
                ),
                ContractNotActive,
                title=_("Contract not active"),
            )


def refuse_time_ahead(rows: list[Document]) -> None:
    """Raises TimeAhead: the hours of a period that has not begun are not there yet, so the row would be charged."""
    today = getdate(frappe.flags.current_time)
    for row in rows:
        contract = frappe.get_cached_doc("Retainer Contract", row.retainer_contract)
        begins = contract.period_on(row.from_time).period.start
        if begins > today:
            frappe.throw(
                _("{0}: the period of this work begins on {1}. Submit the timesheet from then on.").format(
                    place(row, "from_time"), bold(formatdate(begins))
                ),
                TimeAhead,
                title=_("Time lies ahead"),
            )


def rows_on_contracts(doc: Document) -> list[Document]:
    return [row for row in doc.time_logs if row.retainer_contract and row.from_time and row.to_time]


def show_on_issues(rows: list[Document]) -> None:
    """The issue shows how its latest time was covered."""
    shown = ("retainer_coverage", "retainer_coverage_reason")
    latest = {row.issue: {name: row.get(name) for name in shown} for row in rows if row.issue}
    if latest:
        frappe.db.bulk_update("Issue", latest, update_modified=False)
        for issue in latest:
            frappe.clear_document_cache("Issue", issue)
