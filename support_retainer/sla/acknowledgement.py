"""The first answer a machine may give: the ticket's number and what is promised, in the client's time and language."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import frappe
from frappe import _
from frappe.email.receive import InboundMail
from frappe.model.document import Document
from frappe.utils import format_datetime, now_datetime

from support_retainer.domain.mail_manners import Silence, silence
from support_retainer.letters import TICKET_RECEIVED, compose
from support_retainer.site_time import to_utc
from support_retainer.sla.inbound import headers_of
from support_retainer.sla.intake import is_first_message
from support_retainer.speech import language_of, speaking

KIND = "Automated Message"
MARK = "X-Retainer-Acknowledgement"
# Outlook and Exchange go by the first; `declare_automatic` adds the header of RFC 3834 beside it.
HEADERS = {"X-Auto-Response-Suppress": "All", MARK: "1"}


def send(account: Document, message: Document, mail: InboundMail, foreword: str = "") -> Document | None:
    """Acknowledge a mail that made an Issue; None where it continues one, or where silence is better manners.

    The answer is kept as an Automated Message, which is no first response.
    """
    if not is_first_message(message) or why_silent(mail):
        return None
    issue = frappe.get_doc("Issue", message.reference_name)
    with speaking(language_of(mail.from_email, issue.customer)) as direction:
        subject, body = letter(issue)
        content = f'<div dir="{direction}">{foreword}{body}</div>'
    answer = frappe.get_doc(
        doctype="Communication",
        communication_type=KIND,
        communication_medium="Email",
        sent_or_received="Sent",
        subject=subject,
        content=content,
        sender=account.email_id,
        recipients=mail.from_email,
        reference_doctype="Issue",
        reference_name=issue.name,
        email_account=account.name,
    ).insert(ignore_permissions=True)
    post(answer, mail)
    return answer


def post(answer: Document, mail: InboundMail) -> None:
    frappe.sendmail(
        recipients=[answer.recipients],
        sender=answer.sender,
        reply_to=answer.sender,
        subject=answer.subject,
        content=answer.content,
        reference_doctype="Issue",
        reference_name=answer.reference_name,
        communication=answer.name,
        in_reply_to=mail.mail.get("Message-Id"),
        email_headers=HEADERS,
        add_unsubscribe_link=0,
    )


def why_silent(mail: InboundMail) -> Silence | None:
    headers = headers_of(mail)
    own = frappe.get_all("Email Account", pluck="email_id")
    if MARK.lower() in headers:
        return Silence.AUTOMATIC
    return silence(
        headers, mail.from_email or "", [address for address in own if address], sent_lately(mail.from_email)
    )


def sent_lately(address: str | None) -> int:
    since = now_datetime() - timedelta(hours=1)
    filters = {"communication_type": KIND, "recipients": address, "creation": [">", since]}
    return frappe.db.count("Communication", filters)


def letter(issue: Document) -> tuple[str, str]:
    """(subject, HTML) in the language that is spoken."""
    values = {"ticket": issue.name, "subject": issue.subject, "promises": promises(issue)}
    return compose(TICKET_RECEIVED, values)


def promises(issue: Document) -> list[str]:
    """What the contract's policy promises for this ticket; empty without a contract."""
    if not issue.sla_policy:
        return []
    zone = frappe.get_cached_value("SLA Policy", issue.sla_policy, "time_zone")
    sentences = {"response_by": _("You hear from us by {0}."), "sla_resolution_by": _("We aim to solve it by {0}.")}
    return [
        sentence.format(in_zone(issue.get(fieldname), zone))
        for fieldname, sentence in sentences.items()
        if issue.get(fieldname)
    ]


def in_zone(stored: object, zone: str) -> str:
    local = to_utc(stored).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    return f"{format_datetime(local, 'EEEE d MMMM yyyy, HH:mm')} ({zone})"
