"""How a client is written to: in which language, with which dates, and people by their names."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import frappe
from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from frappe.utils import getdate
from frappe.utils.jinja_globals import is_rtl

# A short word of ours (Left: what remains) may be a word of the desk (Left: not right) in another sense.
CONTEXT = "Support Retainer"
# Unlike Babel's own medium form these write out the month, so that nobody takes 6 December for 12 June.
DAY, SHORT_DAY = "d MMM yyyy", "d MMM"
ORDINAL = ("de", "da", "nb", "fi", "cs")  # 31. Jan


def _(text: str) -> str:
    """A text that clients read, in the language that is set."""
    return frappe._(text, context=CONTEXT)


def day(value: date | str, pattern: str = DAY) -> str:
    """31 Jan 2026, in the language that is set."""
    locale = _locale()
    if locale[:2] in ORDINAL:
        pattern = pattern.replace("d ", "d. ")
    return format_date(getdate(value), format=pattern, locale=locale)


def _locale() -> str:
    """Babel's name of the language; English where Babel doesn't know it."""
    wanted = (frappe.local.lang or "en").replace("-", "_")
    try:
        return str(Locale.parse(wanted))
    except (UnknownLocaleError, ValueError):
        return "en"


def name_of(user: str) -> str:
    """Whom to call by name; the address only of somebody who has none."""
    return frappe.get_cached_value("User", user, "full_name") or user


def language_of(address: str | None, customer: str | None) -> str:
    """The user's own language, else the customer's, else that of the site."""
    return (
        (address and frappe.db.get_value("User", {"email": address}, "language"))
        or (customer and frappe.db.get_value("Customer", customer, "language"))
        or frappe.db.get_default("lang")
        or "en"
    )


@contextmanager
def speaking(language: str) -> Iterator[str]:
    """What is translated and formatted inside is in this language; gives its direction, "rtl" or "ltr"."""
    before, frappe.local.lang = frappe.local.lang, language
    try:
        yield "rtl" if is_rtl() else "ltr"
    finally:
        frappe.local.lang = before
