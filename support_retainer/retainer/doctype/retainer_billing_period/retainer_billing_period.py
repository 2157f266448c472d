from datetime import date

import frappe
from frappe.model.document import Document

SETTLED = ("Invoiced", "Not Charged")


class RetainerBillingPeriod(Document):
    """One period of one contract; `period_end` is its last day."""


def last_settled(contract: str) -> date | None:
    """First day of the contract's latest period that is settled."""
    filters = {"contract": contract, "status": ["in", SETTLED]}
    return frappe.db.get_value("Retainer Billing Period", filters, "period_start", order_by="period_start desc")


def on_doctype_update() -> None:
    frappe.db.add_unique(
        "Retainer Billing Period", ["contract", "period_start"], constraint_name="unique_contract_period"
    )
    frappe.db.add_index("Retainer Billing Period", ["status", "bill_on"])
    # Spare invoice numbers, first the lowest; without it the search locks every period that was not charged.
    frappe.db.add_index("Retainer Billing Period", ["status", "invoice_number"])
    frappe.db.add_index("Retainer Billing Period", ["follow_up"])
