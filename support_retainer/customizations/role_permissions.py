"""Rights our roles need on records of ERPNext beyond what its own roles give."""

import frappe
from frappe.permissions import add_permission, reset_perms, update_permission_property

HANDLE = ("write", "create", "report", "print", "email", "share")
# Reading comes with each. ERPNext's form of an Issue reads Support Settings each time it opens, and greets whoever
# may not with an error; a Warranty Claim is ERPNext's Maintenance User's alone; and nobody but a System Manager or a
# Projects User could choose the kind of an issue or of a call's work, or the category of an article.
READ = ("Support Settings", "Issue Type", "Issue Priority", "Activity Type")
HANDLED = ("Issue", "Call Log", "Help Article", "Warranty Claim")
OURS = ("Retainer Manager", "Retainer Agent")
GRANTED: dict[str, dict[str, tuple[str, ...]]] = {
    **{doctype: dict.fromkeys(OURS, ()) for doctype in READ},
    **{doctype: dict.fromkeys(OURS, HANDLE) for doctype in HANDLED},
    # A contract begins with a client, who is often new; without these the first contract ends at an empty list.
    "Customer": {"Retainer Manager": HANDLE},
    **{doctype: {"Retainer Manager": ()} for doctype in ("Customer Group", "Territory")},
    # Saving an article counts the articles of its category, with the rights of whoever writes it.
    "Help Category": dict.fromkeys(OURS, ("write",)),
}
SAME = ("role", "permlevel", "if_owner", "read", "write", "create", "delete", "submit", "cancel")


def apply() -> None:
    for doctype, roles in GRANTED.items():
        for role, rights_beside_read in roles.items():
            if not frappe.db.exists("Custom DocPerm", {"parent": doctype, "role": role}):
                grant(doctype, role, rights_beside_read)


def grant(doctype: str, role: str, rights_beside_read: tuple[str, ...]) -> None:
    add_permission(doctype, role, 0)
    for right in rights_beside_read:
        update_permission_property(doctype, role, 0, right, 1, validate=False)


def remove() -> None:
    """Frappe copies all rights of a DocType when one is added; the copies go too, unless somebody changed them."""
    for doctype, roles in GRANTED.items():
        frappe.db.delete("Custom DocPerm", {"parent": doctype, "role": ["in", list(roles)]})
        if rights("Custom DocPerm", doctype) == rights("DocPerm", doctype):
            reset_perms(doctype)


def rights(table: str, doctype: str) -> list[tuple]:
    return sorted(frappe.get_all(table, filters={"parent": doctype}, fields=SAME, as_list=True))
