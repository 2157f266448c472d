"""Records that a site gets once, to begin with. They are the site's own from then on: nobody writes over them."""

import frappe

from support_retainer import letters
from support_retainer.catalogues import available, read

BOARD = "Support Tickets"
COLUMNS = (("Open", "Blue"), ("Replied", "Orange"), ("On Hold", "Yellow"), ("Resolved", "Green"), ("Closed", "Gray"))


def make() -> None:
    make_priorities()
    make_board()
    letters.make_templates()


def remove() -> None:
    remove_priorities()
    for letter in letters.ALL:
        frappe.delete_doc("Email Template", letter.name, force=True, ignore_permissions=True, ignore_missing=True)
    frappe.delete_doc("Kanban Board", BOARD, force=True, ignore_permissions=True, ignore_missing=True)


def make_priorities() -> None:
    """The four that policies, tickets and the portal speak of."""
    for row in priorities():
        if not frappe.db.exists("Issue Priority", row["name"]):
            frappe.get_doc({"doctype": "Issue Priority", **row}).insert(ignore_permissions=True)


def remove_priorities() -> None:
    """Those that are as we made them and that no ticket has."""
    for row in priorities():
        if frappe.db.exists("Issue Priority", row) and not frappe.db.exists("Issue", {"priority": row["name"]}):
            frappe.delete_doc("Issue Priority", row["name"], force=True, ignore_permissions=True)


def priorities() -> list[dict[str, str]]:
    return read(available()[0])["priorities"]


def make_board() -> None:
    """A board of all tickets by status, for everybody."""
    if frappe.db.exists("Kanban Board", BOARD):
        return
    frappe.get_doc(
        doctype="Kanban Board",
        kanban_board_name=BOARD,
        reference_doctype="Issue",
        field_name="status",
        show_labels=1,
        fields=frappe.as_json(["customer_name", "priority"]),
        columns=[{"column_name": name, "indicator": colour} for name, colour in COLUMNS],
    ).insert(ignore_permissions=True)
