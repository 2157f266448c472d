"""A new Issue reads its own words, and one that came by mail takes over what the mail says."""

import frappe
from frappe.model.document import Document
from frappe.utils import escape_html, strip_html

from support_retainer.domain import intake


def read_words(issue: Document) -> None:
    """Priority and issue type by the policy's rules, where nobody gave them; call it once the policy is known."""
    if issue.is_new() and issue.sla_policy:
        found = reading(issue, f"{issue.subject or ''}\n{strip_html(issue.description or '')}")
        if found.priority and not issue.flags.priority_was_given:
            issue.priority, issue.flags.priority_was_given = found.priority, True
        issue.issue_type = issue.issue_type or found.issue_type or None


def reading(issue: Document, text: str) -> intake.Reading:
    rows = frappe.get_cached_doc("SLA Policy", issue.sla_policy).intake_rules
    return intake.read(text, [intake.Rule(row.contains, row.priority or "", row.issue_type or "") for row in rows])


def complete_from_mail(message: Document) -> None:
    """Frappe makes the Issue from the subject and only then stores the mail: its text, account and words follow here.

    The mail that made the Issue is its first message, and nobody has described the Issue yet.
    """
    if not made_its_issue(message):
        return
    issue, content = frappe.get_doc("Issue", message.reference_name), as_html(message)
    issue.update({"description": content, "email_account": message.email_account, "retainer_channel": "Email"})
    if issue.sla_policy:
        found = reading(issue, f"{issue.subject}\n{strip_html(content)}")
        issue.priority = found.priority or issue.priority
        issue.issue_type = issue.issue_type or found.issue_type or None
    issue.save(ignore_permissions=True)


def as_html(message: Document) -> str:
    """A mail of plain text has no other content yet when it is stored."""
    return message.content or escape_html(message.text_content or "").replace("\n", "<br>\n")


def made_its_issue(message: Document) -> bool:
    if not message.flags.in_receive or message.reference_doctype != "Issue" or not message.reference_name:
        return False
    if frappe.db.get_value("Issue", message.reference_name, "description"):
        return False
    return is_first_message(message)


def is_first_message(message: Document) -> bool:
    of_issue = {"reference_doctype": "Issue", "reference_name": message.reference_name, "name": ["!=", message.name]}
    return not frappe.db.exists("Communication", of_issue)
