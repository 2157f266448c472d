"""Money inside a sentence: with the currency's code, since symbols written right to left turn a line around."""

from decimal import ROUND_HALF_UP, Decimal

import frappe
from frappe.utils import fmt_money
from frappe.utils.data import get_number_format_info

SHOWN_AT_MOST = 6


def decimals(currency: str) -> int:
    """How many decimals amounts of this currency are rounded to: its own (none for JPY, three for KWD), but never more
    than ERPNext's invoice keeps."""
    own = own_decimals(currency)
    return kept_decimals() if own is None else min(kept_decimals(), own)


def kept_decimals() -> int:
    """Those of rates and amounts on ERPNext's invoices, whatever the currency: the site's Currency Precision, or those
    of its Number Format."""
    return min(frappe.get_precision("Sales Invoice Item", fieldname) for fieldname in ("rate", "amount"))


def own_decimals(currency: str) -> int | None:
    """Those that the currency has; None where its record doesn't say."""
    number_format = frappe.get_cached_value("Currency", currency, "number_format") if currency else None
    return get_number_format_info(number_format)[2] if number_format else None


def smallest_unit(currency: str) -> Decimal:
    """The step that amounts in this currency are rounded to."""
    return Decimal(1).scaleb(-decimals(currency))


def number(quantity: Decimal | float) -> str:
    """12,500 or 1.5: in the site's number format, without decimals that say nothing."""
    exact = Decimal(str(quantity)).normalize()
    return written(exact, max(-int(exact.as_tuple().exponent), 0))


def money(amount: Decimal | float, currency: str) -> str:
    """AED 1,525.00: in the site's number format."""
    return f"{currency} {figure(amount, currency)}"


def figure(amount: Decimal | float, currency: str) -> str:
    """The same without the currency's code, as in a column."""
    return written(Decimal(str(amount)), decimals(currency))


def price(amount: Decimal | float, currency: str) -> str:
    """The same for one unit: AED 0.125 keeps its decimals, or no formula with it would hold."""
    exact = round(Decimal(str(amount)), SHOWN_AT_MOST).normalize()
    places = max(decimals(currency), -int(exact.as_tuple().exponent))
    return f"{currency} {written(exact, places)}"


def written(exact: Decimal, places: int) -> str:
    """With exactly so many decimals. Frappe groups the whole units; left to itself it writes KWD 12.500 as 12.50, and
    no decimals at all where the site's own currency has none."""
    whole, _point, fraction = f"{abs(exact).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP):f}".partition(".")
    point, group, _places = get_number_format_info(frappe.db.get_default("number_format"))
    point = point or ("," if group == "." else ".")
    sign = "-" if exact < 0 and (whole + fraction).strip("0") else ""
    return sign + fmt_money(int(whole), precision=0) + (point + fraction if fraction else "")
