import frappe
from frappe.model.document import Document


class HourLedger(Document):
    """The account of one pool of one contract. A posting locks this row and changes its figures; see `hours`."""


def on_doctype_update() -> None:
    frappe.db.add_unique("Hour Ledger", ["contract", "pool"], constraint_name="unique_contract_pool")
    # The accounts whose period is over, looked for every hour: a few among all.
    frappe.db.add_index("Hour Ledger", ["period_end"])
