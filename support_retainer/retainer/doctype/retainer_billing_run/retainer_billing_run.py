from frappe.model.document import Document


class RetainerBillingRun(Document):
    """One run of billing: what it planned, what it did, and what failed and why."""
