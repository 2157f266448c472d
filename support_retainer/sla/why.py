"""'Why was this missed?': every stretch of a ticket's life as each target counted it, for staff and for the client."""

from collections.abc import Callable
from datetime import datetime

import frappe

from support_retainer.domain.sla_clock import ClockStretch, CountedAs, TargetState, explain, target_states
from support_retainer.site_time import utc_now
from support_retainer.sla import clock

# Gives what a reader is told of a pause: its reason, and whom it names.
Reason = Callable[[str], tuple[str, str]]

# What the client may read of our reasons: that we wait for the client, not for whom else.
SHOWN_TO_CLIENTS = {
    "Client": "Client",
    "Approval": "Approval",
    "Replied": "Client",
    "On hold: overdue": "On hold: overdue",
    "On hold: agreed": "On hold: agreed",
}
# A status that pauses by itself stands for a reason where no reason was given.
MEANT_BY_STATUS = {"Replied": "Client"}


@frappe.whitelist(methods=["GET", "POST"])
def why(issue: str) -> dict:
    """The answer for staff, as JSON: see `answer`; with the facts and who caused them in `events`.

    Raises frappe.PermissionError for those who may not read the Issue.
    """
    frappe.get_doc("Issue", issue).check_permission("read")
    return {**answer(issue, internal_reason), "events": facts(issue)}


def for_client(issue: str) -> dict:
    """The answer without our own reasons and people. The caller has checked that the Issue is the client's."""
    return answer(issue, client_reason)


def answer(issue: str, reason: Reason) -> dict:
    """{issue, policy, priority, time_zone, now, targets: [{target, standing, promised, counted, left, due_by, done_at,
    sums: {kind: seconds}, stretches: [{start, end, kind, reason, detail, seconds}]}]}.

    Durations are seconds, times ISO 8601 in UTC; `time_zone` is the client's. `next_update_by` is when the client
    hears from us again, None where that was not promised or is not our turn. No targets where nothing was promised.
    """
    now, policies, history = utc_now(), clock.Policies(), clock.history(issue)
    if not history:
        return {"issue": issue, "policy": None, "targets": []}
    state = clock.state(history, policies, now)
    stretches = {one.kind: explain(history, policies, now, one.kind) for one in target_states(history, policies, now)}
    return {
        "issue": issue,
        "policy": state.policy,
        "priority": state.priority,
        "time_zone": policies[state.policy].calendar.zone if state.policy else None,
        "now": iso(now),
        "next_update_by": iso(state.update.due) if state.update else None,
        "targets": [
            {**as_badge(one), **timeline(stretches[one.kind], reason)} for one in target_states(history, policies, now)
        ],
    }


def timeline(stretches: tuple[ClockStretch, ...], reason: Reason) -> dict:
    rows = [
        {
            "start": iso(one.start),
            "end": iso(one.end),
            "kind": one.counted_as.value,
            **dict(zip(("reason", "detail"), reason(one.reason), strict=True)),
            "seconds": one.seconds,
        }
        for one in stretches
    ]
    sums = {kind.value: sum(one.seconds for one in stretches if one.counted_as is kind) for kind in CountedAs}
    paused: dict[str, int] = {}
    for row in rows:
        if row["kind"] == CountedAs.PAUSED.value:
            paused[row["reason"]] = paused.get(row["reason"], 0) + row["seconds"]
    return {"sums": sums, "paused_for": paused, "stretches": rows}


def as_badge(one: TargetState) -> dict:
    """One target for a badge with a countdown; durations in seconds, times in ISO 8601."""
    return {
        "target": one.kind.value,
        "standing": one.standing.value,
        "promised": one.promised,
        "counted": one.counted,
        "left": one.left,
        "due_by": iso(one.due),
        "done_at": iso(one.done_at),
        "is_open_now": one.is_open_now,
        "ticks": one.ticks,
        "changes_at": iso(one.changes_at),
    }


def facts(issue: str) -> list[dict]:
    """What happened and who did it, oldest first."""
    rows = frappe.get_all(
        "SLA Event",
        filters={"issue": issue},
        fields=["at", "event", "value", "by_user"],
        order_by="at, creation, name",
    )
    return [{**row, "at": row["at"].isoformat() + "+00:00"} for row in rows]


def internal_reason(reason: str) -> tuple[str, str]:
    kind, _colon, detail = reason.partition(": ")
    return MEANT_BY_STATUS.get(kind, kind), detail


def client_reason(reason: str) -> tuple[str, str]:
    return SHOWN_TO_CLIENTS.get(reason, ""), ""


def iso(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds") if at else None
