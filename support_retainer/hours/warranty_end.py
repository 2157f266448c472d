"""Two weeks before a warranty ends staff and client are told, once; who pays for no support is offered a package."""

from datetime import date

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import add_days, flt, formatdate, getdate

from support_retainer.amounts import money
from support_retainer.hours import notices
from support_retainer.hours.warranty import contacts
from support_retainer.letters import WARRANTY_ENDS

DAYS_AHEAD = 14
RUNNING = ("Active", "Suspended")


def remind(on: date | str | None = None) -> list[str]:
    """Tell of each warranty that ends within DAYS_AHEAD; returns the contracts. A date on each makes it once."""
    today = getdate(on)
    names = frappe.get_all(
        "Retainer Contract",
        filters={
            "docstatus": 1,
            "status": ["in", RUNNING],
            "warranty_end_date": ["between", [today, add_days(today, DAYS_AHEAD)]],
            "warranty_reminded_on": ["is", "not set"],
        },
        pluck="name",
    )
    return [name for name in names if _remind(frappe.get_doc("Retainer Contract", name, for_update=True), today)]


def _remind(contract: Document, today: date) -> bool:
    if contract.warranty_reminded_on:  # by another worker, since the list was read
        return False
    ends = formatdate(contract.warranty_end_date)
    subject = _("The warranty of {0} ends on {1}").format(contract.customer, ends)
    notices.notify([contract.account_manager, *notices.managers()], subject, contract)
    notices.write(
        contacts(contract),
        WARRANTY_ENDS,
        lambda: {"customer": contract.customer, "ends": ends, "offer": offer(contract, today)},
        contract,
    )
    contract.db_set("warranty_reminded_on", today)
    return True


def offer(contract: Document, today: date) -> str:
    """What comes after the warranty: the package the client pays for, or those of the same catalogue to choose from."""
    terms = contract.terms_on(today)
    if terms.monthly_fee:
        return _("After that your package {0} goes on as agreed.").format(terms.package)
    packages = _paid_packages(contract)
    if not packages:
        return _("After that support is charged by the hour.")
    listed = "; ".join(f"{row.name} ({money(row.monthly_fee, row.currency)})" for row in packages)
    return _("You have no paid support package yet. To go on, choose one (price per month): {0}.").format(listed)


def _paid_packages(contract: Document) -> list[frappe._dict]:
    catalogue = frappe.get_cached_value("Support Package", contract.package, "catalogue")
    found = frappe.get_all(
        "Support Package",
        filters={"catalogue": catalogue, "enabled": 1, "currency": contract.currency},
        fields=["name", "monthly_fee", "currency"],
        order_by="monthly_fee, name",
    )
    return [row for row in found if flt(row.monthly_fee) > 0]
