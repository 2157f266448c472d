"""What the desk calls to end a contract, or not to, and to bring its end about."""

from typing import Any

import frappe

from support_retainer.offboarding import after_end, checklist, notice


@frappe.whitelist(methods=["GET"])
def preview_notice(contract: str, given_on: str) -> dict[str, Any]:
    """{end_date, currency, last_fees: [{from, amount}]} if notice were given on that day; nothing is written."""
    planned = notice.preview(_contract(contract), given_on)
    return {
        "end_date": str(planned.end_date),
        "currency": planned.currency,
        "last_fees": [{"from": str(day), "amount": str(fee)} for day, fee in planned.last_fees],
    }


@frappe.whitelist(methods=["POST"])
def give_notice(contract: str, given_on: str) -> str:
    """Returns the last day of service."""
    return str(notice.give(_contract(contract), given_on))


@frappe.whitelist(methods=["POST"])
def withdraw_notice(contract: str) -> None:
    notice.withdraw(_contract(contract))


@frappe.whitelist(methods=["GET"])
def outstanding(offboarding: str) -> list[dict[str, Any]]:
    """Unpaid invoices of the contract, oldest first."""
    return checklist.outstanding(_offboarding(offboarding, "read").contract)


@frappe.whitelist(methods=["POST"])
def ask_for_deletion(offboarding: str) -> None:
    """The client asked us by another way than the portal."""
    after_end.ask_for_deletion(_offboarding(offboarding, "write"), frappe.session.user)


@frappe.whitelist(methods=["POST"])
def delete_data(offboarding: str) -> None:
    """For managers: nothing of it comes back."""
    frappe.only_for(("Retainer Manager", "System Manager"))
    after_end.delete_data(_offboarding(offboarding, "write"))


@frappe.whitelist(methods=["POST"])
def reactivate(offboarding: str) -> str:
    """Returns the draft of the new contract."""
    frappe.only_for(("Retainer Manager", "System Manager"))
    return after_end.reactivate(_offboarding(offboarding, "write")).name


def _offboarding(name: str, right: str) -> Any:
    doc = frappe.get_doc("Offboarding", name)
    doc.check_permission(right)
    return doc


def _contract(name: str) -> Any:
    contract = frappe.get_doc("Retainer Contract", name)
    contract.check_permission("write")
    return contract
