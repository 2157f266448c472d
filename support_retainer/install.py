import frappe

from support_retainer.customizations import starters, sync

# Created before the DocTypes are read: their permissions name these roles.
ROLES = ("Retainer Manager", "Retainer Agent")


def before_install() -> None:
    create_roles()


def after_install() -> None:
    sync.apply()
    starters.make()


def after_migrate() -> None:
    """Bring a site that was installed by an older version up to the constants of this one."""
    create_roles()
    sync.apply()


def create_roles() -> None:
    for role in ROLES:
        if not frappe.db.exists("Role", role):
            frappe.get_doc({"doctype": "Role", "role_name": role, "desk_access": 1}).insert(ignore_permissions=True)
