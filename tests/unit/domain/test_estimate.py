from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support_retainer.domain.estimate import (
    Budget,
    Estimate,
    Level,
    Refusal,
    Share,
    cost,
    refusal_to_answer,
    refusal_to_approve,
    shares,
)

TODAY = date(2026, 9, 14)
SENT = Estimate(Decimal("900.00"), TODAY, is_sent=True, is_answered=False)
NO_LIMIT = Decimal(0)


def test_an_estimate_is_approved_up_to_its_last_day():
    assert refusal_to_approve(SENT, NO_LIMIT, TODAY) is None
    assert refusal_to_approve(SENT, NO_LIMIT, date(2026, 9, 15)) is Refusal.EXPIRED


def test_an_estimate_without_a_last_day_does_not_expire():
    assert refusal_to_approve(replace(SENT, valid_till=None), NO_LIMIT, date(2027, 9, 15)) is None


@pytest.mark.parametrize(
    ("limit", "refusal"), [("0", None), ("900.00", None), ("899.99", Refusal.BEYOND_LIMIT), ("901", None)]
)
def test_a_contact_approves_up_to_the_limit(limit, refusal):
    assert refusal_to_approve(SENT, Decimal(limit), TODAY) is refusal


def test_an_answer_is_final():
    answered = replace(SENT, is_answered=True)
    assert refusal_to_answer(answered) is Refusal.ANSWERED
    assert refusal_to_approve(answered, NO_LIMIT, TODAY) is Refusal.ANSWERED


def test_a_draft_cannot_be_answered():
    assert refusal_to_answer(replace(SENT, is_sent=False)) is Refusal.NOT_SENT


def test_what_has_expired_can_still_be_declined():
    assert refusal_to_answer(replace(SENT, valid_till=date(2026, 9, 1))) is None


@pytest.mark.parametrize(
    ("used", "more", "level"),
    [
        (0, 79, Level.WITHIN),
        (0, 80, Level.ALERT),
        (79, 21, Level.ALERT),
        (80, 20, Level.WITHIN),
        (80, 21, Level.BEYOND),
        (100, 1, Level.BEYOND),
    ],
)
def test_four_fifths_alert_once_and_all_is_the_end(used, more, level):
    assert Budget(100, used).level_with(more) is level


def test_a_version_that_was_replaced_cannot_be_answered():
    assert refusal_to_answer(replace(SENT, is_superseded=True)) is Refusal.SUPERSEDED
    assert refusal_to_approve(replace(SENT, is_superseded=True), NO_LIMIT, TODAY) is Refusal.SUPERSEDED


def test_neither_the_minutes_nor_the_money_are_exceeded():
    budget = Budget(330, 240, Decimal(900), Decimal(800))
    assert budget.level_with(40, Decimal(100)) is Level.WITHIN
    assert budget.level_with(41, Decimal("100.01")) is Level.BEYOND
    assert budget.level_with(91, Decimal(0)) is Level.BEYOND


def test_the_dearer_share_says_how_much_is_used():
    assert Budget(100, 50, Decimal(100), Decimal(80)).percent == 80
    assert Budget(100, 50, Decimal(100), Decimal(10)).percent == 50
    assert Budget(100, 50, Decimal(100), Decimal(60)).level_with(5, Decimal(20)) is Level.ALERT


def test_an_estimate_without_hours_or_money_holds_nothing():
    assert Budget(0, 0).percent == 100
    assert Budget(0, 0).level_with(1) is Level.BEYOND


@given(st.lists(st.integers(1, 59), min_size=1, max_size=200), st.decimals(1, 500, places=2))
def test_short_rows_never_cost_more_than_the_hours_they_are(minutes, rate):
    """The last minute of an estimate can be used, however the time was cut."""
    whole = Decimal(sum(minutes)) * rate / 60
    assert abs(cost(sum(minutes), rate) - whole) <= Decimal("0.000001")


@given(st.integers(0, 10_000), st.integers(0, 10_000), st.integers(0, 10_000))
def test_a_tasks_amount_is_cut_where_its_line_of_the_order_ends(amount, ordered, billed):
    parts = shares(Decimal(amount), Decimal(ordered), Decimal(billed))
    assert sum(part.amount for part in parts) == amount
    assert all(part.amount > 0 for part in parts)
    within = sum(part.amount for part in parts if part.is_within_order)
    assert within == min(amount, max(ordered - billed, 0))


def test_what_a_task_takes_beyond_its_own_line_stands_apart():
    assert shares(Decimal(750), Decimal(600), Decimal(0)) == (Share(Decimal(600), True), Share(Decimal(150), False))
