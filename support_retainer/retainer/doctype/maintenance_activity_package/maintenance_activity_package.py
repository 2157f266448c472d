from frappe.model.document import Document


class MaintenanceActivityPackage(Document):
    """A package that promises the activity."""
