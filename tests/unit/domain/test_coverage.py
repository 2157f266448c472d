from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from support_retainer.domain.contract_terms import CoverageRule, HourPool, OveragePolicy, Treatment
from support_retainer.domain.coverage import Claim, Coverage, CoverageKind, Reason, Work, decide, rounded_up
from support_retainer.domain.hour_ledger import EntryType, Lot
from tests.unit.domain.coverage_terms import FULL, MONDAY_10, TERMS, work


def with_rule(treatment, terms=TERMS, **rule):
    return replace(terms, rules={"Special": CoverageRule("Special", treatment, **rule)})


def special(terms, minutes=60, **facts):
    return decide(work(minutes, activity_type="Special", **facts), terms, None, (FULL,))


def summary(parts):
    return [(part.kind, part.minutes) for part in parts]


def test_included_work_draws_the_pool():
    (part,) = decide(work(), TERMS, None, (FULL,))
    assert (part.kind, part.reason, part.minutes, part.pool, part.rate) == (
        CoverageKind.INCLUDED,
        Reason.IN_POOL,
        60,
        "Support Hours",
        None,
    )
    assert [(taken.lot, taken.minutes) for taken in part.draws] == [("march", 60)]


def test_work_that_straddles_the_end_of_the_pool_splits_at_the_minute():
    included, overage = decide(work(300), TERMS, None, (FULL,))
    assert summary((included, overage)) == [(CoverageKind.INCLUDED, 240), (CoverageKind.OVERAGE, 60)]
    assert included.end == overage.start == MONDAY_10 + timedelta(minutes=240)
    assert (overage.rate, overage.reason) == (Decimal(150), Reason.POOL_EMPTY)


@pytest.mark.parametrize(
    ("policy", "kind", "reason", "rate"),
    [
        (OveragePolicy.BILL, CoverageKind.OVERAGE, Reason.POOL_EMPTY, Decimal(150)),
        (OveragePolicy.ASK_APPROVAL, CoverageKind.AWAITING_APPROVAL, Reason.NEEDS_APPROVAL, None),
        (OveragePolicy.STOP, CoverageKind.STOPPED, Reason.SERVICE_STOPPED, None),
    ],
)
def test_the_overage_policy_decides_what_happens_beyond_the_pool(policy, kind, reason, rate):
    (part,) = decide(work(), replace(TERMS, overage_policy=policy), None, ())
    assert (part.kind, part.reason, part.rate, part.minutes) == (kind, reason, rate, 60)


def test_a_covered_claim_wins_over_everything_and_counts_no_minutes():
    at_night = work(at=MONDAY_10 - timedelta(hours=8))
    (part,) = decide(at_night, TERMS, Claim(covered=True, reported_in_time=True), (FULL,))
    assert (part.kind, part.reason, part.minutes, part.draws) == (CoverageKind.WARRANTY, Reason.OUR_DEFECT, 0, ())


@pytest.mark.parametrize("claim", [Claim(covered=False, reported_in_time=True), Claim(True, False)])
def test_a_claim_that_is_not_covered_or_too_late_is_ordinary_work(claim):
    (part,) = decide(work(), TERMS, claim, (FULL,))
    assert part.kind is CoverageKind.INCLUDED


@pytest.mark.parametrize(
    ("treatment", "kind", "reason", "rate"),
    [
        (Treatment.FREE, CoverageKind.FREE, Reason.ALWAYS_FREE, None),
        (Treatment.HOURLY, CoverageKind.HOURLY, Reason.PER_HOUR, Decimal(200)),
        (Treatment.DAILY, CoverageKind.DAILY, Reason.PER_DAY, Decimal(200)),
        (Treatment.QUOTED, CoverageKind.QUOTED, Reason.QUOTED_APART, None),
        (Treatment.NOT_OFFERED, CoverageKind.NOT_OFFERED, Reason.NOT_IN_PACKAGE, None),
    ],
)
def test_work_with_a_treatment_of_its_own_never_touches_the_pool(treatment, kind, reason, rate):
    (part,) = special(with_rule(treatment, rate=Decimal(200)))
    assert (part.kind, part.reason, part.rate, part.minutes, part.draws) == (kind, reason, rate, 60, ())


def test_a_treatment_of_its_own_comes_before_support_hours():
    (part,) = special(with_rule(Treatment.HOURLY, rate=Decimal(200)), at=MONDAY_10 - timedelta(hours=8))
    assert part.kind is CoverageKind.HOURLY


@pytest.mark.parametrize("treatment", [Treatment.HOURLY, Treatment.DAILY])
def test_a_valid_contract_earns_the_discount_on_standard_rates(treatment):
    terms = replace(with_rule(treatment, rate=Decimal(1200)), discount_percent=Decimal(10))
    assert special(terms)[0].rate == Decimal(1080)


def test_a_row_is_rounded_up_and_not_below_its_minimum():
    rounding = with_rule(Treatment.HOURLY, rate=Decimal(85), rounding_minutes=15)
    assert [special(rounding, minutes)[0].minutes for minutes in (1, 15, 16)] == [15, 15, 30]
    minimum = with_rule(Treatment.HOURLY, rate=Decimal(85), minimum_minutes=60)
    assert [special(minimum, minutes)[0].minutes for minutes in (1, 60, 61)] == [60, 60, 61]


def test_included_work_is_rounded_before_it_draws_the_pool():
    (part,) = special(with_rule(Treatment.INCLUDED, rounding_minutes=15), 50)
    assert (part.kind, part.minutes, part.draws[0].minutes) == (CoverageKind.INCLUDED, 60, 60)


def test_rounding_of_a_row_across_closing_time_counts_once_at_its_end():
    terms = with_rule(Treatment.INCLUDED, rounding_minutes=60)
    inside, outside = special(terms, 100, at=MONDAY_10 + timedelta(hours=7, minutes=30), incident_billed_minutes=120)
    assert (inside.minutes, outside.worked_minutes) == (30, 90)


@pytest.mark.parametrize(("minutes", "step", "expected"), [(7, 0, 7), (7, 1, 7), (7, 6, 12), (12, 6, 12), (1, 60, 60)])
def test_minutes_are_rounded_up_to_the_next_step(minutes, step, expected):
    assert rounded_up(minutes, step) == expected


@pytest.mark.parametrize(("seconds", "minutes"), [(1, 1), (29, 1), (89, 1), (90, 2), (3600, 60)])
def test_work_counts_in_whole_minutes_and_at_least_one(seconds, minutes):
    assert Work("Any", MONDAY_10, MONDAY_10 + timedelta(seconds=seconds)).minutes == minutes


def test_the_yearly_entitlement_is_included_until_another_issue_took_it():
    terms = with_rule(Treatment.INCLUDED, limit_per_year=1, rate=Decimal(1200))
    assert special(terms)[0].kind is CoverageKind.INCLUDED
    (second,) = special(terms, used_this_year=1)
    assert (second.kind, second.reason, second.rate) == (
        CoverageKind.HOURLY,
        Reason.YEARLY_LIMIT_USED,
        Decimal(1200),
    )


def test_beyond_the_entitlement_without_a_rate_of_its_own_the_overage_rate_counts_else_it_is_quoted():
    terms = with_rule(Treatment.FREE, limit_per_year=1)
    assert special(terms, used_this_year=1)[0].rate == Decimal(150)
    (part,) = special(replace(terms, overage_rate=Decimal(0)), used_this_year=1)
    assert (part.kind, part.reason, part.rate) == (CoverageKind.QUOTED, Reason.YEARLY_LIMIT_USED, None)


def test_work_no_pool_is_meant_for_is_included_without_limit():
    phone_only = replace(TERMS, pools=(HourPool("Phone", 600, channel="Phone"),))
    (part,) = decide(work(channel="Email"), phone_only, None, ())
    assert (part.kind, part.reason, part.pool) == (CoverageKind.INCLUDED, Reason.UNLIMITED, None)


def test_unlimited_work_leaves_hours_of_other_pools_and_bought_hours_alone():
    phone_only = replace(TERMS, pools=(HourPool("Phone", 600, channel="Phone"),))
    bought = Lot("pack", "Pack of an old package", EntryType.TOP_UP, 60)
    (part,) = decide(work(90, channel="Email"), phone_only, None, (bought,))
    assert (part.reason, part.draws) == (Reason.UNLIMITED, ())


def test_a_pool_serves_only_its_channel_and_its_activity():
    content = replace(TERMS, pools=(HourPool("Content", 240, activity_type="Content Update"), HourPool("Any", 60)))
    lots = (
        Lot("content", "Content", EntryType.ALLOTMENT, 240, expires_on=date(2026, 3, 30)),
        Lot("any", "Any", EntryType.ALLOTMENT, 60, expires_on=date(2026, 3, 31)),
    )
    parts = decide(work(90), content, None, lots)
    assert [(part.kind, part.pool, part.minutes) for part in parts] == [
        (CoverageKind.INCLUDED, "Any", 60),
        (CoverageKind.OVERAGE, None, 30),
    ]


def test_hours_of_a_package_the_client_has_left_serve_any_limited_work():
    old = Lot("old", "Pool of the old package", EntryType.ROLLOVER, 30, expires_on=date(2026, 3, 15))
    parts = decide(work(90), TERMS, None, (FULL, old))
    assert [(part.pool, part.minutes) for part in parts] == [("Pool of the old package", 30), ("Support Hours", 60)]


def test_the_pool_that_expires_first_is_drawn_first_whatever_the_order():
    sooner = Lot("sooner", "Support Hours", EntryType.ROLLOVER, 20, expires_on=date(2026, 3, 10))
    for lots in ((FULL, sooner), (sooner, FULL)):
        (part,) = decide(work(30), TERMS, None, lots)
        assert [(taken.lot, taken.minutes) for taken in part.draws] == [("sooner", 20), ("march", 10)]


def test_work_outside_support_hours_is_an_emergency():
    (part,) = decide(work(150, at=MONDAY_10 - timedelta(hours=8)), TERMS, None, (FULL,))
    assert (part.kind, part.reason, part.minutes, part.rate) == (
        CoverageKind.EMERGENCY,
        Reason.OUTSIDE_HOURS,
        150,
        Decimal(300),
    )


def test_a_holiday_is_outside_support_hours():
    noon = datetime(2026, 12, 2, 8, 0, tzinfo=timezone.utc)
    assert decide(work(180, at=noon), TERMS, None, (FULL,))[0].kind is CoverageKind.EMERGENCY


def test_a_row_across_closing_time_splits_there():
    before, after = decide(work(180, at=MONDAY_10 + timedelta(hours=6)), TERMS, None, (FULL,))
    assert summary((before, after)) == [(CoverageKind.INCLUDED, 120), (CoverageKind.EMERGENCY, 120)]
    assert before.end == after.start == datetime(2026, 3, 2, 14, 0, tzinfo=timezone.utc)
    assert (after.reason, after.worked_minutes) == (Reason.INCIDENT_MINIMUM, 60)


def test_a_row_over_a_whole_night_has_one_emergency_between_two_days():
    parts = decide(work(17 * 60, at=MONDAY_10 + timedelta(hours=7)), TERMS, None, (FULL,))
    assert summary(parts) == [
        (CoverageKind.INCLUDED, 60),
        (CoverageKind.EMERGENCY, 15 * 60),
        (CoverageKind.INCLUDED, 60),
    ]


def test_a_part_under_half_a_minute_joins_its_neighbour():
    (part,) = decide(Work("User Support", MONDAY_10 - timedelta(hours=1, seconds=20), MONDAY_10), TERMS, None, (FULL,))
    assert summary((part,)) == [(CoverageKind.INCLUDED, 60)]
    assert part.start == MONDAY_10 - timedelta(hours=1, seconds=20)


@pytest.mark.parametrize("at", [MONDAY_10, MONDAY_10 - timedelta(hours=8)])
def test_work_of_no_length_is_one_minute_of_the_hours_it_lies_in(at):
    (part,) = decide(Work("User Support", at, at), TERMS, None, (FULL,))
    expected = (CoverageKind.INCLUDED, 1) if at == MONDAY_10 else (CoverageKind.EMERGENCY, 120)
    assert (part.kind, part.minutes) == expected


def test_the_emergency_minimum_counts_once_for_an_incident_not_for_each_row():
    at_night = MONDAY_10 - timedelta(hours=8)
    worked = billed = 0
    charged = []
    for minutes in (30, 60, 45, 10):
        row = work(minutes, at_night, incident_worked_minutes=worked, incident_billed_minutes=billed)
        (part,) = decide(row, TERMS, None, ())
        worked, billed = worked + part.worked_minutes, billed + part.minutes
        charged.append(part.minutes)
    assert charged == [120, 0, 15, 10]


@pytest.mark.parametrize(
    "terms",
    [
        replace(TERMS, emergency_included=True),
        replace(TERMS, emergency_rate=Decimal(0)),
        replace(TERMS, calendar=None),
    ],
    ids=["included", "no rate", "no calendar"],
)
def test_without_an_emergency_price_the_night_is_like_the_day(terms):
    (part,) = decide(work(at=MONDAY_10 - timedelta(hours=8)), terms, None, (FULL,))
    assert part.kind is CoverageKind.INCLUDED


@pytest.mark.parametrize(
    ("kind", "charged"),
    [(kind, kind.value in ("Overage", "Emergency", "Hourly", "Daily")) for kind in CoverageKind],
)
def test_only_overage_emergency_hourly_and_daily_work_is_charged(kind, charged):
    assert Coverage(kind, Reason.IN_POOL, MONDAY_10, MONDAY_10, 1).is_charged is charged
