"""Versions of an estimate: what was sent never changes; a change is a new one, and says which it replaces."""

import frappe
from frappe import _, bold
from frappe.model.document import Document
from frappe.utils import add_days, date_diff, getdate

from support_retainer.exceptions import AlreadyDecided
from support_retainer.hours import estimate_links, notices

DOCTYPE = "Quotation"


def new_version(name: str) -> Document:
    """A draft copy of a sent estimate, answered or not, to be changed and sent anew. Raises AlreadyDecided."""
    old = frappe.get_doc(DOCTYPE, name)
    _refuse_old(old)
    draft = frappe.copy_doc(old, ignore_no_copy=False)
    today = getdate(frappe.flags.current_time)
    draft.update({"transaction_date": today, "valid_till": add_days(today, _days_valid(old))})
    draft.update({"retainer_replaces": old.name, "status": "Draft", "payment_schedule": []})
    return draft.insert()


def predecessor(quotation: Document) -> str | None:
    """The version before; an amended estimate replaces the cancelled one it was made from, as a copy does."""
    return quotation.retainer_replaces or quotation.amended_from


def _days_valid(old: Document) -> int:
    """As long as the version before was."""
    return max(date_diff(old.valid_till, old.transaction_date), 1) if old.valid_till else 14


def _refuse_old(old: Document) -> None:
    newer = old.retainer_superseded_by or frappe.db.get_value(
        DOCTYPE, {"retainer_replaces": old.name, "docstatus": ["<", 2]}
    )
    if not old.docstatus.is_submitted() or newer:
        frappe.throw(
            _("{0} has a newer version: {1}. Change that one.").format(bold(old.name), bold(newer))
            if newer
            else _("{0} was not sent. Change it as it is.").format(bold(old.name)),
            AlreadyDecided,
        )


def number(quotation: Document) -> None:
    """The first version is 1."""
    before = predecessor(quotation)
    quotation.retainer_version = (frappe.db.get_value(DOCTYPE, before, "retainer_version") or 1) + 1 if before else 1


def supersede(quotation: Document) -> None:
    """From the moment a version is sent, the one before can't be answered any more."""
    if not predecessor(quotation):
        return
    old = frappe.get_doc(DOCTYPE, predecessor(quotation), for_update=True)
    estimate_links.revoke(old)
    old.db_set("retainer_superseded_by", quotation.name)
    if old.docstatus.is_submitted() and not old.approved_by and old.status not in ("Lost", "Ordered"):
        reason = _("Replaced by {0}").format(quotation.name)
        old.db_set({"status": "Lost", "order_lost_reason": reason}, notify=True)


def reinstate(quotation: Document) -> None:
    """A version that is cancelled without a successor no longer stands in the way of the one before."""
    before = predecessor(quotation)
    if not before or frappe.db.get_value(DOCTYPE, before, "retainer_superseded_by") != quotation.name:
        return
    old = frappe.get_doc(DOCTYPE, before, for_update=True)
    old.db_set("retainer_superseded_by", None)
    if old.docstatus.is_submitted() and not old.approved_by:
        notices.notify([old.owner], _("{0} is the latest version again; send a new one").format(old.name), old)
