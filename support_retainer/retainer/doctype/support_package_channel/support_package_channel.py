from frappe.model.document import Document


class SupportPackageChannel(Document):
    """One row of a child table."""
