from frappe.model.document import Document


class RetainerSettings(Document):
    """Items on our invoices and the defaults of billing."""
