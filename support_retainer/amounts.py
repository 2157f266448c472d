"""Money inside a sentence: with the currency's code, since symbols written right to left turn a line around."""

from decimal import Decimal

import frappe
from frappe.utils import cint, fmt_money


def decimals(currency: str) -> int:
    """How many decimals ERPNext rounds amounts of this currency to."""
    return cint(frappe.get_precision("Sales Invoice Item", "amount", currency=currency) or 2)


def money(amount: Decimal | float, currency: str) -> str:
    """AED 1,525.00: in the site's number format."""
    return f"{currency} {fmt_money(amount, precision=decimals(currency))}"
