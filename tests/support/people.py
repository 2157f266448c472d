"""Users with roles, and doing something as one of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import frappe
from frappe.model.document import Document


def make_user(*roles: str, user_type: str = "System User") -> str:
    email = f"{frappe.generate_hash(length=8)}@example.com"
    user = frappe.get_doc(doctype="User", email=email, first_name="Test", send_welcome_email=0, user_type=user_type)
    user.append_roles(*roles)
    return user.insert(ignore_permissions=True).name


@contextmanager
def acting_as(user: str) -> Iterator[str]:
    before = frappe.session.user
    frappe.set_user(user)
    try:
        yield user
    finally:
        frappe.set_user(before)


def make_contact(customer: str, *, phone: str = "", email: str = "") -> Document:
    """Anna of the customer, whom a mail or a call is known by."""
    contact = frappe.get_doc(doctype="Contact", first_name="Anna")
    contact.append("links", {"link_doctype": "Customer", "link_name": customer})
    if phone:
        contact.append("phone_nos", {"phone": phone})
    if email:
        contact.append("email_ids", {"email_id": email, "is_primary": 1})
    return contact.insert()


def make_client(contract: Document | None = None, customer: str | None = None, **rights: Any) -> str:
    """A portal user: a contact of the contract with these rights, or in the customer's table of portal users."""
    user = make_user("Customer", user_type="Website User")
    if contract:
        contract.append("contacts", {"user": user, **rights})
        contract.save()
    else:
        record = frappe.get_doc("Customer", customer)
        record.append("portal_users", {"user": user})
        record.save()
    return user
