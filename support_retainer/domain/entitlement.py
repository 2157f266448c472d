"""What a package grants so many times a year, and fees that are due once at the start of such work."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from support_retainer.domain.contract_terms import ZERO, ContractTerms, Treatment


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
        key = (activity_type, issue or day.isoformat())
        if activity_type not in self.fees or key in self._charged:
            return ZERO
        self._charged.add(key)
        return self.fees[activity_type]

    def _year(self, day: date) -> int:
        before_anniversary = (day.month, day.day) < (self.start.month, self.start.day)
        return day.year - self.start.year - before_anniversary
