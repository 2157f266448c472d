from frappe.model.document import Document


class SupportReportReading(Document):
    """One row of a child table."""
