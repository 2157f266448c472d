"""Tickets of a contract whose service is on hold: their clocks wait, whatever happens to their status meanwhile."""

from collections.abc import Iterable

import frappe

from support_retainer.domain.sla_clock import Event, EventKind
from support_retainer.site_time import utc_now
from support_retainer.sla import clock

# What 'How is this counted?' says; the part after the colon is the detail.
HOLD = "On hold: "
BY_STATUS = (EventKind.PAUSED, EventKind.RESUMED)


def hold(contract: str, reason: str) -> list[str]:
    """Pause the clock of every open issue of the contract; returns those that now wait for this reason."""
    return [issue.name for issue in _open_issues(contract) if _hold_one(issue.name, reason)]


def release(contract: str) -> list[str]:
    """Let the clocks run again; an issue whose own status pauses it goes on waiting for that."""
    return [issue.name for issue in _open_issues(contract) if _release_one(issue)]


def _open_issues(contract: str) -> list[frappe._dict]:
    return frappe.get_all(
        "Issue",
        filters={"retainer_contract": contract, "status": ["not in", clock.DONE], "sla_policy": ["is", "set"]},
        fields=["name", "status", "sla_policy", "retainer_pause_reason"],
        order_by="name",
    )


def _hold_one(issue: str, reason: str) -> bool:
    known = clock.history(issue)
    if is_held(known):
        return False
    now = utc_now()
    paused = [Event(now, EventKind.RESUMED)] if clock.state(known).paused_since else []
    clock.record(issue, [*paused, _paused(now, reason)])
    return True


def _release_one(issue: frappe._dict) -> bool:
    if not is_held(clock.history(issue.name)):
        return False
    now = utc_now()
    events = [Event(now, EventKind.RESUMED)]
    if issue.status in clock.pausing_statuses(issue.sla_policy):
        events.append(Event(now, EventKind.PAUSED, issue.retainer_pause_reason or issue.status))
    clock.record(issue.name, events)
    return True


def is_held(known: Iterable[Event]) -> bool:
    """Whether the last pause is one of the contract's and still goes on."""
    last = next((event for event in reversed(list(known)) if event.kind in BY_STATUS), None)
    return bool(last and last.kind is EventKind.PAUSED and last.value.startswith(HOLD))


def through_hold(known: list[Event], new: list[Event], contract: str | None) -> list[Event]:
    """The new facts of an issue as its contract's standing lets them count.

    On hold a status neither pauses nor resumes the clock, and an issue that is opened or reopened waits at once.
    """
    if is_held(known):
        new = [event for event in new if event.kind not in BY_STATUS]
    starts = [event for event in new if event.kind in (EventKind.OPENED, EventKind.REOPENED)]
    reason = suspended_for(contract) if starts else None
    if not reason:
        return new
    waits = _paused(max(event.at for event in new), reason)
    return [*(event for event in new if event.kind not in BY_STATUS), waits]


def suspended_for(contract: str | None) -> str | None:
    return frappe.db.get_value("Retainer Contract", contract, "suspended_for") if contract else None


def _paused(at: object, reason: str) -> Event:
    return Event(at, EventKind.PAUSED, f"{HOLD}{reason.lower()}")
