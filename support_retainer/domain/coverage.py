"""Who pays for a stretch of work, decided in the order the contract gives.

Warranty, then the treatment of the activity, then support hours, then the pools (soonest-expiring first), then
the overage policy. A stretch that straddles support hours or the end of a pool comes back in parts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import NamedTuple

from support_retainer.domain.contract_terms import ContractTerms, CoverageRule, OveragePolicy, Treatment
from support_retainer.domain.hour_ledger import Draw, Lot, draw
from support_retainer.domain.working_calendar import Stretch, StretchKind


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
    are what the client has approved beyond the pools and is not used yet; urgent work never waits for an approval."""

    activity_type: str
    start: datetime
    end: datetime
    channel: str = ""
    incident_worked_minutes: int = 0
    incident_billed_minutes: int = 0
    used_this_year: int = 0
    approved_minutes: int = 0
    is_urgent: bool = False

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


def decide(work: Work, terms: ContractTerms, claim: Claim | None, lots: tuple[Lot, ...]) -> tuple[Coverage, ...]:
    """Split one stretch of work into covered parts, in the order the contract gives.

    `lots` are what is left in the contract's pools on the day of the work; they are not changed.
    """
    if claim and claim.covered and claim.reported_in_time:
        return (_whole(work, CoverageKind.WARRANTY, Reason.OUR_DEFECT, minutes=0),)
    rule = terms.rule_for(work.activity_type)
    apart = _apart(work, terms, rule)
    if apart:
        return (apart,)
    return _merged(_included(work, terms, rule, lots))


def worked_so_far(worked: int, billed: int, minimum: int) -> int:
    """The emergency minutes that an incident had, from what is on record of it: by the clock, and billed.

    Beyond the minimum all that was billed was worked; within it the clock tells.
    """
    return billed if billed > minimum else min(worked, billed)


def rounded_up(minutes: int, step: int) -> int:
    """Minutes rounded up to the next multiple of `step`; 0 or 1 keeps them."""
    return -(-minutes // step) * step if step > 1 else minutes


def _whole(work: Work, kind: CoverageKind, reason: Reason, minutes: int, rate: Decimal | None = None) -> Coverage:
    return Coverage(kind, reason, work.start, work.end, minutes, rate)


def _apart(work: Work, terms: ContractTerms, rule: CoverageRule) -> Coverage | None:
    """The decision for work that never touches the pools; None for included work."""
    if rule.treatment is Treatment.INCLUDED and not rule.limit_per_year:
        return None
    counted = max(rounded_up(work.minutes, rule.rounding_minutes), rule.minimum_minutes)
    if rule.limit_per_year and work.used_this_year >= rule.limit_per_year:
        return _beyond_entitlement(work, terms, rule, counted)
    if rule.treatment is Treatment.FREE:
        return _whole(work, CoverageKind.FREE, Reason.ALWAYS_FREE, counted)
    if rule.treatment is Treatment.HOURLY:
        return _whole(work, CoverageKind.HOURLY, Reason.PER_HOUR, counted, terms.discounted(rule.rate))
    if rule.treatment is Treatment.DAILY:
        return _whole(work, CoverageKind.DAILY, Reason.PER_DAY, counted, terms.discounted(rule.rate))
    if rule.treatment is Treatment.QUOTED:
        return _whole(work, CoverageKind.QUOTED, Reason.QUOTED_APART, counted)
    if rule.treatment is Treatment.NOT_OFFERED:
        return _whole(work, CoverageKind.NOT_OFFERED, Reason.NOT_IN_PACKAGE, counted)
    return None


def _beyond_entitlement(work: Work, terms: ContractTerms, rule: CoverageRule, counted: int) -> Coverage:
    rate = rule.rate or terms.overage_rate
    if not rate:
        return _whole(work, CoverageKind.QUOTED, Reason.YEARLY_LIMIT_USED, counted)
    return _whole(work, CoverageKind.HOURLY, Reason.YEARLY_LIMIT_USED, counted, terms.discounted(rate))


class _Part(NamedTuple):
    start: datetime
    end: datetime
    minutes: int
    outside: bool


def _included(work: Work, terms: ContractTerms, rule: CoverageRule, lots: tuple[Lot, ...]) -> Iterator[Coverage]:
    usable = tuple(lot for lot in lots if _fits(lot, work, terms))
    limited = any(pool.takes(work.activity_type, work.channel) for pool in terms.pools)
    worked, billed, approved = work.incident_worked_minutes, work.incident_billed_minutes, work.approved_minutes
    for part in _rounded(_by_support_hours(work, terms), rule):
        if part.outside:
            emergency = _emergency(part, worked, billed, terms)
            worked, billed = worked + part.minutes, billed + emergency.minutes
            yield emergency
        elif not limited:
            yield Coverage(CoverageKind.INCLUDED, Reason.UNLIMITED, part.start, part.end, part.minutes)
        else:
            draws, usable = draw(usable, part.minutes)
            for covered in _from_pools(part, draws, approved, work.is_urgent, terms):
                approved -= covered.minutes if covered.reason is Reason.APPROVED else 0
                yield covered


def _fits(lot: Lot, work: Work, terms: ContractTerms) -> bool:
    """Hours whose pool the terms no longer know (a top-up, an old package) serve any work."""
    if not terms.has_pool(lot.pool):
        return True
    return any(pool.name == lot.pool for pool in terms.pools_for(work.activity_type, work.channel))


def _by_support_hours(work: Work, terms: ContractTerms) -> list[_Part]:
    """Consecutive parts inside and outside support hours; one part where outside hours cost nothing extra."""
    calendar = terms.calendar
    if calendar is None or terms.emergency_included or not terms.emergency_rate:
        return [_Part(work.start, work.end, work.minutes, outside=False)]
    seconds = (work.end - work.start).total_seconds()
    if not seconds:
        return [_Part(work.start, work.end, work.minutes, outside=not calendar.is_open(work.start))]
    open_seconds = calendar.between(work.start, work.end)
    if open_seconds in (0, seconds):  # nearly every row: measuring is far cheaper than laying out the stretches
        return [_Part(work.start, work.end, work.minutes, outside=not open_seconds)]
    return _in_whole_minutes(work, _runs(calendar.stretches(work.start, work.end)))


def _runs(stretches: Iterable[Stretch]) -> list[_Part]:
    """Neighbouring stretches that are alike for the client: a holiday is as closed as a night."""
    runs: list[_Part] = []
    for stretch in stretches:
        outside = stretch.kind is not StretchKind.OPEN
        if runs and runs[-1].outside == outside:
            runs[-1] = runs[-1]._replace(end=stretch.end)
        else:
            runs.append(_Part(stretch.start, stretch.end, 0, outside))
    return runs


def _in_whole_minutes(work: Work, runs: list[_Part]) -> list[_Part]:
    """Give each part whole minutes that add up to the work's; a part under half a minute joins its neighbour."""
    parts: list[_Part] = []
    start, done = work.start, 0
    for run in runs:
        is_last = run is runs[-1]
        upto = work.minutes if is_last else round((run.end - work.start).total_seconds() / 60)
        if upto > done:
            parts.append(_Part(start, run.end, upto - done, run.outside))
            start, done = run.end, upto
    return [*parts[:-1], parts[-1]._replace(end=work.end)]


def _rounded(parts: list[_Part], rule: CoverageRule) -> list[_Part]:
    """The row as a whole is rounded up; what rounding and the row's minimum add goes to the last part."""
    if not rule.rounding_minutes and not rule.minimum_minutes:
        return parts
    total = sum(part.minutes for part in parts)
    counted = max(rounded_up(total, rule.rounding_minutes), rule.minimum_minutes)
    last = parts[-1]
    return [*parts[:-1], last._replace(minutes=last.minutes + counted - total)]


def _emergency(part: _Part, worked_before: int, billed_before: int, terms: ContractTerms) -> Coverage:
    """Emergency minutes of one incident never bill less than the minimum, which counts once for the incident."""
    owed = max(worked_before + part.minutes, terms.emergency_minimum_minutes)
    billed = max(owed - billed_before, 0)
    reason = Reason.OUTSIDE_HOURS if billed <= part.minutes else Reason.INCIDENT_MINIMUM
    return Coverage(
        CoverageKind.EMERGENCY,
        reason,
        part.start,
        part.end,
        billed,
        rate=terms.emergency_rate,
        worked_minutes=part.minutes,
    )


def _from_pools(
    part: _Part, draws: tuple[Draw, ...], approved: int, is_urgent: bool, terms: ContractTerms
) -> Iterator[Coverage]:
    """The drawn minutes first, pool by pool, then what no pool could take.

    Counted minutes can exceed the clock's (rounding), so the cuts divide the clock time in proportion.
    """
    start, counted = part.start, 0
    for taken in draws:
        counted += taken.minutes
        stop = _cut(part, counted)
        yield Coverage(
            CoverageKind.INCLUDED, Reason.IN_POOL, start, stop, taken.minutes, pool=taken.pool, draws=(taken,)
        )
        start = stop
    if counted < part.minutes:
        rest = part._replace(start=start, minutes=part.minutes - counted)
        yield from _beyond_pools(rest, approved, is_urgent, terms)


def _cut(part: _Part, counted: int) -> datetime:
    seconds = round((part.end - part.start).total_seconds() * counted / part.minutes)
    return part.end if counted == part.minutes else part.start + timedelta(seconds=seconds)


def _beyond_pools(part: _Part, approved: int, is_urgent: bool, terms: ContractTerms) -> Iterator[Coverage]:
    """What no pool could take, as the overage policy says; approved minutes go before those that still wait."""
    policy, rate = terms.overage_policy, terms.overage_rate
    if policy is OveragePolicy.BILL:
        yield Coverage(CoverageKind.OVERAGE, Reason.POOL_EMPTY, part.start, part.end, part.minutes, rate)
    elif policy is OveragePolicy.STOP:
        yield Coverage(CoverageKind.STOPPED, Reason.SERVICE_STOPPED, part.start, part.end, part.minutes)
    elif is_urgent:
        yield Coverage(CoverageKind.OVERAGE, Reason.URGENT, part.start, part.end, part.minutes, rate)
    else:
        yield from _as_approved(part, approved, rate)


def _as_approved(part: _Part, approved: int, rate: Decimal) -> Iterator[Coverage]:
    agreed = min(approved, part.minutes)
    stop = _cut(part, agreed)
    if agreed:
        yield Coverage(CoverageKind.OVERAGE, Reason.APPROVED, part.start, stop, agreed, rate)
    if agreed < part.minutes:
        rest = part.minutes - agreed
        yield Coverage(CoverageKind.AWAITING_APPROVAL, Reason.NEEDS_APPROVAL, stop, part.end, rest)


def _merged(parts: Iterator[Coverage]) -> tuple[Coverage, ...]:
    """Neighbours with the same answer become one line: two lots of one pool are one draw to the reader."""
    merged: list[Coverage] = []
    for part in parts:
        before = merged[-1] if merged else None
        if before and _same_answer(before, part):
            merged[-1] = replace(
                before,
                end=part.end,
                minutes=before.minutes + part.minutes,
                draws=before.draws + part.draws,
                worked_minutes=before.worked_minutes + part.worked_minutes,
            )
        else:
            merged.append(part)
    return tuple(merged)


def _same_answer(one: Coverage, other: Coverage) -> bool:
    return (one.kind, one.reason, one.rate, one.pool) == (other.kind, other.reason, other.rate, other.pool)
