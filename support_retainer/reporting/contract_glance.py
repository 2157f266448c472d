"""How a contract stands today: what its form shows before anyone scrolls."""

from datetime import date
from typing import Any

import frappe
from frappe.utils import flt, get_first_day, getdate

from support_retainer.billing import periods, preview
from support_retainer.billing.api import MAY_BILL
from support_retainer.hours import balance
from support_retainer.retainer.report.issue_figures import (
    RESOLUTION_MET,
    RESOLUTION_MISSED,
    RESPONSE_MET,
    RESPONSE_MISSED,
)
from support_retainer.retainer.report.open_and_at_risk_issues.open_and_at_risk_issues import complete
from support_retainer.retainer.report.open_and_at_risk_issues.open_and_at_risk_issues import read as read_open
from support_retainer.retainer.report.unbilled_usage import unbilled_usage
from support_retainer.site_time import to_site, utc_now


@frappe.whitelist(methods=["GET"])
def at_a_glance(contract: str) -> dict[str, Any]:
    """{currency, hours, tickets, promises, sites, warranty_end_date, warranty_days, terms, money}.

    Hours are minutes by pool, `promises` are the targets met and missed of tickets opened this month. `money` (unbilled
    usage and the next invoice) is None for those who may not make invoices.
    """
    doc = frappe.get_doc("Retainer Contract", contract)
    doc.check_permission("read")
    today = getdate(frappe.flags.current_time)
    return {
        "currency": doc.currency,
        "hours": [_pool(pool) for pool in balance.of_contract(contract)],
        "tickets": _tickets(contract),
        "promises": _promises(contract, get_first_day(today)),
        "sites": _sites(contract),
        "warranty_end_date": doc.warranty_end_date,
        "warranty_days": (doc.warranty_end_date - today).days + 1 if doc.warranty_end_date else 0,
        "terms": _terms(doc, today),
        "money": _money(contract) if set(MAY_BILL) & set(frappe.get_roles()) else None,
    }


_DONE = ("Resolved", "Closed")


def _pool(pool: balance.PoolBalance) -> dict[str, Any]:
    return {"pool": pool.pool, "given": pool.given, "used": pool.used, "left": pool.left, "until": pool.period_end}


def _tickets(contract: str) -> dict[str, int]:
    """Open tickets by how they stand; the report Open and At Risk Issues shows the same ones."""
    states = [complete(row).state for row in read_open({"retainer_contract": contract})]
    counts = {"missed": states.count("Missed"), "at_risk": states.count("At Risk")}
    return {"open": frappe.db.count("Issue", {"retainer_contract": contract, "status": ["not in", _DONE]}), **counts}


def _sites(contract: str) -> dict[str, int]:
    """How many sites are watched, and how many of them are not well."""
    states = frappe.get_all("Managed Site", {"contract": contract, "enabled": 1}, pluck="status")
    return {"watched": len(states), "down": states.count("Down"), "degraded": states.count("Degraded")}


def _promises(contract: str, since: date) -> dict[str, int]:
    met_and_missed = frappe.db.sql(
        f"""select sum({RESPONSE_MET}) + sum({RESOLUTION_MET}) as met,
            sum({RESPONSE_MISSED}) + sum({RESOLUTION_MISSED}) as missed
        from tabIssue where retainer_contract = %(contract)s and sla_policy is not null
            and coalesce(retainer_merged_into, '') = '' and opening_date >= %(since)s""",  # noqa: S608 (our own text)
        {"contract": contract, "since": since, "now": to_site(utc_now())},
        as_dict=True,
    )[0]
    return {name: int(count or 0) for name, count in met_and_missed.items()}


def _terms(doc: Any, today: date) -> list[dict[str, Any]]:
    """The agreed terms, oldest first, and which of them are in force."""
    rows = sorted(doc.terms, key=lambda row: getdate(row.effective_from))
    current = next((row for row in reversed(rows) if getdate(row.effective_from) <= today), None)
    return [
        {
            "effective_from": row.effective_from,
            "package": row.package,
            "monthly_fee": flt(row.monthly_fee),
            "quantity": flt(row.quantity),
            "is_current": row is current,
        }
        for row in rows
    ]


def _money(contract: str) -> dict[str, Any]:
    rows = unbilled_usage.rows(frappe._dict(contract=contract))
    bill_on = frappe.db.get_value(
        "Retainer Billing Period", {"contract": contract, "status": ["in", periods.OPEN]}, "min(bill_on)"
    )
    planned = preview.plan(bill_on, contract).as_dict() if bill_on else None
    return {
        "unbilled_minutes": sum(row.minutes for row in rows),
        "unbilled_amount": sum(row.amount for row in rows),
        "next_invoice_on": bill_on,
        "next_invoice": planned,
    }
