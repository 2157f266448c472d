"""Frappe's client API, where it lets anybody count what they may not read."""

from typing import Any

import frappe
from frappe.client import get_safe_filters


@frappe.whitelist()
def get_count(
    doctype: str, filters: str | dict[str, Any] | list | None = None, debug: bool = False, cache: bool = False
) -> int:
    """How many rows the caller may read, by filter. Raises frappe.PermissionError where it is none of them.

    Frappe counts the rows of any DocType for whoever is logged in: so many tickets of so-and-so since Monday.
    """
    frappe.has_permission(doctype, "read", throw=True)
    counted = frappe.get_list(doctype, filters=get_safe_filters(filters), fields=["count(*) as found"], debug=debug)
    return counted[0].found
