"""By which channels a package is reached, and what contact outside its support hours costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum

from support_retainer.domain.contract_terms import ZERO, ContractTerms

# These are the supplier's own doing: the client does not choose them.
UNASKED = ("", "Monitoring")


class Hours(str, Enum):
    """What a client meets who makes contact at a given moment."""

    OPEN = "Open"
    INCLUDED = "Included"
    CHARGED = "Charged"
    CLOSED = "Closed"


@dataclass(frozen=True, slots=True)
class Contact:
    """`rate` is per hour and `minimum_charge` the least an incident costs, both in `currency`; zero unless CHARGED.

    `next_opening` (UTC) is None while support is open.
    """

    hours: Hours
    currency: str
    rate: Decimal = ZERO
    minimum_minutes: int = 0
    next_opening: datetime | None = None

    @property
    def minimum_charge(self) -> Decimal:
        return self.rate * self.minimum_minutes / 60

    @property
    def needs_confirmation(self) -> bool:
        return self.hours is Hours.CHARGED


def is_offered(channel: str, offered: Sequence[str]) -> bool:
    """True as well where a package names no channels, which leaves them open."""
    return channel in UNASKED or not offered or channel in offered


def contact(terms: ContractTerms, at: datetime) -> Contact:
    """What contact at `at` (UTC) means: in hours, included, at the emergency rate, or for the next opening."""
    calendar = terms.calendar
    if calendar is None or calendar.is_open(at):
        return Contact(Hours.OPEN, terms.currency)
    opening = calendar.next_opening(at)
    if terms.emergency_included:
        return Contact(Hours.INCLUDED, terms.currency, next_opening=opening)
    if terms.emergency_rate <= 0:
        return Contact(Hours.CLOSED, terms.currency, next_opening=opening)
    return Contact(Hours.CHARGED, terms.currency, terms.emergency_rate, terms.emergency_minimum_minutes, opening)
