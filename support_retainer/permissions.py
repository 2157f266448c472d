"""Who sees which record. Website users see none of the desk: the portal answers them through its own guarded API."""

import frappe

NOTHING = "1=0"
EVERYTHING = ""


def query_conditions(user: str | None = None, doctype: str | None = None) -> str:
    """SQL condition for lists and reports of our records."""
    return EVERYTHING if is_desk_user(user) else NOTHING


def has_permission(doc, ptype: str | None = None, user: str | None = None) -> bool:
    """False closes one record; True leaves the decision to the role permissions."""
    return is_desk_user(user)


def is_desk_user(user: str | None = None) -> bool:
    """A role given by mistake opens nothing to a website user. A share does: it is a decision about one record."""
    user = user or frappe.session.user
    if user == "Administrator":
        return True
    return frappe.get_cached_value("User", user, "user_type") == "System User"
