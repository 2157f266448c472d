"""The clock of an Issue on the record: SLA Events are written, and what their replay gives goes on the Issue."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import frappe
from frappe.model.document import Document
from frappe.utils import cint, get_datetime

from support_retainer.domain.sla_clock import ClockState, Event, EventKind, Level, Policy, replay
from support_retainer.site_time import UTC, to_site, utc_now

EVENT_COLUMNS = (
    *("name", "owner", "creation", "modified", "modified_by"),
    *("issue", "at", "event", "value", "by_user", "escalation_key"),
)
DONE = frozenset({"Resolved", "Closed"})
VENDOR = "Vendor"

# When a policy and its holiday list were last saved; the list's is None where there is none.
Stamp = tuple[datetime, datetime | None]


# A process keeps the policies it has met; reading one from the cache unpickles some twenty documents.
POLICIES_KEPT = 256
_policies: dict[tuple[str, str], tuple[Stamp, Policy]] = {}


def policy(name: str) -> Policy:
    """An SLA Policy as the rules read it; one small query, which shows a change made by any process.

    Raises frappe.DoesNotExistError.
    """
    key = (frappe.local.site, name)
    stamp, known = _policies.get(key, (None, None))
    if known is None or stamp != _stamp(name):
        stamp, known = _read(name)
        if len(_policies) >= POLICIES_KEPT:
            _policies.clear()
        _policies[key] = (stamp, known)
    return known


def _stamp(name: str) -> Stamp | None:
    rows = frappe.db.sql(
        """select policy.modified, holidays.modified from `tabSLA Policy` policy
        left join `tabHoliday List` holidays on holidays.name = policy.holiday_list where policy.name = %s""",
        name,
    )
    return rows[0] if rows else None


def _read(name: str) -> tuple[Stamp, Policy]:
    """The stamp is that of the records read, so that one which the cache held too long is read again next time."""
    doc = frappe.get_cached_doc("SLA Policy", name)
    holidays = frappe.get_cached_value("Holiday List", doc.holiday_list, "modified") if doc.holiday_list else None
    stamp = (get_datetime(doc.modified), get_datetime(holidays) if holidays else None)
    return stamp, Policy(name, doc.calendar(), doc.targets_by_priority(), doc.levels(), cint(doc.next_update_every))


def site_now() -> datetime:
    """Now as Frappe stores it; follows the frozen time of tests."""
    return to_site(utc_now())


def opened(at: datetime, policy_name: str, priority: str | None) -> Event:
    return Event(at, EventKind.OPENED, json.dumps({"policy": policy_name, "priority": priority or ""}))


def changes(issue: Document, before: Document, at: datetime) -> list[Event]:
    """The facts that saving the issue adds, in the order in which they count."""
    events = []
    if issue.sla_policy != before.sla_policy:
        events.append(Event(at, EventKind.POLICY_CHANGED, issue.sla_policy or ""))
    if issue.priority != before.priority:
        events.append(Event(at, EventKind.PRIORITY_CHANGED, issue.priority or ""))
    moved = status_changes(issue.sla_policy, before.status, issue.status, at, waits_for(issue))
    return events + (moved or new_reason(issue, before, at))


def status_changes(policy_name: str, before: str, after: str, at: datetime, reason: str | None = None) -> list[Event]:
    """What a change of status means to the clock: done, reopened, paused, resumed, or nothing."""
    if before == after:
        return []
    pausing = pausing_statuses(policy_name)
    events = []
    if after in DONE and before not in DONE:
        events.append(Event(at, EventKind.RESOLVED))
    if before in DONE and after not in DONE:
        events.append(Event(at, EventKind.REOPENED))
    if before in pausing and after not in pausing | DONE:
        events.append(Event(at, EventKind.RESUMED))
    if after in pausing and before not in pausing:
        events.append(Event(at, EventKind.PAUSED, reason or after))
    return events


def new_reason(issue: Document, before: Document, at: datetime) -> list[Event]:
    """A pause that goes on for another reason is told as two, so that each keeps its own time."""
    reason = waits_for(issue)
    if not reason or reason == waits_for(before):
        return []
    if issue.status not in pausing_statuses(issue.sla_policy):
        return []
    return [Event(at, EventKind.RESUMED), Event(at, EventKind.PAUSED, reason)]


def waits_for(issue: Document) -> str | None:
    """The reason of a pause; for a vendor with their name and our case there: "Vendor: Hosting Ltd (4711)"."""
    if issue.retainer_pause_reason != VENDOR or not issue.retainer_vendor:
        return issue.retainer_pause_reason
    return f"{VENDOR}: {named(issue.retainer_vendor, issue.retainer_vendor_reference)}"


def named(vendor: str, reference: str | None) -> str:
    return f"{vendor} ({reference})" if reference else vendor


def catch_up(known: list[Event], issue: frappe._dict) -> list[Event]:
    """The change of status that reached the issue past its hooks: Frappe writes Open straight to the database when a
    client replies."""
    seen = state(known)
    pausing = pausing_statuses(issue.sla_policy)
    if seen.resolved_at:
        before = "Closed"
    elif seen.paused_since:
        before = issue.status if issue.status in pausing else next(iter(pausing), "On Hold")
    else:
        before = "Open"
    return status_changes(issue.sla_policy, before, issue.status, utc_now())


def pausing_statuses(policy_name: str) -> frozenset[str]:
    return frozenset(row.status for row in frappe.get_cached_doc("SLA Policy", policy_name).pause_on)


def history(issue: str) -> list[Event]:
    """All events of one issue, oldest first; one query."""
    return histories([issue])[issue]


def histories(issues: Sequence[str]) -> dict[str, list[Event]]:
    """The events of each issue, oldest first; one query."""
    found: dict[str, list[Event]] = {issue: [] for issue in issues}
    if not issues:
        return found
    rows = frappe.db.sql(
        "select issue, at, event, value from `tabSLA Event` where issue in %s order by at, creation, name", (issues,)
    )
    for issue, at, event, value in rows:
        found[issue].append(Event(at.replace(tzinfo=UTC), EventKind(event), value or ""))
    return found


def write(issue: str, events: list[Event]) -> None:
    """Append events to an issue's history; one statement, in the caller's transaction."""
    write_all({issue: events})


def write_all(new: Mapping[str, list[Event]]) -> None:
    """Append events to the histories of many issues; one statement, in the caller's transaction.

    `creation` keeps the order of facts of one moment. Raises frappe.db.IntegrityError where an issue was told of a
    level before.
    """
    stamp, user = frappe.utils.now_datetime(), frappe.session.user
    facts = [(issue, event) for issue, events in new.items() for event in events]
    rows = [
        (
            *(frappe.generate_hash(length=10), user, stamp + timedelta(microseconds=place), stamp, user),
            *(issue, event.at.replace(tzinfo=None), event.kind.value, event.value, user),
            escalation_key(issue, event),
        )
        for place, (issue, event) in enumerate(facts)
    ]
    if not rows:
        return
    # Every insert of an issue comes here; bulk_insert takes twice as long, most of it to build the same statement.
    frappe.db.sql(
        f"insert into `tabSLA Event` ({', '.join(f'`{name}`' for name in EVENT_COLUMNS)})"  # noqa: S608
        f" values {', '.join(['%s'] * len(rows))}",
        rows,
    )


def escalated(at: datetime, level: Level) -> Event:
    return Event(at, EventKind.ESCALATED, json.dumps({"target": level.target.value, "percent": level.percent}))


def update_asked_for(at: datetime, since: str) -> Event:
    return Event(at, EventKind.ESCALATED, json.dumps({"target": "Update", "percent": 100, "since": since}))


def escalation_key(issue: str, event: Event) -> str | None:
    """What the database keeps unique, so that no two workers tell of the same level; None for other facts."""
    if event.kind is not EventKind.ESCALATED:
        return None
    level = json.loads(event.value)
    return "|".join(filter(None, [issue, level["target"], f"{level['percent']:g}", level.get("since")]))


def state(events: list[Event], policies: Mapping[str, Policy] | None = None, now: datetime | None = None) -> ClockState:
    """The clock that the events give; hand in one `Policies()` to replay many issues."""
    return replay(events, policies or Policies(), now or utc_now())


class Policies(dict[str, Policy]):
    """Every policy by name, each read when it is first asked for."""

    def __missing__(self, name: str) -> Policy:
        try:
            self[name] = policy(name)
        except frappe.DoesNotExistError as missing:
            raise KeyError(name) from missing
        return self[name]

    def __contains__(self, name: object) -> bool:
        return bool(name)


def as_fields(clock: ClockState) -> dict[str, object]:
    """The clock in the fields that ERPNext's lists and reports read; times in site time, durations in seconds."""
    return {
        "response_by": to_site(clock.response_by),
        "sla_resolution_by": to_site(clock.resolution_by),
        "first_responded_on": to_site(clock.responded_at),
        "sla_resolution_date": to_site(clock.resolved_at),
        "on_hold_since": to_site(clock.paused_since),
        "total_hold_time": clock.hold_seconds,
        "first_response_time": clock.response_counted if clock.responded_at and clock.response_by else None,
        "resolution_time": (clock.resolved_at - clock.opened_at).total_seconds() if clock.resolved_at else None,
        "user_resolution_time": clock.resolution_counted if clock.resolved_at and clock.resolution_by else None,
        "agreement_status": clock.status.value if clock.status else "",
        "retainer_next_event_at": to_site(clock.next_event_at),
        # A reason stays only as long as the pause that it is for.
        **({} if clock.paused_since else {"retainer_pause_reason": None}),
    }


def record(issue: str, events: list[Event]) -> None:
    """Add events to a saved issue and bring its fields up to date, without a save of the issue."""
    write(issue, events)
    frappe.db.set_value("Issue", issue, as_fields(state(history(issue))), update_modified=False)
