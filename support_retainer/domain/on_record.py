"""What is on record of a live contract beside its terms: when things were booked and billed, and what was done by hand.

None of it says what anything costs; that is computed anew from the terms.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from support_retainer.domain.hour_ledger import EntryType


@dataclass(frozen=True, slots=True)
class Booking:
    """When time was submitted (UTC, and the local date), and taken back if it was.

    `is_warranty` is the decided claim as it stood then. `is_billed_apart` is time that somebody put on an invoice of
    his own.
    """

    at: datetime
    on: date
    taken_back_at: datetime | None = None
    is_warranty: bool = False
    is_billed_apart: bool = False


@dataclass(frozen=True, slots=True)
class HandPosting:
    """Hours sold apart, given or taken by hand, or brought by a change of package; signed minutes.

    `on` is the local date of `at`. `kind`, `valid_from` and `expires_on` tell the lot: the one it opens, or changes.
    """

    at: datetime
    on: date
    pool: str
    kind: EntryType
    minutes: int
    valid_from: date | None
    expires_on: date | None
    opens_lot: bool


@dataclass(frozen=True, slots=True)
class Begun:
    """Work whose job was started: its one-off fee is due from then on, unless it was charged, or `is_waived`."""

    at: datetime
    on: date
    issue: str
    activity_type: str
    is_waived: bool = False


@dataclass(frozen=True, slots=True)
class Settled:
    """A period as it was billed: its first day, the moment, and what was known then.

    `is_invoiced` is False where there was nothing to charge; `end_date` is the contract's last day as known then;
    `unit` is what amounts were rounded to, where the record says so. `by_terms_before` is a fee that was charged before
    the terms of the first day were agreed.
    """

    start: date
    at: datetime
    is_invoiced: bool = True
    fee_waived: bool = False
    end_date: date | None = None
    unit: Decimal | None = None
    by_terms_before: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    settled: tuple[Settled, ...]
    by_hand: tuple[HandPosting, ...] = ()
    begun: tuple[Begun, ...] = ()
