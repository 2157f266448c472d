"""Additional work: an estimate on a ticket is a Quotation, the client's approver answers it, approval makes the order.

A submitted Quotation is never changed; a change is a new version, which is sent and answered anew.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import frappe
from frappe import _, bold
from frappe.model.document import Document
from frappe.utils import add_days, flt, formatdate, getdate, now_datetime

from support_retainer import amounts, speech
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
from support_retainer.hours import approvals, estimate_links, estimate_orders, estimate_versions, notices
from support_retainer.letters import ESTIMATE

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
    """Ask the contract's approvers, each with a link of their own; the ticket's clock waits for them."""
    contract = frappe.get_doc("Retainer Contract", quotation.retainer_contract)
    values = {
        "estimate": quotation.name,
        "hours": f"{quotation.total_qty:g}",
        "amount": _money(quotation),
        "valid_until": formatdate(quotation.valid_till),
        "replaces": estimate_versions.predecessor(quotation),
    }
    for contact, link in estimate_links.issue(quotation, approvals.approvers(contract)).items():
        notices.write([contact], ESTIMATE, lambda: values, quotation, (_("See and answer the estimate"), link))
    set_waiting(quotation.issue, True)


def approve(name: str, contact: str) -> Document:
    """The contact agrees: a Sales Order and a Task for each line. Returns the order.

    Raises NotAnApprover, AlreadyDecided.
    """
    quotation, approver = _asked(name, contact)
    today = getdate(frappe.flags.current_time)
    limit = Decimal(str(approver.approval_limit or 0))
    _refuse(quotation, contact, refusal_to_approve(_as_sent(quotation), limit, today))
    quotation.db_set({"approved_by": contact, "approved_on": now_datetime(), **_recorded(contact)}, notify=True)
    if quotation.retainer_replaces:
        estimate_orders.close_order(quotation.retainer_replaces)
    order = estimate_orders.order(quotation)
    estimate_orders.assign(quotation)
    _answered(quotation, _("approved"))
    return order


def decline(name: str, contact: str, reason: str) -> None:
    """The contact refuses: the Quotation is lost. Raises NotAnApprover, AlreadyDecided, DecisionNeedsReason."""
    quotation, _approver = _asked(name, contact)
    _refuse(quotation, contact, refusal_to_answer(_as_sent(quotation)))
    if not reason.strip():
        frappe.throw(_("Say why you decline, so that we can estimate anew."), DecisionNeedsReason)
    quotation.db_set({"status": "Lost", "order_lost_reason": reason.strip(), **_recorded(contact)}, notify=True)
    _answered(quotation, _("declined"))


def _recorded(contact: str) -> dict[str, str]:
    """Who took the answer down, where it was not the contact's own hand."""
    user = frappe.session.user
    return {} if user == contact else {"retainer_recorded_by": user}


def _line(item: str, number: int, task: Mapping[str, Any]) -> dict[str, Any]:
    if not str(task.get("task") or "").strip() or flt(task.get("hours")) <= 0:
        frappe.throw(_("Row {0}: say what is to be done, and in how many hours.").format(number), InvalidTime)
    return {
        "item_code": item,
        "item_name": str(task["task"]).strip()[:140],  # the table of the form shows it, and not the description
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
        is_superseded=bool(quotation.retainer_superseded_by),
    )


def _refuse(quotation: Document, contact: str, refusal: Refusal | None) -> None:
    if not refusal:
        return
    error = NotAnApprover if refusal is Refusal.BEYOND_LIMIT else AlreadyDecided
    text = _TEXTS[refusal]()
    till = formatdate(quotation.valid_till) if quotation.valid_till else ""
    frappe.throw(
        text.format(name=quotation.name, till=till, contact=speech.name_of(contact), amount=_money(quotation)), error
    )


def _answered(quotation: Document, answer: str) -> None:
    contract = frappe.get_doc("Retainer Contract", quotation.retainer_contract)
    subject = _("{0}: estimate {1} {2}").format(contract.customer, quotation.name, answer)
    estimate_links.revoke(quotation)
    notices.notify([quotation.owner, contract.account_manager], subject, quotation)
    set_waiting(quotation.issue, False)


def stop_waiting(quotation: Document) -> None:
    """A cancelled or expired estimate holds its ticket up no longer, unless another one waits for an answer."""
    waiting = {"issue": quotation.issue, "docstatus": 1, "status": "Open", "approved_by": ["is", "not set"]}
    if quotation.issue and not frappe.db.exists(DOCTYPE, {**waiting, "name": ["!=", quotation.name]}):
        set_waiting(quotation.issue, False)


def in_work(issue: str) -> list[str]:
    """Approved estimates of a ticket that no newer version took the place of, oldest first."""
    return frappe.get_all(
        DOCTYPE,
        filters={"issue": issue, "docstatus": 1, "approved_by": ["is", "set"]}
        | {"retainer_superseded_by": ["is", "not set"]},
        pluck="name",
        order_by="creation",
    )


def end_expired(on: date | str | None = None) -> list[str]:
    """Tickets that wait for an answer nobody may give any more go on; who wrote the estimate is told."""
    today = getdate(on)
    names = frappe.get_all(
        DOCTYPE,
        filters={
            "docstatus": 1,
            "status": ["in", ["Open", "Expired"]],
            "retainer_contract": ["is", "set"],
            "approved_by": ["is", "not set"],
            "valid_till": ["between", [add_days(today, -7), add_days(today, -1)]],
            "retainer_links": ["is", "set"],
        },
        pluck="name",
    )
    for name in names:
        quotation = frappe.get_doc(DOCTYPE, name, for_update=True)
        estimate_links.revoke(quotation)
        stop_waiting(quotation)
        notices.notify([quotation.owner], _("Estimate {0} expired without an answer").format(name), quotation)
    return names


def set_waiting(name: str | None, waiting: bool) -> None:
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
    Refusal.SUPERSEDED: lambda: _("{name} was replaced by a new version. Answer that one."),
    Refusal.ANSWERED: lambda: _("{name} was answered before. Ask for a new estimate if more is needed."),
    Refusal.EXPIRED: lambda: _("{name} was valid until {till}. Ask for a new estimate."),
    Refusal.BEYOND_LIMIT: lambda: _("{contact} may not approve {amount}. Ask another contact of the contract."),
}
