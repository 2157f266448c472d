"""Users with roles, and doing something as one of them."""

from collections.abc import Iterator
from contextlib import contextmanager

import frappe


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
