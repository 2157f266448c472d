"""Put our fields on ERPNext's DocTypes and take them off again. Install, migrate and uninstall share this file."""

import frappe
from frappe.custom.doctype.custom_field.custom_field import create_custom_fields

from support_retainer.customizations import indexes, role_permissions
from support_retainer.customizations.custom_fields import CUSTOM_FIELDS
from support_retainer.customizations.field import MODULE
from support_retainer.customizations.property_setters import PROPERTY_SETTERS


def apply() -> None:
    """Create or update every field and property; a second call changes nothing."""
    remove_stale_fields()
    create_custom_fields(CUSTOM_FIELDS)
    for values in PROPERTY_SETTERS:
        set_property(values)
    indexes.add()
    role_permissions.apply()


def remove() -> None:
    """Take every field and property of ours off ERPNext's forms. Deletes rows only, so it can be rolled back."""
    for doctype in ("Property Setter", "Custom Field"):
        for name in frappe.get_all(doctype, filters={"module": MODULE}, pluck="name"):
            frappe.delete_doc(doctype, name, force=True, ignore_permissions=True, delete_permanently=True)
    role_permissions.remove()


def drop_columns() -> None:
    """Drop our indexes and the columns of our fields from ERPNext's tables; changes tables and therefore commits."""
    indexes.drop()
    for doctype in CUSTOM_FIELDS:
        frappe.clear_cache(doctype=doctype)
        drop_columns_of(doctype)


def remove_stale_fields() -> None:
    """A field that left the constants leaves the forms too; its column stays until uninstall."""
    for row in frappe.get_all("Custom Field", filters={"module": MODULE}, fields=["name", "dt", "fieldname"]):
        if row.fieldname not in fieldnames(row.dt):
            frappe.delete_doc("Custom Field", row.name, force=True, ignore_permissions=True)


def set_property(values: dict[str, str]) -> None:
    """A property that a user has set stays as the user wants it."""
    key = {name: values[name] for name in ("doc_type", "field_name", "property")}
    existing = frappe.db.get_value("Property Setter", key, ["module", "value"])
    if existing and (existing[0] != MODULE or existing[1] == values["value"]):
        return
    property_setter = {"doctype": "Property Setter", "doctype_or_field": "DocField", "module": MODULE, **values}
    frappe.get_doc(property_setter).insert(ignore_permissions=True)


def drop_columns_of(doctype: str) -> None:
    """A column stays where another app or ERPNext itself has since defined a field of that name."""
    meta = frappe.get_meta(doctype, cached=False)
    existing = table_columns(doctype)
    ours = [name for name in fieldnames(doctype) if name in existing and not meta.has_field(name)]
    if ours:
        drops = ", ".join(f"DROP COLUMN `{name}`" for name in ours)
        frappe.db.sql_ddl(f"ALTER TABLE `tab{doctype}` {drops}")
        table_columns(doctype)


def table_columns(doctype: str) -> set[str]:
    """As they are: what Frappe remembers of them is forgotten first, because nobody else does after an ALTER."""
    frappe.cache.hdel("table_columns", f"tab{doctype}")
    return set(frappe.db.get_table_columns(doctype))


def fieldnames(doctype: str) -> list[str]:
    return [row["fieldname"] for row in CUSTOM_FIELDS.get(doctype, [])]
