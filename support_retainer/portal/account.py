"""The user's own choice among their customers."""

import frappe

from support_retainer.portal import access


@frappe.whitelist(methods=["POST"])
def switch_customer(customer: str) -> None:
    """Look at another of the user's own customers. Raises frappe.DoesNotExistError for anybody else's."""
    access.choose(customer)
