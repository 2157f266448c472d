"""Warranty claims for the client: the decision, its reason, and one dispute."""

from typing import Any

import frappe

from support_retainer.hours import warranty
from support_retainer.portal import access
from support_retainer.speech import _

SHOWN = ("name", "issue", "complaint_date", "cause", "decision", "decision_reason", "retainer_dispute")


@frappe.whitelist(methods=["GET"])
def claims() -> list[dict[str, Any]]:
    """The claims on the caller's contracts, newest first: the fields of SHOWN and `may_dispute`.

    Who sees own tickets only reads the claims on those.
    """
    client, found = access.client(), _read({"retainer_contract": ["in", _own_contracts() or [""]]})
    tickets = _tickets([row.issue for row in found if row.issue])
    return [_shown(row) for row in found if _sees(client, row, tickets.get(row.issue))]


def on_ticket(issue: str) -> dict[str, Any] | None:
    """The newest claim on a ticket, which the caller has checked to be the client's."""
    row = next(iter(_read({"issue": issue})), None)
    if not row:
        return None
    is_contact = row.retainer_contract in _own_contracts()
    return {**_shown(row), "may_dispute": is_contact and warranty.may_dispute(row)}


def _read(filters: dict[str, Any]) -> list[frappe._dict]:
    fields = [*SHOWN, "customer", "retainer_contract", "retainer_disputed_on"]
    return frappe.get_all(warranty.DOCTYPE, filters=filters, fields=fields, order_by="creation desc")


def _tickets(names: list[str]) -> dict[str, frappe._dict]:
    if not names:
        return {}
    rows = frappe.get_all("Issue", {"name": ["in", names]}, ["name", "customer", "raised_by", "owner"])
    return {row.name: row for row in rows}


def _sees(client: access.Client, row: frappe._dict, ticket: frappe._dict | None) -> bool:
    return client.may_see(ticket) if ticket else not client.sees_own_tickets_only(row.customer)


def _sees_claim(row: frappe._dict) -> bool:
    return _sees(access.client(), row, _tickets([row.issue] if row.issue else []).get(row.issue))


def _shown(row: frappe._dict) -> dict[str, Any]:
    return {**{name: row[name] for name in SHOWN}, "may_dispute": warranty.may_dispute(row)}


@frappe.whitelist(methods=["POST"])
def dispute(claim: str, text: str) -> None:
    """Disagree with a decision, once. Raises AlreadyDecided; a stranger learns not even that the claim exists."""
    row = frappe.db.get_value(warranty.DOCTYPE, str(claim), ["issue", "customer", "retainer_contract"], as_dict=True)
    if not row or row.retainer_contract not in _own_contracts() or not _sees_claim(row):
        raise frappe.PermissionError(_("You are no contact of the contract of this claim."))
    warranty.dispute(claim, frappe.session.user, text)


def _own_contracts() -> list[str]:
    """Active contracts that name the caller as a contact."""
    return frappe.get_all(
        "Retainer Contract Contact",
        filters={"user": frappe.session.user, "parenttype": "Retainer Contract", "docstatus": 1},
        pluck="parent",
    )
