"""Channels of a package, and contact outside its hours."""

from datetime import date, datetime, timezone
from decimal import Decimal

import pytest

from support_retainer.domain.channels import Hours, contact, is_offered
from support_retainer.domain.contract_terms import ContractTerms
from support_retainer.domain.working_calendar import Window, WorkingCalendar

WORKDAYS = WorkingCalendar("Asia/Dubai", tuple(Window(day, 9 * 3600, 18 * 3600) for day in range(5)))
MONDAY_NOON = datetime(2026, 9, 14, 8, tzinfo=timezone.utc)
MONDAY_NIGHT = datetime(2026, 9, 14, 19, tzinfo=timezone.utc)
TUESDAY_OPENING = datetime(2026, 9, 15, 5, tzinfo=timezone.utc)


def terms(calendar=WORKDAYS, **values):
    package = {"package_name": "Growth", "currency": "AED", "monthly_fee": "450", **values}
    return ContractTerms.from_snapshot(package, effective_from=date(2026, 8, 31), calendar=calendar)


def test_support_hours_cost_nothing_extra():
    found = contact(terms(emergency_rate="300"), MONDAY_NOON)

    assert (found.hours, found.rate, found.next_opening) == (Hours.OPEN, 0, None)


def test_the_client_hears_rate_and_minimum_of_an_emergency_before_it_counts():
    found = contact(terms(emergency_rate="300", emergency_minimum_hours="1.5"), MONDAY_NIGHT)

    assert found.needs_confirmation
    assert (found.rate, found.minimum_minutes, found.minimum_charge) == (300, 90, Decimal(450))
    assert found.next_opening == TUESDAY_OPENING


def test_a_package_that_includes_emergencies_asks_nothing():
    found = contact(terms(emergency_rate="300", emergency_included=1), MONDAY_NIGHT)

    assert (found.hours, found.minimum_charge, found.needs_confirmation) == (Hours.INCLUDED, 0, False)


def test_a_package_without_emergencies_names_the_next_opening():
    found = contact(terms(), MONDAY_NIGHT)

    assert (found.hours, found.next_opening, found.needs_confirmation) == (Hours.CLOSED, TUESDAY_OPENING, False)


def test_support_without_hours_is_always_open():
    assert contact(terms(calendar=None, emergency_rate="300"), MONDAY_NIGHT).hours is Hours.OPEN


@pytest.mark.parametrize(
    ("channel", "offered", "expected"),
    [
        ("Email", ("Portal", "Email"), True),
        ("Phone", ("Portal", "Email"), False),
        ("Phone", (), True),
        ("", ("Portal",), True),
        ("Monitoring", ("Portal",), True),
    ],
)
def test_a_channel_is_offered_where_the_package_names_it_or_names_none(channel, offered, expected):
    assert is_offered(channel, offered) is expected
