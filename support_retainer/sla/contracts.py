"""Which contract serves a customer on a given day, and the SLA policy that was agreed for that day."""

from datetime import date

import frappe

SERVING = ("Active", "Suspended", "Notice Given")

# Written out: an issue runs this on every insert, and the text costs half a millisecond less than get_all's builder.
# The policy comes from the terms in force, so that a later edit of the package changes no live contract.
AGREED_POLICY = """(
    select json_value(agreed.package_snapshot, '$.sla_policy')
    from `tabRetainer Contract Term` agreed
    where agreed.parent = contract.name and agreed.parenttype = 'Retainer Contract'
        and agreed.effective_from <= greatest(%(day)s, contract.start_date)
    order by agreed.effective_from desc limit 1
) as sla_policy"""


def contracts_of(customer: str | None, day: date) -> list[frappe._dict]:
    """All contracts the customer ever had, newest first, and whether each serves on `day`; one query.

    Rows have `name`, `project`, `serves` and the `sla_policy` of the day.
    """
    if not customer:
        return []
    return frappe.db.sql(
        f"""select contract.name, contract.project, {AGREED_POLICY},
            contract.status in %(serving)s and contract.start_date <= %(day)s
                and (contract.end_date is null or contract.end_date >= %(day)s) as serves
        from `tabRetainer Contract` contract
        where contract.customer = %(customer)s and contract.docstatus = 1
        order by contract.start_date desc, contract.name desc""",  # noqa: S608 (our own text)
        {"customer": customer, "serving": SERVING, "day": day},
        as_dict=True,
    )


def serving(contracts: list[frappe._dict], project: str | None) -> frappe._dict | None:
    """The contract of the issue's project (or for no project, as the issue), else one for no project in particular,
    else the newest one of an issue that names no project, else None.
    """
    able = [row for row in contracts if row.serves]
    return next((row for row in able if row.project == project), None) or next(
        (row for row in able if not row.project or not project), None
    )


def policy_on(contract: str, day: date) -> str | None:
    """The SLA Policy of the contract's terms on `day`, before its first day those of the first day; one query."""
    rows = frappe.db.sql(
        f"select {AGREED_POLICY} from `tabRetainer Contract` contract where contract.name = %(contract)s",  # noqa: S608
        {"contract": contract, "day": day},
    )
    return rows[0][0] if rows else None
