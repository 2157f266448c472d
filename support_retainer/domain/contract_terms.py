"""What a contract grants and charges on a given day, read from the snapshot of its package."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from functools import lru_cache
from math import floor
from typing import Any

from support_retainer.domain.errors import NoChargeRule
from support_retainer.domain.working_calendar import WorkingCalendar

ZERO = Decimal(0)


class Treatment(str, Enum):
    """How a package treats one kind of work."""

    INCLUDED = "Included"
    FREE = "Free"
    HOURLY = "Hourly"
    DAILY = "Daily"
    QUOTED = "Quoted"
    NOT_OFFERED = "Not Offered"


class OveragePolicy(str, Enum):
    """What happens to included work once its pools are empty."""

    BILL = "Bill"
    ASK_APPROVAL = "Ask Approval"
    STOP = "Stop"


class LastPeriod(str, Enum):
    """What the period in which a contract ends costs."""

    FULL = "Full"
    PRORATE = "Prorate"
    CREDIT = "Credit"


class PricingModel(str, Enum):
    FLAT = "Flat"
    METERED = "Metered"


@dataclass(frozen=True, slots=True)
class HourPool:
    """Hours granted each period; `channel` and `activity_type` narrow what may draw on them ("" = anything)."""

    name: str
    minutes: int
    channel: str = ""
    activity_type: str = ""
    rollover_periods: int = 0
    rollover_cap_minutes: int | None = None

    def minutes_for(self, share: Fraction) -> int:
        """The minutes that a part of a period brings, half up."""
        return floor(self.minutes * share + Fraction(1, 2))

    def takes(self, activity_type: str, channel: str) -> bool:
        return self.channel in ("", channel) and self.activity_type in ("", activity_type)


@dataclass(frozen=True, slots=True)
class CoverageRule:
    """How one activity type is treated; `rate` is per hour, or per day where the treatment is Daily."""

    activity_type: str
    treatment: Treatment
    rate: Decimal = ZERO
    minimum_minutes: int = 0
    rounding_minutes: int = 0
    plus_expenses: bool = False
    limit_per_year: int = 0
    one_off_fee: Decimal = ZERO

    def refuse_without_charge(self) -> None:
        """Raises NoChargeRule: work that is excluded by the hour or day needs a price."""
        if self.treatment in (Treatment.HOURLY, Treatment.DAILY) and self.rate <= 0:
            raise NoChargeRule(f"{self.activity_type} is {self.treatment.value} but has no rate", field="coverage.rate")


@dataclass(frozen=True, slots=True)
class Tier:
    """From this quantity upwards every unit costs `unit_price`."""

    from_quantity: Decimal
    unit_price: Decimal


@dataclass(frozen=True, slots=True)
class ContractTerms:
    """One package as it stood when the client agreed to it. Money is in `currency`, time in minutes."""

    package: str
    currency: str
    effective_from: date
    monthly_fee: Decimal
    fee_is_minimum: bool = False
    pricing_model: PricingModel = PricingModel.FLAT
    metric: str = ""
    tiers: tuple[Tier, ...] = ()
    quantity: Decimal = ZERO
    pools: tuple[HourPool, ...] = ()
    rules: Mapping[str, CoverageRule] = field(default_factory=dict)
    channels: tuple[str, ...] = ()
    overage_policy: OveragePolicy = OveragePolicy.BILL
    overage_rate: Decimal = ZERO
    emergency_rate: Decimal = ZERO
    emergency_minimum_minutes: int = 0
    emergency_included: bool = False
    discount_percent: Decimal = ZERO
    last_period: LastPeriod = LastPeriod.FULL
    only_during_warranty: bool = False
    sla_policy: str = ""
    calendar: WorkingCalendar | None = None

    @classmethod
    def from_snapshot(
        cls,
        snapshot: Mapping[str, Any],
        *,
        effective_from: date,
        monthly_fee: Decimal | None = None,
        quantity: Decimal | None = None,
        calendar: WorkingCalendar | None = None,
    ) -> ContractTerms:
        """Read a Support Package given as a mapping of its fields, child tables as lists of mappings.

        `monthly_fee` and `quantity` are what this contract agreed and win over the package's own.
        """
        return cls(
            package=str(snapshot["package_name"]),
            currency=str(snapshot.get("currency") or ""),
            effective_from=effective_from,
            monthly_fee=decimal(snapshot.get("monthly_fee")) if monthly_fee is None else monthly_fee,
            fee_is_minimum=bool(snapshot.get("fee_is_minimum")),
            pricing_model=PricingModel(snapshot.get("pricing_model") or "Flat"),
            metric=str(snapshot.get("metric") or ""),
            tiers=_tiers(snapshot.get("tiers") or ()),
            quantity=quantity or ZERO,
            pools=tuple(_pool(row) for row in snapshot.get("hour_pools") or ()),
            rules={row["activity_type"]: _rule(row) for row in snapshot.get("coverage") or ()},
            channels=tuple(row["channel"] for row in snapshot.get("channels") or ()),
            overage_policy=OveragePolicy(snapshot.get("overage_policy") or "Bill"),
            overage_rate=decimal(snapshot.get("overage_rate")),
            emergency_rate=decimal(snapshot.get("emergency_rate")),
            emergency_minimum_minutes=minutes(snapshot.get("emergency_minimum_hours")),
            emergency_included=bool(snapshot.get("emergency_included")),
            discount_percent=decimal(snapshot.get("discount_percent")),
            last_period=LastPeriod(snapshot.get("last_period") or "Full"),
            only_during_warranty=bool(snapshot.get("only_during_warranty")),
            sla_policy=str(snapshot.get("sla_policy") or ""),
            calendar=calendar,
        )

    def rule_for(self, activity_type: str) -> CoverageRule:
        """The rule of the package; work that it doesn't list is ordinary included support."""
        return self.rules.get(activity_type) or CoverageRule(activity_type, Treatment.INCLUDED)

    def pools_for(self, activity_type: str, channel: str) -> tuple[HourPool, ...]:
        return tuple(pool for pool in self.pools if pool.takes(activity_type, channel))

    def has_pool(self, pool: str) -> bool:
        return any(mine.name == pool for mine in self.pools)

    def discounted(self, rate: Decimal) -> Decimal:
        """A standard rate less the discount that a valid contract earns."""
        return rate * (1 - self.discount_percent / 100)

    def at(self, quantity: Decimal) -> ContractTerms:
        return replace(self, quantity=quantity)


@lru_cache(maxsize=1024)
def package_terms(snapshot: str) -> ContractTerms:
    """A package by the JSON that a contract keeps of it, before what the contract itself agreed.

    Many contracts keep the same text, and billing asks for it several times an invoice, so what it says is remembered.
    Raises ValueError, KeyError, TypeError or ArithmeticError for a broken text.
    """
    return ContractTerms.from_snapshot(json.loads(snapshot), effective_from=date.min)


def decimal(value: Any) -> Decimal:
    """Money or a quantity as Decimal. A float passes through its shortest text, so 0.1 stays 0.1."""
    return Decimal(str(value)) if value not in (None, "") else ZERO


def minutes(hours: Any) -> int:
    """Hours as records keep them, in whole minutes."""
    return int((decimal(hours) * 60).to_integral_value())


def _pool(row: Mapping[str, Any]) -> HourPool:
    cap = row.get("rollover_cap_hours")
    return HourPool(
        name=str(row["pool"]),
        minutes=minutes(row.get("hours")),
        channel=str(row.get("channel") or ""),
        activity_type=str(row.get("activity_type") or ""),
        rollover_periods=int(row.get("rollover_periods") or 0),
        rollover_cap_minutes=minutes(cap) if decimal(cap) else None,
    )


def _rule(row: Mapping[str, Any]) -> CoverageRule:
    return CoverageRule(
        activity_type=str(row["activity_type"]),
        treatment=Treatment(row["treatment"]),
        rate=decimal(row.get("rate")),
        minimum_minutes=minutes(row.get("minimum_hours")),
        rounding_minutes=int(row.get("rounding_minutes") or 0),
        plus_expenses=bool(row.get("plus_expenses")),
        limit_per_year=int(row.get("limit_per_year") or 0),
        one_off_fee=decimal(row.get("one_off_fee")),
    )


def _tiers(rows: Iterable[Mapping[str, Any]]) -> tuple[Tier, ...]:
    tiers = [Tier(decimal(row["from_quantity"]), decimal(row["unit_price"])) for row in rows]
    return tuple(sorted(tiers, key=lambda tier: tier.from_quantity))
