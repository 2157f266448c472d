from frappe.model.document import Document


class OffboardingTask(Document):
    """One duty, ours or the client's, with its owner and its day."""
