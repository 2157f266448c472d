"""Estimates for the client: those that wait for an answer, and the answer, logged in or by the link in the mail."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import frappe
from frappe.utils import cint

from support_retainer.hours import estimate_links, estimates
from support_retainer.speech import _

SHOWN = ("name", "issue", "transaction_date", "valid_till", "currency", "net_total", "total_qty", "status")


@frappe.whitelist(methods=["GET"])
def waiting() -> list[dict[str, Any]]:
    """Submitted estimates on contracts whose approver the caller is, not answered yet, newest first."""
    return frappe.get_all(
        estimates.DOCTYPE,
        filters={
            "docstatus": 1,
            "retainer_contract": ["in", _to_approve() or [""]],
            "status": ["in", ("Open", "Expired")],
            "approved_by": ["is", "not set"],
            "retainer_superseded_by": ["is", "not set"],
        },
        fields=SHOWN,
        order_by="creation desc",
    )


@frappe.whitelist(methods=["POST"])
def approve(estimate: str) -> str:
    """Agree to an estimate; returns the Sales Order. Raises NotAnApprover, AlreadyDecided."""
    _refuse_strangers(estimate)
    return estimates.approve(estimate, frappe.session.user).name


@frappe.whitelist(methods=["POST"])
def decline(estimate: str, reason: str) -> None:
    """Refuse an estimate and say why. Raises AlreadyDecided, DecisionNeedsReason."""
    _refuse_strangers(estimate)
    estimates.decline(estimate, frappe.session.user, reason)


# Whoever holds the link was authenticated by the mail it came in; its token is checked before anything else.
@frappe.whitelist(allow_guest=True, methods=["POST"])
def answer_by_link(estimate: str, token: str, approved: bool | int | str, reason: str = "") -> None:
    """Answer once by the link in the mail, with the rights of the contact it was sent to.

    Raises PermissionError for a link that is used, expired or made up; else what approving and declining raise, and
    the link stays as it was.
    """
    contact = estimate_links.holder(str(estimate), str(token))
    with _as_contact(contact):
        if cint(approved):
            estimates.approve(estimate, contact)
        else:
            estimates.decline(estimate, contact, str(reason))


@contextmanager
def _as_contact(contact: str) -> Iterator[None]:
    """What follows is on record as the contact's doing."""
    before = frappe.session.user
    frappe.set_user(contact)
    try:
        yield
    finally:
        frappe.set_user(before)


def _refuse_strangers(estimate: str) -> None:
    """Whoever may not approve learns not even that the estimate exists."""
    contract = frappe.db.get_value(estimates.DOCTYPE, estimate, "retainer_contract")
    if not contract or contract not in _to_approve():
        raise frappe.PermissionError(_("You may not answer for the client of this estimate."))


def _to_approve() -> list[str]:
    return frappe.get_all(
        "Retainer Contract Contact",
        filters={
            "user": frappe.session.user,
            "can_approve": 1,
            "parenttype": "Retainer Contract",
            "docstatus": 1,
        },
        pluck="parent",
    )
