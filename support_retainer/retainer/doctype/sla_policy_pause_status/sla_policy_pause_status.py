from frappe.model.document import Document


class SLAPolicyPauseStatus(Document):
    """One row of a child table."""
