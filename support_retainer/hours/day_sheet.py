"""The timesheet of one user and one day: what timer and quick entry write to.

Small sheets keep ERPNext's work per row small. A sheet stays a draft until its day is over, so that a slip of the
pen is mended without cancelling anything; with the setting "At Once" each entry is a submitted sheet of its own.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain

import frappe
from frappe import _, bold
from frappe.model.document import Document
from frappe.utils import format_datetime, get_datetime, get_link_to_form, getdate, now_datetime

from support_retainer.domain.worked_time import Span, by_day
from support_retainer.exceptions import InvalidTime, TimeTaken
from support_retainer.hours import notices

LONGEST = timedelta(hours=24)
AHEAD = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Entry:
    """What was done; `issue` or `contract` says for whom, `channel` how, where it was another than the ticket's."""

    activity_type: str
    note: str = ""
    issue: str | None = None
    contract: str | None = None
    channel: str | None = None


def lock(user: str) -> None:
    """Two windows of one user wait for each other: neither finds a sheet or a timer that the other is changing."""
    frappe.db.get_value("User", user, "name", for_update=True)


def log(user: str, entry: Entry, spans: Iterable[Span]) -> list[str]:
    """Write the spans to the user's sheets, cut at midnight; returns the names of the sheets."""
    sheets: dict[str, Document] = {}
    for span in chain.from_iterable(map(by_day, spans)):
        sheet = _sheet(user, span.start.date(), _home(entry), sheets)
        sheet.append("time_logs", _row(entry, span))
        sheets[f"{sheet.retainer_day}"] = sheet
    for sheet in sheets.values():
        _save(sheet)
    return [sheet.name for sheet in sheets.values()]


def refuse_unlikely(span: Span) -> None:
    """Raises InvalidTime for a span that is empty, lies ahead or is longer than a day."""
    if not span.is_worth_a_row:
        frappe.throw(_("The work has to end at least half a minute after it began. Correct its times."), InvalidTime)
    if span.end > get_datetime(frappe.flags.current_time or now_datetime()) + AHEAD:
        frappe.throw(_("The work ends in the future. Enter when it really ended."), InvalidTime)
    if span.end - span.start > LONGEST:
        frappe.throw(_("The work is longer than a day. Enter when it ended, or log it in parts."), InvalidTime)


def refuse_double_entry(user: str, span: Span) -> None:
    """Raises TimeTaken naming what the user logged at that time, before ERPNext says it with row numbers."""
    for row in taken(user, span):
        frappe.throw(
            _("You logged {0} to {1} on {2} ({3}). Choose another time, or change that entry.").format(
                bold(format_datetime(row.from_time)),
                bold(format_datetime(row.to_time)),
                get_link_to_form("Issue", row.issue) if row.issue else row.activity_type,
                get_link_to_form("Timesheet", row.parent),
            ),
            TimeTaken,
            title=_("Time already logged"),
        )


def taken(user: str, span: Span) -> list[frappe._dict]:
    """Rows of the user, drafts too, that share time with the span; the index on times keeps this flat."""
    return frappe.db.sql(
        """select detail.from_time, detail.to_time, detail.issue, detail.activity_type, detail.parent
        from `tabTimesheet Detail` detail join `tabTimesheet` sheet on sheet.name = detail.parent
        where sheet.docstatus < 2 and (sheet.user = %(user)s or sheet.employee = %(employee)s)
            and detail.from_time < %(end)s and detail.to_time > %(start)s
        order by detail.from_time""",
        {"user": user, "employee": employee_of(user) or "", "start": span.start, "end": span.end},
        as_dict=True,
    )


def employee_of(user: str) -> str | None:
    """ERPNext costs time of employees; a user without a record of employment logs time all the same."""
    return frappe.db.get_value("Employee", {"user_id": user, "status": "Active"})


def _sheet(user: str, day: date, home: dict[str, str], open_sheets: dict[str, Document]) -> Document:
    if str(day) in open_sheets:
        return open_sheets[str(day)]
    known = {"user": user, "retainer_day": day, **home, "docstatus": 0}
    name = None if _at_once() else frappe.db.get_value("Timesheet", known)
    if name:
        return frappe.get_doc("Timesheet", name, for_update=True)
    return frappe.get_doc(doctype="Timesheet", user=user, employee=employee_of(user), retainer_day=day, **home)


def _row(entry: Entry, span: Span) -> dict:
    return {
        "activity_type": entry.activity_type,
        "from_time": span.start,
        "to_time": span.end,
        "hours": (span.end - span.start).total_seconds() / 3600,
        "description": entry.note,
        "issue": entry.issue,
        "retainer_contract": entry.contract,
        "retainer_channel": entry.channel,
        "project": frappe.db.get_value("Issue", entry.issue, "project") if entry.issue else None,
    }


def _home(entry: Entry) -> dict[str, str]:
    """The company and the currency of the sheet: a sheet has one of each."""
    contract = entry.contract or frappe.db.get_value("Issue", entry.issue, "retainer_contract")
    if contract:
        return frappe.get_cached_value("Retainer Contract", contract, ["company", "currency"], as_dict=True)
    company = frappe.db.get_value("Issue", entry.issue, "company") or frappe.defaults.get_user_default("company")
    return {"company": company, "currency": frappe.get_cached_value("Company", company, "default_currency")}


def _save(sheet: Document) -> None:
    """For the user's own time only: agents need no rights on everybody's timesheets to log theirs."""
    sheet.save(ignore_permissions=True)
    if _at_once():
        sheet.flags.ignore_permissions = True
        sheet.submit()


def _at_once() -> bool:
    return frappe.db.get_single_value("Retainer Settings", "submit_time") == "At Once"


def submit_finished(on: date | None = None) -> int:
    """Submit the sheets of days that are over, each in its own transaction; returns how many were.

    A sheet that can't be submitted (hours wait for an approval) stays a draft, and its user hears of it once a day.
    """
    today = getdate(on)
    # Frappe takes a missing date for the year 1: sheets that people write by hand have no day, and wait for them.
    days = [["docstatus", "=", 0], ["retainer_day", "is", "set"], ["retainer_day", "<", today]]
    finished = frappe.get_all("Timesheet", days, pluck="name", order_by="retainer_day, name")
    return sum(_submit(name, today) for name in finished)


def _submit(name: str, today: date) -> bool:
    try:
        frappe.get_doc("Timesheet", name).submit()
    except Exception as error:
        frappe.db.rollback()
        _tell_why(name, str(error) or type(error).__name__, today)
        frappe.db.commit()
        return False
    frappe.db.commit()
    return True


def _tell_why(name: str, reason: str, today: date) -> None:
    sheet = frappe.get_doc("Timesheet", name)
    told = {"document_type": "Timesheet", "document_name": name, "for_user": sheet.user, "creation": [">=", today]}
    if not frappe.db.exists("Notification Log", told):
        text = frappe.utils.strip_html(reason)
        notices.notify(
            [sheet.user], _("Your time of {0} is not booked yet: {1}").format(sheet.retainer_day, text), sheet
        )
