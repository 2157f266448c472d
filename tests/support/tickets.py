"""What people do to a ticket, and what its clock has noted: words that many stories share."""

import frappe


def staff() -> str:
    return named_user("agent@retainer.example", "System User", "Support Team")


def named_user(email: str, user_type: str, *roles: str) -> str:
    user = frappe.get_doc(doctype="User", email=email, first_name=email, user_type=user_type, send_welcome_email=0)
    user.flags.no_welcome_mail = True
    user.insert(ignore_permissions=True)
    if roles:
        user.add_roles(*roles)
    return user.name


def say(issue, by: str, sent_or_received: str = "Sent", communication_type: str = "Communication"):
    """A message on the issue, written by `by`."""
    frappe.set_user(by)
    try:
        return frappe.get_doc(
            doctype="Communication",
            communication_type=communication_type,
            communication_medium="Email",
            sent_or_received=sent_or_received,
            subject=issue.subject,
            content="We are looking into it",
            sender=by if by != "Administrator" else "admin@retainer.example",
            reference_doctype="Issue",
            reference_name=issue.name,
        ).insert(ignore_permissions=True)
    finally:
        frappe.set_user("Administrator")


def facts(issue) -> list[tuple[str, str]]:
    rows = frappe.get_all("SLA Event", {"issue": issue.name}, ["event", "value"], order_by="at, creation, name")
    return [(row.event, row.value if row.event != "Opened" else "") for row in rows]


def set_status(issue, status: str) -> None:
    issue.reload()
    issue.status = status
    issue.save()


def due(issue, fieldname: str = "response_by") -> str:
    return str(frappe.db.get_value("Issue", issue.name, fieldname))[:16]
