"""Mails of clients: which ticket one continues, and that a machine's answer wakes nobody."""

import re
from email.utils import parseaddr

import frappe
from frappe.email.receive import InboundMail
from frappe.model.document import Document
from frappe.utils.user import is_system_user

from support_retainer.domain.mail_manners import is_automatic
from support_retainer.sla import senders

MESSAGE_ID = re.compile(r"<([^<>\s]+)>")
REPLY = re.compile(r"^\s*(re|aw|sv|antw|رد)\s*:", re.IGNORECASE)
# Frappe brings nothing up to date on the record that such a message is on: the status stays as it is.
NO_NEWS = {"comment_type": "Updated"}
LOOKED_BACK_DAYS = 60


class ClientMail(InboundMail):
    """What Frappe made of a mail, with other ways to its ticket.

    Frappe goes by In-Reply-To, then takes any ticket whose number stands in the subject, or whose sender and subject
    are the same. A stranger could so write on a ticket of somebody else, and a new matter of an old name would reopen
    the old ticket. Here References count as well, the number needs a sender who has to do with the ticket, and the same
    subject needs a reply.
    """

    @classmethod
    def of(cls, mail: InboundMail) -> "ClientMail":
        """The same mail: Frappe makes its mails in one long method, so that they change their class afterwards."""
        mail.__class__ = cls
        return mail

    @property
    def is_for_tickets(self) -> bool:
        return (self.append_to if self.email_account.use_imap else self.email_account.append_to) == "Issue"

    def as_dict(self) -> dict:
        return {**super().as_dict(), **(NO_NEWS if self.is_machines_answer() else {})}

    def is_machines_answer(self) -> bool:
        ticket = self.reference_document()
        return bool(ticket) and ticket.doctype == "Issue" and is_automatic(headers_of(self), self.from_email or "")

    def reference_document(self) -> Document | str:
        if self._reference_document is None:
            found = super().reference_document()
            if not found and self.is_for_tickets:
                found = self.ticket_by_references() or self.ticket_by_number() or self.ticket_by_subject()
            self._reference_document = found or ""
        return self._reference_document

    def match_record_by_subject_and_sender(self, doctype: str) -> Document | None:
        return None if doctype == "Issue" else super().match_record_by_subject_and_sender(doctype)

    def ticket_by_references(self) -> Document | None:
        known = MESSAGE_ID.findall(str(self.mail.get("References") or ""))
        return ticket_of_messages(known) if known else None

    def ticket_by_number(self) -> Document | None:
        number = self.get_reference_name_from_subject() if "#" in self.subject else ""
        ticket = self.get_doc("Issue", number, ignore_error=True) if number else None
        return ticket if ticket and has_to_do_with(self.from_email, ticket) else None

    def ticket_by_subject(self) -> Document | None:
        subject = self.clean_subject(self.subject)
        if not subject or not (self.is_reply() or REPLY.match(self.subject)):
            return None
        recent = {"raised_by": self.from_email, "creation": [">", self.get_relative_dt(days=-LOOKED_BACK_DAYS)]}
        name = frappe.db.get_value("Issue", {"subject": subject, **recent}, order_by="creation desc")
        return self.get_doc("Issue", name, ignore_error=True) if name else None


def ticket_of_messages(message_ids: list[str]) -> Document | None:
    """The ticket of the newest of these messages, that we received or sent."""
    rows = frappe.db.sql(
        """select reference_name from (
            select reference_name, creation from `tabCommunication`
            where message_id in %(ids)s and reference_doctype = 'Issue'
            union all
            select reference_name, creation from `tabEmail Queue`
            where message_id in %(ids)s and reference_doctype = 'Issue'
        ) messages order by creation desc limit 1""",
        {"ids": message_ids},
    )
    return InboundMail.get_doc("Issue", rows[0][0], ignore_error=True) if rows else None


def has_to_do_with(address: str | None, ticket: Document) -> bool:
    """Whoever raised the ticket or was written to on it, people of its customer, and staff."""
    if not address:
        return False
    if address == parseaddr(ticket.raised_by or "")[1] or is_system_user(address):
        return True
    if ticket.customer and senders.customer_of(address) == ticket.customer:
        return True
    on_ticket = {"reference_doctype": "Issue", "reference_name": ticket.name, "recipients": ["like", f"%{address}%"]}
    return bool(frappe.db.exists("Communication", on_ticket))


def headers_of(mail: InboundMail) -> dict[str, str]:
    """By lower-case name, as the rules of good manners read them."""
    return {name.lower(): str(value) for name, value in mail.mail.items()}
