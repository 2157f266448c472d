"""Warranty claims on contracts: made from a ticket, decided by the cause, told to the client, disputed once."""

import frappe
from frappe import _, bold
from frappe.model.document import Document
from frappe.utils import cstr, formatdate, getdate, now_datetime

from support_retainer.domain.warranty import Decision, Ground, Proposal, goes_beyond, propose, suggested_cause
from support_retainer.exceptions import (
    AlreadyDecided,
    DecisionNeedsReason,
    ManagersOnly,
    NoContract,
    NotAContact,
    WrongCustomer,
)
from support_retainer.hours import notices
from support_retainer.letters import WARRANTY_DECIDED

DOCTYPE = "Warranty Claim"
MANAGER = "Retainer Manager"
DECIDED = ("Covered", "Not Covered")
DECIDES = ("decision", "cause", "complaint_date", "issue", "retainer_contract")


def claim_for(issue: Document) -> Document:
    """The ticket's claim, made if there is none yet: reported when the ticket was opened. Raises NoContract."""
    if not issue.retainer_contract:
        frappe.throw(_("{0} is on no contract, so no warranty applies.").format(bold(issue.name)), NoContract)
    frappe.db.get_value("Issue", issue.name, "name", for_update=True)  # two clicks make one claim
    known = frappe.db.get_value(DOCTYPE, {"issue": issue.name})
    if known:
        return frappe.get_doc(DOCTYPE, known)
    return frappe.get_doc(
        doctype=DOCTYPE,
        customer=issue.customer,
        company=frappe.get_cached_value("Retainer Contract", issue.retainer_contract, "company"),
        complaint_date=issue.opening_date,
        complaint=issue.description or issue.subject,
        complaint_raised_by=issue.raised_by,
        retainer_contract=issue.retainer_contract,
        issue=issue.name,
        cause=issue.retainer_cause,
    ).insert()


def granted(issues: list[str]) -> dict[str, bool]:
    """Whether the last decided claim on an issue gave warranty: covered, and in time or out of goodwill."""
    if not issues:
        return {}
    claims = frappe.db.sql(
        """select claim.issue, claim.decision = 'Covered' and (claim.retainer_goodwill = 1
            or claim.complaint_date <= contract.warranty_end_date) as granted
        from `tabWarranty Claim` claim
        left join `tabRetainer Contract` contract on contract.name = claim.retainer_contract
        where claim.issue in %(issues)s and claim.decision in %(decided)s order by claim.creation""",
        {"issues": issues, "decided": DECIDED},
    )
    return {issue: bool(is_granted) for issue, is_granted in claims}


def take_contract(claim: Document) -> None:
    """A claim on a ticket belongs to the ticket's contract and customer. Raises WrongCustomer."""
    take_contract_of_ticket(claim)
    if not claim.retainer_contract:
        return
    customer = frappe.get_cached_value("Retainer Contract", claim.retainer_contract, "customer")
    if claim.customer != customer:
        frappe.throw(
            _("{0}: {1} is a contract of {2}. Choose that customer, or another ticket.").format(
                bold(_("Customer")), bold(claim.retainer_contract), bold(customer)
            ),
            WrongCustomer,
        )


def take_contract_of_ticket(claim: Document) -> None:
    if claim.issue:
        claim.retainer_contract = frappe.db.get_value("Issue", claim.issue, "retainer_contract")


def follow_evidence(claim: Document) -> None:
    """What the answers point to is the cause, as long as nobody has named another."""
    claim.retainer_suggested_cause = suggested_cause(claim.retainer_reproduced or "", claim.retainer_changed or "")
    if claim.retainer_suggested_cause and claim.cause in ("", None, "Unknown"):
        claim.cause = claim.retainer_suggested_cause


def triage(claim: Document) -> Proposal:
    """The answers become the cause, and the cause what the warranty says; nothing is saved."""
    take_contract_of_ticket(claim)
    follow_evidence(claim)
    return proposal_for(claim)


def proposal_for(claim: Document) -> Proposal:
    last_day = frappe.get_cached_value("Retainer Contract", claim.retainer_contract, "warranty_end_date")
    return propose(claim.cause or "", getdate(claim.complaint_date), getdate(last_day) if last_day else None)


def is_settled(claim: Document) -> bool:
    """Nothing that the decision rests on has changed since it was saved."""
    return not any(claim.has_value_changed(fieldname) for fieldname in DECIDES)


def require_reason(claim: Document) -> None:
    if claim.decision not in ("", None, "Pending") and not cstr(claim.decision_reason).strip():
        frappe.throw(
            _("{0}: say why. The client reads it.").format(bold(_("Decision Reason"))),
            DecisionNeedsReason,
            title=_("Reason missing"),
        )


def refuse_goodwill_by_others(claim: Document, proposal: Proposal) -> None:
    """What the warranty does not cover, a manager may still grant; it is marked as such."""
    claim.retainer_goodwill = int(goes_beyond(Decision(claim.decision or "Pending"), proposal))
    if claim.retainer_goodwill and MANAGER not in frappe.get_roles():
        frappe.throw(
            _("{0}: {1} Choose Not Covered, correct the cause, or ask a {2}.").format(
                bold(_("Decision")), sentence(claim, proposal), bold(_(MANAGER))
            ),
            ManagersOnly,
            title=_("Not covered by the warranty"),
        )


def note_decider(claim: Document) -> None:
    decided = claim.decision in ("Covered", "Not Covered")
    claim.retainer_decided_by = frappe.session.user if decided else None
    claim.retainer_decided_on = now_datetime() if decided else None


def sentence(claim: Document, proposal: Proposal) -> str:
    """What the warranty says about the claim, and why."""
    end = frappe.get_cached_value("Retainer Contract", claim.retainer_contract, "warranty_end_date")
    return _TEXTS[proposal.ground]().format(
        cause=_(claim.cause or ""), reported=formatdate(claim.complaint_date), end=formatdate(end) if end else ""
    )


def tell_client(claim: Document) -> None:
    """The contract's contacts read the decision and its reason."""
    contract = frappe.get_doc("Retainer Contract", claim.retainer_contract)
    notices.write(
        contacts(contract),
        WARRANTY_DECIDED,
        lambda: {"claim": claim.name, "decision": _(claim.decision), "reason": claim.decision_reason},
        claim,
    )


def dispute(name: str, contact: str, text: str) -> Document:
    """A contact of the client disagrees with Not Covered, once: the claim is pending again.

    Raises NotAContact, AlreadyDecided, DecisionNeedsReason.
    """
    claim = frappe.get_doc(DOCTYPE, name, for_update=True)
    contract = frappe.get_doc("Retainer Contract", claim.retainer_contract) if claim.retainer_contract else None
    if not contract or contact not in contacts(contract):
        frappe.throw(_("You are no contact of the contract of this claim."), NotAContact)
    _refuse_second_dispute(claim)
    if not text.strip():
        frappe.throw(_("Say why you disagree."), DecisionNeedsReason)
    claim.add_comment("Info", _("Disputed: {0}").format(frappe.utils.escape_html(cstr(claim.decision_reason))))
    claim.update(
        {
            "decision": "Pending",
            "decision_reason": None,
            "retainer_dispute": text.strip(),
            "retainer_disputed_by": contact,
            "retainer_disputed_on": now_datetime(),
        }
    )
    claim.save(ignore_permissions=True)
    notices.notify(
        [contract.account_manager, *notices.managers()],
        _("{0} disputes the decision on {1}").format(contract.customer, claim.name),
        claim,
    )
    return claim


def contacts(contract: Document) -> list[str]:
    return [row.user for row in contract.contacts if row.user]


def may_dispute(claim: Document | frappe._dict) -> bool:
    return claim.decision == Decision.NOT_COVERED.value and not claim.retainer_disputed_on


def _refuse_second_dispute(claim: Document) -> None:
    if not may_dispute(claim):
        frappe.throw(
            _("A decision can be disputed once, when it is Not Covered. Write to your account manager instead."),
            AlreadyDecided,
        )


_TEXTS = {
    Ground.OUR_DEFECT: lambda: _("{cause}, reported on {reported}: covered by the warranty until {end}."),
    Ground.CAUSE_UNKNOWN: lambda: _("Reported within the warranty until {end}; find the cause first."),
    Ground.NOT_OUR_CAUSE: lambda: _("{cause} is not a fault of the implementation, so the warranty does not cover it."),
    Ground.NO_WARRANTY: lambda: _("The contract has no warranty."),
    Ground.REPORTED_TOO_LATE: lambda: _("Reported on {reported}, after the warranty ended on {end}."),
}
