"""What the desk's forms call about estimates."""

from typing import Any

import frappe

from support_retainer.hours import estimates
from support_retainer.hours.api import refuse_strangers

MOST_TASKS = 100


@frappe.whitelist(methods=["POST"])
def estimate(issue: str, tasks: str | list[dict[str, Any]], valid_till: str) -> str:
    """A draft Quotation for additional work on a ticket, see `estimates.make`; returns its name."""
    refuse_strangers()
    frappe.has_permission("Issue", "read", issue, throw=True)
    frappe.has_permission(estimates.DOCTYPE, "create", throw=True)
    lines = frappe.parse_json(tasks)[:MOST_TASKS]
    return estimates.make(frappe.get_doc("Issue", issue), lines, valid_till).name
