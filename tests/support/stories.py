"""Sentences that several site stories share: what time it is, what a contract was billed, whether the books balance."""

from datetime import date, datetime

import frappe
from frappe.model.document import Document
from frappe.utils import get_datetime

from support_retainer.billing.audit import audit


def at(moment: str) -> datetime:
    """It is now this moment (site time) for our clock; never a full second, or Frappe's check on `modified` fails."""
    now = get_datetime(moment).replace(microsecond=123456)
    frappe.flags.current_time = now
    return now


def allow_foreign_currency() -> None:
    """A company in one currency may invoice clients in another from one receivable account."""
    frappe.db.set_single_value("Accounts Settings", "allow_multi_currency_invoices_against_single_party_account", 1)


def worked(issue: Document, start: str, minutes: int, activity_type: str = "User Support") -> dict:
    """A row of time on a ticket, for make_timesheet."""
    return {"issue": issue.name, "from_time": start, "minutes": minutes, "activity_type": activity_type}


def on_contract(contract: Document, start: str, minutes: int, activity_type: str = "User Support") -> dict:
    """A row of time on a contract without a ticket, for make_timesheet."""
    row = {"retainer_contract": contract.name, "from_time": start, "minutes": minutes}
    return {**row, "activity_type": activity_type}


def grant_warranty(issue: Document, cause: str = "Data Migration", reported: str = "2026-09-10") -> None:
    """A claim about the ticket, decided for the client."""
    decided = {"cause": cause, "decision": "Covered", "decision_reason": "Reproduced"}
    values = {"customer": issue.customer, "complaint": "The import was wrong", "complaint_date": reported}
    frappe.get_doc(doctype="Warranty Claim", issue=issue.name, **values, **decided).insert()


def decisions(sheet: Document) -> list[tuple[str, int]]:
    """Coverage and billed minutes of each row, in the order of the sheet."""
    sheet.reload()
    return [(row.retainer_coverage, row.retainer_billed_minutes) for row in sheet.time_logs]


def balances(contract: Document) -> dict[str, int]:
    """Minutes left in each pool, as the account says; it must be the sum of the entries."""
    found = {}
    for account in frappe.get_all("Hour Ledger", {"contract": contract.name}, ["name", "pool", "balance_minutes"]):
        minutes = frappe.get_all("Hour Ledger Entry", {"ledger": account.name}, pluck="minutes")
        assert account.balance_minutes == sum(minutes)
        found[account.pool] = account.balance_minutes
    return found


def entries(contract: Document, *types: str) -> list[tuple[str, int]]:
    """Type and minutes of the contract's ledger entries, only of these types if any are named."""
    filters = {"contract": contract.name} | ({"entry_type": ["in", types]} if types else {})
    rows = frappe.get_all("Hour Ledger Entry", filters, ["entry_type", "minutes"], order_by="creation, name")
    return [(row.entry_type, row.minutes) for row in rows]


def invoices(contract: Document, docstatus: int = 1) -> list[Document]:
    """The contract's Sales Invoices, by the start of their period."""
    names = frappe.get_all("Sales Invoice", {"retainer_contract": contract.name, "docstatus": docstatus}, pluck="name")
    found = [frappe.get_doc("Sales Invoice", name) for name in names]
    return sorted(found, key=lambda invoice: (str(period_start(invoice.retainer_billing_period)), invoice.is_return))


def period_start(period: str) -> date:
    return frappe.db.get_value("Retainer Billing Period", period, "period_start")


def period_statuses(contract: Document) -> list[tuple[str, str]]:
    """First day and status of every billing period of the contract."""
    rows = frappe.get_all(
        "Retainer Billing Period", {"contract": contract.name}, ["period_start", "status"], order_by="period_start"
    )
    return [(str(row.period_start), row.status) for row in rows]


def amounts(invoice: Document) -> list[float]:
    return [item.amount for item in invoice.items]


def assert_books_balance(contract: Document, on: str) -> None:
    """`retainer audit` finds nothing to say about the contract."""
    assert [difference.sentence() for difference in audit(on, contract.name).differences] == []
