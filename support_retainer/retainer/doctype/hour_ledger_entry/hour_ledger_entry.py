import frappe
from frappe.model.document import Document

from support_retainer.retainer.append_only import AppendOnlyRecord


class HourLedgerEntry(AppendOnlyRecord, Document):
    """Signed minutes posted to a Hour Ledger; a mistake is mended by a Reversal, never by an edit."""


def on_doctype_update() -> None:
    frappe.db.add_index("Hour Ledger Entry", ["ledger", "posting_time"])
    frappe.db.add_index("Hour Ledger Entry", ["voucher_type", "voucher_no"])
    # The grants of a contract without its thousands of usages, and the hours that end on a day.
    frappe.db.add_index("Hour Ledger Entry", ["contract", "entry_type", "expires_on"])
    frappe.db.add_index("Hour Ledger Entry", ["expires_on"])
