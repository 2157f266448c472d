"""A manager's word against the rules: how one row is treated, whatever the contract would have said."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from enum import Enum

from support_retainer.domain.contract_terms import ContractTerms, CoverageRule, Treatment
from support_retainer.domain.coverage import Coverage, Reason, Work, decide
from support_retainer.domain.hour_ledger import Lot


class OverrideKind(str, Enum):
    """What a manager may decide; the values are the choices on the timesheet row."""

    INCLUDED = "Included"
    FREE = "Free"
    HOURLY = "Hourly"


@dataclass(frozen=True, slots=True)
class Override:
    """`rate` is per hour for HOURLY; zero takes the contract's own rate for such work."""

    kind: OverrideKind
    rate: Decimal = Decimal(0)


def decide_by_override(
    work: Work, terms: ContractTerms, override: Override, lots: tuple[Lot, ...]
) -> tuple[Coverage, ...]:
    """Decide as if the contract treated this work as the manager says; rounding and minimums stay the contract's.

    Included work still draws on the pools, so hours are never given twice. Raises NoChargeRule where neither the
    manager nor the contract names a rate.
    """
    rule = terms.rule_for(work.activity_type)
    parts = decide(work, _bent(terms, rule, override), None, lots)
    if override.kind is OverrideKind.INCLUDED:
        return parts
    return tuple(replace(part, reason=Reason.OVERRIDDEN) for part in parts)


def _bent(terms: ContractTerms, rule: CoverageRule, override: Override) -> ContractTerms:
    """The terms with another treatment of this one activity; a rate that was named is no standard rate to discount."""
    rule = replace(rule, treatment=Treatment(override.kind.value), limit_per_year=0)
    if override.kind is OverrideKind.HOURLY:
        rule = replace(rule, rate=override.rate or _own_rate(terms.rule_for(rule.activity_type), terms))
        rule.refuse_without_charge()
    return replace(
        terms,
        rules={**terms.rules, rule.activity_type: rule},
        discount_percent=Decimal(0) if override.rate else terms.discount_percent,
        emergency_included=True,
    )


def _own_rate(rule: CoverageRule, terms: ContractTerms) -> Decimal:
    return rule.rate if rule.treatment is Treatment.HOURLY else terms.overage_rate
