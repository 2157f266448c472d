from frappe.model.document import Document


class SupportPackageHourPool(Document):
    """One row of a child table."""
