"""What the desk calls to end a contract, or not to."""

from typing import Any

import frappe

from support_retainer.offboarding import notice


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


def _contract(name: str) -> Any:
    contract = frappe.get_doc("Retainer Contract", name)
    contract.check_permission("write")
    return contract
