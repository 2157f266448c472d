"""Tickets of the transition: they promise no times any more, and belong to the offboarding that they are about."""

from datetime import date

import frappe


def offboarding_of(customer: str | None, day: date) -> str | None:
    """The offboarding in whose transition the customer is on a day; the newest, where two contracts have ended."""
    if not customer:
        return None
    running = {"customer": customer, "status": "Transition", "transition_end": [">=", day]}
    return frappe.db.get_value("Offboarding", running, order_by="end_date desc, name desc")
