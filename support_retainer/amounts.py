"""Money inside a sentence: with the currency's code, since symbols written right to left turn a line around."""

from decimal import Decimal

import frappe
from frappe.utils import cint, fmt_money


def decimals(currency: str) -> int:
    """How many decimals ERPNext rounds amounts of this currency to."""
    return cint(frappe.get_precision("Sales Invoice Item", "amount", currency=currency) or 2)


def number(quantity: Decimal | float) -> str:
    """12,500 or 1.5: in the site's number format, without decimals that say nothing."""
    exact = Decimal(str(quantity)).normalize()
    return fmt_money(exact, precision=max(-int(exact.as_tuple().exponent), 0))


def money(amount: Decimal | float, currency: str) -> str:
    """AED 1,525.00: in the site's number format."""
    return f"{currency} {fmt_money(amount, precision=decimals(currency))}"
