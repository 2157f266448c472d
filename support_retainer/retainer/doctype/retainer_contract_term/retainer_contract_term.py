from frappe.model.document import Document


class RetainerContractTerm(Document):
    """One row of a child table."""
