"""Monthly recurring revenue, and what moved it from one month to the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Movement:
    """Recurring revenue of a month and its parts: total = before + new + expansion - contraction - churn."""

    before: Decimal
    new: Decimal
    expansion: Decimal
    contraction: Decimal
    churn: Decimal
    contracts: int

    @property
    def total(self) -> Decimal:
        return self.before + self.new + self.expansion - self.contraction - self.churn

    @property
    def churn_percent(self) -> Decimal:
        """Lost and lessened fees as a share of the month before; 0 where there was none."""
        lost = self.churn + self.contraction
        return (lost / self.before * 100).quantize(Decimal("0.01")) if self.before else ZERO


def moved(before: Mapping[str, Decimal], after: Mapping[str, Decimal]) -> dict[str, set[str]]:
    """The contracts behind each part of a Movement, by its name."""
    kept = before.keys() & after.keys()
    return {
        "new": after.keys() - kept,
        "expansion": {name for name in kept if after[name] > before[name]},
        "contraction": {name for name in kept if after[name] < before[name]},
        "churn": before.keys() - kept,
    }


def movements(before: Mapping[str, Decimal], after: Mapping[str, Decimal]) -> Movement:
    """Compare the monthly fees of two months by contract, in one currency."""
    parts = {
        part: sum((abs(after.get(name, ZERO) - before.get(name, ZERO)) for name in names), ZERO)
        for part, names in moved(before, after).items()
    }
    return Movement(before=sum(before.values(), ZERO), contracts=len(after), **parts)
