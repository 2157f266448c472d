"""The contract behind a ticket, in the few facts that an agent needs before touching it."""

from typing import Any

import frappe
from frappe.utils import add_to_date, getdate, now_datetime

from support_retainer.hours import balance, explain


@frappe.whitelist(methods=["GET"])
def contract_of(issue: str) -> dict[str, Any] | None:
    """{contract, customer, package, status, account_manager, warranty_end_date, in_warranty, hours, hour_now}.

    `hours` is minutes left by pool; `hour_now` says how one hour from now on would be covered, if nobody decides
    otherwise. None for a ticket without a contract.
    """
    ticket = frappe.get_doc("Issue", issue)
    ticket.check_permission("read")
    if not ticket.retainer_contract:
        return None
    contract = frappe.get_cached_doc("Retainer Contract", ticket.retainer_contract)
    today = getdate(frappe.flags.current_time)
    ends = contract.warranty_end_date
    return {
        "contract": contract.name,
        "customer": contract.customer,
        "package": contract.terms_row_on(today).package,
        "status": contract.status,
        "account_manager": frappe.get_cached_value("User", contract.account_manager, "full_name"),
        "warranty_end_date": ends,
        "in_warranty": bool(ends and getdate(ticket.opening_date) <= getdate(ends)),
        "hours": [{"pool": pool.pool, "left": pool.left} for pool in balance.of_contract(contract.name)],
        "hour_now": _hour_from_now(ticket),
    }


def _hour_from_now(ticket: Any) -> list[dict[str, Any]]:
    start = frappe.flags.current_time or now_datetime()
    row = {"idx": 1, "issue": ticket.name, "from_time": start, "to_time": add_to_date(start, hours=1)}
    [answer] = explain.explain([row])
    return [{"coverage": part["coverage"], "reason": part["reason"]} for part in answer["parts"]]
