"""When maintenance is due, when it is done, and who hears of what is late."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from dateutil.relativedelta import relativedelta

# Days late at which the responsible person, and at which the managers are told; each once.
LATE = (1, 3)


# Work on a system as a whole: all its time is on one ticket, so that a fee, an entitlement and the minimum of an
# emergency count once for it.
ON_ONE_TICKET = ("Upgrade", "Server Migration")


class Cadence(str, Enum):
    ON_REQUEST = "On Request"
    ONCE = "Once"  # in the first month of the contract
    WEEKLY = "Weekly"
    FOUR_WEEKLY = "Every 4 Weeks"
    MONTHLY = "Monthly"
    QUARTERLY = "Quarterly"
    YEARLY = "Yearly"


_WEEKS = {Cadence.WEEKLY: 1, Cadence.FOUR_WEEKLY: 4}
_MONTHS = {Cadence.ONCE: 1, Cadence.MONTHLY: 1, Cadence.QUARTERLY: 3, Cadence.YEARLY: 12}


def due_date(start: date, cadence: Cadence, number: int) -> date:
    """The last day of the number-th span (from 0), counted from the start itself, so that the 31st comes back."""
    if cadence in _WEEKS:
        return start + timedelta(weeks=_WEEKS[cadence] * (number + 1), days=-1)
    return start + relativedelta(months=_MONTHS[cadence] * (number + 1)) - timedelta(days=1)


def due_between(start: date, cadence: Cadence, first: date, last: date) -> list[date]:
    """Every due date from `first` to `last`, both included; none where it is done on request."""
    if cadence is Cadence.ON_REQUEST or last < start:
        return []
    if cadence is Cadence.ONCE:
        return [day] if first <= (day := due_date(start, cadence, 0)) <= last else []
    found, number = [], _number_before(start, cadence, first)
    while (day := due_date(start, cadence, number)) <= last:
        if day >= first:
            found.append(day)
        number += 1
    return found


def _number_before(start: date, cadence: Cadence, day: date) -> int:
    """A number whose due date is not after `day`, or 0; so that old contracts are not walked from their start."""
    if day <= start:
        return 0
    if cadence in _WEEKS:
        return max((day - start).days // (7 * _WEEKS[cadence]) - 2, 0)
    months = (day.year - start.year) * 12 + day.month - start.month
    return max(months // _MONTHS[cadence] - 2, 0)


def level_of_lateness(due: date, today: date) -> int:
    """0: in time; 1: the responsible person hears of it; 2: the managers too."""
    late = (today - due).days
    return sum(late >= days for days in LATE)


class Missing(str, Enum):
    """What keeps a job from being done."""

    STEPS = "Steps"
    EVIDENCE = "Evidence"
    RESTORE_TEST = "Restore Test"
    STAGING = "Staging Test"
    ROLLBACK = "Rollback Plan"
    APPROVAL = "Approval"
    WINDOW = "Window"
    VERIFICATION = "Verification"


class Approval(str, Enum):
    """What the client said to the plan of a job."""

    NOT_ASKED = "Not Asked"
    ASKED = "Asked"
    APPROVED = "Approved"
    DECLINED = "Declined"


@dataclass(frozen=True, slots=True)
class Upgrade:
    staging_passed: bool = False
    has_rollback_plan: bool = False
    is_approved: bool = False
    has_window: bool = False
    is_verified: bool = False


def missing_to_ask(upgrade: Upgrade) -> list[Missing]:
    """A client approves a plan that is one: tested, with a way back and a time."""
    wanted = (
        (Missing.STAGING, upgrade.staging_passed),
        (Missing.ROLLBACK, upgrade.has_rollback_plan),
        (Missing.WINDOW, upgrade.has_window),
    )
    return [one for one, is_there in wanted if not is_there]


def missing_to_start(upgrade: Upgrade) -> list[Missing]:
    return missing_to_ask(upgrade) + ([] if upgrade.is_approved else [Missing.APPROVAL])


def missing_to_ask_window(*, has_window: bool) -> list[Missing]:
    return [] if has_window else [Missing.WINDOW]


def missing_to_start_window(approval: Approval) -> list[Missing]:
    """A job that needs no approval waits for the answer all the same, once its window was put before the client."""
    return [Missing.APPROVAL] if approval in (Approval.ASKED, Approval.DECLINED) else []


def is_agreed(is_upgrade: bool, approval: Approval) -> bool:
    """Whether a window stands: an upgrade's once it is approved, any other unless the client was asked first."""
    return approval is Approval.APPROVED or (approval is Approval.NOT_ASKED and not is_upgrade)


def missing_to_finish(
    steps_done: Sequence[bool],
    *,
    needs_evidence: bool,
    has_evidence: bool,
    needs_restore_test: bool = False,
    has_restore_test: bool = False,
    upgrade: Upgrade | None = None,
) -> list[Missing]:
    found = [] if all(steps_done) else [Missing.STEPS]
    if needs_evidence and not (has_evidence or has_restore_test):
        found.append(Missing.EVIDENCE)
    if needs_restore_test and not has_restore_test:
        found.append(Missing.RESTORE_TEST)
    if upgrade:
        found += missing_to_start(upgrade) + ([] if upgrade.is_verified else [Missing.VERIFICATION])
    return found
