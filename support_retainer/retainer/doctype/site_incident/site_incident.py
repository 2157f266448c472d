import frappe
from frappe.model.document import Document


class SiteIncident(Document):
    """From the failure to the recovery of one check of one site, or of all sites of a provider."""


def on_doctype_update() -> None:
    frappe.db.add_index("Site Incident", ["site", "started_at"])
    frappe.db.add_index("Site Incident", ["status", "source"])
