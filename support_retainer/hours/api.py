"""What the desk's forms call about hours. Each function checks the caller's rights on every record it is given."""

from typing import Any

import frappe
from frappe import _
from frappe.utils import cint, get_datetime

from support_retainer.domain.worked_time import Span
from support_retainer.hours import approvals, day_sheet, explain, timer
from support_retainer.hours.day_sheet import Entry
from support_retainer.permissions import is_desk_user

MOST_ROWS = 200


@frappe.whitelist(methods=["POST"])
def preview(rows: str | list[dict[str, Any]]) -> list[dict[str, Any]]:
    """How rows of a timesheet would be covered if they were submitted now; see `explain.explain` for the shape."""
    rows = frappe.parse_json(rows)[:MOST_ROWS]
    _refuse_who_may_not_log()
    for doctype, fieldname in (("Issue", "issue"), ("Retainer Contract", "retainer_contract")):
        for name in sorted({row.get(fieldname) for row in rows if row.get(fieldname)}):
            _refuse_unreadable(doctype, name)
    return explain.explain(rows)


@frappe.whitelist(methods=["GET"])
def current_timer() -> dict[str, Any] | None:
    """The caller's timer, see `timer.current`; None without."""
    refuse_strangers()
    return timer.current(frappe.session.user)


@frappe.whitelist(methods=["POST"])
def start_timer(issue: str, activity_type: str, note: str = "") -> dict[str, Any] | None:
    """Start or resume the caller's timer on a ticket; `warning` says where its time is not part of the package."""
    _refuse_who_may_not_log(issue)
    timer.start(frappe.session.user, issue, activity_type, note)
    return {**(timer.current(frappe.session.user) or {}), "warning": explain.warning(issue, activity_type)}


@frappe.whitelist(methods=["POST"])
def pause_timer() -> dict[str, Any] | None:
    _refuse_who_may_not_log()
    timer.pause(frappe.session.user)
    return timer.current(frappe.session.user)


@frappe.whitelist(methods=["POST"])
def stop_timer(activity_type: str = "", note: str = "", ended_at: str | None = None) -> list[str]:
    """Log the caller's timer; returns the timesheets it went to."""
    _refuse_who_may_not_log()
    return timer.stop(frappe.session.user, activity_type, note, ended_at)


@frappe.whitelist(methods=["POST"])
def discard_timer() -> None:
    _refuse_who_may_not_log()
    timer.discard(frappe.session.user)


@frappe.whitelist(methods=["POST"])
def log_time(issue: str, activity_type: str, from_time: str, to_time: str, note: str = "") -> list[str]:
    """Log the caller's own time on a ticket (site time); returns the timesheets. Raises TimeTaken, InvalidTime."""
    _refuse_who_may_not_log(issue)
    user, span = frappe.session.user, Span(get_datetime(from_time), get_datetime(to_time))
    day_sheet.lock(user)
    day_sheet.refuse_unlikely(span)
    day_sheet.refuse_double_entry(user, span)
    return day_sheet.log(user, Entry(activity_type, note, issue), [span])


@frappe.whitelist(methods=["GET"])
def time_on(issue: str) -> dict[str, int]:
    """Minutes logged on a ticket, drafts too: {worked, billed, draft}."""
    _refuse_who_may_not_log(issue)
    worked, billed, draft = frappe.db.sql(
        """select round(sum(hours) * 60), sum(if(docstatus = 1, retainer_billed_minutes, 0)),
            round(sum(if(docstatus = 0, hours, 0)) * 60)
        from `tabTimesheet Detail` where issue = %s and docstatus < 2""",
        issue,
    )[0]
    return {"worked": cint(worked), "billed": cint(billed), "draft": cint(draft)}


@frappe.whitelist(methods=["POST"])
def ask_for_hours(contract: str, hours: float, reason: str, issue: str | None = None) -> str:
    """Ask the client for hours beyond the pools; returns the Overage Approval."""
    refuse_strangers()
    frappe.has_permission("Retainer Contract", "read", contract, throw=True)
    if issue:
        frappe.has_permission("Issue", "read", issue, throw=True)
    return approvals.request(contract, round(float(hours) * 60), reason, issue).name


@frappe.whitelist(methods=["POST"])
def record_approval(approval: str, contact: str, approved: bool, note: str) -> None:
    """A manager writes down what a contact of the client said by mail or phone."""
    refuse_strangers()
    frappe.has_permission("Overage Approval", "read", approval, throw=True)
    frappe.only_for("Retainer Manager")
    decide = approvals.approve if cint(approved) else approvals.decline
    decide(approval, contact, note)


@frappe.whitelist(methods=["GET"])
def approvers_of(approval: str) -> list[str]:
    """Contacts of the client who may answer a request."""
    refuse_strangers()
    frappe.has_permission("Overage Approval", "read", approval, throw=True)
    contract = frappe.db.get_value("Overage Approval", approval, "contract")
    return approvals.approvers(frappe.get_doc("Retainer Contract", contract))


def refuse_strangers() -> None:
    """A website user gets nothing here, whatever roles somebody gave them."""
    if not is_desk_user():
        raise frappe.PermissionError(_("This is for staff. Clients find their hours in the support portal."))


def _refuse_who_may_not_log(issue: str | None = None) -> None:
    """Agents and managers log their own time on tickets they can read; others need ERPNext's right on Timesheet."""
    refuse_strangers()
    if not {"Retainer Agent", "Retainer Manager"} & set(frappe.get_roles()):
        frappe.has_permission("Timesheet", "create", throw=True)
    if issue:
        _refuse_unreadable("Issue", issue)


def _refuse_unreadable(doctype: str, name: str) -> None:
    frappe.has_permission(doctype, "read", name, throw=True)
