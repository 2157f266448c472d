"""The promise that a client hears from us again: so many support hours after our last word, while an issue is open.

It begins with the first reply (until then the response target runs) and stands still while the clock does: who waits
for the client owes no news. Support hours count whatever the targets' clock is, because it is people who write.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from support_retainer.domain._clock_history import History
from support_retainer.domain._clock_measures import Policy, due_and_counted, policy_named, runs_until


@dataclass(frozen=True, slots=True)
class NextUpdate:
    """When the next word is due, UTC; `since` names our last one, `is_asked` that staff was told it is overdue."""

    due: datetime
    since: str
    is_asked: bool


def next_update(history: History, policies: Mapping[str, Policy]) -> NextUpdate | None:
    """None where none is promised, before the first reply, and while the clock stands."""
    policy, last = policy_named(history.terms.policy, policies), history.updated_at
    if policy is None or not policy.update_every or last is None or history.stopped:
        return None
    now = history.seen_until
    runs = [(max(start, last), end) for start, end in runs_until(history, now) if end > last]
    due, _counted = due_and_counted(policy.calendar, policy.update_every, runs, now)
    since = last.isoformat()
    return NextUpdate(due, since, since in history.updates_asked)
