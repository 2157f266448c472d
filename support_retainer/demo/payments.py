"""Clients pay: each invoice of the story so many days after its date, and the late payer late."""

from datetime import date, timedelta

import frappe
from erpnext.accounts.doctype.payment_entry.payment_entry import get_payment_entry

from support_retainer.demo.clock import at_time, stamp
from support_retainer.demo.story import MANAGER
from support_retainer.site_time import to_utc

TERMS = "Net 14"


def payment_terms() -> str:
    """Fourteen days, as a template for the contracts; made once."""
    if not frappe.db.exists("Payment Terms Template", TERMS):
        term = frappe.get_doc(
            doctype="Payment Term",
            payment_term_name=TERMS,
            invoice_portion=100,
            due_date_based_on="Day(s) after invoice date",
            credit_days=14,
        )
        if not frappe.db.exists("Payment Term", TERMS):
            term.insert(ignore_permissions=True)
        template = frappe.get_doc(doctype="Payment Terms Template", template_name=TERMS)
        template.append("terms", {**_of(term), "payment_term": TERMS})
        template.insert(ignore_permissions=True)
    return TERMS


def _of(term: frappe._dict) -> dict:
    return {name: term.get(name) for name in ("invoice_portion", "due_date_based_on", "credit_days")}


def collect(contract: str, after_days: int, until: date) -> None:
    """Book what the client has paid by `until`, oldest first, each in its own transaction."""
    unpaid = frappe.get_all(
        "Sales Invoice",
        filters={
            "retainer_contract": contract,
            "docstatus": 1,
            "outstanding_amount": [">", 0],
            "posting_date": ["<=", until - timedelta(days=after_days)],
        },
        fields=["name", "posting_date"],
        order_by="posting_date, name",
    )
    for invoice in unpaid:
        _pay(invoice.name, invoice.posting_date + timedelta(days=after_days))
        frappe.db.commit()


def _pay(invoice: str, on: date) -> None:
    with at_time(to_utc(f"{on} 11:20:00"), MANAGER.email) as now:
        payment = get_payment_entry("Sales Invoice", invoice, reference_date=on)
        payment.posting_date = on
        payment.reference_no = invoice
        payment.reference_date = on
        payment.submit()
        stamp("Payment Entry", payment.name, now, creation=now)
