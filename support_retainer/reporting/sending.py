"""A report goes to the client: by mail with the whole text and the PDF, and into the portal; and who has read it."""

import frappe
from frappe import _, bold
from frappe.model.document import Document
from frappe.utils import escape_html, get_url, now_datetime, validate_email_address

from support_retainer.exceptions import NotAContact, ReportIsSent
from support_retainer.hours import notices
from support_retainer.reporting import pdf, rendering, view
from support_retainer.speech import language_of, speaking

DOCTYPE = "Support Report"


def send(name: str) -> list[str]:
    """Mail the report to the contract's report readers and freeze its words; returns the addresses.

    Raises ReportIsSent, NotAContact where nobody of the client would get it, OutgoingEmailError without a mail account.
    """
    report = frappe.get_doc(DOCTYPE, name, for_update=True)
    if report.status == "Sent":
        frappe.throw(_("{0} was sent on {1}.").format(bold(name), report.get_formatted("sent_on")), ReportIsSent)
    to = readers(report.contract_doc())
    if not to:
        frappe.throw(
            _("No contact of {0} receives reports. Tick Receives Reports for one of them on the contract.").format(
                bold(report.contract)
            ),
            NotAContact,
        )
    report.update(
        {
            "status": "Sent",
            "sent_on": now_datetime(),
            "sent_by": frappe.session.user,
            "sent_to": "\n".join(to),
        }
    )
    report.save()
    _mail(report, to)
    return to


def readers(contract: Document) -> list[str]:
    """Addresses of the enabled contacts who receive reports."""
    users = [row.user for row in contract.contacts if row.receives_reports and row.user]
    if not users:
        return []
    found = frappe.get_all("User", {"name": ["in", users], "enabled": 1}, pluck="email", order_by="email")
    return [address for address in found if validate_email_address(address)]


def _mail(report: Document, to: list[str]) -> None:
    """One mail for each reader: none learns the others' addresses. A muted site (a copy, a demo) sends none."""
    if frappe.are_emails_muted():
        return
    with speaking(language_of(None, report.customer)):
        shown = view.of(report, with_charts=False)
        link = get_url(f"/support/reports/{report.name}")
        subject = f"{shown['title']}: {shown['customer']}, {shown['span']}"
        where = _("The same report with charts is attached, and in the portal: {0}").format(
            f'<a href="{link}">{escape_html(link)}</a>'
        )
        attached = [{"fname": pdf.file_name(report), "fcontent": pdf.make(report)}]
        message = f"<p>{where}</p>{rendering.mail(report)}"
    for address in to:
        frappe.sendmail(
            recipients=[address],
            subject=subject,
            message=message,
            reference_doctype=report.doctype,
            reference_name=report.name,
            attachments=attached,
            read_receipt=1,
            add_unsubscribe_link=0,
            delayed=True,
        )


def mark_read(report: Document, user: str) -> None:
    """Note that somebody of the client opened the report, first and last time; staff looking in counts for nothing."""
    now = now_datetime()
    row = next((row for row in report.readings if row.user == user), None)
    if row:
        frappe.db.set_value("Support Report Reading", row.name, "last_read_on", now, update_modified=False)
        return
    frappe.get_doc(
        doctype="Support Report Reading",
        parenttype=DOCTYPE,
        parentfield="readings",
        parent=report.name,
        idx=len(report.readings) + 1,
        user=user,
        first_read_on=now,
        last_read_on=now,
    ).db_insert()


def comment(report: Document, user: str, text: str) -> Document:
    """What the client says to a report, kept with it and told to the account manager."""
    made = frappe.get_doc(
        doctype="Comment",
        comment_type="Comment",
        reference_doctype=DOCTYPE,
        reference_name=report.name,
        comment_email=user,
        comment_by=frappe.get_cached_value("User", user, "full_name"),
        content=frappe.utils.sanitize_html(escape_html(text.strip())).replace("\n", "<br>"),
    ).insert(ignore_permissions=True)
    notices.notify(
        [report.account_manager],
        _("{0} commented on the report {1}").format(report.customer, report.name),
        report,
    )
    return made
