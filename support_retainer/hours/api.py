"""What the desk's forms call about hours. Each function checks the caller's rights on every record it is given."""

from typing import Any

import frappe
from frappe import _

from support_retainer.hours import explain
from support_retainer.permissions import is_desk_user

MOST_ROWS = 200


@frappe.whitelist(methods=["POST"])
def preview(rows: str | list[dict[str, Any]]) -> list[dict[str, Any]]:
    """How rows of a timesheet would be covered if they were submitted now; see `explain.explain` for the shape."""
    rows = frappe.parse_json(rows)[:MOST_ROWS]
    refuse_strangers()
    frappe.has_permission("Timesheet", "create", throw=True)
    for doctype, fieldname in (("Issue", "issue"), ("Retainer Contract", "retainer_contract")):
        for name in sorted({row.get(fieldname) for row in rows if row.get(fieldname)}):
            _refuse_unreadable(doctype, name)
    return explain.explain(rows)


def refuse_strangers() -> None:
    """A website user gets nothing here, whatever roles somebody gave them."""
    if not is_desk_user():
        raise frappe.PermissionError(_("This is for staff. Clients find their hours in the support portal."))


def _refuse_unreadable(doctype: str, name: str) -> None:
    """The contract of a row is told only to those who may see contracts; a ticket vouches for its own."""
    frappe.has_permission(doctype, "read", name, throw=True)
