"""Email Account: which ticket a mail belongs to, and the automatic reply to one that became an Issue.

A class override, because only these methods of Frappe's see the headers of the mail, by which machines are told from
people; no event of Communication does. Where another app overrides the class too, one of the two silently wins.
"""

from frappe.email.doctype.email_account.email_account import EmailAccount
from frappe.email.email_body import EMail
from frappe.email.receive import InboundMail
from frappe.model.document import Document
from frappe.utils.jinja import render_template

from support_retainer.sla import acknowledgement
from support_retainer.sla.inbound import ClientMail


class RetainerEmailAccount(EmailAccount):
    def get_inbound_mails(self) -> list[InboundMail]:
        return [ClientMail.of(mail) for mail in super().get_inbound_mails()]

    def send_auto_reply(self, communication: Document, email: InboundMail) -> None:
        """Frappe calls it for each new mail where the account has 'Enable Auto Reply'; its message comes first."""
        if communication.reference_doctype != "Issue":
            super().send_auto_reply(communication, email)
        elif self.enable_auto_reply:
            foreword = render_template(self.auto_reply_message or "", communication.as_dict())
            acknowledgement.send(self, communication, email, foreword)


def declare_automatic(email: EMail) -> None:
    """Frappe puts X- before each header that is handed to it, so the one of RFC 3834 is set on the finished mail."""
    if acknowledgement.MARK in email.msg_root:
        email.set_header("Auto-Submitted", "auto-replied")
