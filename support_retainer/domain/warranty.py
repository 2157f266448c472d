"""What the implementation warranty says about a defect: our own faults, reported by its last day.

The covered causes are those of seed 000, "90-Day Implementation Warranty": our implementation, data migration, our
integration, our configuration; changes of the client, ERPNext itself, third parties and user errors are not.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum

OUR_CAUSES = ("Our Implementation", "Data Migration", "Our Integration", "Our Configuration")
COVERED_CAUSES = frozenset(OUR_CAUSES)
UNKNOWN = "Unknown"
CAUSES = (*OUR_CAUSES, "Client Change", "ERPNext Core", "Third Party", "User Error", UNKNOWN)


class Decision(str, Enum):
    """The values are what a Warranty Claim shows."""

    PENDING = "Pending"
    COVERED = "Covered"
    NOT_COVERED = "Not Covered"


class Ground(str, Enum):
    """Why; the shell turns each into a sentence."""

    OUR_DEFECT = "our_defect"
    CAUSE_UNKNOWN = "cause_unknown"
    NOT_OUR_CAUSE = "not_our_cause"
    NO_WARRANTY = "no_warranty"
    REPORTED_TOO_LATE = "reported_too_late"


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the rules say about a claim, before anybody decides."""

    decision: Decision
    ground: Ground


def propose(cause: str, reported_on: date, last_day: date | None) -> Proposal:
    """The decision the warranty calls for; `last_day` is its last day, None where there is no warranty.

    The dates come first: a claim that is too late stays too late, whatever the cause turns out to be.
    """
    if last_day is None:
        return Proposal(Decision.NOT_COVERED, Ground.NO_WARRANTY)
    if reported_on > last_day:
        return Proposal(Decision.NOT_COVERED, Ground.REPORTED_TOO_LATE)
    if cause in COVERED_CAUSES:
        return Proposal(Decision.COVERED, Ground.OUR_DEFECT)
    if not cause or cause == UNKNOWN:
        return Proposal(Decision.PENDING, Ground.CAUSE_UNKNOWN)
    return Proposal(Decision.NOT_COVERED, Ground.NOT_OUR_CAUSE)


def goes_beyond(decision: Decision, proposal: Proposal) -> bool:
    """Whether a decision gives the client more than the warranty does, which only a manager may."""
    return decision is Decision.COVERED and proposal.decision is not Decision.COVERED
