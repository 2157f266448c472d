from frappe.model.document import Document


class SLAPolicyTarget(Document):
    """One row of a child table."""
