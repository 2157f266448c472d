from frappe.model.document import Document


class DataExportLink(Document):
    """What one person was sent: only the hash of the token is kept, so a copy of the database opens nothing."""
