import frappe
from frappe.model.document import Document


class RestoreTest(Document):
    """One backup restored into a scratch database and compared: the evidence that it can be done."""


def on_doctype_update() -> None:
    frappe.db.add_index("Restore Test", ["site", "started_at"])
