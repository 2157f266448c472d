"""Fees that the contracts as they stand will bring in, month by month; usage is not guessed.

A contract that is suspended by agreement brings nothing until somebody resumes it, one that doesn't renew nothing
after its term, and an agreed uplift counts from each anniversary.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import frappe
from dateutil.relativedelta import relativedelta
from frappe.utils import cint, get_first_day, getdate

from support_retainer.amounts import smallest_unit
from support_retainer.domain.charges import fee_lines, total
from support_retainer.domain.contract_terms import ContractTerms, decimal
from support_retainer.domain.lifecycle import expected_end
from support_retainer.domain.uplifts import Uplift, expected_fee
from support_retainer.retainer.columns import CONTRACT, CURRENCY, CUSTOMER, PACKAGE, column, money, translated
from support_retainer.retainer.doctype.retainer_contract import yearly_uplift

MONTHS = 12
SERVING = ("Active", "Suspended", "Notice Given")


def execute(filters: dict[str, Any] | None = None) -> tuple[list[dict], list[dict]]:
    filters = frappe._dict(filters or {})
    first = getdate(get_first_day(filters.get("from_month") or getdate()))
    months = [first + relativedelta(months=ahead) for ahead in range(cint(filters.get("months")) or MONTHS)]
    conditions = {"docstatus": 1, "status": ["in", SERVING]}
    conditions |= {name: filters[name] for name in ("company", "customer") if filters.get(name)}
    names = frappe.get_all("Retainer Contract", filters=conditions, pluck="name", order_by="customer, name")
    return columns(months), [row(frappe.get_doc("Retainer Contract", name), months) for name in names]


def row(contract: Any, months: list[date]) -> dict:
    """Fees by the month in which they fall due, which is that of the first day of their period."""
    fees = {key(month): Decimal(0) for month in months}
    for start, fee in coming_fees(contract, months[0], months[-1] + relativedelta(months=1)):
        fees[key(start)] += fee
    return {
        "customer": contract.customer,
        "contract": contract.name,
        "package": contract.package,
        "status": contract.status,
        "currency": contract.currency,
        **{month: float(fee) for month, fee in fees.items()},
        "total": float(sum(fees.values())),
    }


def coming_fees(contract: Any, first: date, until: date) -> Iterator[tuple[date, Decimal]]:
    exponent = smallest_unit(contract.currency)
    uplifts = uplifts_ahead(contract, until)
    ends = (getdate(day) if day else None for day in (contract.end_date, contract.minimum_term_end))
    end = expected_end(*ends, auto_renew=bool(contract.auto_renew))
    billable = contract.period_on(max(first, getdate(contract.start_date)))
    while billable.period.start < until:
        start = billable.period.start
        if start >= first and not contract.waives_fee_on(start):
            terms = terms_on(contract, start, uplifts, exponent)
            yield start, total(fee_lines(terms, billable, end_date=end, exponent=exponent))
        billable = contract.period_on(billable.period.last_day + timedelta(days=1))


def uplifts_ahead(contract: Any, until: date) -> list[Uplift]:
    """Those that are no row of terms yet; after a notice none comes."""
    if not contract.uplift_percent or contract.notice_given_on:
        return []
    return list(yearly_uplift.course(contract).ahead(getdate(frappe.flags.current_time), until))


def terms_on(contract: Any, day: date, uplifts: list[Uplift], exponent: Decimal) -> ContractTerms:
    terms = contract.terms_on(day)
    yearly = decimal(contract.uplift_percent)
    fee = expected_fee(terms.monthly_fee, yearly, uplifts, day, agreed_on=terms.effective_from, exponent=exponent)
    return replace(terms, monthly_fee=fee)


def key(day: date) -> str:
    return f"month_{day:%Y_%m}"


def columns(months: list[date]) -> list[dict]:
    fixed = translated([CUSTOMER, CONTRACT, PACKAGE, column("status", "Status", width=110), CURRENCY])
    shown = [money(key(month), f"{month:%b %Y}", 110) for month in months]
    return [*fixed, *shown, *translated([money("total", "Total", 130)])]
