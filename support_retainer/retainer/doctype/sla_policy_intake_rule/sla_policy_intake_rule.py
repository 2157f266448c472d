from frappe.model.document import Document


class SLAPolicyIntakeRule(Document):
    """One row of a child table."""
