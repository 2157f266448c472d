import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate

from support_retainer.exceptions import InvalidTime
from support_retainer.retainer.rows import place, refuse_duplicates


class ClientAnnouncement(Document):
    """What clients shall know: shown in their portal for a time, and mailed once."""

    def validate(self) -> None:
        refuse_duplicates(self.packages, "package")
        refuse_duplicates(self.sites, "site")
        if self.show_until and getdate(self.show_until) < getdate(self.show_from):
            frappe.throw(_("{0}: choose a day on or after the first.").format(place(self, "show_until")), InvalidTime)
