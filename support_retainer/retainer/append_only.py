"""Records that are evidence."""

import frappe
from frappe import _

from support_retainer.exceptions import AppendOnly


class AppendOnlyRecord:
    """Mixin: a row is inserted once and then neither changed nor deleted, whatever the rights of the user."""

    def before_save(self) -> None:
        if not self.is_new():
            self._refuse(_("changed"))

    def on_trash(self) -> None:
        if not frappe.flags.in_uninstall:
            self._refuse(_("deleted"))

    def _refuse(self, what: str) -> None:
        frappe.throw(
            _("{0} {1} is a record of what happened and cannot be {2}. Correct it by adding a new row.").format(
                _(self.doctype), self.name, what
            ),
            AppendOnly,
            title=_("Append-only record"),
        )
