"""Mails to clients and staff, queued in the caller's transaction: that something was said and what it says of are
committed together, or neither is."""

from collections.abc import Callable, Iterable
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import escape_html

from support_retainer.letters import Letter, compose
from support_retainer.speech import language_of, speaking


def write(
    addresses: Iterable[str],
    letter: Letter,
    values: Callable[[], dict[str, Any]],
    about: Document,
    link: tuple[str, str] | None = None,
) -> None:
    """Queue a letter, to each in his language, in which `values` is asked as well.

    `link` is (label, address) of a button below the text.
    """
    by_language: dict[str, list[str]] = {}
    for address in addresses:
        by_language.setdefault(language_of(address, about.get("customer")), []).append(address)
    for language, readers in by_language.items():
        with speaking(language) as direction:
            subject, body = compose(letter, values(), language)
            queue(readers, subject, f'<div dir="{direction}">{body}{_button(link)}</div>', about, body)


def queue(recipients: list[str], subject: str, message: str, about: Document, kept: str | None = None) -> None:
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
