"""Offer 002: phone hours and additional work, one test for each rule."""

from datetime import date
from decimal import Decimal

import pytest

from support_retainer.domain.coverage import CoverageKind, Reason
from support_retainer.domain.hour_ledger import EntryType, close
from tests.unit.offer_rules import decide_on, hours_of, offer, price_of

OFFICE_HOURS = "2026-01-05 10:00"
AT_NIGHT = "2026-01-05 23:00"


def on_the_phone(minutes):
    return decide_on(offer("002", "Ongoing Support"), "Troubleshooting", OFFICE_HOURS, minutes, channel="Phone")


def test_additional_work_costs_85_dollars_an_hour():
    parts = decide_on(offer("002", "Ongoing Support"), "Additional Work", OFFICE_HOURS, 150)
    assert ([part.kind for part in parts], price_of(parts)) == ([CoverageKind.HOURLY], Decimal("212.50"))


def test_additional_work_never_draws_the_phone_hours():
    (part,) = decide_on(offer("002", "Ongoing Support"), "Additional Work", OFFICE_HOURS, channel="Phone")
    assert (part.kind, part.draws) == (CoverageKind.HOURLY, ())


@pytest.mark.parametrize("local", [OFFICE_HOURS, AT_NIGHT])
def test_additional_work_costs_the_same_at_any_hour(local):
    assert price_of(decide_on(offer("002", "Ongoing Support"), "Additional Work", local)) == Decimal("85.00")


def test_ten_hours_a_month_are_for_the_phone():
    (part,) = on_the_phone(600)
    assert (part.kind, part.pool, part.minutes) == (CoverageKind.INCLUDED, "Phone Support", 600)


def test_calls_beyond_ten_hours_wait_for_the_clients_approval():
    included, beyond = on_the_phone(660)
    assert (included.minutes, beyond.minutes) == (600, 60)
    assert (beyond.kind, beyond.reason, price_of((beyond,))) == (
        CoverageKind.AWAITING_APPROVAL,
        Reason.NEEDS_APPROVAL,
        0,
    )


def test_once_approved_calls_beyond_the_hours_cost_what_additional_work_does():
    assert offer("002", "Ongoing Support").terms.overage_rate == Decimal("85.00")


def test_phone_hours_end_with_their_month():
    (lot,) = hours_of(offer("002", "Ongoing Support"))
    assert [posting.type for posting in close(lot, date(2026, 2, 1))] == [EntryType.EXPIRY]


@pytest.mark.parametrize("channel", ["Portal", "Email"])
@pytest.mark.parametrize("local", [OFFICE_HOURS, AT_NIGHT])
def test_tickets_and_email_are_answered_day_and_night_without_limit_of_hours(channel, local):
    parts = decide_on(offer("002", "Ongoing Support"), "Troubleshooting", local, 1200, channel=channel)
    assert [(part.kind, part.reason) for part in parts] == [(CoverageKind.INCLUDED, Reason.UNLIMITED)]


@pytest.mark.parametrize("activity_type", ["System Monitoring", "Weekly Report", "Monthly Report"])
def test_monitoring_and_reports_belong_to_the_fee(activity_type):
    (part,) = decide_on(offer("002", "Ongoing Support"), activity_type, OFFICE_HOURS, channel="Phone")
    assert part.kind is CoverageKind.FREE
