"""What falls due on contracts: ends, minimum terms, anniversaries with an uplift, and the last day to give notice."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import add_days, cint, getdate

from support_retainer.domain.contract_terms import decimal
from support_retainer.domain.lifecycle import anniversaries
from support_retainer.retainer.columns import CONTRACT, CURRENCY, CUSTOMER, PACKAGE, column, money, translated
from support_retainer.retainer.doctype.retainer_contract import yearly_uplift

DAYS_AHEAD = 90
RUNNING = ("Active", "Suspended", "Notice Given")


def execute(filters: dict[str, Any] | None = None) -> tuple[list[dict], list[dict]]:
    filters = frappe._dict(filters or {})
    today = getdate(filters.get("from_date"))
    until = getdate(add_days(today, cint(filters.get("days")) or DAYS_AHEAD))
    found = [event for contract in contracts(filters) for event in events(contract, today, until)]
    return columns(), sorted(found, key=lambda event: (event["due_on"], event["contract"]))


def contracts(filters: frappe._dict) -> list[frappe._dict]:
    conditions = {"docstatus": 1, "status": ["in", RUNNING]}
    for fieldname in ("company", "customer", "account_manager"):
        if filters.get(fieldname):
            conditions[fieldname] = filters[fieldname]
    return frappe.get_all("Retainer Contract", filters=conditions, fields=["*"])


def events(contract: frappe._dict, today: date, until: date) -> list[dict]:
    return [
        {
            "due_on": day,
            "what": what,
            "contract": contract.name,
            "customer": contract.customer,
            "package": contract.package,
            "account_manager": contract.account_manager,
            "monthly_fee": contract.monthly_fee,
            "currency": contract.currency,
            "days_left": (day - today).days,
        }
        for day, what in dates(contract, until)
        if today <= day <= until
    ]


def dates(contract: frappe._dict, until: date) -> list[tuple[date, str]]:
    if contract.end_date:
        return [(getdate(contract.end_date), _("Contract ends"))]
    found = []
    if contract.minimum_term_end:
        minimum = getdate(contract.minimum_term_end)
        last_call = minimum - timedelta(days=cint(contract.notice_days))
        found = [
            (minimum, _("Minimum term ends")),
            (last_call, _("Last day for notice to the end of the minimum term")),
        ]
    if contract.uplift_percent:
        return [*found, *uplifts(frappe.get_doc("Retainer Contract", contract.name), until)]
    return found + [(day, _("Anniversary")) for day in anniversaries(getdate(contract.start_date), until)]


def uplifts(contract: Document, until: date) -> Iterator[tuple[date, str]]:
    """Those that clients were told of, those that are made up, and those of the anniversaries to come."""
    text = _("Uplift of {0}%")
    for row in contract.terms:
        if row.uplift_percent:
            yield getdate(row.effective_from), text.format(f"{row.uplift_percent:g}")
    yearly = decimal(contract.uplift_percent)
    for uplift in yearly_uplift.course(contract).ahead(getdate(frappe.flags.current_time), until):
        yield uplift.day, text.format(f"{uplift.percent(yearly):f}")


def columns() -> list[dict]:
    return translated(
        [
            column("due_on", "Due on", "Date", 110),
            column("days_left", "Days Left", "Int", 90),
            column("what", "What", width=300),
            CUSTOMER,
            CONTRACT,
            PACKAGE,
            money("monthly_fee", "Monthly Fee"),
            CURRENCY,
            column("account_manager", "Account Manager", "Link", 160, options="User"),
        ]
    )
