"""Telling people about hours. Rows of Notification Log and Email Queue are written in the caller's transaction:
what is announced and that it was announced are committed together, or neither is."""

from collections.abc import Iterable

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import escape_html


def notify(users: Iterable[str | None], subject: str, about: Document) -> None:
    """A notification in the desk for each of the enabled users."""
    for user in _enabled(users):
        frappe.get_doc(
            doctype="Notification Log",
            for_user=user,
            from_user=frappe.session.user,
            type="Alert",
            document_type=about.doctype,
            document_name=about.name,
            subject=subject,
            email_content="",
        ).insert(ignore_permissions=True)


def mail(
    users: Iterable[str | None], subject: str, message: str, about: Document, link: tuple[str, str] | None = None
) -> None:
    """Queue a mail to the enabled users; `link` is (label, address) of a button below the text.

    A site without outgoing mail keeps the text, without the link, as a comment instead.

    Muted mail is asked for first: Frappe then makes up an account without an address, and sendmail() breaks on it.
    """
    recipients = _enabled(users)
    if not recipients or frappe.are_emails_muted():
        return
    try:
        frappe.sendmail(
            recipients=recipients,
            subject=subject,
            message=f"<p>{escape_html(message)}</p>{_button(link)}",
            reference_doctype=about.doctype,
            reference_name=about.name,
            delayed=True,
        )
    except frappe.OutgoingEmailError:
        unsent = _("Not mailed to {0}, because no outgoing email account is set up").format(", ".join(recipients))
        about.add_comment("Info", f"{escape_html(unsent)}: {escape_html(message)}")


def _button(link: tuple[str, str] | None) -> str:
    if not link:
        return ""
    label, address = map(escape_html, link)
    return f'<p><a class="btn btn-primary" href="{address}">{label}</a></p><p>{address}</p>'


def managers() -> list[str]:
    """Enabled desk users with the role Retainer Manager."""
    found = frappe.get_all("Has Role", {"role": "Retainer Manager", "parenttype": "User"}, pluck="parent")
    return [user for user in _enabled(found) if user != "Administrator"]


def _enabled(users: Iterable[str | None]) -> list[str]:
    wanted = sorted({user for user in users if user})
    return frappe.get_all("User", {"name": ["in", wanted], "enabled": 1}, pluck="name") if wanted else []
