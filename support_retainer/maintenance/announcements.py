"""Whom an announcement is for, what a client's portal shows of it, and its mail."""

from datetime import date

import frappe
from frappe.model.document import Document
from frappe.utils import escape_html, getdate, now_datetime

from support_retainer.domain.versions import parts
from support_retainer.retainer.doctype.security_advisory.security_advisory import version_of
from support_retainer.sla.contracts import SERVING

# Whoever unsubscribes from one unsubscribes from all of them: the mails refer to this and not to each other.
OF_ALL = ("Retainer Settings", "Retainer Settings")


def customers_of(announcement: Document) -> set[str]:
    """Customers under contract who fit every condition that is filled in."""
    contracts = frappe.get_all(
        "Retainer Contract", {"docstatus": 1, "status": ["in", SERVING]}, ["customer", "package"]
    )
    packages = {row.package for row in announcement.packages}
    found = {row.customer for row in contracts if not packages or row.package in packages}
    if announcement.sites:
        names = [row.site for row in announcement.sites]
        found &= set(frappe.get_all("Managed Site", {"name": ["in", names]}, pluck="customer"))
    if announcement.app and announcement.below_version:
        found &= customers_below(announcement.app, announcement.below_version)
    return found


def customers_below(app: str, version: str) -> set[str]:
    sites = frappe.get_all("Managed Site", {"enabled": 1, "versions": ["is", "set"]}, ["customer", "versions"])
    return {
        site.customer
        for site in sites
        if (own := parts(version_of(app.strip().lower(), site.versions))) and own < parts(version)
    }


def shown_to(customer: str, today: date | None = None) -> list[Document]:
    """Published announcements of today that concern the customer, security first."""
    today = today or getdate()
    names = frappe.db.sql_list(
        """select name from `tabClient Announcement` where published = 1 and show_from <= %(today)s
            and (show_until is null or show_until >= %(today)s)
        order by kind = 'Security' desc, show_from desc limit 20""",
        {"today": today},
    )
    found = [frappe.get_cached_doc("Client Announcement", name) for name in names]
    return [one for one in found if customer in customers_of(one)][:5]


def send_what_waits() -> int:
    """Mail what is published and was not mailed yet, each once; returns how many. Commits after each."""
    waiting = {"published": 1, "send_mail": 1, "mailed_on": ["is", "not set"], "show_from": ["<=", getdate()]}
    names = frappe.get_all("Client Announcement", waiting, pluck="name")
    for name in names:
        mail(frappe.get_doc("Client Announcement", name, for_update=True))
        frappe.db.commit()
    return len(names)


def mail(announcement: Document) -> None:
    recipients = recipients_of(announcement)
    is_security = announcement.kind == "Security"
    about = (announcement.doctype, announcement.name) if is_security else OF_ALL
    if recipients and not frappe.are_emails_muted():
        frappe.sendmail(
            recipients=recipients,
            subject=announcement.title,
            message=f"<p>{escape_html(announcement.message)}</p>".replace("\n", "<br>"),
            reference_doctype=about[0],
            reference_name=about[1],
            add_unsubscribe_link=0 if is_security else 1,
            delayed=True,
            send_priority=0,
        )
    announcement.db_set({"mailed_on": now_datetime(), "mailed_to": len(recipients)})


def recipients_of(announcement: Document) -> list[str]:
    """Enabled contacts of the contracts; without those who unsubscribed, unless it is about security."""
    customers = customers_of(announcement)
    if not customers:
        return []
    found = frappe.db.sql_list(
        """select distinct user.email from `tabRetainer Contract Contact` contact
        join `tabRetainer Contract` contract on contract.name = contact.parent and contract.docstatus = 1
        join `tabUser` user on user.name = contact.user and user.enabled = 1
        where contract.customer in %(customers)s and contract.status in %(serving)s""",
        {"customers": tuple(customers), "serving": SERVING},
    )
    if announcement.kind == "Security":
        return sorted(found)
    gone = frappe.get_all(
        "Email Unsubscribe", {"reference_doctype": OF_ALL[0], "reference_name": OF_ALL[1]}, pluck="email"
    )
    return sorted(set(found) - set(gone))
