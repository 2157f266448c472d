"""Hours beyond the pools that need the client's word first: asked for by staff, decided by a contact, used by time.

What is left of an approval is computed from the ledger entries that use it, so a cancelled timesheet gives it back.
"""

from decimal import Decimal

import frappe
from frappe import _, bold
from frappe.model.document import Document
from frappe.utils import cint, getdate, now_datetime

from support_retainer import amounts, speech
from support_retainer.exceptions import AlreadyDecided, InvalidTime, NotAnApprover
from support_retainer.hours import ledger, notices
from support_retainer.hours.reasons import amount, hours
from support_retainer.letters import HOURS_NEEDED

DOCTYPE = "Overage Approval"


def open_on(contract: str) -> list[tuple[str, int]]:
    """The contract's approvals that still hold minutes, oldest first; one query."""
    return [
        (name, cint(left))
        for name, left in frappe.db.sql(
            f"""select approval.name, approval.minutes - coalesce(sum(entry.overage_minutes), 0) as remaining
            from `tabOverage Approval` approval
            left join `tabHour Ledger Entry` entry on entry.approval = approval.name
            where approval.contract = %s and approval.status = 'Approved'
            group by approval.name, approval.minutes, approval.decided_on having remaining > 0
            order by approval.decided_on, approval.name {ledger.as_of_now()}""",  # noqa: S608 (our own text)
            contract,
        )
    ]


def request(contract: str, minutes: int, reason: str, issue: str | None = None) -> Document:
    """Ask the client for `minutes` beyond the pools; the contract's approvers are told. Raises InvalidTime."""
    if minutes <= 0:
        frappe.throw(_("Enter how many more hours are needed."), InvalidTime)
    record = frappe.get_doc("Retainer Contract", contract)
    rate = record.terms_on(getdate(frappe.flags.current_time)).overage_rate
    approval = frappe.get_doc(
        doctype=DOCTYPE,
        contract=contract,
        issue=issue,
        minutes=minutes,
        reason=reason,
        rate=rate,
        amount=amount(minutes, rate, record.currency),
        requested_by=frappe.session.user,
        requested_on=now_datetime(),
    ).insert(ignore_permissions=True)
    _ask(approval, record)
    return approval


def approve(name: str, contact: str, note: str = "") -> Document:
    """The contact agrees. Raises NotAnApprover, AlreadyDecided; staff who write it down are recorded beside."""
    return _decide(name, contact, "Approved", note)


def decline(name: str, contact: str, note: str = "") -> Document:
    return _decide(name, contact, "Declined", note)


def approvers(contract: Document) -> list[str]:
    return [row.user for row in contract.contacts if row.can_approve]


def _decide(name: str, contact: str, status: str, note: str) -> Document:
    approval = frappe.get_doc(DOCTYPE, name, for_update=True)
    _refuse_second_decision(approval)
    contract = frappe.get_doc("Retainer Contract", approval.contract)
    if status == "Approved":
        _refuse_beyond_limit(contract, contact, approval)
    else:
        approver_row(contract, contact)
    user = frappe.session.user
    approval.update(
        {
            "status": status,
            "decided_by": contact,
            "decided_on": now_datetime(),
            "decision_note": note,
            "recorded_by": user if user != contact else None,
        }
    )
    approval.save(ignore_permissions=True)
    _tell_staff(approval, contract)
    return approval


def _refuse_second_decision(approval: Document) -> None:
    if approval.status != "Requested":
        frappe.throw(
            _("{0} was {1} before. Ask for hours again if more are needed.").format(
                bold(approval.name), _(approval.status).lower()
            ),
            AlreadyDecided,
        )


def approver_row(contract: Document, contact: str) -> Document:
    row = next((row for row in contract.contacts if row.user == contact and row.can_approve), None)
    if not row:
        frappe.throw(
            _("{0} may not approve for {1}. Name a contact of the contract who may.").format(
                bold(speech.name_of(contact)), bold(contract.name)
            ),
            NotAnApprover,
        )
    return row


def _refuse_beyond_limit(contract: Document, contact: str, approval: Document) -> None:
    """A limit of zero is no limit."""
    limit = Decimal(str(approver_row(contract, contact).approval_limit or 0))
    if limit and Decimal(str(approval.amount or 0)) > limit:
        frappe.throw(
            _("{0} may approve up to {1}; this is {2}. Ask another contact, or for fewer hours.").format(
                bold(speech.name_of(contact)), amounts.money(limit, contract.currency), _money(approval, contract)
            ),
            NotAnApprover,
        )


def _money(approval: Document, contract: Document) -> str:
    return amounts.money(approval.amount, contract.currency)


def _ask(approval: Document, contract: Document) -> None:
    values = {
        "contract": contract.name,
        "hours": hours(approval.minutes),
        "amount": _money(approval, contract),
        "reason": approval.reason,
    }
    notices.write(approvers(contract), HOURS_NEEDED, lambda: values, approval)


def _tell_staff(approval: Document, contract: Document) -> None:
    notices.notify(
        [approval.requested_by, contract.account_manager],
        _("{0}: {1} of {2} beyond the included hours").format(
            contract.customer, _(approval.status), hours(approval.minutes)
        ),
        approval,
    )
