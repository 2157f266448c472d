from frappe.model.document import Document


class OnCallShift(Document):
    """One row of a child table."""
