"""Two tickets about one thing become one: the messages move, the duplicate closes and says where they went."""

import frappe
from frappe import _, bold
from frappe.model.document import Document

from support_retainer.exceptions import CannotMerge
from support_retainer.sla.follow_up import tell


@frappe.whitelist(methods=["POST"])
def merge(duplicate: str, into: str) -> str:
    """Move the messages and files of `duplicate` to `into`, close it and link it; returns `into`.

    Raises frappe.PermissionError without write permission on both, CannotMerge for tickets of different clients.
    """
    source, target = frappe.get_doc("Issue", duplicate), frappe.get_doc("Issue", into)
    for issue in (source, target):
        issue.check_permission("write")
    refuse_what_cannot_be_one(source, target)
    move_messages(source.name, target.name)
    close(source, target.name)
    tell(target.name, _("{0} was merged into this ticket."), source.name)
    return target.name


def refuse_what_cannot_be_one(source: Document, target: Document) -> None:
    if source.name == target.name:
        frappe.throw(
            _("Choose another ticket: {0} can't be merged into itself.").format(bold(source.name)), CannotMerge
        )
    if source.customer != target.customer:
        text = _("{0} is of the customer {1} and {2} of {3}. Only tickets of one customer can be merged.")
        values = (source.name, source.customer or _("none"), target.name, target.customer or _("none"))
        frappe.throw(text.format(*map(bold, values)), CannotMerge)
    for issue in (source, target):
        if issue.retainer_merged_into:
            text = _("{0} was already merged into {1}. Use that one.")
            frappe.throw(text.format(bold(issue.name), bold(issue.retainer_merged_into)), CannotMerge)


def move_messages(source: str, target: str) -> None:
    """Straight in the database: a message that is only moved is no new reply and starts no clock."""
    frappe.db.sql(
        """update `tabCommunication` set reference_name = %s
        where reference_doctype = 'Issue' and reference_name = %s""",
        (target, source),
    )
    frappe.db.sql(
        """update `tabFile` set attached_to_name = %s
        where attached_to_doctype = 'Issue' and attached_to_name = %s""",
        (target, source),
    )


def close(source: Document, target: str) -> None:
    source.retainer_merged_into = target
    source.status = "Closed"
    source.save()
    tell(source.name, _("Merged into {0}"), target)
