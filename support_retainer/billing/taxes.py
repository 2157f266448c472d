"""Which taxes an invoice has: those of the contract, else what ERPNext's own form would fill in for the client.

ERPNext does that in the browser: on the server an invoice that names no template would go out without taxes.
"""

from datetime import date

import frappe
from erpnext.accounts.party import set_taxes
from erpnext.controllers.accounts_controller import get_taxes_and_charges
from frappe.model.document import Document

TEMPLATE = "Sales Taxes and Charges Template"


def apply(invoice: Document, contract: Document, on: date) -> None:
    template = contract.taxes_and_charges or _of_form(contract, on)
    if not template:
        return
    invoice.taxes_and_charges = template
    for tax in get_taxes_and_charges(TEMPLATE, template):
        invoice.append("taxes", tax)


def _of_form(contract: Document, on: date) -> str | None:
    """The template of the fitting Tax Rule, else the company's default; most sites have no rules, so one query."""
    [(has_rules, default)] = frappe.db.sql(
        """select exists(select 1 from `tabTax Rule` where tax_type = 'Sales'),
            (select name from `tabSales Taxes and Charges Template`
            where is_default = 1 and company = %s and disabled = 0 limit 1)""",
        contract.company,
    )
    return (_by_rule(contract, on) if has_rules else None) or default


def _by_rule(contract: Document, on: date) -> str | None:
    """The template of the Tax Rule that fits the client, their group, tax category and addresses best."""
    customer = frappe.get_cached_doc("Customer", contract.customer)
    return set_taxes(
        customer.name,
        "Customer",
        on,
        contract.company,
        customer_group=customer.customer_group,
        tax_category=customer.tax_category,
    )
