import frappe
from frappe import _
from frappe.model.document import Document

from support_retainer.domain.suspension import warning_days
from support_retainer.exceptions import InvalidTerms
from support_retainer.retainer.rows import place


class RetainerSettings(Document):
    """Items on our invoices and the defaults of billing."""

    def validate(self) -> None:
        self.validate_warning_days()

    def validate_warning_days(self) -> None:
        try:
            warning_days(self.overdue_warnings)
        except ValueError:
            frappe.throw(
                _("{0}: enter whole days before the suspension, for example 7, 2.").format(
                    place(self, "overdue_warnings")
                ),
                InvalidTerms,
            )
