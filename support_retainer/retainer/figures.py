"""Numbers and dates as they arrive from forms and programs: read once, or refused with the name of their field.

Frappe casts them after `validate`, and the database says "out of range" or "can not be used with MySQL".
"""

from collections.abc import Iterable
from datetime import date
from math import isfinite
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt, fmt_money, getdate

from support_retainer.exceptions import InvalidDate, InvalidFigure, NegativeAmount
from support_retainer.retainer.rows import place

NUMBERS = ("Currency", "Float", "Int", "Percent", "Duration")
# More than anybody means, and little enough for every sum and date that is made of it.
MOST = {"Currency": 99_999_999_999, "Float": 1_000_000, "Int": 36_500, "Percent": 1_000, "Duration": 3_200_000_000}
MOST_OF = {
    "quantity": 1_000_000_000,
    "from_quantity": 1_000_000_000,
    "billing_lead_days": 366,
    "notice_days": 3_660,
    "minimum_term_months": 600,
    "rollover_periods": 600,
    "rounding_minutes": 1_440,
    "emergency_minimum_hours": 744,
    "minimum_hours": 744,
}
YEARS = range(1990, 2200)


def refuse_odd_figures(rows: Iterable[Document]) -> None:
    """Raises InvalidFigure for what is no number or too large, NegativeAmount for what is below zero."""
    for row in rows:
        for df in row.meta.get("fields", {"fieldtype": ("in", NUMBERS)}):
            if row.get(df.fieldname) not in (None, ""):
                refuse_odd_figure(row, df.fieldname, MOST_OF.get(df.fieldname, MOST[df.fieldtype]))


def refuse_odd_figure(row: Document, fieldname: str, most: float) -> None:
    value = row.get(fieldname)
    if not is_number(value):
        frappe.throw(
            _("{0}: {1} is no number. Enter digits, such as 150 or 0.5.").format(
                place(row, fieldname), frappe.bold(frappe.utils.escape_html(str(value)[:40]))
            ),
            InvalidFigure,
        )
    if flt(value) < 0:
        frappe.throw(_("{0} cannot be negative. Enter zero or more.").format(place(row, fieldname)), NegativeAmount)
    if flt(value) > most:
        frappe.throw(
            _("{0} is too large. Enter at most {1}.").format(place(row, fieldname), fmt_money(most, precision=0)),
            InvalidFigure,
        )


def is_number(value: Any) -> bool:
    try:
        return isfinite(float(str(value).replace(",", "")) if isinstance(value, str) else float(value))
    except (TypeError, ValueError):
        return False


def read_dates(row: Document, *fieldnames: str) -> None:
    """Turn the given fields into dates; empty ones stay empty. Raises InvalidDate."""
    for fieldname in fieldnames:
        if row.get(fieldname):
            row.set(fieldname, read_date(row, fieldname))


def read_date(row: Document, fieldname: str) -> date:
    try:
        day = getdate(row.get(fieldname))
    except (frappe.ValidationError, ValueError, OverflowError):
        frappe.clear_last_message()
        day = None
    if not day or day.year not in YEARS:
        frappe.throw(
            _("{0}: {1} is no date of a contract. Enter year, month and day, such as 2026-01-31.").format(
                place(row, fieldname), frappe.bold(frappe.utils.escape_html(str(row.get(fieldname))[:40]))
            ),
            InvalidDate,
        )
    return day
