"""Clients who were promised to hear from us again: whoever has the ticket is told when the time is over."""

from datetime import datetime

import frappe
from frappe import _
from frappe.utils import escape_html, get_link_to_form

from support_retainer.domain.sla_clock import ClockState
from support_retainer.sla import assignment, clock, notices
from support_retainer.sla.escalation import People

AGENTS = "Retainer Agent"


def asked(state: ClockState | None, moment: datetime) -> list[clock.Event]:
    """The fact that staff is asked for an update that is overdue; none where nobody waits, or somebody was asked."""
    update = state.update if state else None
    is_due = update and not update.is_asked and update.due <= moment
    return [clock.update_asked_for(moment, update.since)] if is_due else []


def tell(issues: list[frappe._dict], people: People) -> int:
    """The bell and a mail for each issue, in the caller's transaction; returns how many mails were queued."""
    if not issues:
        return 0
    assigned = assignment.assigned([issue.name for issue in issues])
    readers = {issue.name: who_has(assigned[issue.name], people) for issue in issues}
    notices.ring(
        [notices.log_row(user, sentence(issue), issue.name, None) for issue in issues for user in readers[issue.name]]
    )
    frame = notices.frame_of_mails()
    if not frame:
        return 0
    return sum(mail(issue, [people.address(user) for user in readers[issue.name]], frame) for issue in issues)


def mail(issue: frappe._dict, to: list[str], frame: notices.Frame) -> int:
    text = f"<p>{get_link_to_form('Issue', issue.name)}: {escape_html(sentence(issue))}</p>"
    about = {"reference_doctype": "Issue", "reference_name": issue.name}
    return notices.queue(frame, to, sentence(issue), text, **about) if to else 0


def who_has(assigned: list[str], people: People) -> list[str]:
    """Those who have the ticket, else the agents; without those who left."""
    able = [user for user in assigned if people.address(user)]
    return able or [user for user in people.with_role(AGENTS) if people.address(user)]


def sentence(issue: frappe._dict) -> str:
    return _("{0}: {1} waits for news from us: {2}").format(issue.name, issue.customer or "", issue.subject)[:250]
