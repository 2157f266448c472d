"""What the desk's forms call about warranty claims. Each function checks the caller's rights on what it is given."""

from typing import Any

import frappe

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
    if warranty.MANAGER not in frappe.get_roles():
        del answer["cost"], answer["cost_currency"]
    return answer
