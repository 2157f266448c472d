from frappe.model.document import Document


class RetainerTimer(Document):
    """The one timer of a user, named after the user; `hours.timer` starts, pauses and ends it."""
