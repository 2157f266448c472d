"""ERPNext's buttons that set the status of Issues. Its own functions write past the document and ask nobody."""

import frappe
from frappe.model.document import Document


@frappe.whitelist(methods=["POST"])
def set_status(name: str, status: str) -> None:
    """Raises frappe.PermissionError for those who may not write the Issue."""
    issue = frappe.get_doc("Issue", name)
    issue.check_permission("write")
    save_status(issue, status)


@frappe.whitelist(methods=["POST"])
def set_multiple_status(names: str | list[str], status: str) -> None:
    """All of them or none: one that may not be written refuses the others, too."""
    issues = [frappe.get_doc("Issue", name) for name in frappe.parse_json(names)]
    for issue in issues:
        issue.check_permission("write")
    for issue in issues:
        save_status(issue, status)


def save_status(issue: Document, status: str) -> None:
    if issue.status != status:
        issue.status = status
        issue.save()
