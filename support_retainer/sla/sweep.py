"""Every minute: the Issues whose next SLA event has come, told of and brought up to date.

The cost follows what is due, not what is open: one index leads to the due Issues. A worker takes a batch by locking
its rows, so a second one takes others; facts, mails and fields of a batch are committed together, so a kill leaves
either all of it or nothing. A batch that fails is tried again ticket by ticket, and the one to blame is put off.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from time import monotonic

import frappe
from frappe import _

from support_retainer.site_time import to_site, utc_now
from support_retainer.sla import clock, escalation, notices, updates, webhook

BATCH = 500
PUT_OFF = timedelta(hours=1)
COLUMNS = "name, subject, customer, priority, status, sla_policy, retainer_contract, retainer_next_event_at"


@dataclass(slots=True)
class Swept:
    """What a sweep did: issues looked at, levels reached, mails queued, issues put off because of an error."""

    issues: int = 0
    levels: int = 0
    mails: int = 0
    failed: int = 0
    seconds: float = 0.0

    def as_dict(self) -> dict[str, float]:
        return asdict(self)

    def lines(self) -> list[str]:
        return [
            _("{0} issues due, {1} levels reached, {2} mails queued, {3} failed, {4} s").format(
                self.issues, self.levels, self.mails, self.failed, f"{self.seconds:.2f}"
            )
        ]


def sweep() -> Swept:
    """Work off everything that is due now, batch by batch; commits."""
    began, moment, done = monotonic(), utc_now(), Swept()
    with read_committed():
        while True:
            before = done.issues
            sweep_once(moment, done)
            if done.issues - before < BATCH:
                break
        mark_swept()
        frappe.db.commit()
        webhook.send_what_waits()
    done.seconds = monotonic() - began
    return done


@contextmanager
def read_committed() -> Iterator[None]:
    """Transactions without gap locks: two workers that move entries of the same index would wait for each other."""
    frappe.db.sql("set session transaction isolation level read committed")
    frappe.db.commit()
    try:
        yield
    finally:
        frappe.db.sql("set session transaction isolation level repeatable read")
        frappe.db.commit()


def sweep_once(moment: datetime, done: Swept) -> None:
    """One batch in its own transaction, and if it fails, each of its issues in one of its own."""
    try:
        done.issues += len(work_off(moment, done))
        frappe.db.commit()
    except Exception:
        frappe.db.rollback()
        names = [row.name for row in due_issues(moment)]
        frappe.db.rollback()
        for name in names:
            sweep_alone(name, moment, done)
        done.issues += len(names)


def sweep_alone(name: str, moment: datetime, done: Swept) -> None:
    try:
        work_off(moment, done, name)
    except Exception:
        frappe.db.rollback()
        frappe.log_error(title=_("SLA sweep of {0}").format(name), reference_doctype="Issue", reference_name=name)
        put_off(name, moment)
        done.failed += 1
    frappe.db.commit()


def put_off(name: str, moment: datetime) -> None:
    frappe.db.set_value("Issue", name, "retainer_next_event_at", to_site(moment + PUT_OFF), update_modified=False)


def due_issues(moment: datetime, only: str | None = None) -> list[frappe._dict]:
    """Lock the issues whose time has come, without waiting for those that another worker holds."""
    this_one = "and name = %(only)s" if only else ""
    return frappe.db.sql(
        f"""select {COLUMNS} from `tabIssue` where retainer_next_event_at <= %(now)s {this_one}
        order by retainer_next_event_at limit {BATCH} for update skip locked""",  # noqa: S608 (our own text)
        {"now": to_site(moment), "only": only},
        as_dict=True,
    )


def work_off(moment: datetime, done: Swept, only: str | None = None) -> list[str]:
    """Tell of what is due and set the next time; in the caller's transaction. Returns the issues it took."""
    issues = due_issues(moment, only)
    policies = clock.Policies()
    histories = clock.histories([issue.name for issue in issues])
    states = [state_of(issue, histories[issue.name], policies, moment) for issue in issues]
    dues = [
        escalation.due_of(issue, state, moment) if state else [] for issue, state in zip(issues, states, strict=True)
    ]
    asked = {issue.name: updates.asked(state, moment) for issue, state in zip(issues, states, strict=True)}
    new = {issue.name: facts(issue, rows, moment) + asked[issue.name] for issue, rows in zip(issues, dues, strict=True)}
    clock.write_all(new)
    for issue, rows in zip(issues, dues, strict=True):
        escalation.reassign(rows)
        bring_up_to_date(issue, histories[issue.name] + new[issue.name], policies, moment)
    told = [due for rows in dues for due in rows]
    for due in told:
        webhook.keep_for_sending(due)
    people = escalation.People()
    done.mails += notices.tell(told, people) + updates.tell([issue for issue in issues if asked[issue.name]], people)
    done.levels += len(told)
    return [issue.name for issue in issues]


def state_of(
    issue: frappe._dict, history: list[clock.Event], policies: clock.Policies, moment: datetime
) -> clock.ClockState | None:
    """None for an issue that left its contract: the sweep only stops looking at it."""
    return clock.state(history, policies, moment) if history and issue.sla_policy else None


def facts(issue: frappe._dict, dues: list[escalation.Due], moment: datetime) -> list[clock.Event]:
    """The events of what is due: every level reached, slept through or not, and the priority that one raises."""
    found = [clock.escalated(moment, one.level) for due in dues for one in due.escalations]
    priority = escalation.raised_priority(dues, issue.priority)
    if priority:
        issue.priority = priority
        found.append(clock.Event(moment, clock.EventKind.PRIORITY_CHANGED, priority))
    return found


def bring_up_to_date(
    issue: frappe._dict, history: list[clock.Event], policies: clock.Policies, moment: datetime
) -> None:
    """Never leave a time that has come already, or this sweep would find the issue again and again."""
    values: dict[str, object] = {"retainer_next_event_at": None}
    if history and issue.sla_policy:
        state = clock.state(history, policies, moment)
        values = {**clock.as_fields(state), "priority": issue.priority}
        if state.next_event_at and state.next_event_at <= moment:
            values["retainer_next_event_at"] = to_site(moment + timedelta(seconds=1))
    # Somebody who has the form open must not put the old priority back without noticing.
    raised = any(event.kind is clock.EventKind.PRIORITY_CHANGED and event.at == moment for event in history)
    frappe.db.set_value("Issue", issue.name, values, update_modified=raised)


def mark_swept() -> None:
    """Straight in the table, because a setting written each minute would empty the cache of settings each minute."""
    row = {"doctype": "Retainer Settings", "field": "last_sweep_at", "value": str(clock.site_now())}
    frappe.db.sql("delete from tabSingles where doctype = %(doctype)s and field = %(field)s", row)
    frappe.db.sql("insert into tabSingles (doctype, field, value) values (%(doctype)s, %(field)s, %(value)s)", row)


def last_sweep_at() -> datetime | None:
    """In site time; None where there was no sweep yet."""
    value = frappe.db.get_value(
        "Singles", {"doctype": "Retainer Settings", "field": "last_sweep_at"}, "value", order_by=None
    )
    return frappe.utils.get_datetime(value) if value else None
