from frappe.model.document import Document


class SLAPolicyWindow(Document):
    """One row of a child table."""
