"""Number cards that are more than a count of one list. With {value, fieldtype, route} a click leads to the rows behind
the number; text stands as it is, because Frappe makes a number of every `value`."""

from decimal import Decimal
from typing import Any

import frappe
from frappe.utils import cint, flt, get_first_day, getdate

from support_retainer.amounts import money
from support_retainer.domain.contract_terms import PricingModel, decimal
from support_retainer.retainer.drill import to_report
from support_retainer.retainer.report.issue_figures import FIGURES, ROWS
from support_retainer.site_time import to_site, utc_now

# The terms that are in force today on every contract that serves today.
SERVING = """select contract.name, contract.currency, agreed.monthly_fee, package.pricing_model
    from `tabRetainer Contract` contract
    join `tabRetainer Contract Term` agreed on agreed.parent = contract.name and agreed.parenttype = 'Retainer Contract'
    left join `tabSupport Package` package on package.name = agreed.package
    where contract.docstatus = 1 and contract.start_date <= %(today)s
        and (contract.end_date is null or contract.end_date >= %(today)s)
        and agreed.effective_from = (
            select max(latest.effective_from) from `tabRetainer Contract Term` latest
            where latest.parent = contract.name and latest.parenttype = 'Retainer Contract'
                and latest.effective_from <= %(today)s)"""


@frappe.whitelist(methods=["GET", "POST"])
def recurring_revenue(filters: Any = None) -> str:
    """Fees of a month of the contracts that serve today, by currency; a metered one with its quantity."""
    frappe.has_permission("Retainer Billing Run", throw=True)
    today = getdate()
    sums: dict[str, Decimal] = {}
    for row in frappe.db.sql(SERVING, {"today": today}, as_dict=True):
        sums[row.currency] = sums.get(row.currency, Decimal(0)) + _fee(row, today)
    text = " · ".join(money(sums[currency], currency) for currency in sorted(sums)) or "–"
    return f'<a href="{to_report("Monthly Recurring Revenue")}">{frappe.utils.escape_html(text)}</a>'


def _fee(row: frappe._dict, today: Any) -> Decimal:
    if row.pricing_model != PricingModel.METERED.value:
        return decimal(row.monthly_fee)
    return frappe.get_cached_doc("Retainer Contract", row.name).fee_on(today)


@frappe.whitelist(methods=["GET", "POST"])
def hours_left(filters: Any = None) -> dict[str, Any]:
    """Hours that clients can still use in their running periods."""
    frappe.has_permission("Hour Ledger", throw=True)
    minutes = frappe.db.sql(
        """select sum(account.balance_minutes) from `tabHour Ledger` account
        join `tabRetainer Contract` contract on contract.name = account.contract
        where contract.status in ('Active', 'Suspended', 'Notice Given')"""
    )[0][0]
    return _card(flt(cint(minutes) / 60, 2), "Float", ["List", "Hour Ledger"])


@frappe.whitelist(methods=["GET", "POST"])
def missed_this_month(filters: Any = None) -> dict[str, Any]:
    """Tickets opened this month whose response or resolution came after its time, or is overdue."""
    frappe.has_permission("Issue", throw=True)
    count = frappe.db.sql(
        f"""select count(*) from tabIssue
        where sla_policy is not null and coalesce(retainer_merged_into, '') = '' and opening_date >= %(since)s
            and {FIGURES["Missed"]}""",  # noqa: S608 (our own text)
        {"since": get_first_day(getdate()), "now": to_site(utc_now())},
    )[0][0]
    since = {"from_date": str(get_first_day(getdate())), "figure": "Missed"}
    return {**_card(cint(count), "Int", ["query-report", ROWS]), "route_options": since}


def _card(value: Any, fieldtype: str, route: list[str]) -> dict[str, Any]:
    return {"value": value, "fieldtype": fieldtype, "route": route}
