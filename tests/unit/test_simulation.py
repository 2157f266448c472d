from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support_retainer.domain.billing_period import Anchor
from support_retainer.domain.charges import LineKind
from support_retainer.domain.contract_terms import CoverageRule, HourPool, LastPeriod, Treatment
from support_retainer.domain.coverage import CoverageKind
from support_retainer.domain.entitlement import Entitlements
from support_retainer.domain.errors import InvalidTerms
from support_retainer.domain.override import Override, OverrideKind
from support_retainer.domain.promises import judge
from support_retainer.domain.simulation import Ticket, simulate
from support_retainer.domain.sla_clock import Event, EventKind, replay
from tests.unit.simulation_stories import GROWTH, POLICY, TERMS, UTC, at, history, row, ticket, with_rules


def totals(outcome):
    return [(invoice.period.start.isoformat(), invoice.total) for invoice in outcome.invoices]


def test_each_period_is_invoiced_in_advance_from_the_anchor_itself():
    outcome = simulate(GROWTH, history(until="2026-04-15"))
    assert totals(outcome) == [("2026-01-31", 450), ("2026-02-28", 450), ("2026-03-31", 450)]


def test_what_a_period_owes_comes_with_the_next_invoice():
    outcome = simulate(GROWTH, history(row(minutes=300)))
    first, second = outcome.invoices
    assert (first.total, second.total, second.fee) == (450, Decimal("600.00"), 450)
    assert second.amount_of(LineKind.OVERAGE) == Decimal("150.00")


def test_what_the_last_period_owes_comes_in_a_closing_invoice_without_a_fee():
    *_, closing = simulate(GROWTH, history(row("2026-03-02 09:00", 300))).invoices
    assert (closing.is_closing, closing.fee, closing.total) == (True, 0, Decimal("150.00"))
    assert closing.period.start == date(2026, 3, 31)


def test_hours_come_with_each_period_and_what_is_left_expires():
    outcome = simulate(GROWTH, history(row("2026-02-02 10:00", 60), row("2026-03-02 09:00", 240)))
    assert [(hours.granted, hours.expired) for hours in outcome.hours] == [(240, 180), (240, 0)]
    assert outcome.minutes_of(CoverageKind.INCLUDED) == 300


def test_hours_roll_over_with_their_cap_and_their_life():
    pool = HourPool("Support Hours", 240, rollover_periods=1, rollover_cap_minutes=100)
    offer = replace(GROWTH, terms=replace(TERMS, pools=(pool,)))
    outcome = simulate(offer, history(row("2026-03-02 09:00", 330), until="2026-04-15"))
    assert [(hours.granted, hours.rolled, hours.expired) for hours in outcome.hours] == [
        (240, 100, 140),
        (240, 10, 0),
        (240, 0, 240 + 10),
    ]
    assert outcome.minutes_of(CoverageKind.OVERAGE) == 0


def test_pools_with_the_same_periods_are_kept_apart():
    pools = (HourPool("Phone", 60, channel="Phone"), HourPool("Content", 30, activity_type="Content"))
    offer = replace(GROWTH, terms=replace(TERMS, pools=pools))
    rows = [row(minutes=90, channel="Phone"), row("2026-02-03 10:00", 40, activity="Content")]
    outcome = simulate(offer, history(*rows))
    assert (outcome.minutes_of(CoverageKind.INCLUDED), outcome.minutes_of(CoverageKind.OVERAGE)) == (90, 40)
    assert outcome.hours[0].granted == 90


def test_the_emergency_minimum_is_paid_once_for_a_ticket_over_all_its_rows():
    one, other = ticket("T-1"), ticket("T-2")
    rows = [row("2026-02-02 20:00", 30, one), row("2026-02-02 22:00", 45, one), row("2026-02-03 04:00", 60, one)]
    outcome = simulate(GROWTH, history(*rows, row("2026-02-04 20:00", 10, other), tickets=[one, other]))
    assert outcome.minutes_of(CoverageKind.EMERGENCY) == 135 + 120
    assert outcome.invoices[1].amount_of(LineKind.EMERGENCY) == Decimal("1275.00")


def test_emergencies_without_a_ticket_are_incidents_of_their_own():
    rows = [row("2026-02-02 20:00", 30), row("2026-02-03 20:00", 30)]
    assert simulate(GROWTH, history(*rows)).minutes_of(CoverageKind.EMERGENCY) == 240


def test_a_defect_of_ours_reported_within_the_warranty_costs_nothing_and_draws_nothing():
    mine = ticket(cause="Data Migration")
    outcome = simulate(GROWTH, history(row("2026-02-02 20:00", 600, mine), tickets=[mine]))
    assert outcome.minutes_of(CoverageKind.WARRANTY) == 600
    assert (outcome.total, outcome.hours[0].expired) == (900, 240)


@pytest.mark.parametrize(
    ("opened", "cause", "days"),
    [
        ("2026-05-02 10:00", "Data Migration", 90),
        ("2026-02-02 10:00", "User Error", 90),
        ("2026-02-02 10:00", "", 90),
        ("2026-02-02 10:00", "Data Migration", 0),
    ],
    ids=["after its end", "user error", "no cause", "no warranty"],
)
def test_other_work_is_no_warranty(opened, cause, days):
    mine = ticket(opened=opened, cause=cause)
    offer = replace(GROWTH, warranty_days=days)
    outcome = simulate(offer, history(row(opened, of=mine), tickets=[mine], until="2026-06-01"))
    assert outcome.minutes_of(CoverageKind.WARRANTY) == 0


def test_one_upgrade_a_year_is_included_and_its_fee_is_due_each_time():
    upgrade = CoverageRule("Upgrade", Treatment.INCLUDED, Decimal(1200), limit_per_year=1, one_off_fee=Decimal(9900))
    one, two, next_year = ticket("T-1"), ticket("T-2"), ticket("T-3", "2027-02-01 10:00")
    rows = [
        row("2026-02-02 10:00", 60, one, "Upgrade"),
        row("2026-02-03 10:00", 60, two, "Upgrade"),
        row("2026-02-04 10:00", 60, one, "Upgrade"),
        row("2027-02-01 10:00", 60, next_year, "Upgrade"),
    ]
    outcome = simulate(with_rules(upgrade), history(*rows, tickets=[one, two, next_year], until="2027-03-01"))
    assert (outcome.minutes_of(CoverageKind.INCLUDED), outcome.minutes_of(CoverageKind.HOURLY)) == (180, 60)
    second = outcome.invoices[1]
    assert (second.amount_of(LineKind.ONE_OFF), second.amount_of(LineKind.HOURLY)) == (19800, 1200)


def test_a_year_of_entitlements_runs_from_the_anniversary():
    rule = CoverageRule("Upgrade", Treatment.INCLUDED, limit_per_year=1)
    taken = Entitlements(replace(TERMS, rules={"Upgrade": rule}), date(2026, 3, 15))
    taken.take("Upgrade", "T-1", date(2027, 3, 14))
    days = (date(2026, 3, 15), date(2027, 3, 14), date(2027, 3, 15))
    assert [taken.used_by_others("Upgrade", "T-2", day) for day in days] == [1, 1, 0]
    assert taken.used_by_others("Upgrade", "T-1", date(2027, 3, 14)) == 0


def test_quoted_and_refused_work_is_counted_and_not_charged():
    offer = with_rules(CoverageRule("Visit", Treatment.NOT_OFFERED), CoverageRule("Project", Treatment.QUOTED))
    outcome = simulate(offer, history(row(activity="Visit"), row("2026-02-03 10:00", activity="Project")))
    assert (outcome.minutes_of(CoverageKind.NOT_OFFERED), outcome.minutes_of(CoverageKind.QUOTED)) == (60, 60)
    assert outcome.total == 900


def test_a_calendar_month_contract_pays_its_first_part_month_by_days():
    starts = simulate(GROWTH, history(until="2026-02-10"), Anchor.CALENDAR_MONTH)
    assert totals(starts) == [("2026-01-31", Decimal("14.52")), ("2026-02-01", 450)]


def test_tickets_by_a_channel_the_package_lacks_are_counted():
    tickets = [ticket("1", channel="Email"), ticket("2", channel="WhatsApp"), ticket("3")]
    assert simulate(GROWTH, history(tickets=tickets)).unserved_tickets == 1


def test_the_average_year_is_twelve_periods():
    assert simulate(GROWTH, history(row(minutes=300))).yearly == (900 + 150) * 6


def test_a_history_that_ends_before_it_starts_is_refused():
    with pytest.raises(InvalidTerms):
        simulate(GROWTH, history(until="2026-01-30"))


def test_the_same_history_gives_the_same_outcome_again():
    rows = history(row(minutes=300), row("2026-03-02 20:00", 30))
    assert simulate(GROWTH, rows) == simulate(GROWTH, rows)


entries = st.lists(
    st.builds(
        row,
        start=st.datetimes(datetime(2026, 1, 31), datetime(2026, 6, 30)).map(
            lambda one: one.strftime("%Y-%m-%d %H:%M")
        ),
        minutes=st.integers(1, 900),
        of=st.sampled_from([None, ticket("T-1"), ticket("T-2", cause="Data Migration")]),
        activity=st.sampled_from(["User Support", "Training", "Visit"]),
    ),
    max_size=15,
)
pools = st.builds(
    HourPool,
    st.just("Support Hours"),
    st.integers(0, 600),
    rollover_periods=st.integers(0, 2),
    rollover_cap_minutes=st.none() | st.integers(0, 200),
)


@given(entries, pools)
def test_every_minute_is_granted_once_worked_once_and_charged_once(rows, pool):
    rules = (CoverageRule("Training", Treatment.HOURLY, Decimal(150)), CoverageRule("Visit", Treatment.QUOTED))
    offer = with_rules(*rules, pools=(pool,), emergency_minimum_minutes=0)
    outcome = simulate(offer, history(*rows, until="2026-06-30"))
    assert sum(hours.worked for hours in outcome.hours) == sum(one.work.minutes for one in rows)
    assert sum(sum(hours.by_kind.values()) for hours in outcome.hours) == sum(one.work.minutes for one in rows)
    granted = sum(hours.granted for hours in outcome.hours)
    expired = sum(hours.expired for hours in outcome.hours)
    used = outcome.minutes_of(CoverageKind.INCLUDED)
    assert 0 <= granted - used - expired <= 600 * 2  # rolled hours that outlive the last period
    charged = outcome.minutes_of(CoverageKind.OVERAGE, CoverageKind.EMERGENCY, CoverageKind.HOURLY)
    assert sum(line.minutes for invoice in outcome.invoices for line in invoice.lines) == charged


moments = st.datetimes(datetime(2026, 1, 1), datetime(2026, 3, 1)).map(
    lambda one: one.replace(microsecond=0, tzinfo=UTC)
)


@given(
    moments, st.none() | st.integers(0, 10**6), st.none() | st.integers(0, 10**6), st.sampled_from(["P1", "P2", "P3"])
)
def test_promises_are_judged_as_the_sla_clock_judges_them(opened, answered, resolved, priority):
    def after(seconds):
        return None if seconds is None else opened + timedelta(seconds=seconds)

    one = Ticket("T", opened, opened.date(), priority, first_response_at=after(answered), resolved_at=after(resolved))
    events = [Event(opened, EventKind.OPENED, f'{{"policy": "Policy", "priority": "{priority}"}}')]
    events += [Event(after(answered), EventKind.RESPONDED)] if answered is not None else []
    events += [Event(after(resolved), EventKind.RESOLVED)] if resolved is not None else []
    now = datetime(2026, 4, 1, tzinfo=UTC)
    state = replay(events, {"Policy": POLICY}, now)
    promises = judge([one], POLICY, now)
    assert promises.response == _counted(state.response_by, state.response_met, type(promises.response))
    assert promises.resolution == _counted(state.resolution_by, state.resolution_met, type(promises.response))


def _counted(due, met, kept):
    if due is None:
        return kept()
    return kept(met=int(met is True), missed=int(met is False), undecided=int(met is None))


def test_a_priority_the_policy_does_not_know_has_no_promise():
    assert judge([ticket(priority="P9")], POLICY, at("2026-04-01 00:00")).response.decided == 0


def test_an_uplift_is_charged_from_its_day_and_settled_with_the_next_invoice():
    later = replace(TERMS, effective_from=date(2026, 3, 14), monthly_fee=Decimal(481))
    outcome = simulate(replace(GROWTH, later=(later,)), history(until="2026-04-15"))
    assert totals(outcome) == [("2026-01-31", 450), ("2026-02-28", 450), ("2026-03-31", 481 + 17)]


def test_a_contract_that_ended_gets_back_the_days_it_did_not_serve():
    terms = replace(TERMS, last_period=LastPeriod.CREDIT)
    outcome = simulate(replace(GROWTH, terms=terms, end_date=date(2026, 3, 15)), history(until="2026-03-30"))
    assert totals(outcome)[-1] == ("2026-03-31", Decimal("-217.74"))


def test_a_package_change_grants_the_new_hours_from_the_next_period_on():
    later = replace(TERMS, effective_from=date(2026, 2, 28), pools=(HourPool("Support Hours", 480),))
    outcome = simulate(replace(GROWTH, later=(later,)), history(until="2026-03-30"))
    assert [hours.granted for hours in outcome.hours] == [240, 480]


def test_what_was_decided_on_a_claim_wins_over_the_cause():
    denied = ticket(cause="Data Migration", under_warranty=False)
    goodwill = ticket("T-2", cause="User Error", under_warranty=True)
    rows = [row(minutes=60, of=denied), row("2026-02-03 10:00", 60, goodwill)]
    outcome = simulate(GROWTH, history(*rows, tickets=[denied, goodwill]))
    assert (outcome.minutes_of(CoverageKind.INCLUDED), outcome.minutes_of(CoverageKind.WARRANTY)) == (60, 60)


def test_a_managers_word_and_an_estimate_stay_under_every_package():
    free = replace(row("2026-02-03 10:00", 600), override=Override(OverrideKind.FREE))
    estimated = replace(row("2026-02-04 10:00", 600), is_estimated=True)
    outcome = simulate(GROWTH, history(free, estimated))
    assert outcome.total == 900
    assert (outcome.minutes_of(CoverageKind.FREE), outcome.minutes_of(CoverageKind.QUOTED)) == (600, 600)


def test_travel_is_charged_where_the_package_charges_it():
    visit = CoverageRule("Visit", Treatment.DAILY, Decimal(1200), plus_expenses=True)
    rows = [replace(row(activity="Visit"), expenses=Decimal(80)), replace(row("2026-02-03 10:00"), expenses=Decimal(5))]
    second = simulate(with_rules(visit), history(*rows)).invoices[1]
    assert second.amount_of(LineKind.EXPENSES) == 80
