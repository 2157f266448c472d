"""What the desk calls about billing. Only those who may make invoices get past the first line of each function."""

from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate

from support_retainer.billing import follow_up, preview, run, suspension
from support_retainer.domain.suspension import SuspendedFor
from support_retainer.exceptions import NothingToRetry, NotSuspended

MAY_BILL = ("Retainer Manager", "Accounts Manager", "System Manager")


@frappe.whitelist(methods=["GET"])
def next_invoices(contract: str) -> dict[str, Any]:
    """The lines and totals that billing this contract today would make, see `preview.Plan.as_dict`."""
    _refuse_others(contract)
    return preview.plan(getdate(), contract).as_dict()


@frappe.whitelist(methods=["POST"])
def bill_contract(contract: str) -> dict[str, Any]:
    """Bill what is due of one contract now; {invoices, failures}."""
    _refuse_others(contract)
    done = run.bill(getdate(), contract)
    return {"invoices": done.flags.invoices, "failures": frappe.parse_json(done.failures or "[]")}


@frappe.whitelist(methods=["POST"])
def retry(billing_run: str) -> str:
    """Hand the contracts that failed in a run to the workers once more; returns the new run."""
    frappe.only_for(MAY_BILL)
    failures = frappe.parse_json(frappe.get_doc("Retainer Billing Run", billing_run).failures or "[]")
    contracts = sorted({failure["contract"] for failure in failures})
    new = run.hand_out(contracts, getdate())
    if not new:
        frappe.throw(
            _("Nothing of {0} is due any more: its failed periods are settled.").format(billing_run), NothingToRetry
        )
    return new


@frappe.whitelist(methods=["POST"])
def stop(billing_run: str) -> None:
    """Let a run end after the period it is at; what is left stays due for the next run."""
    frappe.only_for(MAY_BILL)
    status = frappe.db.get_value("Retainer Billing Run", billing_run, "status", for_update=True)
    if status != "Running":
        frappe.throw(_("{0} is not running any more: {1}.").format(billing_run, _(status)), NothingToRetry)
    frappe.db.set_value("Retainer Billing Run", billing_run, "status", "Stopped")


@frappe.whitelist(methods=["POST"])
def mail_again(period: str) -> None:
    """Try the mail and the payment request of a period once more."""
    frappe.only_for(MAY_BILL)
    if frappe.db.get_value("Retainer Billing Period", period, "follow_up", for_update=True) != "Failed":
        frappe.throw(_("Nothing failed here: the mail went out, or still waits to be sent."), NothingToRetry)
    follow_up.retry(period)
    follow_up.start()


@frappe.whitelist(methods=["POST"])
def suspend(contract: str, note: str = "") -> None:
    """Put service on hold by agreement: nothing is charged for the periods that begin in it."""
    suspension.suspend(_locked(contract), SuspendedFor.AGREED, note)


@frappe.whitelist(methods=["POST"])
def resume(contract: str, grace_until: str | None = None) -> None:
    """Take service up again; what is on hold for an overdue invoice needs a day until which there is time."""
    record = _locked(contract)
    if record.suspended_for != SuspendedFor.OVERDUE.value:
        suspension.resume(record)
    elif grace_until and getdate(grace_until) > getdate():
        suspension.grant_time(record, getdate(grace_until))
    else:
        frappe.throw(
            _("An invoice is overdue: say until which day to come there is time, or book the payment."), NotSuspended
        )


def _locked(contract: str) -> Document:
    _refuse_others(contract)
    return frappe.get_doc("Retainer Contract", contract, for_update=True)


def _refuse_others(contract: str) -> None:
    frappe.only_for(MAY_BILL)
    frappe.get_doc("Retainer Contract", contract).check_permission("read")
