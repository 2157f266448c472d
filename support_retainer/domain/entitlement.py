"""What a package grants so many times a year, and fees that are due once at the start of such work."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from dateutil.relativedelta import relativedelta

from support_retainer.domain.contract_terms import ZERO, ContractTerms, Treatment
from support_retainer.domain.coverage import CHARGED, CoverageKind

# Work that is covered by the warranty, quoted apart or not offered brings neither a fee nor expenses of its own.
BEARS_EXTRAS = CHARGED | {CoverageKind.INCLUDED, CoverageKind.FREE}
WITHIN_PACKAGE = frozenset({CoverageKind.INCLUDED, CoverageKind.FREE})


def fee_at_start(terms: ContractTerms, activity_type: str, used_this_year: int) -> Decimal:
    """The one-off fee of work that begins now, before any time of it is booked; `used_this_year` as for its time.

    As with time, what would be quoted apart brings no fee of its own.
    """
    rule = terms.rule_for(activity_type)
    is_beyond = bool(rule.limit_per_year) and used_this_year >= rule.limit_per_year
    if rule.treatment in (Treatment.QUOTED, Treatment.NOT_OFFERED) and not is_beyond:
        return ZERO
    return ZERO if is_beyond and not (rule.rate or terms.overage_rate) else rule.one_off_fee


class Entitlements:
    """Which issues took yearly entitlements and one-off fees; a year runs from the contract's anniversary.

    Work without an issue is an occurrence of its own for each day.
    """

    def __init__(self, terms: ContractTerms, start: date) -> None:
        rules = [rule for rule in terms.rules.values() if rule.treatment is not Treatment.NOT_OFFERED]
        self.start = start
        self.limited = frozenset(rule.activity_type for rule in rules if rule.limit_per_year)
        self.fees = {rule.activity_type: rule.one_off_fee for rule in rules if rule.one_off_fee}
        self._taken: dict[tuple[str, int], set[str]] = {}
        self._charged: set[tuple[str, str]] = set()

    @property
    def tracked(self) -> frozenset[str]:
        """The activity types that this has to hear of."""
        return self.limited | self.fees.keys()

    def used_by_others(self, activity_type: str, issue: str, day: date) -> int:
        """How many other issues took the entitlement in the contract year of `day`."""
        taken = self._taken.get((activity_type, self._year(day)), set())
        return len(taken - {issue or day.isoformat()})

    def take(self, activity_type: str, issue: str, day: date) -> None:
        """The issue got this work as part of the package in the contract year of `day`."""
        if activity_type in self.limited:
            self._taken.setdefault((activity_type, self._year(day)), set()).add(issue or day.isoformat())

    def fee_due(self, activity_type: str, issue: str, day: date) -> Decimal:
        """The one-off fee that the first work of this kind on an issue makes due; zero for all that follows."""
        if activity_type not in self.fees or (activity_type, issue or day.isoformat()) in self._charged:
            return ZERO
        self.charge(activity_type, issue, day)
        return self.fees[activity_type]

    def charge(self, activity_type: str, issue: str, day: date) -> None:
        """The fee for this work on the issue is charged."""
        self._charged.add((activity_type, issue or day.isoformat()))

    def _year(self, day: date) -> int:
        years = day.year - self.start.year
        return years - (day < self.start + relativedelta(years=years))  # 29 February has its anniversary on the 28th
