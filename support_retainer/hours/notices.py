"""Telling people about hours. Rows of Notification Log and Email Queue are written in the caller's transaction:
what is announced and that it was announced are committed together, or neither is."""

from collections.abc import Callable, Iterable
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import escape_html

from support_retainer.letters import Letter, compose
from support_retainer.speech import language_of, speaking


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


def mail(users: Iterable[str | None], subject: str, message: str, about: Document) -> None:
    """Queue a mail of plain text to the enabled users, for instance of staff."""
    _queue(_enabled(users), subject, f"<p>{escape_html(message)}</p>", about)


def write(
    users: Iterable[str | None],
    letter: Letter,
    values: Callable[[], dict[str, Any]],
    about: Document,
    link: tuple[str, str] | None = None,
) -> None:
    """Queue a letter to the enabled users, each in his language, in which `values` is asked as well.

    `link` is (label, address) of a button below the text.
    """
    by_language: dict[str, list[str]] = {}
    for user in _enabled(users):
        by_language.setdefault(language_of(user, about.get("customer")), []).append(user)
    for language, readers in by_language.items():
        with speaking(language) as direction:
            subject, body = compose(letter, values(), language)
            _queue(readers, subject, f'<div dir="{direction}">{body}{_button(link)}</div>', about, body)


def _queue(recipients: list[str], subject: str, message: str, about: Document, kept: str | None = None) -> None:
    """A site without outgoing mail keeps the text, without links, as a comment instead.

    Muted mail is asked for first: Frappe then makes up an account without an address, and sendmail() breaks on it.
    """
    if not recipients or frappe.are_emails_muted():
        return
    try:
        frappe.sendmail(
            recipients=recipients,
            subject=subject,
            message=message,
            reference_doctype=about.doctype,
            reference_name=about.name,
            delayed=True,
        )
    except frappe.OutgoingEmailError:
        unsent = _("Not mailed to {0}, because no outgoing email account is set up").format(", ".join(recipients))
        about.add_comment("Info", f"{escape_html(unsent)}: {kept or message}")


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
