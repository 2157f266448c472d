"""What contracts bring in each month: new, more, less and lost against the month before, by currency."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import frappe
from dateutil.relativedelta import relativedelta
from frappe import _
from frappe.utils import add_months, cint, get_first_day, getdate

from support_retainer.domain import revenue
from support_retainer.domain.revenue import Movement, movements
from support_retainer.retainer.columns import CURRENCY, column, money, translated
from support_retainer.retainer.drill import to_names

MONTHS = 12


def execute(filters: dict[str, Any] | None = None) -> tuple[list[dict], list[dict], None, dict | None]:
    filters = frappe._dict(filters or {})
    months = months_shown(filters)
    fees = fees_by_month(filters, months)
    data = [
        {**row(month, currency, movement), "drill": behind(fees[currency], month)}
        for currency in sorted(fees)
        for month, movement in moved(fees[currency], months)
    ]
    return columns(), data, None, chart(data)


def months_shown(filters: frappe._dict) -> list[date]:
    """First days of the months shown, and of the one before them to compare with."""
    last = getdate(get_first_day(filters.get("to_month") or getdate()))
    count = cint(filters.get("months")) or MONTHS
    return [getdate(add_months(last, -back)) for back in range(count, -1, -1)]


def fees_by_month(filters: frappe._dict, months: list[date]) -> dict[str, dict[date, dict[str, Decimal]]]:
    """Monthly fee of every contract that serves on the last day of a month: currency, month, contract."""
    fees: dict[str, dict[date, dict[str, Decimal]]] = {}
    conditions = {"docstatus": 1} | ({"company": filters.company} if filters.get("company") else {})
    for name in frappe.get_all("Retainer Contract", filters=conditions, pluck="name"):
        contract = frappe.get_doc("Retainer Contract", name)
        for month in months:
            day = month + relativedelta(months=1) - timedelta(days=1)
            if serves_on(contract, day):
                by_month = fees.setdefault(contract.currency, {first: {} for first in months})
                by_month[month][name] = contract.fee_on(day)
    return fees


def serves_on(contract: Any, day: date) -> bool:
    return getdate(contract.start_date) <= day and (not contract.end_date or day <= getdate(contract.end_date))


def moved(fees: dict[date, dict[str, Decimal]], months: list[date]) -> list[tuple[date, Movement]]:
    return [(month, movements(fees[before], fees[month])) for before, month in pairwise(months)]


def behind(fees: dict[date, dict[str, Decimal]], month: date) -> dict[str, str | None]:
    """The contracts that each figure of a month adds up."""
    now, before = fees[month], fees[getdate(add_months(month, -1))]
    found = {"mrr": now, "contracts": now, **revenue.moved(before, now)}
    return {figure: to_names("Retainer Contract", ",".join(sorted(names))) for figure, names in found.items()}


def row(month: date, currency: str, movement: Movement) -> dict:
    return {
        "month": month.strftime("%Y-%m"),
        "currency": currency,
        "mrr": float(movement.total),
        "new": float(movement.new),
        "expansion": float(movement.expansion),
        "contraction": float(movement.contraction),
        "churn": float(movement.churn),
        "contracts": movement.contracts,
        "churn_percent": float(movement.churn_percent),
    }


def columns() -> list[dict]:
    return translated(
        [
            column("month", "Month", width=90),
            CURRENCY,
            money("mrr", "MRR", 140),
            money("new", "New"),
            money("expansion", "Expansion"),
            money("contraction", "Contraction"),
            money("churn", "Churn"),
            column("churn_percent", "Churn %", "Percent", 90),
            column("contracts", "Contracts", "Int", 90),
        ]
    )


def chart(data: list[dict]) -> dict | None:
    """One line for each currency, since amounts of different currencies don't add up."""
    if not data:
        return None
    months = sorted({entry["month"] for entry in data})
    datasets = [
        {"name": currency, "values": [entry["mrr"] for entry in data if entry["currency"] == currency]}
        for currency in sorted({entry["currency"] for entry in data})
    ]
    return {"data": {"labels": months, "datasets": datasets}, "type": "line", "title": _("MRR")}
