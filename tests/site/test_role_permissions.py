"""Our roles open ERPNext's form of an Issue without its error about Support Settings; uninstalling takes that back."""

import frappe
from frappe.permissions import add_permission

from support_retainer.customizations import role_permissions


def may_read(*roles: str) -> bool:
    return frappe.has_permission("Support Settings", "read", user=somebody(*roles))


def somebody(*roles: str) -> str:
    user = frappe.get_doc(doctype="User", email="someone@retainer.example", first_name="Someone", send_welcome_email=0)
    user.append_roles(*roles)
    return user.insert().name


def test_an_agent_reads_the_support_settings():
    assert may_read("Support Team", "Retainer Agent")


def test_nobody_else_of_the_support_team_gains_the_right():
    assert not may_read("Support Team")


def test_an_agent_needs_no_other_role_for_tickets_calls_and_articles():
    agent = somebody("Retainer Agent")
    for doctype in ("Issue", "Call Log", "Help Article"):
        assert frappe.has_permission(doctype, "create", user=agent), doctype
    for doctype in ("Issue Type", "Issue Priority", "Activity Type"):
        assert frappe.has_permission(doctype, "read", user=agent), doctype
        assert not frappe.has_permission(doctype, "write", user=agent), doctype


def test_removing_leaves_the_rights_as_erpnext_ships_them():
    role_permissions.remove()
    assert not frappe.db.exists("Custom DocPerm", {"parent": "Support Settings"})


def test_removing_keeps_what_an_administrator_added():
    add_permission("Support Settings", "Support Team", 0)
    role_permissions.remove()
    kept = frappe.get_all("Custom DocPerm", filters={"parent": "Support Settings"}, pluck="role")
    assert sorted(kept) == ["Support Team", "System Manager"]


def test_applying_twice_is_the_same_as_once():
    before = frappe.db.count("Custom DocPerm")
    role_permissions.apply()
    assert frappe.db.count("Custom DocPerm") == before
