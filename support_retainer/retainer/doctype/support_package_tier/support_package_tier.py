from frappe.model.document import Document


class SupportPackageTier(Document):
    """One row of a child table."""
