import frappe
from frappe.model.document import Document


class RetainerBillingPeriod(Document):
    """One period of one contract, half-open: `period_end` is the first day of the next one."""


def on_doctype_update() -> None:
    frappe.db.add_unique(
        "Retainer Billing Period", ["contract", "period_start"], constraint_name="unique_contract_period"
    )
    frappe.db.add_index("Retainer Billing Period", ["status", "bill_on"])
    # Spare invoice numbers, first the lowest; without it the search locks every period that was not charged.
    frappe.db.add_index("Retainer Billing Period", ["status", "invoice_number"])
    frappe.db.add_index("Retainer Billing Period", ["follow_up"])
