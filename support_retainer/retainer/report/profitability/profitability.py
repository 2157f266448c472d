"""What each contract brought in and cost: net invoices of the month, and the hours worked in it at what they cost us.

Everything is in the company's currency. An invoice counts in the month of its posting date, work in the month it was
done: a fee in advance stands in the month before most of its work, so a longer span says more than one month.
"""

from collections.abc import Iterable
from typing import Any

import frappe
from frappe import _
from frappe.utils import flt, getdate

from support_retainer.exceptions import InvalidTime
from support_retainer.retainer.columns import CONTRACT, CURRENCY, CUSTOMER, column, money, translated
from support_retainer.retainer.drill import to_list, to_names, to_report

COLOURS = ["#1d4f91", "#c8871e", "#2e7d5b"]
SUMS = ("revenue", "hours", "cost", "warranty_hours", "warranty_cost")
BY = {"Contract and Month": ("contract", "month"), "Contract": ("contract",), "Month": ("month",)}


def execute(filters: dict[str, Any] | None = None) -> tuple[list[dict], list[dict], None, dict | None]:
    wanted = frappe._dict(filters or {})
    refuse_turned_span(wanted)
    keys = BY.get(wanted.get("by") or "", BY["Contract and Month"])
    data = rows(wanted, keys)
    return columns(keys), data, None, chart(data, keys)


def refuse_turned_span(wanted: frappe._dict) -> None:
    if getdate(wanted.from_date) > getdate(wanted.to_date):
        frappe.throw(_("From lies after To. Swap them."), InvalidTime)


def rows(wanted: frappe._dict, keys: tuple[str, ...]) -> list[dict]:
    """One row for each key with revenue or work, by contract and month."""
    contracts = readable(wanted)
    if not contracts:
        return []
    values = {
        "contracts": tuple(contracts),
        "first": getdate(wanted.from_date),
        "until": frappe.utils.add_days(getdate(wanted.to_date), 1),
    }
    summed = summed_by(keys, [*revenue(values), *work(values)])
    currency = frappe.get_cached_value("Company", wanted.company, "default_currency")
    return [{**shown(row, contracts, currency), "drill": behind(row, wanted)} for _key, row in sorted(summed.items())]


def behind(row: dict, wanted: frappe._dict) -> dict[str, str]:
    """Invoices and time that a row adds up."""
    first, last = getdate(wanted.from_date), getdate(wanted.to_date)
    if row.get("month"):
        month = getdate(f"{row['month']}-01")
        first, last = max(first, month), min(last, getdate(frappe.utils.get_last_day(month)))
    of = {"contract": row.get("contract") or wanted.get("contract"), "customer": wanted.get("customer")}
    time = {**of, "from_date": first, "to_date": last, "company": wanted.company}
    worked, warranty = (
        to_report("Time Worked", kind="On Contracts", **time),
        to_report("Time Worked", kind="Warranty", **time),
    )
    dated = {"docstatus": 1, "posting_date": ["between", [str(first), str(last)]], "customer": of["customer"]}
    of_contract = to_list("Sales Invoice", retainer_contract=of["contract"] or ["is", "set"], **dated)
    invoices = to_names("Sales Invoice", ",".join(sorted(row["invoices"]))) or of_contract  # too many for an address
    return {"revenue": invoices, "hours": worked, "cost": worked, "warranty_hours": warranty, "warranty_cost": warranty}


def readable(wanted: frappe._dict) -> dict[str, str]:
    """Contract -> customer of the contracts that the reader may see."""
    filters = {"docstatus": ["!=", 0], "company": wanted.company}
    filters |= {"customer": wanted.customer} if wanted.get("customer") else {}
    filters |= {"name": wanted.contract} if wanted.get("contract") else {}
    found = frappe.get_list("Retainer Contract", filters, ["name", "customer"], limit_page_length=0)
    return {row.name: row.customer for row in found}


def revenue(values: dict[str, Any]) -> list[frappe._dict]:
    """Net amounts of submitted invoices and credit notes; a line of a shared invoice counts for its own contract."""
    return frappe.db.sql(
        """select coalesce(period.contract, invoice.retainer_contract) as contract,
            date_format(invoice.posting_date, '%%Y-%%m') as month, sum(item.base_net_amount) as revenue,
            group_concat(distinct invoice.name) as invoices
        from `tabSales Invoice` invoice
        join `tabSales Invoice Item` item on item.parent = invoice.name
        left join `tabRetainer Billing Period` period on period.name = item.retainer_billing_period
        where invoice.docstatus = 1 and invoice.posting_date >= %(first)s and invoice.posting_date < %(until)s
            and coalesce(period.contract, invoice.retainer_contract) in %(contracts)s
        group by 1, 2""",
        values,
        as_dict=True,
    )


def work(values: dict[str, Any]) -> list[frappe._dict]:
    """Hours and their cost; what was done under the warranty is part of both, and shown apart."""
    return frappe.db.sql(
        """select detail.retainer_contract as contract, date_format(detail.from_time, '%%Y-%%m') as month,
            sum(detail.hours) as hours, sum(detail.base_costing_amount) as cost,
            sum(if(detail.retainer_coverage = 'Warranty', detail.hours, 0)) as warranty_hours,
            sum(if(detail.retainer_coverage = 'Warranty', detail.base_costing_amount, 0)) as warranty_cost
        from `tabTimesheet Detail` detail
        where detail.docstatus = 1 and detail.retainer_contract in %(contracts)s
            and detail.from_time >= %(first)s and detail.from_time < %(until)s
        group by 1, 2""",
        values,
        as_dict=True,
    )


def summed_by(keys: tuple[str, ...], found: Iterable[frappe._dict]) -> dict[tuple, dict]:
    summed: dict[tuple, dict] = {}
    for part in found:
        key = tuple(part[name] for name in keys)
        start = {**{name: part[name] for name in keys}, **dict.fromkeys(SUMS, 0.0), "invoices": set()}
        row = summed.setdefault(key, start)
        row["invoices"].update(filter(None, (part.get("invoices") or "").split(",")))
        for name in SUMS:
            row[name] += flt(part.get(name))
    return summed


def shown(row: dict, contracts: dict[str, str], currency: str) -> dict:
    """Margin, and what an hour brought; both empty where there is nothing to divide by."""
    margin = row["revenue"] - row["cost"]
    return {
        **{name: value for name, value in row.items() if name != "invoices"},
        "customer": contracts.get(row.get("contract")),
        "currency": currency,
        "margin": margin,
        "margin_percent": flt(100 * margin / row["revenue"], 1) if row["revenue"] else None,
        "hourly": flt(row["revenue"] / row["hours"], 2) if row["hours"] else None,
    }


def columns(keys: tuple[str, ...]) -> list[dict]:
    known = {"contract": [CUSTOMER, CONTRACT], "month": [column("month", "Month", width=90)]}
    return translated(
        [
            *(one for key in keys for one in known[key]),
            money("revenue", "Revenue", 115),
            money("cost", "Cost", 115),
            money("margin", "Margin", 115),
            column("margin_percent", "Margin %", "Percent", 90),
            column("hours", "Hours", "Float", 90, precision=2),
            money("hourly", "Revenue per Hour", 150),
            column("warranty_hours", "Warranty Hours", "Float", 130, precision=2),
            money("warranty_cost", "Warranty Cost", 120),
            CURRENCY,
        ]
    )


def chart(data: list[dict], keys: tuple[str, ...]) -> dict | None:
    """Revenue and cost by month; by contract where months are not told apart."""
    if not data:
        return None
    name = "month" if "month" in keys else "contract"
    labels = sorted({row[name] for row in data})
    totals = {
        figure: [sum(row[figure] for row in data if row[name] == label) for label in labels]
        for figure in ("revenue", "cost", "margin")
    }
    words = {"revenue": _("Revenue"), "cost": _("Cost"), "margin": _("Margin")}
    datasets = [{"name": words[figure], "values": values} for figure, values in totals.items()]
    return {"data": {"labels": labels, "datasets": datasets}, "type": "bar", "fieldtype": "Currency", "colors": COLOURS}
