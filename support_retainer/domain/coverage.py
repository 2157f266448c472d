"""Who pays for a stretch of work, decided in the order the contract gives.

Warranty, then the treatment of the activity, then support hours, then the pools (soonest-expiring first), then
the overage policy. A stretch that straddles support hours or the end of a pool comes back in parts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from support_retainer.domain._coverage_parts import Part, by_support_hours, rounded_parts, rounded_up
from support_retainer.domain._coverage_words import CHARGED, Claim, Coverage, CoverageKind, Reason, Work
from support_retainer.domain.contract_terms import ContractTerms, CoverageRule, OveragePolicy, Treatment
from support_retainer.domain.hour_ledger import Draw, Lot, draw

__all__ = [
    "CHARGED",
    "Claim",
    "Coverage",
    "CoverageKind",
    "Reason",
    "Work",
    "decide",
    "minimum_missing",
    "rounded_up",
    "worked_so_far",
]

GRANTED = frozenset({Treatment.INCLUDED, Treatment.FREE})


def decide(work: Work, terms: ContractTerms, claim: Claim | None, lots: tuple[Lot, ...]) -> tuple[Coverage, ...]:
    """Split one stretch of work into covered parts, in the order the contract gives.

    `lots` are what is left in the contract's pools on the day of the work; they are not changed.
    """
    if claim and claim.covered and claim.reported_in_time:
        return (_whole(work, CoverageKind.WARRANTY, Reason.OUR_DEFECT, minutes=0),)
    rule = terms.rule_for(work.activity_type)
    if terms.only_during_warranty and work.after_warranty and rule.treatment in GRANTED:
        return (_whole(work, CoverageKind.QUOTED, Reason.WARRANTY_OVER, work.minutes),)
    apart = _apart(work, terms, rule)
    if apart:
        return (apart,)
    return _merged(_included(work, terms, rule, lots))


def worked_so_far(worked: int, billed: int, minimum: int) -> int:
    """The emergency minutes that an incident had, from what is on record of it: by the clock, and billed.

    Beyond the minimum all that was billed was worked; within it the clock tells.
    """
    return billed if billed > minimum else min(worked, billed)


def minimum_missing(worked: int, billed: int, minimum: int) -> int:
    """Minutes that an incident still owes after some of its emergency time was taken back; nothing for no work."""
    return max(max(worked, minimum) - billed, 0) if worked else 0


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


def _included(work: Work, terms: ContractTerms, rule: CoverageRule, lots: tuple[Lot, ...]) -> Iterator[Coverage]:
    usable = tuple(lot for lot in lots if _fits(lot, work, terms))
    limited = any(pool.takes(work.activity_type, work.channel) for pool in terms.pools)
    worked, billed, approved = work.incident_worked_minutes, work.incident_billed_minutes, work.approved_minutes
    for part in rounded_parts(by_support_hours(work, terms), rule):
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


def _emergency(part: Part, worked_before: int, billed_before: int, terms: ContractTerms) -> Coverage:
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
    part: Part, draws: tuple[Draw, ...], approved: int, is_urgent: bool, terms: ContractTerms
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


def _cut(part: Part, counted: int) -> datetime:
    seconds = round((part.end - part.start).total_seconds() * counted / part.minutes)
    return part.end if counted == part.minutes else part.start + timedelta(seconds=seconds)


def _beyond_pools(part: Part, approved: int, is_urgent: bool, terms: ContractTerms) -> Iterator[Coverage]:
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


def _as_approved(part: Part, approved: int, rate: Decimal) -> Iterator[Coverage]:
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
