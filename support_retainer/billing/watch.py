"""What the scheduler does for the books by itself: a weekly audit, ends that have come, and uplifts announced ahead."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import add_days, add_months, flt, formatdate, getdate

from support_retainer import post
from support_retainer.amounts import money, smallest_unit
from support_retainer.billing.audit import audit
from support_retainer.domain.contract_terms import decimal
from support_retainer.domain.lifecycle import anniversaries, uplifted
from support_retainer.letters import NEW_FEE

ANNOUNCED_DAYS_AHEAD = 30
AUDIT_TODO = "Retainer Settings"
RUNNING = ("Active", "Suspended")


def audit_and_tell() -> int:
    """Audit everything; a difference becomes one open ToDo for each accounts manager. Returns how many there are."""
    found = audit()
    if not found.is_clean:
        _tell_accounts_managers(found.lines())
    return len(found.differences)


def _tell_accounts_managers(lines: list[str]) -> None:
    """One ToDo each at a time: last week's that is still open is brought up to date."""
    text = "<br>".join(frappe.utils.escape_html(line) for line in [_("The weekly billing audit found:"), *lines[:50]])
    for user in _users_with_role("Accounts Manager"):
        known = {"allocated_to": user, "reference_type": AUDIT_TODO, "reference_name": AUDIT_TODO, "status": "Open"}
        name = frappe.db.get_value("ToDo", known)
        todo = frappe.get_doc("ToDo", name) if name else frappe.get_doc(doctype="ToDo", **known)
        todo.update({"description": text, "priority": "High"}).save(ignore_permissions=True)


def _users_with_role(role: str) -> list[str]:
    from frappe.utils.user import get_users_with_role

    return [user for user in get_users_with_role(role) if user != "Administrator"] or ["Administrator"]


def announce_uplifts(on: str | None = None) -> list[str]:
    """Enter the uplift of each anniversary within the next thirty days as a row of terms; returns the contracts.

    The row is what makes it happen, so a second run finds it and does nothing.
    """
    today = getdate(on)
    until = getdate(add_days(today, ANNOUNCED_DAYS_AHEAD))
    names = frappe.get_all(
        "Retainer Contract",
        filters={
            "docstatus": 1,
            "status": ["in", RUNNING],
            "uplift_percent": [">", 0],
            "start_date": ["<=", add_months(until, -12)],
        },
        pluck="name",
    )
    return [name for name in names if _announce_alone(name, today, until)]


def _announce_alone(name: str, today: object, until: object) -> bool:
    """One contract in its own transaction; whatever is wrong with it stops no other."""
    try:
        announced = _announce(frappe.get_doc("Retainer Contract", name), today, until)
    except Exception:
        frappe.db.rollback()
        frappe.log_error(title=_("Uplift failed"), reference_doctype="Retainer Contract", reference_name=name)
        announced = False
    frappe.db.commit()
    return announced


def _announce(contract: Document, today: object, until: object) -> bool:
    coming = [day for day in anniversaries(getdate(contract.start_date), until) if day >= today]
    if not coming or any(getdate(row.effective_from) == coming[0] for row in contract.terms):
        return False
    before = contract.terms_row_on(coming[0])
    fee = uplifted(decimal(before.monthly_fee), decimal(contract.uplift_percent), smallest_unit(contract.currency))
    contract.append(
        "terms",
        {
            "effective_from": coming[0],
            "package": before.package,
            "monthly_fee": flt(fee),
            "uplift_percent": contract.uplift_percent,
        },
    )
    contract.save(ignore_permissions=True)
    contract.add_comment(
        "Info",
        _("From {0} the monthly fee is {1} (uplift of {2}%).").format(
            formatdate(coming[0]), money(fee, contract.currency), f"{contract.uplift_percent:g}"
        ),
    )
    _mail_contacts(contract, coming[0], money(fee, contract.currency))
    return True


def _mail_contacts(contract: Document, day: object, fee: str) -> None:
    """Tell the contacts that receive reports; a site without outgoing mail has the comment on the contract."""
    values = {"contract": contract.name, "package": contract.package, "day": formatdate(day), "fee": fee}
    post.write([row.user for row in contract.contacts if row.receives_reports], NEW_FEE, lambda: values, contract)
