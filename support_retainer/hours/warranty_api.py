"""What the desk's forms call about warranty claims. Each function checks the caller's rights on what it is given."""

from typing import Any

import frappe
from frappe import _

from support_retainer.domain.warranty import Change, Reproduction
from support_retainer.hours import warranty, warranty_time
from support_retainer.hours.api import refuse_strangers


@frappe.whitelist(methods=["POST"])
def claim(issue: str) -> str:
    """The Warranty Claim of a ticket, made if there is none yet. Raises NoContract."""
    refuse_strangers()
    frappe.has_permission("Issue", "read", issue, throw=True)
    frappe.has_permission(warranty.DOCTYPE, "create", throw=True)
    return warranty.claim_for(frappe.get_doc("Issue", issue)).name


@frappe.whitelist(methods=["GET"])
def standing(claim: str) -> dict[str, Any]:
    """See `warranty_time.standing`; what the work cost us is for managers."""
    refuse_strangers()
    frappe.has_permission(warranty.DOCTYPE, "read", claim, throw=True)
    answer = warranty_time.standing(frappe.get_doc(warranty.DOCTYPE, claim))
    return _for_the_caller(answer)


@frappe.whitelist(methods=["GET"])
def triage(
    contract: str, on: str, reproduced: str = "", changed: str = "", cause: str = "", issue: str = ""
) -> dict[str, Any]:
    """What the answers of a claim that nobody has saved yet lead to; `on` is the day it was reported.

    {suggested, cause, decision, says, hour_more} and what `warranty_time.standing` knows of the ticket's time.
    """
    refuse_strangers()
    frappe.has_permission(warranty.DOCTYPE, "create", throw=True)
    frappe.has_permission("Retainer Contract", "read", contract, throw=True)
    if issue:
        frappe.has_permission("Issue", "read", issue, throw=True)
    claim = frappe.get_doc(
        doctype=warranty.DOCTYPE,
        retainer_contract=contract,
        issue=issue,
        complaint_date=on,
        retainer_reproduced=_one_of(Reproduction, reproduced),
        retainer_changed=_one_of(Change, changed),
        cause=cause,
    )
    proposal = warranty.triage(claim)
    return {
        "suggested": claim.retainer_suggested_cause,
        "cause": claim.cause,
        "decision": proposal.decision.value,
        "says": warranty.sentence(claim, proposal),
        "hour_more": warranty_time.hour_more(claim),
        **_for_the_caller(warranty_time.standing(claim)),
    }


def _one_of(answers: type[Reproduction] | type[Change], answer: str) -> str:
    if answer and answer not in {known.value for known in answers}:
        frappe.throw(_("{0} is no answer. Choose one of the list.").format(frappe.bold(answer)))
    return answer


def _for_the_caller(answer: dict[str, Any]) -> dict[str, Any]:
    if warranty.MANAGER not in frappe.get_roles():
        del answer["cost"], answer["cost_currency"]
    return answer
