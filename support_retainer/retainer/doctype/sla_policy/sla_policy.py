from frappe.model.document import Document


class SLAPolicy(Document):
    """One row of a child table."""
