"""Work outside the contract: whether an estimate may still be answered, by whom, and how much of it is used."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from math import floor

from support_retainer.domain.coverage import Coverage, CoverageKind, Reason, Work

ALERT_PERCENT = 80


class Refusal(str, Enum):
    """Why an answer is not taken; the shell turns each into a sentence."""

    NOT_SENT = "not_sent"
    SUPERSEDED = "superseded"
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
    is_superseded: bool = False


def refusal_to_answer(estimate: Estimate) -> Refusal | None:
    """None where the client may still answer; an expired estimate may be declined."""
    if estimate.is_superseded:
        return Refusal.SUPERSEDED
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
    """What the client approved and what was worked on it so far: minutes, and what they cost.

    An estimate is not to be exceeded in either: hours of a dear task cannot be spent in the name of a cheap one.
    """

    approved_minutes: int
    used_minutes: int
    approved_amount: Decimal = Decimal(0)
    used_amount: Decimal = Decimal(0)

    @property
    def left(self) -> int:
        return max(self.approved_minutes - self.used_minutes, 0)

    @property
    def amount_left(self) -> Decimal:
        return max(self.approved_amount - self.used_amount, Decimal(0))

    @property
    def percent(self) -> int:
        """Of the minutes, or of the money where more of that is used."""
        shares = [Fraction(self.used_minutes, self.approved_minutes)] if self.approved_minutes else []
        if self.approved_amount:
            shares.append(Fraction(self.used_amount) / Fraction(self.approved_amount))
        return floor(100 * max(shares, default=Fraction(1)))

    def with_more(self, minutes: int, amount: Decimal = Decimal(0)) -> Budget:
        return replace(self, used_minutes=self.used_minutes + minutes, used_amount=self.used_amount + amount)

    def level_with(self, minutes: int, amount: Decimal = Decimal(0)) -> Level:
        """All that was approved may be used, nothing beyond it; time of a task without a price counts as time only."""
        after = self.with_more(minutes, amount)
        if minutes > self.left or amount > self.amount_left:
            return Level.BEYOND
        return Level.ALERT if self.percent < ALERT_PERCENT <= after.percent else Level.WITHIN


def cost(minutes: int, rate: Decimal) -> Decimal:
    """What minutes cost by the hour, exact enough that a hundred short rows add up to the hours they are."""
    return (Decimal(minutes) * rate / 60).quantize(Decimal("0.000001"))


def decide_on_estimate(work: Work, rate: Decimal | None) -> tuple[Coverage, ...]:
    """Work on an approved estimate draws no hours and is charged by its own order, at the rate of its task."""
    return (Coverage(CoverageKind.QUOTED, Reason.ON_ESTIMATE, work.start, work.end, work.minutes, rate),)


@dataclass(frozen=True, slots=True)
class Share:
    """Part of what was worked on a task: within what the task was ordered for, or beyond it."""

    amount: Decimal
    is_within_order: bool


def shares(amount: Decimal, ordered: Decimal, billed: Decimal) -> tuple[Share, ...]:
    """An amount, cut where the task's own line of the order ends; the rest is within the estimate all the same."""
    within = min(max(ordered - billed, Decimal(0)), amount)
    cut = (Share(within, is_within_order=True), Share(amount - within, is_within_order=False))
    return tuple(share for share in cut if share.amount)
