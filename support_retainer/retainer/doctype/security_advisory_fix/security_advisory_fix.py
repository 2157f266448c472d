from frappe.model.document import Document


class SecurityAdvisoryFix(Document):
    """The first version of a line that is no longer affected."""
