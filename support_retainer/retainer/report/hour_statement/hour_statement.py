"""Hour Statement: opening, in, out, expiry and balance of every pool, down to the entry and its ticket."""

from typing import Any

import frappe
from frappe import _
from frappe.utils import add_months, getdate

from support_retainer.exceptions import InvalidTime
from support_retainer.retainer import hour_statement
from support_retainer.retainer.hour_statement import Wanted

MINUTES = (
    ("opening", "Opening"),
    ("allotted", "Allotted"),
    ("topped_up", "Topped Up"),
    ("adjusted", "Adjusted"),
    ("used", "Used"),
    ("expired", "Expired"),
    ("balance", "Balance"),
    ("rolled_over", "Rolled Over"),
    ("beyond", "Beyond the Pool"),
)


def execute(filters: dict[str, Any] | None = None) -> tuple[list[dict], list[dict], str | None]:
    """Columns, rows and a message; all times in hours. `show` is Summary, Periods or Entries."""
    filters = frappe._dict(filters or {})
    rows, columns = VIEWS.get(filters.show or "Summary", VIEWS["Summary"])
    if filters.show == "Entries" and not (filters.contract or filters.customer):
        return columns(), [], _("Choose a customer or a contract to see single entries.")
    wanted = wanted_by(filters)
    return columns(), [in_hours(row) for row in rows(wanted)] if wanted.contracts else [], None


def wanted_by(filters: frappe._dict) -> Wanted:
    last = getdate(filters.to_date)
    first = getdate(filters.from_date) if filters.from_date else getdate(add_months(last, -1))
    if first > last:
        frappe.throw(_("From Date lies after To Date. Swap them."), InvalidTime)
    contracts = hour_statement.contracts_for({"customer": filters.customer, "name": filters.contract})
    return Wanted(contracts, first, last, filters.pool or "", hour_statement.are_all(contracts))


def in_hours(row: frappe._dict) -> frappe._dict:
    for fieldname in (*(name for name, _label in MINUTES), "minutes"):
        if fieldname in row:
            row[fieldname] = row[fieldname] / 60
    return row


def summary_columns() -> list[dict]:
    return [*whose(), *figures()]


def period_columns() -> list[dict]:
    return [
        *whose(),
        column("period_start", _("Period from"), "Date", 110),
        column("period_end", _("to"), "Date", 110),
        *figures(),
    ]


def entry_columns() -> list[dict]:
    return [
        column("posting_time", _("Time"), "Datetime", 150),
        column("contract", _("Contract"), "Link", 140, options="Retainer Contract"),
        column("pool", _("Pool"), width=120),
        column("entry_type", _("Entry"), width=100),
        hours("minutes", _("Hours")),
        hours("balance", _("Balance")),
        hours("beyond", _("Beyond the Pool")),
        column("issue", _("Ticket"), "Link", 140, options="Issue"),
        column("reason", _("Why"), width=320),
        column("voucher_type", _("Source"), width=110),
        column("voucher_no", _("Document"), "Dynamic Link", 150, options="voucher_type"),
        column("voucher_detail_no", _("Row"), width=100),
        column("expires_on", _("Usable until"), "Date", 110),
        column("name", _("Ledger Entry"), "Link", 110, options="Hour Ledger Entry"),
    ]


def whose() -> list[dict]:
    return [
        column("customer", _("Customer"), "Link", 180, options="Customer"),
        column("contract", _("Contract"), "Link", 150, options="Retainer Contract"),
        column("pool", _("Pool"), width=130),
    ]


def figures() -> list[dict]:
    return [hours(name, _(label)) for name, label in MINUTES]


def hours(fieldname: str, label: str) -> dict:
    return column(fieldname, label, "Float", 100, precision=2)


def column(fieldname: str, label: str, fieldtype: str = "Data", width: int = 120, **more: Any) -> dict:
    return {"fieldname": fieldname, "label": label, "fieldtype": fieldtype, "width": width, **more}


VIEWS = {
    "Summary": (hour_statement.summary, summary_columns),
    "Periods": (hour_statement.periods, period_columns),
    "Entries": (hour_statement.entries, entry_columns),
}
