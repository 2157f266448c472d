"""Additional work: an estimate on a ticket is a Quotation, the client's approver answers it, approval makes the order.

A submitted Quotation is never changed; a change is an amended one, which is sent and answered anew.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

import frappe
from erpnext.selling.doctype.quotation.quotation import _make_sales_order
from frappe import _, bold
from frappe.model.document import Document
from frappe.utils import flt, formatdate, getdate, now_datetime

from support_retainer import amounts
from support_retainer.domain.estimate import Estimate, Refusal, refusal_to_answer, refusal_to_approve
from support_retainer.exceptions import (
    AlreadyDecided,
    DecisionNeedsReason,
    InvalidTime,
    MissingItem,
    NoContract,
    NotAnApprover,
    WrongCustomer,
)
from support_retainer.hours import approvals, notices

DOCTYPE = "Quotation"
ANSWERED = ("Lost", "Ordered", "Partially Ordered")


def make(issue: Document, tasks: Iterable[Mapping[str, Any]], valid_till: str) -> Document:
    """A draft Quotation with one line per task {task, hours, rate}, rates per hour in contract currency.

    Raises NoContract, InvalidTime, MissingItem.
    """
    if not issue.retainer_contract:
        frappe.throw(_("{0} is on no contract, so nobody could approve.").format(bold(issue.name)), NoContract)
    contract = frappe.get_doc("Retainer Contract", issue.retainer_contract)
    item = frappe.get_cached_doc("Retainer Settings").usage_item
    if not item:
        frappe.throw(_("Choose the Usage Item in {0} first.").format(bold(_("Retainer Settings"))), MissingItem)
    quotation = frappe.get_doc(
        doctype=DOCTYPE,
        quotation_to="Customer",
        party_name=contract.customer,
        company=contract.company,
        currency=contract.currency,
        order_type="Maintenance",
        transaction_date=getdate(frappe.flags.current_time),
        valid_till=valid_till,
        retainer_contract=contract.name,
        issue=issue.name,
        items=[_line(item, number, task) for number, task in enumerate(tasks, start=1)],
    )
    return quotation.insert()


def take_contract(quotation: Document) -> None:
    """An estimate on a ticket is one for the ticket's contract and customer. Raises WrongCustomer."""
    if quotation.issue:
        quotation.retainer_contract = frappe.db.get_value("Issue", quotation.issue, "retainer_contract")
    if not quotation.retainer_contract:
        return
    contract = frappe.get_cached_doc("Retainer Contract", quotation.retainer_contract)
    if (quotation.quotation_to, quotation.party_name) != ("Customer", contract.customer):
        frappe.throw(
            _("{0}: {1} is a contract of {2}. Choose that customer, or another ticket.").format(
                bold(_("Party")), bold(contract.name), bold(contract.customer)
            ),
            WrongCustomer,
        )


def send(quotation: Document) -> None:
    """Ask the contract's approvers; the ticket's clock waits for them."""
    contract = frappe.get_doc("Retainer Contract", quotation.retainer_contract)
    notices.mail(
        approvals.approvers(contract),
        _("Please approve additional work: {0}").format(quotation.name),
        _("We estimate {0} hours, at most {1} before taxes. The estimate is valid until {2}.").format(
            f"{quotation.total_qty:g}", _money(quotation), formatdate(quotation.valid_till)
        ),
        quotation,
    )
    _set_waiting(quotation.issue, True)


def approve(name: str, contact: str) -> Document:
    """The contact agrees: a Sales Order and a Task for each line. Returns the order.

    Raises NotAnApprover, AlreadyDecided.
    """
    quotation, approver = _asked(name, contact)
    today = getdate(frappe.flags.current_time)
    limit = Decimal(str(approver.approval_limit or 0))
    _refuse(quotation, contact, refusal_to_approve(_as_sent(quotation), limit, today))
    quotation.db_set({"approved_by": contact, "approved_on": now_datetime()}, notify=True)
    order = _order(quotation)
    for line in quotation.items:
        _task(quotation, line)
    _answered(quotation, _("approved"))
    return order


def decline(name: str, contact: str, reason: str) -> None:
    """The contact refuses: the Quotation is lost. Raises NotAnApprover, AlreadyDecided, DecisionNeedsReason."""
    quotation, _approver = _asked(name, contact)
    _refuse(quotation, contact, refusal_to_answer(_as_sent(quotation)))
    if not reason.strip():
        frappe.throw(_("Say why you decline, so that we can estimate anew."), DecisionNeedsReason)
    quotation.db_set({"status": "Lost", "order_lost_reason": reason.strip()}, notify=True)
    _answered(quotation, _("declined"))


def _line(item: str, number: int, task: Mapping[str, Any]) -> dict[str, Any]:
    if not str(task.get("task") or "").strip() or flt(task.get("hours")) <= 0:
        frappe.throw(_("Row {0}: say what is to be done, and in how many hours.").format(number), InvalidTime)
    return {
        "item_code": item,
        "description": str(task["task"]).strip(),
        "qty": flt(task["hours"]),
        "rate": flt(task.get("rate")),
    }


def _asked(name: str, contact: str) -> tuple[Document, Document]:
    """The locked Quotation, and the row of the contract that lets the contact answer it."""
    quotation = frappe.get_doc(DOCTYPE, name, for_update=True)
    if not quotation.retainer_contract:
        frappe.throw(_("{0} is on no contract, so nobody could approve.").format(bold(name)), NoContract)
    contract = frappe.get_doc("Retainer Contract", quotation.retainer_contract)
    return quotation, approvals.approver_row(contract, contact)


def _as_sent(quotation: Document) -> Estimate:
    return Estimate(
        total=Decimal(str(quotation.net_total)),
        valid_till=getdate(quotation.valid_till) if quotation.valid_till else None,
        is_sent=quotation.docstatus == 1,
        is_answered=bool(quotation.approved_by) or quotation.status in ANSWERED,
    )


def _refuse(quotation: Document, contact: str, refusal: Refusal | None) -> None:
    if not refusal:
        return
    error = NotAnApprover if refusal is Refusal.BEYOND_LIMIT else AlreadyDecided
    text = _TEXTS[refusal]()
    till = formatdate(quotation.valid_till) if quotation.valid_till else ""
    frappe.throw(text.format(name=quotation.name, till=till, contact=contact, amount=_money(quotation)), error)


def _order(quotation: Document) -> Document:
    """The client's word is the authority here: the contact was checked by `_asked`."""
    order = _make_sales_order(quotation.name, ignore_permissions=True)
    order.update({"transaction_date": getdate(frappe.flags.current_time)})
    order.flags.ignore_permissions = True
    order.insert()
    order.submit()
    return order


def _task(quotation: Document, line: Document) -> None:
    text = frappe.utils.strip_html(line.description or line.item_name)
    task = frappe.get_doc(
        doctype="Task",
        subject=text[:140],
        description=_("Estimate {0}, row {1}: {2}").format(quotation.name, line.idx, text),
        expected_time=line.qty,
        issue=quotation.issue,
        retainer_estimate=quotation.name,
        company=quotation.company,
        project=frappe.get_cached_value("Retainer Contract", quotation.retainer_contract, "project"),
    ).insert(ignore_permissions=True)
    for user in _workers(quotation):
        frappe.get_doc(
            doctype="ToDo",
            allocated_to=user,
            reference_type="Task",
            reference_name=task.name,
            description=task.subject,
            assigned_by=quotation.owner,
        ).insert(ignore_permissions=True)


def _workers(quotation: Document) -> list[str]:
    """Who works on the ticket; without anybody, who wrote the estimate."""
    filters = {"reference_type": "Issue", "reference_name": quotation.issue, "status": "Open"}
    assigned = frappe.get_all("ToDo", filters, pluck="allocated_to") if quotation.issue else []
    return sorted(set(assigned)) or [quotation.owner]


def _answered(quotation: Document, answer: str) -> None:
    contract = frappe.get_doc("Retainer Contract", quotation.retainer_contract)
    subject = _("{0}: estimate {1} {2}").format(contract.customer, quotation.name, answer)
    notices.notify([quotation.owner, contract.account_manager], subject, quotation)
    _set_waiting(quotation.issue, False)


def _set_waiting(name: str | None, waiting: bool) -> None:
    """Put the ticket on hold for the client's approval, or back to work; other states of a ticket stay."""
    if not name:
        return
    issue = frappe.get_doc("Issue", name)
    if waiting and issue.status in ("Open", "Replied"):
        issue.update({"status": "On Hold", "retainer_pause_reason": "Approval"}).save(ignore_permissions=True)
    elif not waiting and issue.status == "On Hold" and issue.retainer_pause_reason == "Approval":
        issue.update({"status": "Open", "retainer_pause_reason": None}).save(ignore_permissions=True)


def _money(quotation: Document) -> str:
    return amounts.money(Decimal(str(quotation.net_total)), quotation.currency)


_TEXTS = {
    Refusal.NOT_SENT: lambda: _("{name} was not sent, or was replaced by a new version. Answer the one that was sent."),
    Refusal.ANSWERED: lambda: _("{name} was answered before. Ask for a new estimate if more is needed."),
    Refusal.EXPIRED: lambda: _("{name} was valid until {till}. Ask for a new estimate."),
    Refusal.BEYOND_LIMIT: lambda: _("{contact} may not approve {amount}. Ask another contact of the contract."),
}
