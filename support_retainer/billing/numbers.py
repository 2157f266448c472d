"""Invoice numbers, taken for a whole batch beforehand and kept on the periods.

ERPNext holds the row of a naming series from the naming of an invoice to its commit, so two workers on one series
wait for each other. Taken in one short transaction, the numbers cost no waiting; a retry uses the number that its
period already has, so the sequence has no gap and no double.
"""

from dataclasses import replace
from datetime import date
from itertools import product

import frappe
from erpnext.stock.doctype.item.item import set_item_default
from frappe import _
from frappe.model.document import Document
from frappe.model.naming import set_new_name
from frappe.utils import getdate
from pypika import Case

from support_retainer.billing.invoice import ITEM_FIELDS, USAGE_ITEM
from support_retainer.billing.periods import OPEN
from support_retainer.domain.charges import period_fee
from support_retainer.domain.contract_terms import ContractTerms, decimal, package_terms


def reserve(periods: list[str], on: date) -> None:
    """Give every period that is sure to be invoiced its number, and commit.

    Numbers of periods that came to nothing after all are handed on first, oldest first. Where this fails, each
    invoice takes its number when it is made: slower, but no reason to bill nobody.
    """
    try:
        _reserve(periods, on)
    except Exception:
        frappe.db.rollback()
        frappe.log_error(title=_("Invoice numbers could not be reserved"))
    frappe.db.commit()


def _reserve(periods: list[str], on: date) -> None:
    waiting = _without_number(periods)
    spare = _spare_numbers(len(waiting))
    new = NewNumbers(on)
    _keep({period.name: spare.pop(0) if spare else new.of(period.company) for period in waiting})
    settle_item_defaults({period.company for period in waiting})


def _keep(numbers: dict[str, str]) -> None:
    """Write the numbers of a batch on its periods, in one statement."""
    if not numbers:
        return
    period = frappe.qb.DocType("Retainer Billing Period")
    of_period = Case()
    for name, number in numbers.items():
        of_period = of_period.when(period.name == name, number)
    frappe.qb.update(period).set(period.invoice_number, of_period).where(period.name.isin(list(numbers))).run()


def _without_number(periods: list[str]) -> list[frappe._dict]:
    """The periods that will have a fee to invoice and no number yet, locked until the reservation is done."""
    rows = frappe.db.sql(
        """select period.name, period.period_start, contract.name as contract, contract.company, contract.end_date
        from `tabRetainer Billing Period` period
        join `tabRetainer Contract` contract on contract.name = period.contract
        where period.name in %(names)s and period.status in %(open)s and coalesce(period.invoice_number, '') = ''
        order by period.name for update""",
        {"names": periods, "open": OPEN},
        as_dict=True,
    )
    fees = _fees({row.contract for row in rows})
    charged = [row for row in rows if _is_charged(row, fees[row.contract])]
    return sorted(charged, key=lambda row: periods.index(row.name))


def _is_charged(row: frappe._dict, fees: list[ContractTerms]) -> bool:
    if row.end_date and row.end_date < row.period_start:
        return False
    in_force = [terms for terms in fees if terms.effective_from <= row.period_start]
    return bool(in_force and period_fee(in_force[-1]))


def _fees(contracts: set[str]) -> dict[str, list[ContractTerms]]:
    """The terms of each contract, oldest first; one query for the whole batch."""
    terms: dict[str, list[ContractTerms]] = {contract: [] for contract in contracts}
    if not contracts:
        return terms
    rows = frappe.get_all(
        "Retainer Contract Term",
        filters={"parent": ["in", contracts], "parenttype": "Retainer Contract"},
        fields=["parent", "effective_from", "monthly_fee", "quantity", "package_snapshot"],
        order_by="effective_from",
    )
    for row in rows:
        terms[row.parent] += _readable(row)
    return terms


def _readable(row: frappe._dict) -> list[ContractTerms]:
    """The terms of one row; none where they are broken, which the billing of the period reports with its reason."""
    try:
        terms = replace(
            package_terms(row.package_snapshot),
            effective_from=getdate(row.effective_from),
            monthly_fee=decimal(row.monthly_fee),
            quantity=decimal(row.quantity),
        )
    except (ValueError, KeyError, TypeError, ArithmeticError):
        return []
    return [terms]


def _spare_numbers(limit: int) -> list[str]:
    """Numbers whose period ended without an invoice, taken off those periods."""
    if not limit:
        return []
    rows = frappe.db.sql(
        """select name, invoice_number from `tabRetainer Billing Period`
        where status = 'Not Charged' and invoice_number > '' order by invoice_number limit %s for update skip locked""",
        limit,
    )
    for name, _number in rows:
        frappe.db.set_value("Retainer Billing Period", name, "invoice_number", None, update_modified=False)
    return [number for _name, number in rows]


class NewNumbers:
    """The names that ERPNext would give invoices of a day, by whatever naming the site has set up."""

    def __init__(self, on: date) -> None:
        self.on = on
        self.invoices: dict[str, Document] = {}

    def of(self, company: str) -> str:
        """The next one; the unsaved invoice that is named is kept, since making one costs as much as naming ten."""
        invoice = self.invoices.get(company)
        if not invoice:
            invoice = frappe.new_doc("Sales Invoice", company=company, posting_date=self.on)
            self.invoices[company] = invoice
        set_new_name(invoice)
        return invoice.name


def settle_item_defaults(companies: set[str]) -> None:
    """Write the income account that the first invoice of an item writes anyway.

    Left to the invoices, each of them updates that row while it is being validated, and every worker waits for it:
    ERPNext looks at the cached item, which doesn't see the row it has just written.
    """
    settings = frappe.get_cached_doc("Retainer Settings")
    items = filter(None, {settings.get(name) for name in {*ITEM_FIELDS.values(), USAGE_ITEM}})
    for item, company in product(items, companies):
        if _knows_income_account(item, company):
            continue
        frappe.clear_document_cache("Item", item)
        account = frappe.get_cached_value("Company", company, "default_income_account")
        if account and not _knows_income_account(item, company):
            set_item_default(item, company, "income_account", account)
            frappe.clear_document_cache("Item", item)


def _knows_income_account(item: str, company: str) -> bool:
    defaults = frappe.get_cached_doc("Item", item).item_defaults
    return any(row.company == company and row.income_account for row in defaults)
