from frappe.model.document import Document


class SupportPackageCoverage(Document):
    """One row of a child table."""
