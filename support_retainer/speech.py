"""The language in which a client is written to."""

from collections.abc import Iterator
from contextlib import contextmanager

import frappe
from frappe.utils.jinja_globals import is_rtl


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
