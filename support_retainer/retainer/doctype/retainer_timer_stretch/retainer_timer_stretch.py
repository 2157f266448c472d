from frappe.model.document import Document


class RetainerTimerStretch(Document):
    """One run of a timer, in UTC; the last one is open while the timer runs."""
