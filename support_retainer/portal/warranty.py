"""Warranty claims for the client: the decision, its reason, and one dispute."""

from typing import Any

import frappe

from support_retainer.hours import warranty
from support_retainer.speech import _

SHOWN = ("name", "issue", "complaint_date", "cause", "decision", "decision_reason", "retainer_dispute")


@frappe.whitelist(methods=["GET"])
def claims() -> list[dict[str, Any]]:
    """The claims on the caller's contracts, newest first: the fields of SHOWN and `may_dispute`."""
    found = frappe.get_all(
        warranty.DOCTYPE,
        filters={"retainer_contract": ["in", _own_contracts() or [""]]},
        fields=[*SHOWN, "retainer_disputed_on"],
        order_by="creation desc",
    )
    return [{**{name: row[name] for name in SHOWN}, "may_dispute": warranty.may_dispute(row)} for row in found]


@frappe.whitelist(methods=["POST"])
def dispute(claim: str, text: str) -> None:
    """Disagree with a decision, once. Raises AlreadyDecided; a stranger learns not even that the claim exists."""
    contract = frappe.db.get_value(warranty.DOCTYPE, claim, "retainer_contract")
    if not contract or contract not in _own_contracts():
        raise frappe.PermissionError(_("You are no contact of the contract of this claim."))
    warranty.dispute(claim, frappe.session.user, text)


def _own_contracts() -> list[str]:
    """Active contracts that name the caller as a contact."""
    return frappe.get_all(
        "Retainer Contract Contact",
        filters={"user": frappe.session.user, "parenttype": "Retainer Contract", "docstatus": 1},
        pluck="parent",
    )
