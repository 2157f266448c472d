"""Notice, suspension and their end where a program or an import writes the field instead of calling for the action.

What was written is put back before the save, and the action is done after it, so that both ways lead to the same.
"""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate

from support_retainer.billing import suspension
from support_retainer.domain.suspension import SuspendedFor
from support_retainer.exceptions import StatusByHand
from support_retainer.offboarding import notice
from support_retainer.retainer.rows import place

READ = ("status", "notice_given_on")


def read(contract: Document) -> None:
    """Remember what was written and put it back. Raises StatusByHand for a status that no field leads to."""
    before = contract.get_doc_before_save()
    actions = [name for name in (_of_notice(contract, before), _of_status(contract, before)) if name]
    contract.flags.by_field = {
        "actions": list(dict.fromkeys(actions)),
        "day": getdate(contract.notice_given_on or frappe.flags.current_time),
        "end_date": contract.end_date if contract.end_date != before.end_date else None,
    }
    if actions:
        contract.update({fieldname: before.get(fieldname) for fieldname in (*READ, "end_date")})


def act(contract: Document) -> None:
    asked = contract.flags.pop("by_field", None) or {"actions": []}
    for action in asked["actions"]:
        ACTIONS[action](contract, asked)


def _of_notice(contract: Document, before: Document) -> str | None:
    if bool(contract.notice_given_on) == bool(before.notice_given_on):
        return None
    return "give" if contract.notice_given_on else "withdraw"


def _of_status(contract: Document, before: Document) -> str | None:
    if contract.status == before.status:
        return None
    action = MEANS.get((before.status, contract.status))
    if not action:
        frappe.throw(
            _(
                "{0} follows from what happens to the contract. Give or withdraw notice, suspend, resume, or cancel."
            ).format(place(contract, "status")),
            StatusByHand,
        )
    return action


def _give(contract: Document, asked: dict) -> None:
    notice.give(contract, asked["day"])
    if asked["end_date"]:
        contract.db_set("end_date", asked["end_date"], notify=True)


MEANS = {
    ("Active", "Suspended"): "suspend",
    ("Notice Given", "Suspended"): "suspend",
    ("Suspended", "Active"): "resume",
    ("Suspended", "Notice Given"): "resume",
    ("Active", "Notice Given"): "give",
    ("Notice Given", "Active"): "withdraw",
}
ACTIONS = {
    "give": _give,
    "withdraw": lambda contract, asked: notice.withdraw(contract),
    "suspend": lambda contract, asked: suspension.suspend(contract, SuspendedFor.AGREED),
    "resume": lambda contract, asked: suspension.resume(contract),
}
