from frappe.model.document import Document


class ManagedSiteWindow(Document):
    """A stretch of time in which a site may be down."""
