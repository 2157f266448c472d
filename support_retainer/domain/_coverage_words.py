"""The words of a coverage decision: the work asked about, where its time goes and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum

from support_retainer.domain.hour_ledger import Draw


class CoverageKind(str, Enum):
    """Where the time goes; the values are what a timesheet row shows."""

    WARRANTY = "Warranty"
    INCLUDED = "Included"
    FREE = "Free"
    OVERAGE = "Overage"
    EMERGENCY = "Emergency"
    HOURLY = "Hourly"
    DAILY = "Daily"
    QUOTED = "Quoted"
    NOT_OFFERED = "Not Offered"
    AWAITING_APPROVAL = "Awaiting Approval"
    STOPPED = "Stopped"


CHARGED = frozenset({CoverageKind.OVERAGE, CoverageKind.EMERGENCY, CoverageKind.HOURLY, CoverageKind.DAILY})


class Reason(str, Enum):
    """Why; the shell turns each into a sentence with the facts of the Coverage."""

    OUR_DEFECT = "our_defect"
    ALWAYS_FREE = "always_free"
    IN_POOL = "in_pool"
    UNLIMITED = "unlimited"
    POOL_EMPTY = "pool_empty"
    APPROVED = "approved"
    URGENT = "urgent"
    NEEDS_APPROVAL = "needs_approval"
    SERVICE_STOPPED = "service_stopped"
    OUTSIDE_HOURS = "outside_hours"
    INCIDENT_MINIMUM = "incident_minimum"
    PER_HOUR = "per_hour"
    PER_DAY = "per_day"
    YEARLY_LIMIT_USED = "yearly_limit_used"
    QUOTED_APART = "quoted_apart"
    ON_ESTIMATE = "on_estimate"
    NOT_IN_PACKAGE = "not_in_package"
    WARRANTY_OVER = "warranty_over"
    OVERRIDDEN = "overridden"


@dataclass(frozen=True, slots=True)
class Claim:
    """The decided warranty claim of an issue."""

    covered: bool
    reported_in_time: bool


@dataclass(frozen=True, slots=True)
class Work:
    """One stretch of work. `incident_*` are the emergency minutes the same issue had before this stretch,
    `used_this_year` how often the yearly entitlement of the activity was taken by other issues. `approved_minutes`
    are what the client has approved beyond the pools and is not used yet; urgent work never waits for an approval.
    `after_warranty` is work later than the last day of the contract's warranty."""

    activity_type: str
    start: datetime
    end: datetime
    channel: str = ""
    incident_worked_minutes: int = 0
    incident_billed_minutes: int = 0
    used_this_year: int = 0
    approved_minutes: int = 0
    is_urgent: bool = False
    after_warranty: bool = False

    @property
    def minutes(self) -> int:
        """Whole minutes, half up; work that was done at all counts at least one."""
        length = self.end - self.start
        return (length.days * 86400 + length.seconds + 30) // 60 or 1


@dataclass(frozen=True, slots=True)
class Coverage:
    """A decision about [start, end): what, why, and how much. `minutes` are the minutes that count (rounded,
    with minimums), `rate` is per hour (per day for DAILY) in contract currency, None where nothing is charged.
    `worked_minutes` are those of an emergency before its minimum: add them up for the next work on the incident."""

    kind: CoverageKind
    reason: Reason
    start: datetime
    end: datetime
    minutes: int
    rate: Decimal | None = None
    pool: str | None = None
    draws: tuple[Draw, ...] = ()
    worked_minutes: int = 0

    @property
    def clock_minutes(self) -> int:
        """What the clock says, before rounding and minimums."""
        return round((self.end - self.start).total_seconds() / 60)

    @property
    def is_charged(self) -> bool:
        return self.kind in CHARGED

    @property
    def is_ordered(self) -> bool:
        """Charged too, but by the client's order and never by the contract's invoice."""
        return self.reason is Reason.ON_ESTIMATE and self.rate is not None
