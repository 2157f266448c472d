"""Work outside the contract: whether an estimate may still be answered, and by whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum

from support_retainer.domain.coverage import Coverage, CoverageKind, Reason, Work

ALERT_PERCENT = 80


class Refusal(str, Enum):
    """Why an answer is not taken; the shell turns each into a sentence."""

    NOT_SENT = "not_sent"
    ANSWERED = "answered"
    EXPIRED = "expired"
    BEYOND_LIMIT = "beyond_limit"


@dataclass(frozen=True, slots=True)
class Estimate:
    """What the client was sent; `total` before taxes in contract currency, `valid_till` is its last day."""

    total: Decimal
    valid_till: date | None
    is_sent: bool
    is_answered: bool


def refusal_to_answer(estimate: Estimate) -> Refusal | None:
    """None where the client may still answer; an expired estimate may be declined."""
    if not estimate.is_sent:
        return Refusal.NOT_SENT
    return Refusal.ANSWERED if estimate.is_answered else None


def refusal_to_approve(estimate: Estimate, limit: Decimal, today: date) -> Refusal | None:
    """None where a contact with this limit may approve today; a limit of zero is no limit."""
    unanswerable = refusal_to_answer(estimate)
    if unanswerable:
        return unanswerable
    if estimate.valid_till and estimate.valid_till < today:
        return Refusal.EXPIRED
    return Refusal.BEYOND_LIMIT if limit and estimate.total > limit else None


class Level(str, Enum):
    """Where more time takes an estimate."""

    WITHIN = "within"
    ALERT = "alert"  # crosses ALERT_PERCENT with it
    BEYOND = "beyond"


@dataclass(frozen=True, slots=True)
class Budget:
    """The minutes that the client approved, and those that were worked on them so far."""

    approved_minutes: int
    used_minutes: int

    @property
    def left(self) -> int:
        return max(self.approved_minutes - self.used_minutes, 0)

    def level_with(self, minutes: int) -> Level:
        """All of the approved minutes may be used, none beyond them."""
        if minutes > self.left:
            return Level.BEYOND
        alert_from = self.approved_minutes * ALERT_PERCENT
        before, after = self.used_minutes * 100, (self.used_minutes + minutes) * 100
        return Level.ALERT if before < alert_from <= after else Level.WITHIN


def decide_on_estimate(work: Work) -> tuple[Coverage, ...]:
    """Work on an approved estimate draws no hours and is charged by its own order."""
    return (Coverage(CoverageKind.QUOTED, Reason.ON_ESTIMATE, work.start, work.end, work.minutes),)
