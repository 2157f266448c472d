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


class Reproduction(str, Enum):
    """Where the fault was seen again; the values are the answers on a Warranty Claim."""

    STANDARD = "In a standard test instance"
    CLIENT_ONLY = "Only on the client's site"
    NOWHERE = "Nowhere"


class Change(str, Enum):
    """Which change broke it; the values are the answers on a Warranty Claim."""

    OUR_CODE = "Our code"
    OUR_SETUP = "Our configuration"
    OUR_IMPORT = "Our data migration"
    OUR_LINK = "Our integration"
    CLIENT = "A change of the client"
    UPDATE = "An ERPNext update"
    OUTSIDE = "A service outside"
    NONE = "No change found"


_BY_CHANGE = {
    Change.OUR_CODE: "Our Implementation",
    Change.OUR_SETUP: "Our Configuration",
    Change.OUR_IMPORT: "Data Migration",
    Change.OUR_LINK: "Our Integration",
    Change.CLIENT: "Client Change",
    Change.UPDATE: "ERPNext Core",
    Change.OUTSIDE: "Third Party",
}


def suggested_cause(reproduction: str, change: str) -> str:
    """What the evidence points to; a change that was found says more than where the fault shows.

    What a standard instance shows too is ERPNext's own; what nobody can show again, and no change explains, was done
    by a user. "" while a question is open that matters.
    """
    if change and Change(change) in _BY_CHANGE:
        return _BY_CHANGE[Change(change)]
    if not reproduction or not change:
        return ""
    found = {
        Reproduction.STANDARD: "ERPNext Core",
        Reproduction.CLIENT_ONLY: UNKNOWN,
        Reproduction.NOWHERE: "User Error",
    }
    return found[Reproduction(reproduction)]


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
