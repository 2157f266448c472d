"""Lots of hours and what happens to them: granted by a posting, touched by later ones, drawn soonest-expiring first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum

from support_retainer.domain.errors import LedgerImbalance


class EntryType(str, Enum):
    ALLOTMENT = "Allotment"
    TOP_UP = "Top-up"
    ROLLOVER = "Rollover"
    USAGE = "Usage"
    OVERAGE = "Overage"
    EXPIRY = "Expiry"
    ADJUSTMENT = "Adjustment"
    REVERSAL = "Reversal"


GRANTS = frozenset({EntryType.ALLOTMENT, EntryType.TOP_UP, EntryType.ROLLOVER, EntryType.ADJUSTMENT})


@dataclass(frozen=True, slots=True)
class Posting:
    """One line of a ledger: signed minutes; `key` is unique within the ledger, so a retry can't post twice.

    `draws_on` is the key of the lot it touches, `reverses` the key of the posting it takes back.
    `overage_minutes` are minutes beyond every pool: shown here, but they never move the balance.
    """

    key: str
    type: EntryType
    minutes: int
    pool: str = ""
    valid_from: date | None = None
    expires_on: date | None = None
    draws_on: str = ""
    reverses: str = ""
    overage_minutes: int = 0

    @property
    def opens_lot(self) -> bool:
        return self.type in GRANTS and self.minutes > 0

    @property
    def withdraws(self) -> bool:
        """Takes back what a grant still holds (a cancelled invoice of a top-up), so that it counts as never given."""
        return bool(self.draws_on) and self.reverses == self.draws_on


@dataclass(frozen=True, slots=True)
class Lot:
    """What a grant still holds. `expires_on` is the last day it can be used on, None for never."""

    key: str
    pool: str
    type: EntryType
    remaining: int
    expired: int = 0
    valid_from: date | None = None
    expires_on: date | None = None
    touched: int = 0
    granted: int = 0

    def holds_on(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and not self.is_over(day)

    def is_over(self, day: date) -> bool:
        return self.expires_on is not None and self.expires_on < day

    @property
    def available(self) -> int:
        """What work done while the lot was valid may take, even if it is logged after the lot expired."""
        return self.remaining + self.expired


@dataclass(frozen=True, slots=True)
class Draw:
    """Minutes taken from one lot."""

    lot: str
    pool: str
    minutes: int


def lots_of(postings: Iterable[Posting]) -> tuple[Lot, ...]:
    """Replay a ledger into its lots. Raises LedgerImbalance for a posting on a lot that doesn't exist."""
    lots: dict[str, Lot] = {}
    expiries: set[str] = set()
    for posting in postings:
        post(lots, posting, expiries)
    return tuple(lots.values())


def post(lots: dict[str, Lot], posting: Posting, expiries: set[str]) -> None:
    """Take one posting into `lots` (by key) and `expiries` (keys of the expiries so far); both are changed.

    Raises LedgerImbalance for a posting on a lot that doesn't exist or holds too little.
    """
    if posting.opens_lot:
        lots[posting.key] = _opened(posting)
    elif posting.draws_on:
        if posting.draws_on not in lots:
            raise LedgerImbalance(f"{posting.key} draws on unknown {posting.draws_on}", field="draws_on")
        if posting.type is EntryType.EXPIRY:
            expiries.add(posting.key)
        lots[posting.draws_on] = _touched(lots[posting.draws_on], posting, expiries)


def _opened(posting: Posting) -> Lot:
    return Lot(
        posting.key,
        posting.pool,
        posting.type,
        posting.minutes,
        valid_from=posting.valid_from,
        expires_on=posting.expires_on,
        granted=posting.minutes,
    )


def _touched(lot: Lot, posting: Posting, expiries: set[str]) -> Lot:
    about_expiry = posting.key in expiries or posting.reverses in expiries
    after = replace(
        lot,
        remaining=lot.remaining + posting.minutes,
        expired=lot.expired - posting.minutes if about_expiry else lot.expired,
        touched=lot.touched + 1,
        granted=lot.granted + (posting.minutes if posting.withdraws else 0),
    )
    if after.remaining < 0 or after.expired < 0:
        raise LedgerImbalance(f"{posting.key} takes more than {lot.key} holds", field="minutes")
    return after


def balance(postings: Iterable[Posting]) -> int:
    return sum(posting.minutes for posting in postings)


def threshold_reached(drawn: int, allotted: int) -> int:
    """The highest of 50, 80 and 100 percent that is used up; 0 below them, and where nothing was given."""
    return max((level for level in (50, 80, 100) if allotted > 0 and drawn * 100 >= allotted * level), default=0)


def usable_on(lots: Iterable[Lot], day: date) -> tuple[Lot, ...]:
    """The lots that work done on `day` may draw on, soonest-expiring first."""
    return tuple(sorted((lot for lot in lots if lot.holds_on(day) and lot.available), key=_by_expiry))


def _by_expiry(lot: Lot) -> tuple[date, bool, str, date, str]:
    """Soonest first. Of two that end on one day the one that can't roll over goes first, or it would be lost; then by
    pool, so that the same work always draws on the same hours."""
    is_own = lot.type is EntryType.ALLOTMENT
    return (lot.expires_on or date.max, is_own, lot.pool, lot.valid_from or date.min, lot.key)


def draw(lots: Sequence[Lot], minutes: int) -> tuple[tuple[Draw, ...], tuple[Lot, ...]]:
    """Take up to `minutes`, soonest-expiring first: the draws, and the lots as they are afterwards.

    What the draws lack of `minutes` is beyond every pool.
    """
    draws: list[Draw] = []
    after: list[Lot] = []
    for lot in sorted(lots, key=_by_expiry):
        taken = min(lot.available, minutes)
        minutes -= taken
        if taken:
            draws.append(Draw(lot.key, lot.pool, taken))
        after.append(less(lot, taken))
    return tuple(draws), tuple(after)


def less(lot: Lot, minutes: int) -> Lot:
    """The lot after a draw: what it holds goes first, then what had expired."""
    from_remaining = min(lot.remaining, minutes)
    return replace(lot, remaining=lot.remaining - from_remaining, expired=lot.expired - (minutes - from_remaining))
