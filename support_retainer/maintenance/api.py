"""What the desk's forms and calendar of maintenance call."""

from datetime import timedelta
from typing import Any

import frappe
from frappe import _
from frappe.desk.calendar import get_event_conditions
from frappe.utils import cint, get_datetime, now_datetime

from support_retainer.domain.maintenance import ON_ONE_TICKET
from support_retainer.domain.worked_time import Span
from support_retainer.exceptions import InvalidTime, RetainerError
from support_retainer.hours import day_sheet
from support_retainer.maintenance import audits, requests, restore_test, upgrades, uploaded


@frappe.whitelist(methods=["GET", "POST"])
def events(start: str, end: str, filters: str | None = None) -> list[dict[str, Any]]:
    """Jobs that are due in the span, for the calendar: [{name, title, due_date, status, all_day}]."""
    frappe.has_permission("Maintenance Job", "read", throw=True)
    conditions = get_event_conditions("Maintenance Job", filters)
    return frappe.db.sql(
        f"""select name, concat_ws(', ', title, customer) as title, due_date, status, 1 as all_day
        from `tabMaintenance Job` where due_date between %(start)s and %(end)s {conditions}""",  # noqa: S608
        {"start": start, "end": end},
        as_dict=True,
    )


@frappe.whitelist(methods=["POST"])
def log_time(job: str, minutes: int, note: str = "") -> list[str]:
    """Book time that ends now on the job's contract; whether it is free or included is decided as for any time.

    Returns the sheets. Raises InvalidTime, and RetainerError for a job without an activity type.
    """
    record = writable(job)
    if not record.activity_type:
        frappe.throw(_("Choose the activity type of the job first."), RetainerError)
    if cint(minutes) <= 0:
        frappe.throw(_("Enter at least one minute."), InvalidTime)
    end = get_datetime(frappe.flags.current_time or now_datetime())
    span = Span(end - timedelta(minutes=cint(minutes)), end)
    user = frappe.session.user
    day_sheet.lock(user)
    day_sheet.refuse_unlikely(span)
    day_sheet.refuse_double_entry(user, span)
    said = f"{record.title}. {note}".strip()
    issue = requests.ticket_of(record) if record.kind in ON_ONE_TICKET else record.issue
    entry = day_sheet.Entry(record.activity_type, said, issue=issue, contract=record.contract)
    return day_sheet.log(user, entry, [span])


@frappe.whitelist(methods=["POST"])
def ask_approval(job: str) -> str:
    """Ask the client to approve an upgrade, or the window of another job. Raises JobNotReady for half a plan."""
    asked = upgrades.ask(writable(job))
    return _("Asked {0}.").format(", ".join(asked)) if asked else _("Asked. The contract names nobody who may approve.")


@frappe.whitelist(methods=["POST"])
def start_restore_test(job: str) -> str:
    """Start a restore test of the job's site in the background; the job is linked to it when it is over."""
    record = writable(job)
    if not frappe.db.get_value("Managed Site", record.site, "local_site"):
        frappe.throw(
            _("{0} is no site of this bench. Run `retainer verify-backup {0} --file FILE`.").format(record.site),
            RetainerError,
        )
    frappe.enqueue(
        "support_retainer.maintenance.api.restore_for",
        job=job,
        queue="long",
        timeout=restore_test.LONGEST_SECONDS,
        job_id=f"retainer-restore-{record.site}",
        deduplicate=True,
        enqueue_after_commit=True,
    )
    return _("The test has started. Its result will be linked here.")


def restore_for(job: str) -> None:
    test = restore_test.verify(frappe.db.get_value("Maintenance Job", job, "site"))
    frappe.db.set_value("Maintenance Job", job, "restore_test", test.name)


@frappe.whitelist(methods=["POST"])
def start_uploaded(restore_test: str) -> str:
    """Restore the backup that is attached to a Restore Test, in the background. Raises InvalidRestoreTest."""
    record = frappe.get_doc("Restore Test", restore_test)
    record.check_permission("write")
    uploaded.start(record)
    return _("The test has started. Its result will stand here.")


@frappe.whitelist(methods=["POST"])
def fill_audit(job: str) -> str:
    """Write what the checks know into the findings of an audit; what somebody wrote stays."""
    record = writable(job)
    filled = audits.fill(record)
    record.save()
    return _("{0} findings filled in from the checks.").format(filled)


def writable(job: str):
    record = frappe.get_doc("Maintenance Job", job)
    record.check_permission("write")
    return record
