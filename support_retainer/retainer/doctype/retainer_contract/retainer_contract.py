import frappe
from frappe.model.document import Document


class RetainerContract(Document):
    """What one client agreed to. Submitting it makes it active."""


def on_doctype_update() -> None:
    frappe.db.add_index("Retainer Contract", ["customer", "status"])
    frappe.db.add_index("Retainer Contract", ["status", "end_date"])
