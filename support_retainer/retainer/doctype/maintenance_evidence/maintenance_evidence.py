from frappe.model.document import Document


class MaintenanceEvidence(Document):
    """Proof that a job was done: a file, a link or a sentence."""
