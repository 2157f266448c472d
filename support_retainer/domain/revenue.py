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


def movements(before: Mapping[str, Decimal], after: Mapping[str, Decimal]) -> Movement:
    """Compare the monthly fees of two months by contract, in one currency."""
    kept = before.keys() & after.keys()
    return Movement(
        before=sum(before.values(), ZERO),
        new=sum((after[name] for name in after.keys() - kept), ZERO),
        expansion=sum((max(after[name] - before[name], ZERO) for name in kept), ZERO),
        contraction=sum((max(before[name] - after[name], ZERO) for name in kept), ZERO),
        churn=sum((before[name] for name in before.keys() - kept), ZERO),
        contracts=len(after),
    )
