import frappe
from frappe import _, bold
from frappe.model.document import Document
from frappe.utils import escape_html

from support_retainer.domain import releases
from support_retainer.domain.suspension import warning_days
from support_retainer.exceptions import InvalidTerms
from support_retainer.retainer.rows import place


class RetainerSettings(Document):
    """Items on our invoices and the defaults of billing."""

    def validate(self) -> None:
        self.validate_warning_days()
        self.validate_releases()

    def validate_releases(self) -> None:
        for fieldname, read in (("known_releases", releases.listed), ("release_feeds", releases.feeds)):
            try:
                read(self.get(fieldname))
            except releases.InvalidReleases as error:
                example = _(self.meta.get_field(fieldname).description)
                frappe.throw(
                    _("{0}: {1} cannot be read. {2}").format(
                        place(self, fieldname), bold(escape_html(error.details["line"])), example
                    ),
                    InvalidTerms,
                )

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
