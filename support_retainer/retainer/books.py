"""What the accounts have to say before a contract may be billed: currency, exchange rate, open fiscal year."""

from datetime import date

import frappe
from erpnext import get_company_currency
from erpnext.accounts.party import get_party_account, get_party_account_currency, get_party_gle_currency
from frappe import _, bold
from frappe.utils import flt, formatdate, getdate

from support_retainer import exceptions


def refuse_missing_exchange_rate(currency: str, company: str, on: date, where: str) -> None:
    """Raises MissingExchangeRate when invoices in `currency` could not be booked in the company's currency."""
    company_currency = get_company_currency(company)
    if currency == company_currency or stored_exchange_rate(currency, company_currency, on):
        return
    frappe.throw(
        _(
            "{0}: there is no exchange rate from {1} to {2}. Add a Currency Exchange for selling, dated {3} or earlier."
        ).format(where, bold(currency), bold(company_currency), formatdate(on)),
        exceptions.MissingExchangeRate,
        title=_("Exchange rate missing"),
    )


def stored_exchange_rate(source: str, target: str, on: date) -> float:
    """The latest selling rate kept on this site, 0 if there is none.

    ERPNext's get_exchange_rate() would ask a web service instead: a contract must not depend on
    whether that answered today.
    """
    return flt(
        frappe.db.get_value(
            "Currency Exchange",
            {"from_currency": source, "to_currency": target, "for_selling": 1, "date": ("<=", on)},
            "exchange_rate",
            order_by="date desc",
        )
    )


def refuse_other_party_currency(customer: str, company: str, currency: str, where: str) -> None:
    """Raises CurrencyMismatch where ERPNext would refuse the customer's invoices for their currency."""
    account = get_party_account("Customer", customer, company)
    if not account:
        return
    account_currency = get_party_account_currency("Customer", customer, company)
    if invoices_possible(currency, account_currency, customer, company):
        return
    frappe.throw(
        _(
            "{0}: {1} is booked on {2}, an account in {3}, so invoices in {4} would be refused. Give the customer "
            "a receivable account in {4}, or allow multi-currency invoices in Accounts Settings."
        ).format(where, bold(customer), bold(account), bold(account_currency), bold(currency)),
        exceptions.CurrencyMismatch,
        title=_("Currency of the customer"),
    )


def invoices_possible(currency: str, account_currency: str, customer: str, company: str) -> bool:
    if currency == account_currency:
        return True
    if account_currency != get_company_currency(company):
        return False
    has_entries = bool(get_party_gle_currency("Customer", customer, company))
    allowed = frappe.db.get_single_value(
        "Accounts Settings", "allow_multi_currency_invoices_against_single_party_account"
    )
    return has_entries or bool(allowed)


def refuse_closed_books(day: date, company: str, where: str) -> None:
    """Raises ClosedFiscalYear when nothing can be booked on `day`."""
    reason = no_fiscal_year(day, company) or period_closed(day, company) or accounts_frozen(day, company)
    if reason:
        frappe.throw(f"{where}: {reason}", exceptions.ClosedFiscalYear, title=_("Fiscal year closed"))


def no_fiscal_year(day: date, company: str) -> str | None:
    covering = frappe.get_all(
        "Fiscal Year",
        filters={"year_start_date": ("<=", day), "year_end_date": (">=", day)},
        fields=["name", "disabled"],
    )
    usable = [year for year in covering if is_open_to(year.name, company)]
    if not usable:
        return _("{0} is in no fiscal year of {1}. Create the Fiscal Year or choose another date.").format(
            bold(formatdate(day)), company
        )
    if all(year.disabled for year in usable):
        return _("{0} is in the disabled fiscal year {1}. Enable the year or choose a later date.").format(
            bold(formatdate(day)), bold(usable[0].name)
        )
    return None


def is_open_to(fiscal_year: str, company: str) -> bool:
    """A fiscal year without companies is everybody's."""
    companies = frappe.get_all("Fiscal Year Company", filters={"parent": fiscal_year}, pluck="company")
    return not companies or company in companies


def period_closed(day: date, company: str) -> str | None:
    closed = frappe.get_all(
        "Period Closing Voucher",
        filters={"docstatus": 1, "company": company, "period_end_date": (">=", day)},
        pluck="period_end_date",
        order_by="period_end_date desc",
        limit=1,
    )
    if not closed:
        return None
    return _("the books are closed up to {0}. Choose a later date, or cancel the Period Closing Voucher.").format(
        bold(formatdate(closed[0]))
    )


def accounts_frozen(day: date, company: str) -> str | None:
    frozen_until = frozen_date(company)
    if not frozen_until or day > getdate(frozen_until):
        return None
    return _("accounts are frozen up to {0}. Choose a later date, or ask an accountant to move the date.").format(
        bold(formatdate(frozen_until))
    )


def frozen_date(company: str) -> date | None:
    """Version 15 freezes all companies in Accounts Settings, version 16 each in its own record."""
    if frappe.get_meta("Company").has_field("accounts_frozen_till_date"):
        return frappe.get_cached_value("Company", company, "accounts_frozen_till_date")
    return frappe.db.get_single_value("Accounts Settings", "acc_frozen_upto")
