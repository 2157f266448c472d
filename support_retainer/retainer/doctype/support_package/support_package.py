from frappe.model.document import Document


class SupportPackage(Document):
    """One row of a child table."""
