"""What the desk's forms call about estimates."""

from typing import Any

import frappe
from frappe.utils import cint

from support_retainer.hours import (
    approvals,
    estimate_invoice,
    estimate_orders,
    estimate_versions,
    estimated_time,
    estimates,
)
from support_retainer.hours.api import refuse_strangers

MOST_TASKS = 100


@frappe.whitelist(methods=["POST"])
def estimate(issue: str, tasks: str | list[dict[str, Any]], valid_till: str) -> str:
    """A draft Quotation for additional work on a ticket, see `estimates.make`; returns its name."""
    refuse_strangers()
    frappe.has_permission("Issue", "read", issue, throw=True)
    frappe.has_permission(estimates.DOCTYPE, "create", throw=True)
    lines = frappe.parse_json(tasks)[:MOST_TASKS]
    return estimates.make(frappe.get_doc("Issue", issue), lines, valid_till).name


@frappe.whitelist(methods=["POST"])
def new_version(estimate: str) -> str:
    """A draft that replaces a sent estimate once it is sent itself; returns its name. Raises AlreadyDecided."""
    refuse_strangers()
    frappe.has_permission(estimates.DOCTYPE, "read", estimate, throw=True)
    frappe.has_permission(estimates.DOCTYPE, "create", throw=True)
    return estimate_versions.new_version(estimate).name


@frappe.whitelist(methods=["POST"])
def record_answer(estimate: str, contact: str, approved: bool, note: str = "") -> None:
    """A manager writes down what a contact of the client said by mail or phone; declining needs the reason."""
    refuse_strangers()
    frappe.has_permission(estimates.DOCTYPE, "read", estimate, throw=True)
    frappe.only_for("Retainer Manager")
    if cint(approved):
        estimates.approve(estimate, contact)
    else:
        estimates.decline(estimate, contact, note)


@frappe.whitelist(methods=["POST"])
def invoice(estimate: str) -> str:
    """A draft invoice for the hours worked so far; returns its name. Raises NothingToInvoice."""
    refuse_strangers()
    frappe.has_permission(estimates.DOCTYPE, "read", estimate, throw=True)
    frappe.has_permission("Sales Invoice", "create", throw=True)
    return estimate_invoice.make(estimate).name


@frappe.whitelist(methods=["GET"])
def standing(estimate: str) -> dict[str, Any]:
    """{order, approvers, approved_minutes, used_minutes, percent, approved_amount, used_amount}; before taxes."""
    refuse_strangers()
    frappe.has_permission(estimates.DOCTYPE, "read", estimate, throw=True)
    contract = frappe.db.get_value(estimates.DOCTYPE, estimate, "retainer_contract")
    budget = estimated_time.budget_of(estimate, lock=False)
    return {
        "order": estimate_orders.order_of(estimate),
        "approvers": approvals.approvers(frappe.get_doc("Retainer Contract", contract)) if contract else [],
        "approved_minutes": budget.approved_minutes,
        "used_minutes": budget.used_minutes,
        "percent": budget.percent,
        "approved_amount": float(budget.approved_amount),
        "used_amount": float(budget.used_amount),
    }


@frappe.whitelist(methods=["GET"])
def on_ticket(issue: str) -> list[dict[str, Any]]:
    """Approved estimates of a ticket, for whoever works on it: [{estimate, approved_minutes, used_minutes, percent,
    tasks: [{task, subject, status, planned_minutes, used_minutes}]}]. No money: that is in `standing`."""
    refuse_strangers()
    frappe.has_permission("Issue", "read", issue, throw=True)
    return [_progress(name) for name in estimates.in_work(issue)]


def _progress(estimate: str) -> dict[str, Any]:
    budget = estimated_time.budget_of(estimate, lock=False)
    return {
        "estimate": estimate,
        "approved_minutes": budget.approved_minutes,
        "used_minutes": budget.used_minutes,
        "percent": budget.percent,
        "tasks": estimated_time.progress_of(estimate),
    }
