"""What a site fresh from the setup wizard lacks for invoices in four currencies: years, rates, receivable accounts."""

from datetime import date

import frappe
from frappe.utils import getdate

from support_retainer.testing.factories import company, make_exchange_rate, make_fiscal_year

# Units of AED for one unit of the offer's currency, used where the site has no rate of its own.
RATES_TO_AED = {"AED": 1.0, "USD": 3.6725, "INR": 0.0435, "SEK": 0.385}


def prepare(currency: str, first: date) -> None:
    for day in (first, getdate()):
        make_fiscal_year(day)
    frappe.db.set_value("Currency", currency, "enabled", 1)
    home = frappe.get_cached_value("Company", company(), "default_currency")
    rate = RATES_TO_AED[currency] / RATES_TO_AED.get(home, 1.0)
    make_exchange_rate(currency, rate, first)


def receivable_account(currency: str) -> str:
    """ERPNext books a customer in the currency of its account, so each foreign currency has one; made once."""
    default = frappe.get_cached_value("Company", company(), "default_receivable_account")
    if frappe.get_cached_value("Account", default, "account_currency") == currency:
        return default
    wanted = {"account_type": "Receivable", "account_currency": currency, "company": company(), "is_group": 0}
    known = frappe.db.get_value("Account", wanted)
    if known:
        return known
    parent = frappe.get_cached_value("Account", default, "parent_account")
    account = frappe.get_doc(doctype="Account", account_name=f"Debtors {currency}", parent_account=parent, **wanted)
    return account.insert(ignore_permissions=True).name
