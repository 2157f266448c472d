from frappe.model.document import Document


class RetainerContractContact(Document):
    """One row of a child table."""
