"""What the scheduler does for the books by itself: a weekly audit that tells accounts managers what differs."""

import frappe
from frappe import _

from support_retainer.billing.audit import audit

AUDIT_TODO = "Retainer Settings"


def audit_and_tell() -> int:
    """Audit everything; a difference becomes one open ToDo for each accounts manager. Returns how many there are."""
    found = audit()
    if not found.is_clean:
        _tell_accounts_managers(found.lines())
    return len(found.differences)


def _tell_accounts_managers(lines: list[str]) -> None:
    """One ToDo each at a time: last week's that is still open is brought up to date."""
    text = "<br>".join(frappe.utils.escape_html(line) for line in [_("The weekly billing audit found:"), *lines[:50]])
    for user in _users_with_role("Accounts Manager"):
        known = {"allocated_to": user, "reference_type": AUDIT_TODO, "reference_name": AUDIT_TODO, "status": "Open"}
        name = frappe.db.get_value("ToDo", known)
        todo = frappe.get_doc("ToDo", name) if name else frappe.get_doc(doctype="ToDo", **known)
        todo.update({"description": text, "priority": "High"}).save(ignore_permissions=True)


def _users_with_role(role: str) -> list[str]:
    from frappe.utils.user import get_users_with_role

    return [user for user in get_users_with_role(role) if user != "Administrator"] or ["Administrator"]
