"""What follows an invoice once it is booked: its payment request and the mail with its PDF, each exactly once.

The period says in the invoice's own transaction that something is to follow. Each is then done in a transaction of
its own: the mail lies in the outbox and the period says Done together, or neither. What fails is tried again by the
hour, and after some tries it is left with its reason for people. Billing never waits for any of it.
"""

import frappe
from erpnext.accounts.doctype.payment_request.payment_request import make_payment_request
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint

from support_retainer.exceptions import NoBillingContact
from support_retainer.letters import INVOICE, compose
from support_retainer.speech import language_of, speaking

JOB = "support_retainer.billing.follow_up.work_off"
PRINT_FORMAT = "Retainer Invoice with Worklog"
TRIES = 5
WAITING = "Waiting"


def first_status() -> str | None:
    """What a period says of its new invoice: None where nothing follows, as for one that is left a draft."""
    settings = frappe.get_cached_doc("Retainer Settings")
    wanted = settings.submit_invoices and (settings.mail_invoices or settings.request_payment)
    return WAITING if wanted else None


def ask_for(invoice: Document) -> None:
    """A draft of ours that a person submits, or an amendment, is followed up like one of a run."""
    settings = frappe.get_cached_doc("Retainer Settings")
    if not invoice.retainer_billing_period or invoice.is_return:
        return
    if settings.mail_invoices or settings.request_payment:
        frappe.db.set_value("Retainer Billing Period", invoice.retainer_billing_period, "follow_up", WAITING)
        start()


def start() -> None:
    """Hand what waits to a worker, after the commit of whoever asks; nothing without something that waits."""
    if not frappe.db.exists("Retainer Billing Period", {"follow_up": WAITING}):
        return
    try:
        frappe.enqueue(JOB, queue="long", job_id="retainer-follow-up", deduplicate=True, enqueue_after_commit=True)
    except Exception:  # without Redis the hourly task does it
        frappe.log_error(title=_("Mails of invoices could not be queued"))


def work_off() -> int:
    """Follow every invoice that waits; returns how many were followed."""
    waiting = frappe.get_all(
        "Retainer Billing Period", filters={"follow_up": WAITING}, pluck="name", order_by="period_start"
    )
    return sum(_follow_alone(name) for name in waiting)


def _follow_alone(name: str) -> bool:
    """One invoice in its own transaction; a second worker waits for the lock and finds it done."""
    try:
        if not _lock(name):
            frappe.db.rollback()
            return False
        _follow(name)
        frappe.db.set_value("Retainer Billing Period", name, {"follow_up": "Done", "follow_up_error": None})
    except Exception as error:
        frappe.db.rollback()
        _keep_failure(name, error)
        frappe.db.commit()
        return False
    frappe.db.commit()
    return True


def _lock(name: str) -> bool:
    return frappe.db.get_value("Retainer Billing Period", name, "follow_up", for_update=True) == WAITING


def _follow(name: str) -> None:
    settings = frappe.get_cached_doc("Retainer Settings")
    invoice = frappe.get_doc("Sales Invoice", frappe.db.get_value("Retainer Billing Period", name, "sales_invoice"))
    if invoice.docstatus != 1:
        return
    request = request_payment(invoice) if settings.request_payment and invoice.outstanding_amount > 0 else None
    if settings.mail_invoices:
        mail(invoice, name, request)


def request_payment(invoice: Document) -> Document:
    """ERPNext's Payment Request for the invoice; one there is already stays the only one."""
    known = frappe.db.get_value(
        "Payment Request", {"reference_doctype": "Sales Invoice", "reference_name": invoice.name, "docstatus": 1}
    )
    if known:
        return frappe.get_doc("Payment Request", known)
    return make_payment_request(
        dt="Sales Invoice",
        dn=invoice.name,
        recipient_id=", ".join(billing_contacts(invoice)),
        submit_doc=1,
        mute_email=1,
        return_doc=1,
    )


def mail(invoice: Document, period: str, request: Document | None) -> None:
    """Put the mail in the outbox; Frappe renders the PDF when it sends it. Raises NoBillingContact."""
    recipients = billing_contacts(invoice)
    if not recipients:
        frappe.throw(
            _("{0} has no billing contact: tick Receives Invoices for one of the contract's contacts.").format(
                frappe.bold(invoice.customer)
            ),
            NoBillingContact,
        )
    attachment = {
        "print_format_attachment": 1,
        "doctype": "Sales Invoice",
        "name": invoice.name,
        "print_format": PRINT_FORMAT,
        "lang": invoice.language,
    }
    language = language_of(recipients[0], invoice.customer)
    with speaking(language):
        subject, message = compose(INVOICE, _values(invoice, request), language)
    frappe.sendmail(
        recipients=recipients,
        subject=subject,
        message=message,
        attachments=[attachment],
        reference_doctype="Sales Invoice",
        reference_name=invoice.name,
    )


def _values(invoice: Document, request: Document | None) -> dict[str, str]:
    return {
        "invoice": invoice.name,
        "company": invoice.company,
        "customer": invoice.customer_name,
        "date": invoice.get_formatted("posting_date"),
        "total": invoice.get_formatted("grand_total"),
        "due": invoice.get_formatted("due_date"),
        "payment_url": (request and request.payment_url) or "",
    }


def billing_contacts(invoice: Document) -> list[str]:
    """Whom the contract names for invoices; else the customer's billing contacts, else the invoice's own contact."""
    return addresses(invoice.retainer_contract, invoice.customer) or list(filter(None, [invoice.contact_email]))


def addresses(contract: str, customer: str) -> list[str]:
    named = frappe.get_all(
        "Retainer Contract Contact",
        filters={"parent": contract, "parenttype": "Retainer Contract", "receives_invoices": 1},
        pluck="user",
    )
    found = frappe.get_all("User", filters={"name": ["in", named], "enabled": 1}, pluck="email") if named else []
    return sorted(filter(None, found)) or _billing_contacts_of(customer)


def readers(contract: Document) -> list[str]:
    """Of letters about the contract itself: who gets invoices, and who gets reports."""
    reports = [row.user for row in contract.contacts if row.receives_reports]
    return sorted({*addresses(contract.name, contract.customer), *reports})


def _billing_contacts_of(customer: str) -> list[str]:
    return frappe.get_all(
        "Contact",
        filters=[
            ["Dynamic Link", "link_doctype", "=", "Customer"],
            ["Dynamic Link", "link_name", "=", customer],
            ["is_billing_contact", "=", 1],
            ["email_id", "is", "set"],
        ],
        pluck="email_id",
        order_by="email_id",
    )


def retry(period: str) -> None:
    """A person wants what failed for good to be tried again."""
    frappe.db.set_value("Retainer Billing Period", period, {"follow_up": WAITING, "follow_up_tries": 0})


def _keep_failure(name: str, error: Exception) -> None:
    frappe.clear_messages()
    frappe.log_error(title=_("Invoice not mailed"), reference_doctype="Retainer Billing Period", reference_name=name)
    tries = cint(frappe.db.get_value("Retainer Billing Period", name, "follow_up_tries")) + 1
    values = {
        "follow_up": WAITING if tries < TRIES else "Failed",
        "follow_up_tries": tries,
        "follow_up_error": frappe.utils.strip_html(str(error)) or type(error).__name__,
    }
    frappe.db.set_value("Retainer Billing Period", name, values)
