from frappe.model.document import Document

from support_retainer.retainer.rows import refuse_duplicates


class MaintenanceActivity(Document):
    """Work that packages promise again and again: what, how often, and by which steps."""

    def validate(self) -> None:
        refuse_duplicates(self.packages, "package")
        refuse_duplicates(self.steps, "step")
