"""Money inside a sentence: with the currency's code, since symbols written right to left turn a line around."""

from decimal import Decimal

import frappe
from frappe.utils import cint, fmt_money
from frappe.utils.data import get_number_format_info

SHOWN_AT_MOST = 6


def decimals(currency: str) -> int:
    """How many decimals amounts of this currency are rounded to: its own (none for JPY), but never more than ERPNext's
    invoice keeps."""
    kept = cint(frappe.get_precision("Sales Invoice Item", "amount", currency=currency) or 2)
    number_format = frappe.get_cached_value("Currency", currency, "number_format") if currency else None
    return min(kept, get_number_format_info(number_format)[2]) if number_format else kept


def smallest_unit(currency: str) -> Decimal:
    """The step that amounts in this currency are rounded to."""
    return Decimal(1).scaleb(-decimals(currency))


def number(quantity: Decimal | float) -> str:
    """12,500 or 1.5: in the site's number format, without decimals that say nothing."""
    exact = Decimal(str(quantity)).normalize()
    return fmt_money(exact, precision=max(-int(exact.as_tuple().exponent), 0))


def money(amount: Decimal | float, currency: str) -> str:
    """AED 1,525.00: in the site's number format."""
    return f"{currency} {fmt_money(amount, precision=decimals(currency))}"


def price(amount: Decimal | float, currency: str) -> str:
    """The same for one unit: AED 0.125 keeps its decimals, or no formula with it would hold."""
    exact = round(Decimal(str(amount)), SHOWN_AT_MOST).normalize()
    precision = max(decimals(currency), -int(exact.as_tuple().exponent))
    return f"{currency} {fmt_money(exact, precision=precision)}"
