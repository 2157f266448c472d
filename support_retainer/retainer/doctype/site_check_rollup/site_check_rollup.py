import frappe
from frappe.model.document import Document


class SiteCheckRollup(Document):
    """The visits to one site on one day (of this site's time zone), added up."""


def on_doctype_update() -> None:
    frappe.db.add_unique("Site Check Rollup", ["site", "day"], constraint_name="unique_site_day")
    frappe.db.add_index("Site Check Rollup", ["day"])
