"""The currency of a timesheet is its contract's, so that ERPNext's own figures on it mean what the invoice will say.

ERPNext leaves both to the browser: a sheet that the server makes has no currency, an exchange rate of one, and no
amounts in the company's currency. Sheets without a row on a contract stay as ERPNext has them.
"""

import frappe
from erpnext.projects.doctype.timesheet.timesheet import get_activity_cost
from erpnext.setup.utils import get_exchange_rate
from frappe import _, bold
from frappe.model.document import Document
from frappe.utils import flt, getdate

from support_retainer.exceptions import MissingExchangeRate, MixedCurrencies

BASED = ("billing_rate", "billing_amount", "costing_rate", "costing_amount")


def take_currency(sheet: Document, rows: list[Document]) -> None:
    """Raises MixedCurrencies: a sheet has one currency. Called before ERPNext puts costs on the rows."""
    currency = _one_currency(rows)
    if not currency or (sheet.currency == currency and flt(sheet.exchange_rate)):
        return
    home = frappe.get_cached_value("Company", sheet.company, "default_currency")
    sheet.currency = currency
    sheet.exchange_rate = 1 if currency == home else _rate(currency, home, rows[0])
    if currency != home:
        _cost_in(sheet)


def put_base_amounts(sheet: Document) -> None:
    """What each row costs and brings in the company's currency."""
    rate = flt(sheet.exchange_rate) or 1
    for row in sheet.time_logs:
        for name in BASED:
            row.set(f"base_{name}", flt(row.get(name)) * rate)


def _one_currency(rows: list[Document]) -> str | None:
    by_currency = {frappe.get_cached_value("Retainer Contract", row.retainer_contract, "currency"): row for row in rows}
    if len(by_currency) > 1:
        listed = ", ".join(_("row {0} {1}").format(row.idx, currency) for currency, row in by_currency.items())
        frappe.throw(
            _(
                "A timesheet has one currency, these contracts have several: {0}. Put them on sheets of their own."
            ).format(bold(listed)),
            MixedCurrencies,
            title=_("Several currencies"),
        )
    return next(iter(by_currency), None)


def _rate(currency: str, home: str, row: Document) -> float:
    rate = flt(get_exchange_rate(currency, home, str(getdate(row.from_time))))
    if not rate:
        frappe.throw(
            _("No exchange rate from {0} to {1}: enter one in {2}.").format(
                bold(currency), bold(home), bold(_("Currency Exchange"))
            ),
            MissingExchangeRate,
        )
    return rate


def _cost_in(sheet: Document) -> None:
    """ERPNext would put what an hour costs in the company's currency on a sheet in another."""
    for row in sheet.time_logs:
        if row.activity_type and not flt(row.costing_rate):
            cost = get_activity_cost(sheet.employee, row.activity_type)
            row.costing_rate = flt(cost.get("costing_rate")) / sheet.exchange_rate
