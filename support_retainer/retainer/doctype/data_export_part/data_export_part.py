from frappe.model.document import Document


class DataExportPart(Document):
    """One file of an archive."""
