"""What follows from a recommendation: a task of ours, an estimate for the client, or other terms of the contract."""

from collections.abc import Callable

import frappe
from frappe import _, bold
from frappe.model.document import Document
from frappe.utils import add_days, getdate

from support_retainer.exceptions import MissingItem, NothingToDo

DOCTYPE = "Support Report"
VALID_DAYS = 30


def take(report: str, row: str, *, hours: float = 0, rate: float = 0, package: str = "", on: str = "") -> Document:
    """Make the document that a recommendation's action names, and link it to the row; returns it.

    An estimate needs `hours` and a `rate`, a change of package the `package` and the day from which it counts; without
    them the package change stays a task to talk about. Raises NothingToDo, MissingItem.
    """
    doc = frappe.get_doc(DOCTYPE, report, for_update=True)
    doc.check_permission("write")
    found = next((one for one in doc.recommendations if one.name == row), None)
    if not found or not found.action:
        frappe.throw(_("Choose what shall follow from the recommendation first."), NothingToDo)
    if found.reference_name:
        frappe.throw(
            _("{0} was made from this recommendation already.").format(bold(found.reference_name)), NothingToDo
        )
    made = _MAKE[found.action](doc, found, {"hours": hours, "rate": rate, "package": package, "on": on})
    found.update({"reference_doctype": made.doctype, "reference_name": made.name})
    if found.decision == "Open":
        found.decision = "Agreed"
    doc.save()
    return made


def _task(report: Document, row: Document, answers: dict) -> Document:
    contract = report.contract_doc()
    return frappe.get_doc(
        doctype="Task",
        subject=row.recommendation[:140],
        description=f"{frappe.utils.escape_html(row.fact or '')}<br>{_('From the report {0}').format(report.name)}",
        project=contract.project,
        company=contract.company,
        exp_end_date=row.due_on,
    ).insert()


def _quotation(report: Document, row: Document, answers: dict) -> Document:
    contract = report.contract_doc()
    item = frappe.get_cached_doc("Retainer Settings").usage_item
    if not item:
        frappe.throw(_("Choose the Usage Item in {0} first.").format(bold(_("Retainer Settings"))), MissingItem)
    if answers["hours"] <= 0 or answers["rate"] <= 0:
        frappe.throw(_("Say how many hours the estimate is for, and at what rate."), NothingToDo)
    today = getdate(frappe.flags.current_time)
    return frappe.get_doc(
        doctype="Quotation",
        quotation_to="Customer",
        party_name=contract.customer,
        company=contract.company,
        currency=contract.currency,
        order_type="Maintenance",
        transaction_date=today,
        valid_till=add_days(today, VALID_DAYS),
        retainer_contract=contract.name,
        items=[
            {
                "item_code": item,
                "item_name": row.recommendation[:140],
                "description": frappe.utils.escape_html(f"{row.recommendation} {row.fact or ''}"),
                "qty": answers["hours"],
                "rate": answers["rate"],
                "price_list_rate": answers["rate"],
            }
        ],
    ).insert()


def _package_change(report: Document, row: Document, answers: dict) -> Document:
    """A new row of terms from the day named; the contract itself refuses what it doesn't allow."""
    if not (answers["package"] and answers["on"]):
        return _task(report, row, answers)
    contract = frappe.get_doc("Retainer Contract", report.contract)
    contract.append("terms", {"effective_from": getdate(answers["on"]), "package": answers["package"]})
    return contract.save()


_MAKE: dict[str, Callable[[Document, Document, dict], Document]] = {
    "Task": _task,
    "Quotation": _quotation,
    "Package Change": _package_change,
}
