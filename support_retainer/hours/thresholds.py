"""Staff and client hear when half, four fifths and all of a period's hours are gone: once each per period.

The level that was announced is kept on the account, which the caller has locked; so it moves with the entries.
"""

from collections.abc import Iterable

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import formatdate

from support_retainer.domain.hour_ledger import threshold_reached
from support_retainer.hours import notices
from support_retainer.hours.reasons import hours
from support_retainer.letters import HOURS_USED

SUBJECTS = {
    50: lambda: _("Half of the hours of '{pool}' are used: {left} left until {until}"),
    80: lambda: _("80 % of the hours of '{pool}' are used: {left} left until {until}"),
    100: lambda: _("The hours of '{pool}' are used up until {until}"),
}


def announce(contracts: Iterable[str]) -> None:
    """Tell of every account that crossed a level since it was last looked at; one query where none did."""
    for account in _accounts(tuple(contracts)):
        level = threshold_reached(account.drawn_minutes, account.allotted_minutes)
        if level > account.alerted_percent:
            frappe.db.set_value("Hour Ledger", account.name, "alerted_percent", level, update_modified=False)
            _tell(account, level)


def _accounts(contracts: tuple[str, ...]) -> list[frappe._dict]:
    if not contracts:
        return []
    return frappe.db.sql(
        """select name, contract, pool, allotted_minutes, drawn_minutes, balance_minutes, alerted_percent, period_end
        from `tabHour Ledger` where contract in %s order by contract, name""",
        [contracts],
        as_dict=True,
    )


def _tell(account: frappe._dict, level: int) -> None:
    contract = frappe.get_doc("Retainer Contract", account.contract)
    staff = [*notices.managers(), contract.account_manager]
    notices.notify(staff, f"{contract.customer}: {_values(account, contract, level)['summary']}", contract)
    readers = [row.user for row in contract.contacts]
    notices.write(readers, HOURS_USED, lambda: _values(account, contract, level), contract)


def _values(account: frappe._dict, contract: Document, level: int) -> dict[str, str]:
    facts = {
        "pool": account.pool,
        "left": hours(account.balance_minutes),
        "until": formatdate(account.period_end),
    }
    return {
        **facts,
        "summary": SUBJECTS[level]().format(**facts),
        "afterwards": _afterwards(contract) if level == 100 else "",
        "customer": contract.customer,
        "contract": contract.name,
        "percent": str(level),
    }


def _afterwards(contract: Document) -> str:
    policy = contract.terms_on(contract.period_on(frappe.utils.getdate()).period.start).overage_policy.value
    return _AFTERWARDS[policy]()


_AFTERWARDS = {
    "Bill": lambda: _("Further work is charged by the hour, as agreed in the contract."),
    "Ask Approval": lambda: _("Further work waits for your approval, except for critical incidents."),
    "Stop": lambda: _("Further work needs a top-up of hours or another package."),
}
