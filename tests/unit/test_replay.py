"""A contract's record replayed: when things were booked and billed decides what they cost, as it did then."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from support_retainer.domain.billing_period import Anchor
from support_retainer.domain.contract_terms import CoverageRule, HourPool, LastPeriod, OveragePolicy, Treatment
from support_retainer.domain.hour_ledger import EntryType
from support_retainer.domain.late_time import draw_day
from support_retainer.domain.on_record import Begun, Booking, HandPosting, Record, Settled
from support_retainer.domain.override import Override, OverrideKind
from support_retainer.domain.replay import replay
from support_retainer.domain.simulation import History, simulate
from tests.unit.simulation_stories import GROWTH, START, TERMS, at, row, ticket, with_rules

FIRST, SECOND, THIRD = "2026-01-31", "2026-02-28", "2026-03-31"


def booked(one, logged, **booking):
    """The row as it was submitted at that moment."""
    moment = at(logged)
    back = booking.pop("back", None)
    return replace(one, booking=Booking(moment, moment.date(), at(back) if back else None, **booking))


def settled(start, moment=None, **known):
    return Settled(date.fromisoformat(start), at(moment or f"{start} 00:30"), **known)


def by_hand(moment, minutes, kind=EntryType.TOP_UP, until=None, of=None):
    """Hours from that day on; `of` is the period whose own hours they change."""
    when = at(moment)
    if of:
        first, last = (date.fromisoformat(day) for day in of)
        return HandPosting(when, when.date(), "Support Hours", EntryType.ALLOTMENT, minutes, first, last, False)
    end = date.fromisoformat(until) if until else None
    return HandPosting(when, when.date(), "Support Hours", kind, minutes, when.date(), end, True)


def amounts(*rows, invoices=(FIRST, SECOND, THIRD), given=(), begun=(), offer=GROWTH, anchor=Anchor.START_DAY):
    periods = tuple(one if isinstance(one, Settled) else settled(one) for one in invoices)
    record = Record(periods, tuple(given), tuple(begun))
    history = History((), rows, START, date(2026, 6, 30), at("2026-06-30 12:00"), record)
    return [float(invoice.total) for invoice in replay(offer, history, anchor).invoices]


def test_what_was_logged_on_the_spot_costs_what_the_simulation_says():
    rows = [row("2026-02-02 10:00", 200), row("2026-02-03 10:00", 100), row("2026-03-02 10:00", 300)]
    simulated = simulate(GROWTH, History((), rows, START, date(2026, 3, 31), at("2026-06-30 12:00"))).invoices
    found = amounts(*(booked(one, one.work.end.isoformat(sep=" ")[:16]) for one in rows))
    assert found == [float(invoice.total) for invoice in simulated if not invoice.is_closing]


def test_late_time_uses_the_hours_of_the_day_and_comes_with_the_next_invoice():
    late = booked(row("2026-02-03 10:00", 200), "2026-03-02 19:00")
    own = booked(row("2026-03-03 10:00", 100), "2026-03-03 19:00")
    assert amounts(late, own) == [450, 450, 450 + 150]


def test_time_that_comes_before_its_invoice_uses_the_hours_that_had_just_expired():
    rows = [booked(row("2026-02-26 10:00", 270), "2026-02-28 08:00")]
    assert amounts(*rows, invoices=(FIRST, settled(SECOND, "2026-02-28 09:00"), THIRD)) == [450, 525, 450]


def test_with_lead_days_time_of_the_running_period_is_not_late():
    ahead = (settled(FIRST), settled(SECOND, "2026-02-21 00:30"), settled(THIRD, "2026-03-24 00:30"))
    rows = [booked(row("2026-02-25 10:00", 300), "2026-02-25 19:00")]
    assert amounts(*rows, invoices=ahead) == [450, 450, 450 + 150]


@pytest.mark.parametrize(("worked", "today", "drawn"), [(5, 6, 5), (5, 30, 30), (25, 30, 25)])
def test_late_time_draws_today(worked, today, drawn):
    from support_retainer.domain.billing_period import Period

    running = (
        Period(date(2026, 1, 20), date(2026, 2, 20)) if today > 20 else Period(date(2026, 1, 1), date(2026, 1, 20))
    )
    invoiced = running.start if today > 20 else date(2026, 1, 1)
    assert draw_day(date(2026, 1, worked), date(2026, 1, today), invoiced, running) == date(2026, 1, drawn)


def test_the_first_to_log_is_the_first_to_draw():
    rules = (CoverageRule("Dear", Treatment.INCLUDED, rounding_minutes=30),)
    cheap = booked(row("2026-02-04 10:00", 240), "2026-02-04 19:00")
    dear = booked(row("2026-02-03 10:00", 31, activity="Dear"), "2026-02-05 19:00")
    assert amounts(cheap, dear, offer=with_rules(*rules))[1] == 450 + 150


def test_a_top_up_is_used_before_overage_and_lapses_on_its_day():
    given = [by_hand("2026-02-03 09:00", 120, until="2026-02-08")]
    rows = [
        booked(row("2026-02-04 10:00", 300), "2026-02-04 19:00"),
        booked(row("2026-02-10 10:00", 90), "2026-02-10 19:00"),
    ]
    assert amounts(*rows, given=given)[1] == 450 + 75


def test_hours_that_were_taken_are_gone_and_come_back_with_the_correction():
    own = ("2026-01-31", "2026-02-27")
    given = [by_hand("2026-02-03 09:00", -90, of=own), by_hand("2026-02-05 09:00", 90, of=own)]
    rows = [
        booked(row("2026-02-04 10:00", 180), "2026-02-04 19:00"),
        booked(row("2026-02-06 10:00", 60), "2026-02-06 19:00"),
    ]
    assert amounts(*rows, given=given)[1] == 450 + 75
    assert amounts(*rows)[1] == 450


def test_a_change_of_hours_by_hand_never_takes_more_than_there_is():
    given = [by_hand("2026-02-05 09:00", -200, of=("2026-01-31", "2026-02-27"))]
    rows = [booked(row("2026-02-04 10:00", 180), "2026-02-04 19:00")]
    assert amounts(*rows, given=given)[1] == 450


def test_time_that_was_taken_back_gives_its_hours_to_later_time_only():
    wrong = booked(row("2026-02-02 10:00", 200), "2026-02-02 19:00", back="2026-02-05 09:00")
    between = booked(row("2026-02-03 10:00", 100), "2026-02-03 19:00")
    later = booked(row("2026-02-06 10:00", 200), "2026-02-06 19:00")
    assert amounts(wrong, between, later)[1] == 450 + 150


def test_charges_of_time_that_was_taken_back_are_gone():
    wrong = booked(row("2026-02-02 10:00", 300), "2026-02-02 19:00", back="2026-02-05 09:00")
    assert amounts(wrong)[1] == 450


def test_the_minimum_of_an_incident_is_owed_again_when_its_first_row_was_taken_back():
    night = ticket("T-1")
    wrong = booked(row("2026-02-02 20:00", 30, night), "2026-02-02 21:00", back="2026-02-03 09:00")
    again = booked(row("2026-02-02 22:00", 30, night), "2026-02-03 10:00")
    assert amounts(wrong, again)[1] == 450 + 600


def test_a_one_off_fee_passes_on_to_other_time_of_the_same_work():
    upgrade = CoverageRule("Upgrade", Treatment.INCLUDED, one_off_fee=Decimal(1000))
    one = ticket("T-1")
    wrong = booked(row("2026-02-02 10:00", 60, one, "Upgrade"), "2026-02-02 19:00", back="2026-02-04 09:00")
    heir = booked(row("2026-02-03 10:00", 60, one, "Upgrade"), "2026-02-03 19:00")
    assert amounts(wrong, heir, offer=with_rules(upgrade))[1] == 450 + 1000
    assert amounts(wrong, offer=with_rules(upgrade))[1] == 450


UPGRADE = CoverageRule("Upgrade", Treatment.INCLUDED, one_off_fee=Decimal(1000))


def begun(moment, **values):
    return Begun(at(moment), at(moment).date(), "T-1", "Upgrade", **values)


def test_a_start_owes_the_fee_that_no_time_has_brought_yet():
    after = booked(row("2026-03-02 10:00", 60, ticket("T-1"), "Upgrade"), "2026-03-02 19:00")
    before = booked(row("2026-02-02 10:00", 60, ticket("T-1"), "Upgrade"), "2026-02-02 19:00")
    start = begun("2026-02-10 10:00")
    assert amounts(begun=[start], offer=with_rules(UPGRADE)) == [450, 1450, 450]
    assert amounts(after, begun=[start], offer=with_rules(UPGRADE)) == [450, 1450, 450]
    assert amounts(before, after, begun=[start], offer=with_rules(UPGRADE)) == [450, 1450, 450]


def test_a_start_takes_over_the_fee_of_time_that_was_taken_back():
    wrong = booked(row("2026-02-02 10:00", 60, ticket("T-1"), "Upgrade"), "2026-02-02 19:00", back="2026-02-12 09:00")
    assert amounts(wrong, begun=[begun("2026-02-10 10:00")], offer=with_rules(UPGRADE)) == [450, 1450, 450]


def test_a_fee_that_was_waived_comes_with_no_time():
    after = booked(row("2026-03-02 10:00", 60, ticket("T-1"), "Upgrade"), "2026-03-02 19:00")
    given = begun("2026-02-10 10:00", is_waived=True)
    assert amounts(after, begun=[given], offer=with_rules(UPGRADE)) == [450, 450, 450]


@pytest.mark.parametrize(
    ("rule", "fee"),
    [
        (replace(UPGRADE, treatment=Treatment.QUOTED), 0),
        (replace(UPGRADE, treatment=Treatment.NOT_OFFERED), 0),
        (replace(UPGRADE, limit_per_year=1), 1000),
        (replace(UPGRADE, limit_per_year=1, rate=Decimal(100)), 2000),
    ],
)
def test_a_start_brings_no_fee_where_its_time_would_bring_none(rule, fee):
    """The second upgrade of the year is charged by the hour at the overage rate, and so with its fee."""
    second = replace(begun("2026-02-11 10:00"), issue="T-2")
    used = booked(row("2026-02-02 10:00", 60, ticket("T-1"), "Upgrade"), "2026-02-02 19:00")
    starts = [begun("2026-02-10 10:00")] + ([second] if rule.rate else [])
    assert amounts(used, begun=starts, offer=with_rules(rule))[1] == 450 + fee


def test_a_manager_who_gives_the_work_away_gives_its_fee_away():
    upgrade = CoverageRule("Upgrade", Treatment.HOURLY, rate=Decimal(100), one_off_fee=Decimal(1000))
    given = replace(row("2026-02-02 10:00", 60, activity="Upgrade"), override=Override(OverrideKind.FREE))
    assert amounts(booked(given, "2026-02-02 19:00"), offer=with_rules(upgrade))[1] == 450


def test_an_entitlement_that_was_used_counts_under_the_next_terms_too():
    upgrade = CoverageRule("Upgrade", Treatment.FREE, rate=Decimal(100), limit_per_year=1)
    offer = with_rules(upgrade)
    later = replace(offer.terms, effective_from=date(2026, 2, 28))
    rows = [
        booked(row("2026-02-02 10:00", 60, ticket("T-1"), "Upgrade"), "2026-02-02 19:00"),
        booked(row("2026-03-02 10:00", 60, ticket("T-2"), "Upgrade"), "2026-03-02 19:00"),
    ]
    assert amounts(*rows, offer=replace(offer, later=(later,))) == [450, 450, 450 + 100]


def test_a_period_without_a_fee_brings_no_hours_and_settles_nothing():
    resting = (settled(FIRST), settled(SECOND, fee_waived=True, is_invoiced=False), settled(THIRD))
    rows = [booked(row("2026-03-02 10:00", 60), "2026-03-02 19:00")]
    assert amounts(*rows, invoices=resting) == [450, 0, 450 + 150]


def test_a_part_first_month_brings_its_share_of_the_hours():
    offer = replace(GROWTH, prorate_first_hours=True)
    rows = [booked(row("2026-01-31 10:00", 9), "2026-01-31 19:00")]
    invoices = ("2026-01-31", "2026-02-01")
    first, second = amounts(*rows, invoices=invoices, offer=offer, anchor=Anchor.CALENDAR_MONTH)
    assert (first, second) == (round(450 / 31, 2), 450 + 300 * 2)  # a Saturday: an emergency, whatever the hours
    rows = [booked(row("2026-02-02 10:00", 300), "2026-02-02 19:00")]
    assert len(amounts(*rows, invoices=invoices, offer=offer, anchor=Anchor.CALENDAR_MONTH)) == 2


def test_hours_roll_over_as_the_terms_of_the_new_period_say():
    rolling = HourPool("Support Hours", 240, rollover_periods=1)
    offer = replace(GROWTH, terms=replace(TERMS, pools=(rolling,)))
    rows = [booked(row("2026-03-02 09:00", 400), "2026-03-02 19:00")]
    assert amounts(*rows, offer=offer)[2] == 450
    ends = replace(TERMS, effective_from=date(2026, 2, 28))
    assert amounts(*rows, offer=replace(offer, later=(ends,)))[2] == 450 + 400


def test_the_end_counts_from_when_it_was_known():
    end = date(2026, 3, 15)
    offer = replace(GROWTH, terms=replace(TERMS, last_period=LastPeriod.PRORATE), end_date=end)
    known = (settled(FIRST), settled(SECOND, end_date=end), settled(THIRD, end_date=end))
    unknown = (settled(FIRST), settled(SECOND), settled(THIRD, end_date=end))
    assert amounts(invoices=known, offer=offer) == [450, round(450 * 16 / 31, 2), 0]
    assert amounts(invoices=unknown, offer=offer)[:2] == [450, 450]


def test_time_that_was_booked_had_been_agreed_on():
    offer = replace(GROWTH, terms=replace(TERMS, overage_policy=OveragePolicy.ASK_APPROVAL))
    assert amounts(booked(row(minutes=300), "2026-02-02 19:00"), offer=offer)[1] == 450 + 150


def test_a_claim_counts_as_it_stood_when_the_time_was_booked():
    mine = ticket("T-1", cause="Data Migration", under_warranty=True)
    before = booked(row("2026-02-02 09:00", 300, mine), "2026-02-02 19:00")
    after = booked(row("2026-02-03 09:00", 300, mine), "2026-02-03 19:00", is_warranty=True)
    assert amounts(before, after)[1] == 450 + 150


def test_time_on_an_invoice_of_its_own_uses_hours_but_is_not_charged_again():
    apart = booked(row("2026-02-02 09:00", 300), "2026-02-02 19:00", is_billed_apart=True)
    more = booked(row("2026-02-03 09:00", 60), "2026-02-03 19:00")
    assert amounts(apart, more)[1] == 450 + 150


def test_a_period_that_was_billed_late_takes_what_no_other_invoice_took():
    out_of_order = (settled(FIRST), settled(SECOND, "2026-04-02 00:30"), settled(THIRD))
    rows = [booked(row("2026-02-03 09:00", 300), "2026-02-03 19:00")]
    assert amounts(*rows, invoices=out_of_order) == [450, 450, 450 + 150]


def test_nothing_is_lost_whatever_the_day_of_the_booking():
    for days in range(0, 55, 5):
        one = row("2026-02-03 09:00", 300)
        moment = (one.work.end + timedelta(days=days)).isoformat(sep=" ")[:16]
        assert sum(amounts(booked(one, moment))) == 3 * 450 + 150


def test_an_end_within_a_period_whose_next_was_billed_ahead_gives_the_rest_of_both_back():
    ends = date(2026, 2, 13)
    terms = replace(TERMS, last_period=LastPeriod.CREDIT)
    given_up = replace(GROWTH, terms=terms, end_date=ends)
    ahead = (FIRST, settled(SECOND, "2026-02-10 00:30"), settled(THIRD, end_date=ends))
    days = Decimal(450) * 14 / 28
    assert amounts(invoices=ahead, offer=given_up) == [450, 450, float(-450 - days)]


def test_a_fee_charged_by_the_terms_before_is_settled_for_the_whole_period():
    later = replace(TERMS, effective_from=date.fromisoformat(SECOND), monthly_fee=Decimal(500))
    invoices = (FIRST, settled(SECOND, by_terms_before=True), THIRD)
    assert amounts(invoices=invoices, offer=replace(GROWTH, later=(later,))) == [450, 450, 500 + 50]


def test_amounts_are_rounded_to_what_they_were_when_the_period_was_billed():
    later = replace(TERMS, effective_from=date(2026, 2, 10), monthly_fee=Decimal("451.237"))
    invoices = (FIRST, settled(SECOND, unit=Decimal(1)), settled(THIRD, unit=Decimal("0.001")))
    assert amounts(invoices=invoices, offer=replace(GROWTH, later=(later,))) == [450, 452, 451.237]
