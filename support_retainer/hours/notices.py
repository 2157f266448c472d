"""Telling people about hours. Rows of Notification Log and Email Queue are written in the caller's transaction:
what is announced and that it was announced are committed together, or neither is."""

from collections.abc import Callable, Iterable
from typing import Any

import frappe
from frappe.model.document import Document
from frappe.utils import escape_html

from support_retainer import post
from support_retainer.letters import Letter


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
    post.queue(_enabled(users), subject, f"<p>{escape_html(message)}</p>", about)


def write(
    users: Iterable[str | None],
    letter: Letter,
    values: Callable[[], dict[str, Any]],
    about: Document,
    link: tuple[str, str] | None = None,
) -> None:
    """Queue a letter to the enabled users, see `post.write`."""
    post.write(_enabled(users), letter, values, about, link)


def managers() -> list[str]:
    """Enabled desk users with the role Retainer Manager."""
    found = frappe.get_all("Has Role", {"role": "Retainer Manager", "parenttype": "User"}, pluck="parent")
    return [user for user in _enabled(found) if user != "Administrator"]


def _enabled(users: Iterable[str | None]) -> list[str]:
    wanted = sorted({user for user in users if user})
    return frappe.get_all("User", {"name": ["in", wanted], "enabled": 1}, pluck="name") if wanted else []
