"""Who works on a ticket: the person on call, else the contract's account manager, else Frappe's Assignment Rules.

Ours assigns when the Issue is inserted, and a rule only acts on records that nobody has, so no ticket is assigned
twice. A rule of Frappe's (round robin, load balancing) for DocType Issue serves every contract without a manager.
"""

from datetime import datetime

import frappe
from frappe import _
from frappe.desk.form import assign_to
from frappe.model.document import Document
from frappe.utils import getdate

from support_retainer.domain.on_call import Shift, on_call
from support_retainer.permissions import is_desk_user
from support_retainer.retainer.doctype.sla_policy.windows import DAYS, seconds_of_day
from support_retainer.site_time import site_zone, utc_now
from support_retainer.sla import clock

# The one priority for which somebody is got out of bed.
URGENT = "P1 Critical"


def assign_new(issue: Document) -> None:
    """Call it after the Issue is inserted and before Frappe's rules see it."""
    if not (issue.retainer_contract or issue.offboarding) or issue.status in clock.DONE:
        return
    person = person_on_call(issue) or manager_of(issue.retainer_contract) or responsible_for(issue.offboarding)
    if person and not assignees(issue.name):
        give(issue.name, person, _("New ticket: {0}").format(issue.subject))


def wake_up(issue: Document) -> None:
    """A ticket that becomes urgent outside the support hours goes to the person on call, whoever had it.

    A mail is read for its priority after its Issue is inserted, so most urgent mails come this way.
    """
    before = issue.get_doc_before_save()
    if not before or before.priority == issue.priority or issue.first_responded_on:
        return
    person = person_on_call(issue)
    if person and assignees(issue.name) != [person]:
        give(issue.name, person, _("Became urgent: {0}").format(issue.subject))


def give(issue: str, person: str, why: str) -> None:
    """Hand the ticket over: it has one assignee, who is told by Frappe."""
    if assignees(issue):
        assign_to.clear("Issue", issue, ignore_permissions=True)
    values = {"doctype": "Issue", "name": issue, "assign_to": [person], "description": why}
    assign_to.add(values, ignore_permissions=True)


def assignees(issue: str) -> list[str]:
    return assigned([issue])[issue]


def assigned(issues: list[str]) -> dict[str, list[str]]:
    """Who has each of these tickets; one query."""
    open_ones = {"reference_type": "Issue", "reference_name": ["in", issues], "status": "Open"}
    people: dict[str, list[str]] = {issue: [] for issue in issues}
    for row in frappe.get_all("ToDo", open_ones, ["reference_name", "allocated_to"]):
        people[row.reference_name].append(row.allocated_to)
    return people


def person_on_call(issue: Document) -> str | None:
    """None for tickets that can wait, and while support is open."""
    if issue.priority != URGENT or not issue.sla_policy:
        return None
    if clock.policy(issue.sla_policy).calendar.is_open(utc_now()):
        return None
    person = on_call(shifts(), utc_now().astimezone(site_zone()))
    return person if person and is_at_work(person) else None


def shifts() -> list[Shift]:
    return [shift(row) for row in frappe.get_cached_doc("Retainer Settings").on_call]


def shift(row: Document) -> Shift:
    return Shift(
        person=row.user,
        day=DAYS.index(row.day) if row.day in DAYS else None,
        start=seconds_of_day(row.start_time or "00:00"),
        end=seconds_of_day(row.end_time or "00:00"),
        first=getdate(row.first_day) if row.first_day else None,
        last=getdate(row.last_day) if row.last_day else None,
    )


def manager_of(contract: str | None) -> str | None:
    # Not the cached contract: one that is not in the cache costs ten times as much as this one value.
    manager = frappe.db.get_value("Retainer Contract", contract, "account_manager") if contract else None
    return manager if manager and is_at_work(manager) else None


def responsible_for(offboarding: str | None) -> str | None:
    """Who looks after the transition that the ticket belongs to."""
    person = frappe.db.get_value("Offboarding", offboarding, "responsible") if offboarding else None
    return person if person and is_at_work(person) else None


def is_at_work(user: str) -> bool:
    return is_desk_user(user) and bool(frappe.get_cached_value("User", user, "enabled"))


@frappe.whitelist(methods=["GET"])
def on_call_now(at: str | None = None) -> str | None:
    """Who is on call at `at` (site time), else now; for staff. Raises frappe.PermissionError."""
    if not is_desk_user():
        raise frappe.PermissionError(_("The rota is for staff."))
    moment: datetime = frappe.utils.get_datetime(at) if at else utc_now().astimezone(site_zone())
    return on_call(shifts(), moment)
