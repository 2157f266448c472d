import frappe

SETTINGS = "Retainer Settings"


def execute() -> None:
    """A setting that came later has no value on sites that saved their settings before: it gets its default.

    Frappe fills in defaults only where nothing of a Single was ever stored.
    """
    stored = set(frappe.db.sql_list("select field from `tabSingles` where doctype = %s", SETTINGS))
    if not stored:
        return
    for df in frappe.get_meta(SETTINGS).fields:
        if df.default and df.fieldname not in stored:
            frappe.db.set_single_value(SETTINGS, df.fieldname, df.default)
