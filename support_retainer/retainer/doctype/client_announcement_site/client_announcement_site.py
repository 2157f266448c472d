from frappe.model.document import Document


class ClientAnnouncementSite(Document):
    """A site whose client an announcement is for."""
