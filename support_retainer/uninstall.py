"""Leave a site as if the app had never been there, apart from what people made of it in ERPNext's own records.

`bench uninstall-app --dry-run` calls these hooks as well and then rolls back. So what runs before Frappe's part only
deletes rows; changing tables would commit.
"""

import frappe

from support_retainer.customizations import starters, sync
from support_retainer.customizations.field import MODULE
from support_retainer.install import ROLES

APP = "support_retainer"
# Frappe drops the DocTypes and their tables; what others hung on them it leaves. Files and mails stay.
ABOUT_OUR_DOCTYPES = {
    "Custom Field": "dt",
    "Property Setter": "doc_type",
    "Client Script": "dt",
    "Custom DocPerm": "parent",
    "DocShare": "share_doctype",
    "User Permission": "allow",
    "Notification": "document_type",
    "Singles": "doctype",
    "Version": "ref_doctype",
    "Comment": "reference_doctype",
    "ToDo": "reference_type",
    "Tag Link": "document_type",
}


def before_uninstall() -> None:
    starters.remove()
    sync.remove()
    remove_what_hangs_on_our_doctypes()
    remove_onboarding()
    remove_roles()
    remove_traces()


def after_uninstall() -> None:
    if not frappe.db.exists("Module Def", MODULE):  # a dry run has left it
        sync.drop_columns()


def remove_what_hangs_on_our_doctypes() -> None:
    ours = frappe.get_all("DocType", filters={"module": MODULE}, pluck="name")
    for table, fieldname in ABOUT_OUR_DOCTYPES.items():
        frappe.db.delete(table, {fieldname: ("in", ours)})


def remove_onboarding() -> None:
    """Its steps name no module, so Frappe would leave them."""
    ours = frappe.get_all("Module Onboarding", filters={"module": MODULE}, pluck="name")
    steps = frappe.get_all("Onboarding Step Map", filters={"parent": ["in", ours]}, pluck="step")
    frappe.db.delete("Onboarding Step", {"name": ("in", steps)})


def remove_roles() -> None:
    for role in ROLES:
        for table in ("Custom DocPerm", "Has Role", "Notification Recipient"):
            fieldname = "receiver_by_role" if table == "Notification Recipient" else "role"
            frappe.db.delete(table, {fieldname: role})
        frappe.delete_doc("Role", role, force=True, ignore_permissions=True)


def remove_traces() -> None:
    """Jobs would fail without the app; number series and patches would be taken up again by a later install."""
    frappe.db.delete("Scheduled Job Type", {"method": ("like", f"{APP}.%")})
    frappe.db.delete("Patch Log", {"patch": ("like", f"{APP}.%")})
    frappe.db.delete("Series", {"name": ("like", "RET-%")})
