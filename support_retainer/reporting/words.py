"""Figures as people read them, in the language that is set."""

from decimal import Decimal

from frappe.utils import flt

from support_retainer import amounts, speech
from support_retainer.speech import _


def day(value: str) -> str:
    """31 Jan 2026, in the reader's language."""
    return speech.day(value)


def short_day(value: str) -> str:
    return speech.day(value, speech.SHORT_DAY)


def span(start: str, end: str) -> str:
    return _("{0} to {1}").format(day(start), day(end))


def hours(minutes: int) -> str:
    """1:30 h."""
    sign = "-" if minutes < 0 else ""
    return _("{0}:{1} h").format(f"{sign}{abs(minutes) // 60}", f"{abs(minutes) % 60:02d}")


def duration(seconds: int | None) -> str:
    """45 min, 3:20 h; working time, so days would mislead."""
    if seconds is None:
        return "–"
    minutes = round(seconds / 60)
    return _("{0} min").format(minutes) if minutes < 60 else hours(minutes)


def percent(value: float | None) -> str:
    return "–" if value is None else f"{flt(value, 1):g} %"


def money(amount: str | float, currency: str) -> str:
    return amounts.money(Decimal(str(amount)), currency)
