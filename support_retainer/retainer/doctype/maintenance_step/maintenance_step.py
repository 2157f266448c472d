from frappe.model.document import Document


class MaintenanceStep(Document):
    """A step of a checklist, and what was found when it was done."""
