from frappe.model.document import Document


class SupportReportRecommendation(Document):
    """One row of a child table."""
