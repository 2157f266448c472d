from frappe.model.document import Document


class SLAPolicyEscalation(Document):
    """One row of a child table."""
