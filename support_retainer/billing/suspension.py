"""Service put on hold and taken up again, by hand or because an invoice is overdue."""

from datetime import date

import frappe
from frappe import _, bold
from frappe.model.document import Document
from frappe.utils import getdate

from support_retainer.domain.suspension import SuspendedFor, standing
from support_retainer.exceptions import NotSuspended
from support_retainer.sla import suspension as tickets

RUNNING = ("Active", "Suspended", "Notice Given")
SAYS = {
    SuspendedFor.OVERDUE: "Service is on hold: an invoice is overdue.",
    SuspendedFor.AGREED: "Service is on hold, as agreed.",
}


def suspend(contract: Document, reason: SuspendedFor, note: str = "", on: date | None = None) -> None:
    """Hold the tickets' clocks; fees and hours follow the reason, see domain.suspension. Raises NotSuspended."""
    _refuse_unless_running(contract)
    if contract.suspended_for:
        frappe.throw(
            _("{0} is suspended already, since {1}.").format(
                bold(contract.name), frappe.utils.formatdate(contract.suspended_on)
            ),
            NotSuspended,
        )
    contract.db_set(
        {
            "status": standing(is_suspended=True, notice_given=bool(contract.notice_given_on)).value,
            "suspended_for": reason.value,
            "suspended_on": getdate(on or frappe.flags.current_time),
            "suspension_note": note,
        },
        notify=True,
    )
    contract.add_comment("Info", " ".join(filter(None, [_(SAYS[reason]), frappe.utils.escape_html(note)])))
    tickets.hold(contract.name, reason.value)


def grant_time(contract: Document, until: date) -> None:
    """Service goes on although an invoice is overdue, up to the day before `until`."""
    contract.db_set("overdue_grace_until", until)
    resume(contract, _("There is time until {0}.").format(frappe.utils.formatdate(until)))


def resume(contract: Document, note: str = "") -> None:
    """Service goes on; a fee that was waived is charged again from the next period on. Raises NotSuspended."""
    if not contract.suspended_for:
        frappe.throw(_("{0} is not suspended.").format(bold(contract.name)), NotSuspended)
    status = standing(is_suspended=False, notice_given=bool(contract.notice_given_on))
    contract.db_set(
        {"status": status.value, "suspended_for": None, "suspended_on": None, "suspension_note": None}, notify=True
    )
    contract.add_comment("Info", " ".join(filter(None, [_("Service goes on."), frappe.utils.escape_html(note)])))
    tickets.release(contract.name)


def _refuse_unless_running(contract: Document) -> None:
    if contract.docstatus != 1 or contract.status not in RUNNING:
        frappe.throw(
            _("{0} is {1}: only a running contract can be suspended.").format(bold(contract.name), _(contract.status)),
            NotSuspended,
        )
