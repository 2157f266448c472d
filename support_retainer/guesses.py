"""Doors that open with a token instead of a login let each address guess only so often."""

import frappe
from frappe import _
from frappe.utils import cint

MOST = 20
AN_HOUR = 3600


def refuse(door: str) -> None:
    """Raises frappe.TooManyRequestsError for an address that came with `MOST` wrong tokens within an hour."""
    if cint(frappe.cache.get_value(_key(door), expires=True)) >= MOST:
        raise frappe.TooManyRequestsError(_("Too many links that don't work. Try again in an hour."))


def note(door: str) -> None:
    """The token was wrong."""
    key = _key(door)
    frappe.cache.set_value(key, cint(frappe.cache.get_value(key, expires=True)) + 1, expires_in_sec=AN_HOUR)


def _key(door: str) -> str:
    return f"support_retainer:guesses:{door}:{frappe.local.request_ip or ''}"
