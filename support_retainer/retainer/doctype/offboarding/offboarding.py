from frappe.model.document import Document


class Offboarding(Document):
    """The end of a contract: duties of both sides, dates, exports, transition, deletion."""
