"""However work, lots and terms fall together, its parts are whole and no hour is drawn twice."""

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from support_retainer.domain.contract_terms import CoverageRule, HourPool, OveragePolicy, Treatment
from support_retainer.domain.coverage import CoverageKind, Reason, Work, decide, rounded_up
from support_retainer.domain.hour_ledger import EntryType, Lot
from tests.unit.domain.coverage_terms import FULL, TERMS, work

stretches = st.tuples(
    st.datetimes(min_value=datetime(2026, 2, 1), max_value=datetime(2026, 4, 1)),
    st.integers(min_value=1, max_value=3 * 86400),
)
lot_lists = st.lists(
    st.builds(
        Lot,
        key=st.uuids().map(str),
        pool=st.sampled_from(["Support Hours", "Phone", "Unknown"]),
        type=st.sampled_from([EntryType.ALLOTMENT, EntryType.TOP_UP]),
        remaining=st.integers(0, 600),
        expired=st.integers(0, 300),
        expires_on=st.none() | st.dates(date(2026, 2, 1), date(2026, 5, 1)),
    ),
    max_size=5,
).map(tuple)
every_terms = st.builds(
    lambda policy, rounding, minimum, included: replace(
        TERMS,
        pools=(*TERMS.pools, HourPool("Phone", 600, channel="Phone")),
        overage_policy=policy,
        emergency_included=included,
        rules={
            "User Support": CoverageRule(
                "User Support", Treatment.INCLUDED, rounding_minutes=rounding, minimum_minutes=minimum
            )
        },
    ),
    st.sampled_from(OveragePolicy),
    st.sampled_from([0, 6, 15, 60]),
    st.sampled_from([0, 30, 120]),
    st.booleans(),
)


@given(stretches, lot_lists, every_terms, st.sampled_from(["", "Phone", "Email"]))
def test_parts_are_contiguous_add_up_and_never_draw_more_than_the_lots_hold(stretch, lots, terms, channel):
    start = stretch[0].replace(tzinfo=timezone.utc)
    row = Work("User Support", start, start + timedelta(seconds=stretch[1]), channel)
    parts = decide(row, terms, None, lots)
    assert (parts[0].start, parts[-1].end) == (row.start, row.end)
    assert all(one.end == other.start for one, other in pairwise(parts))
    assert sum(_counted(part) for part in parts) == _counted_minutes(row, terms)
    drawn = _drawn(parts)
    held = {lot.key: lot.remaining + lot.expired for lot in lots}
    assert all(minutes <= held[lot] for lot, minutes in drawn.items())
    assert sum(drawn.values()) == sum(part.minutes for part in parts if part.reason is Reason.IN_POOL)


def _counted(part):
    return part.worked_minutes if part.kind is CoverageKind.EMERGENCY else part.minutes


def _counted_minutes(row, terms):
    rule = terms.rules["User Support"]
    return max(rounded_up(row.minutes, rule.rounding_minutes), rule.minimum_minutes)


def _drawn(parts):
    drawn = {}
    for part in parts:
        for taken in part.draws:
            drawn[taken.lot] = drawn.get(taken.lot, 0) + taken.minutes
    return drawn


@given(stretches, st.sampled_from(["", "Phone"]))
def test_overage_starts_only_when_every_fitting_lot_is_empty(stretch, channel):
    start = stretch[0].replace(tzinfo=timezone.utc)
    row = Work("User Support", start, start + timedelta(seconds=stretch[1]), channel)
    parts = decide(row, TERMS, None, (FULL,))
    if any(part.kind is CoverageKind.OVERAGE for part in parts):
        assert _drawn(parts) == {"march": 240}


@given(st.lists(st.integers(1, 300), min_size=1, max_size=8))
def test_an_incident_bills_the_larger_of_its_minutes_and_the_minimum_however_it_is_split(rows):
    at_night = datetime(2026, 3, 6, 0, 0, tzinfo=timezone.utc)  # Friday: closed all day in Dubai
    worked = billed = 0
    for minutes in rows:
        row = work(minutes, at_night, incident_worked_minutes=worked, incident_billed_minutes=billed)
        for part in decide(row, TERMS, None, (FULL,)):
            worked, billed = worked + part.worked_minutes, billed + part.minutes
    assert (worked, billed) == (sum(rows), max(sum(rows), 120))
