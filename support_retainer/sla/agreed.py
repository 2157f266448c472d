"""Open tickets follow their contract: from the day a new package is in force, its SLA Policy sets their clock."""

import frappe

from support_retainer.site_time import site_date, utc_now
from support_retainer.sla import clock
from support_retainer.sla.contracts import AGREED_POLICY


def follow_contracts(contract: str | None = None) -> list[str]:
    """Give every open Issue (of one contract) the policy of the terms in force today; returns those that changed.

    Measured anew from the opening with all pauses kept, and logged as Policy Changed.
    """
    changed = issues_behind(contract)
    for row in changed:
        frappe.db.set_value("Issue", row.name, "sla_policy", row.sla_policy, update_modified=False)
        clock.record(row.name, [clock.Event(utc_now(), clock.EventKind.POLICY_CHANGED, row.sla_policy)])
    return [row.name for row in changed]


def issues_behind(contract: str | None) -> list[frappe._dict]:
    """Open issues on our clock whose policy is not the one agreed for today, which is given; one query."""
    of_one = "and contract.name = %(contract)s" if contract else ""
    return frappe.db.sql(
        f"""select name, sla_policy from (
            select issue.name, issue.sla_policy as followed, {AGREED_POLICY}
            from `tabRetainer Contract` contract
            join `tabIssue` issue on issue.retainer_contract = contract.name
            where contract.docstatus = 1 and issue.status not in ('Resolved', 'Closed') {of_one}
        ) issues where followed <> sla_policy""",  # noqa: S608 (our own text)
        {"contract": contract, "day": site_date(utc_now())},
        as_dict=True,
    )
