"""Telling people of escalations: a mail and a desk notification each, or one digest where many are due at once."""

from collections.abc import Iterable, Mapping

import frappe
from frappe import _
from frappe.desk.doctype.notification_log.notification_log import is_notifications_enabled, set_notifications_as_unseen
from frappe.email.doctype.email_account.email_account import EmailAccount
from frappe.email.doctype.email_queue.email_queue import QueueBuilder
from frappe.email.email_body import get_formatted_html
from frappe.utils import cint, escape_html, format_datetime, get_link_to_form, get_url, now

from support_retainer.site_time import to_site
from support_retainer.sla.escalation import Due, People, sentence

REPORT = "/app/query-report/Open and At Risk Issues"
LOG_FIELDS = (
    *("name", "owner", "creation", "modified", "modified_by", "subject", "email_content", "type", "read"),
    *("document_type", "document_name", "link", "from_user", "for_user"),
)


def tell(dues: Iterable[Due], people: People) -> int:
    """Queue mails and write notifications in the caller's transaction; returns how many mails were queued."""
    mailbox: dict[str, list[Due]] = {}
    for due in dues:
        for user in people.to_tell(due):
            mailbox.setdefault(user, []).append(due)
    limit = cint(frappe.get_cached_doc("Retainer Settings").digest_above) or 5
    digests = {user: rows for user, rows in mailbox.items() if len(rows) > limit}
    single = {user: rows for user, rows in mailbox.items() if user not in digests}
    notify(single, digests)
    frame = frame_of_mails()
    if not frame:
        return 0
    return sum(mail_one(due, users, people, frame) for due, users in by_due(single)) + sum(
        mail_digest(rows, people.address(user), frame) for user, rows in digests.items()
    )


def frame_of_mails() -> "Frame | None":
    """None without an outgoing account: nothing can be queued, the desk has said it, the doctor says what is missing.

    While mail is muted Frappe makes up an account without an address, and any mail from it breaks.
    """
    account = EmailAccount.find_outgoing(match_by_doctype="Issue")
    return Frame(account) if account and account.email_id else None


def by_due(single: Mapping[str, list[Due]]) -> Iterable[tuple[Due, list[str]]]:
    """Who hears of each: one mail goes to all of them."""
    users: dict[int, tuple[Due, list[str]]] = {}
    for user, rows in single.items():
        for due in rows:
            users.setdefault(id(due), (due, []))[1].append(user)
    return users.values()


def mail_one(due: Due, users: list[str], people: People, frame: "Frame") -> int:
    to = [people.address(user) for user in users]
    about = {"reference_doctype": "Issue", "reference_name": due.issue.name}
    return queue(frame, to, subject(due), f"<p>{line(due)}</p>", **about)


def mail_digest(rows: list[Due], address: str, frame: "Frame") -> int:
    items = "".join(f"<li>{line(due)}</li>" for due in rows)
    report = f'<a href="{get_url(REPORT)}">{_("Open and At Risk Issues")}</a>'
    text = f"<p>{digest_subject(rows)}. {report}</p><ul>{items}</ul>"
    return queue(frame, [address], digest_subject(rows), text)


def queue(frame: "Frame", recipients: list[str], about: str, message: str, **reference: str) -> int:
    """Put one mail in the outbox as part of the transaction; Frappe sends it after the commit."""
    letter = Letter(recipients=recipients, subject=about, message=message, is_notification=True, **reference)
    letter.use(frame)
    return 1 if letter.process() else 0


class Frame:
    """Sender and HTML around a message. Frappe looks the account up and works the styles in for each mail anew, which
    takes longer than all the rest of a mail, so it is done once and kept for some sweeps."""

    MESSAGE = "message-of-this-mail"
    KEPT_SECONDS = 600

    def __init__(self, account: EmailAccount) -> None:
        self.account = KnownAccount(account)
        self._html = ""

    def around(self, message: str) -> str:
        self._html = self._html or self._kept() or self._made()
        return self._html.replace(self.MESSAGE, message)

    @property
    def _key(self) -> str:
        return f"retainer_mail_frame|{self.account.name}|{self.account.modified}|{frappe.local.lang}"

    def _kept(self) -> str | None:
        return frappe.cache.get_value(self._key, expires=True)

    def _made(self) -> str:
        html = get_formatted_html("", self.MESSAGE, email_account=self.account)
        frappe.cache.set_value(self._key, html, expires_in_sec=self.KEPT_SECONDS)
        return html


class KnownAccount:
    """An Email Account that is asked once whether it is stored; Frappe reads all of it again for each mail."""

    def __init__(self, account: EmailAccount) -> None:
        self._account, self._is_stored = account, account.is_exists_in_db()

    def is_exists_in_db(self) -> bool:
        return self._is_stored

    def __getattr__(self, name: str) -> object:
        return getattr(self._account, name)


class Letter(QueueBuilder):
    def use(self, frame: Frame) -> None:
        self._frame, self._email_account = frame, frame.account

    def email_html_content(self) -> str:
        return self._frame.around(self._message)


def subject(due: Due) -> str:
    return f"{sentence(due)}: {due.issue.subject}"[:250]


def digest_subject(rows: list[Due]) -> str:
    return _("{0} tickets need attention").format(len({due.issue.name for due in rows}))


def line(due: Due) -> str:
    when = format_datetime(to_site(due.due_by), "medium") if due.due_by else ""
    return _("{0}, {1}: {2}. Due {3}. Priority {4}, status {5}.").format(
        get_link_to_form("Issue", due.issue.name),
        escape_html(due.issue.customer or ""),
        escape_html(subject(due)),
        when,
        escape_html(due.issue.priority or ""),
        escape_html(_(due.issue.status)),
    )


def notify(single: Mapping[str, list[Due]], digests: Mapping[str, list[Due]]) -> None:
    rows = [log_row(user, subject(due), due.issue.name, None) for user, dues in single.items() for due in dues]
    rows += [log_row(user, digest_subject(dues), None, REPORT) for user, dues in digests.items()]
    ring(rows)


def ring(rows: list[tuple]) -> None:
    """Rows of the bell in the desk (see log_row), in one statement; they appear when the transaction is committed."""
    users = [user for user in dict.fromkeys(row[-1] for row in rows) if is_notifications_enabled(user)]
    wanted = [row for row in rows if row[-1] in users]
    if wanted:
        frappe.db.bulk_insert("Notification Log", list(LOG_FIELDS), wanted)
    for user in users:
        set_notifications_as_unseen(user)
        frappe.publish_realtime("notification", after_commit=True, user=user)


def log_row(user: str, text: str, issue: str | None, link: str | None) -> tuple:
    stamp, sender = now(), frappe.session.user
    name = frappe.generate_hash(length=10)
    doctype = "Issue" if issue else None
    text = escape_html(text)
    return (name, sender, stamp, stamp, sender, text, "", "Alert", 0, doctype, issue, link, sender, user)
