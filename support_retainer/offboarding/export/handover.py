"""The documents of a handover: what was agreed, what runs, what is open, whom to ask, how to restore."""

from typing import Any

import frappe
from frappe.utils import formatdate, now_datetime, sanitize_html

from support_retainer.archive import portable
from support_retainer.archive.staging import Staging
from support_retainer.offboarding.export import printing
from support_retainer.offboarding.export.own_records_plan import TICKETS

TEMPLATE = "support_retainer/templates/handover/{}"
STEP = "documents"
FILES = ("handover.html", "handover.pdf", "README.txt", portable.NAME)
OPEN = ("Open", "Replied", "On Hold")


def stage(staging: Staging, contract: str, sites: list[dict[str, Any]]) -> None:
    """`sites` are the sources' own words about themselves: {site, kind, apps, environment}."""
    if STEP in staging.done:
        return
    customer = frappe.db.get_value("Retainer Contract", contract, "customer")
    html = printing.paper(TEMPLATE.format("handover.html"), None, customer, lambda: facts(contract, sites))
    staging.path("documents", "handover.html").write_text(html, encoding="utf-8")
    staging.path("documents", "handover.pdf").write_bytes(printing.pdf_of(html))
    kinds = {site["kind"] for site in sites}
    readme = frappe.render_template(TEMPLATE.format("readme.txt"), {"sites": sites, "kinds": kinds})
    staging.path("documents", "README.txt").write_text(readme, encoding="utf-8")
    staging.path("documents", portable.NAME).write_bytes(portable.program())
    staging.record(STEP)


def facts(contract: str, sites: list[dict[str, Any]]) -> dict[str, Any]:
    doc = frappe.get_doc("Retainer Contract", contract)
    return {
        "contract": doc,
        "customer": frappe.db.get_value("Customer", doc.customer, "customer_name"),
        "today": formatdate(now_datetime()),
        "sites": sites,
        "managed": managed_sites(contract),
        "tickets": open_tickets(contract),
        "contacts": [named(row.user) for row in doc.contacts]
        + ([named(doc.account_manager)] if doc.account_manager else []),
        "runbook": sanitize_html(runbook(contract), linkify=False),
        "labels": LABELS,
    }


def managed_sites(contract: str) -> list[dict[str, Any]]:
    wanted = ("site_name", "url", "versions", "monitoring_level", "newest_backup_at", "off_site_copy", "recovery_notes")
    return frappe.get_all("Managed Site", {"contract": contract}, list(wanted), order_by="site_name")


def open_tickets(contract: str) -> list[dict[str, Any]]:
    """Those of the transition too."""
    return frappe.db.sql(
        f"""select name, subject, status, priority, opening_date from tabIssue
        where {TICKETS} and status in %(open)s order by opening_date, name""",  # noqa: S608 - our own condition
        {"contract": contract, "open": OPEN},
        as_dict=True,
    )


def named(user: str) -> dict[str, Any]:
    return frappe.db.get_value("User", user, ["full_name", "email", "phone", "mobile_no"], as_dict=True) or {
        "email": user
    }


def runbook(contract: str) -> str:
    return frappe.db.get_value("Offboarding", {"contract": contract}, "runbook", order_by="creation desc") or ""


LABELS = {
    "companies": "Companies",
    "users": "Users",
    "custom_doctypes": "Custom DocTypes",
    "custom_fields": "Custom Fields",
    "client_scripts": "Client Scripts",
    "server_scripts": "Server Scripts",
    "workflows": "Workflows",
    "print_formats": "Print Formats",
    "reports": "Reports",
    "email_accounts": "Email Accounts",
    "webhooks": "Webhooks",
    "social_logins": "Social Login Keys",
    "connected_apps": "Connected Apps",
    "payment_gateways": "Payment Gateways",
}
