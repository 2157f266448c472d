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


def file_conditions(user: str | None = None) -> str:
    """Frappe lists files of messages to every desk user; those on tickets are for people who may read tickets."""
    user = user or frappe.session.user
    if user == "Administrator" or frappe.has_permission("Issue", "read", user=user):
        return EVERYTHING
    return f"""(`tabFile`.`owner` = {frappe.db.escape(user)} or `tabFile`.`attached_to_doctype` is null
        or `tabFile`.`attached_to_doctype` != 'Communication' or not exists (
            select 1 from `tabCommunication` message
            where message.name = `tabFile`.`attached_to_name` and message.reference_doctype = 'Issue'))"""  # noqa: S608 (escaped)
