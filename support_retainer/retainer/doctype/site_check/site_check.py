import frappe
from frappe.model.document import Document


class SiteCheck(Document):
    """One visit to one site. Kept for 14 days; the days are summed up in Site Check Rollup."""


def on_doctype_update() -> None:
    frappe.db.add_index("Site Check", ["site", "at"])
    frappe.db.add_index("Site Check", ["at"])
