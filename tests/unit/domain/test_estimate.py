from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from support_retainer.domain.estimate import Budget, Estimate, Level, Refusal, refusal_to_answer, refusal_to_approve

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
