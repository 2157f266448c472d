"""Rights our roles need on records of ERPNext beyond what its own roles give."""

import frappe
from frappe.permissions import add_permission, reset_perms

# ERPNext's form of an Issue reads them each time it opens, and greets whoever may not with an error.
READABLE = {"Support Settings": ("Retainer Manager", "Retainer Agent")}
SAME = ("role", "permlevel", "if_owner", "read", "write", "create", "delete", "submit", "cancel")


def apply() -> None:
    for doctype, roles in READABLE.items():
        for role in roles:
            if not frappe.db.exists("Custom DocPerm", {"parent": doctype, "role": role}):
                add_permission(doctype, role, 0)


def remove() -> None:
    """Frappe copies all rights of a DocType when one is added; the copies go too, unless somebody changed them."""
    for doctype, roles in READABLE.items():
        frappe.db.delete("Custom DocPerm", {"parent": doctype, "role": ["in", roles]})
        if rights("Custom DocPerm", doctype) == rights("DocPerm", doctype):
            reset_perms(doctype)


def rights(table: str, doctype: str) -> list[tuple]:
    return sorted(frappe.get_all(table, filters={"parent": doctype}, fields=SAME, as_list=True))
