"""Reminders of the checklist: one mail to each owner of open duties that are due soon or overdue, every third day."""

from datetime import date, timedelta

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import formatdate, getdate

from support_retainer import post
from support_retainer.speech import language_of, speaking

TEMPLATE = "support_retainer/templates/emails/offboarding_reminder.html"
AHEAD = timedelta(days=3)
AGAIN_AFTER = timedelta(days=3)


def due_rows(doc: Document, today: date) -> dict[str, list[Document]]:
    """Owner -> open tasks to be reminded of today. A task of ours without an owner is the responsible person's."""
    found: dict[str, list[Document]] = {}
    for row in doc.tasks:
        owner = row.owner_user or (doc.responsible if row.duty_of == "Us" else None)
        if owner and not row.done and row.due_on and is_due(row, today):
            found.setdefault(owner, []).append(row)
    return found


def is_due(row: Document, today: date) -> bool:
    reminded = getdate(row.reminded_on) if row.reminded_on else None
    return getdate(row.due_on) <= today + AHEAD and (not reminded or reminded + AGAIN_AFTER <= today)


def remind(doc: Document, today: date) -> None:
    """Marks the rows; the caller saves."""
    for owner, rows in due_rows(doc, today).items():
        write(doc, owner, rows)
        for row in rows:
            row.reminded_on = today


def write(doc: Document, owner: str, rows: list[Document]) -> None:
    """In the owner's language, which for one of us is not the client's."""
    ours = rows[0].duty_of == "Us"
    link = frappe.utils.get_url_to_form("Offboarding", doc.name) if ours else frappe.utils.get_url("/support/exports")
    with speaking(language_of(owner, None if ours else doc.customer)):
        listed = [(_(row.task), formatdate(row.due_on)) for row in rows]
        text = frappe.render_template(TEMPLATE, {"rows": listed, "link": link})
        subject = _("The end of {0} on {1}: what is open").format(doc.contract, formatdate(doc.end_date))
        post.queue([owner], subject, text, doc)
