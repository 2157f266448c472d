"""Whose customer a sender is: by contact, then by portal user, then by the mail domain of a customer's contacts."""

from collections.abc import Iterable
from email.utils import parseaddr

import frappe
from frappe.model.document import Document

from support_retainer.domain.mail_manners import domain_of


def name_customer(issue: Document) -> None:
    """Fill the customer of a new Issue that names none, where exactly one is meant."""
    if issue.customer or not issue.raised_by:
        return
    issue.customer = customer_of(parseaddr(issue.raised_by)[1])
    if issue.customer and not issue.contact:
        issue.contact = contact_at(issue.raised_by, issue.customer)


def customer_of(address: str) -> str | None:
    """The customer of a mail address; None where there is none, or where several could be meant."""
    if not address:
        return None
    for find in (by_contact, by_portal_user, by_domain):
        found = set(find(address))
        if found:
            return found.pop() if len(found) == 1 else None
    return None


def by_contact(address: str) -> Iterable[str]:
    return frappe.db.sql_list(f"{CUSTOMERS_OF_CONTACTS} where mail.email_id = %s", address)


def by_portal_user(address: str) -> Iterable[str]:
    return frappe.get_all("Portal User", {"parenttype": "Customer", "user": address}, pluck="parent")


def by_domain(address: str) -> Iterable[str]:
    domain = domain_of(address)
    if not domain:
        return []
    return frappe.db.sql_list(
        f"{CUSTOMERS_OF_CONTACTS} where substring_index(mail.email_id, '@', -1) = %s limit 2", domain
    )


def contact_at(address: str, customer: str) -> str | None:
    rows = frappe.db.sql_list(
        f"{CONTACTS.format('mail.parent')} where mail.email_id = %s and link.link_name = %s limit 1",
        (parseaddr(address)[1], customer),
    )
    return rows[0] if rows else None


CONTACTS = """select distinct {} from `tabContact Email` mail
    join `tabDynamic Link` link on link.parent = mail.parent and link.parenttype = 'Contact'
        and link.link_doctype = 'Customer'"""
CUSTOMERS_OF_CONTACTS = CONTACTS.format("link.link_name")
