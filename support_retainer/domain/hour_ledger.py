"""Hours as lots of whole minutes: granted, drawn soonest-expiring first, expired or rolled over, never lost.

A grant (allotment, top-up, rollover, upward adjustment) opens a lot. Every other posting names the lot it touches, so
for each lot granted = used + expired + rolled + remaining, and the balance is the plain sum of all minutes.
"""

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


def allotment(pool: str, minutes: int, valid_from: date, expires_on: date) -> Posting:
    """The hours of one period, usable from its first to its last day."""
    return Posting(f"allotment/{valid_from}", EntryType.ALLOTMENT, minutes, pool, valid_from, expires_on)


def usage(lot: Lot, minutes: int, voucher: str, last_expiry: str = "") -> tuple[Posting, ...]:
    """Use minutes of a lot for `voucher`; minutes that had expired are taken back first (time logged late).

    `last_expiry` is the key of the lot's expiry; needed only when the lot holds fewer minutes than are used.
    """
    missing = minutes - lot.remaining
    if missing > lot.expired or (missing > 0 and not last_expiry):
        raise LedgerImbalance(f"{voucher} takes {minutes} of {lot.available} minutes", field="minutes")
    used = Posting(f"usage/{voucher}/{lot.key}", EntryType.USAGE, -minutes, lot.pool, draws_on=lot.key)
    if missing <= 0:
        return (used,)
    back = Posting(
        f"late/{voucher}/{lot.key}",
        EntryType.REVERSAL,
        missing,
        lot.pool,
        draws_on=lot.key,
        reverses=last_expiry,
    )
    return (back, used)


def overage(pool: str, minutes: int, voucher: str) -> Posting:
    """Minutes beyond the pool: on the record, without moving the balance."""
    return Posting(f"overage/{voucher}", EntryType.OVERAGE, 0, pool, overage_minutes=minutes)


def reversal(posting: Posting) -> Posting:
    """Take back a usage or overage in full, on the lot it came from."""
    return Posting(
        f"reversal/{posting.key}",
        EntryType.REVERSAL,
        -posting.minutes,
        posting.pool,
        draws_on=posting.draws_on,
        reverses=posting.key,
        overage_minutes=-posting.overage_minutes,
    )


def withdrawal(lot: Lot) -> tuple[Posting, ...]:
    """Take back what nobody has used of a grant; used hours stay used, and expired ones stay expired."""
    if not lot.remaining:
        return ()
    key = f"withdrawal/{lot.key}/{lot.touched}"
    back = Posting(key, EntryType.REVERSAL, -lot.remaining, lot.pool, draws_on=lot.key, reverses=lot.key)
    return (back,)


def top_up(pool: str, minutes: int, voucher: str, valid_from: date, expires_on: date | None) -> Posting:
    """Hours bought apart; `expires_on` is their last day, None for never."""
    return Posting(f"top-up/{voucher}", EntryType.TOP_UP, minutes, pool, valid_from, expires_on)


def adjustment(pool: str, minutes: int, voucher: str, valid_from: date, expires_on: date | None) -> Posting:
    """Hours given by hand."""
    return Posting(f"adjustment/{voucher}", EntryType.ADJUSTMENT, minutes, pool, valid_from, expires_on)


def deduction(lots: Sequence[Lot], minutes: int, voucher: str) -> tuple[Posting, ...]:
    """Hours taken by hand, soonest-expiring first. Raises LedgerImbalance for more than the lots hold."""
    held = [replace(lot, expired=0) for lot in lots if lot.remaining]
    draws, _after = draw(held, minutes)
    if sum(taken.minutes for taken in draws) < minutes:
        raise LedgerImbalance(f"{voucher} takes {minutes} of {sum(lot.remaining for lot in held)}", field="hours")
    return tuple(
        Posting(
            f"adjustment/{voucher}/{taken.lot}", EntryType.ADJUSTMENT, -taken.minutes, taken.pool, draws_on=taken.lot
        )
        for taken in draws
    )


@dataclass(frozen=True, slots=True)
class Rollover:
    """How a pool carries its rest on: at most `cap` minutes rolled at any time, usable up to `until`."""

    until: date
    cap: int | None = None


def close(lot: Lot, today: date, rollover: Rollover | None = None, already_rolled: int = 0) -> tuple[Posting, ...]:
    """Postings that empty a lot whose last day has passed: what may roll over rolls, the rest expires.

    Only allotments roll, and only once: rolled hours have the life they were given. `already_rolled` are the
    minutes of earlier rollovers still alive, which the cap counts too.
    """
    if not lot.is_over(today) or not lot.remaining:
        return ()
    rolled = _rollable(lot, today, rollover, already_rolled)
    expired = lot.remaining - rolled
    postings: list[Posting] = []
    if rolled and rollover:
        postings += _rolled(lot, rolled, rollover)
    if expired:
        key = f"expiry/{lot.key}/{lot.touched}"
        postings.append(Posting(key, EntryType.EXPIRY, -expired, lot.pool, draws_on=lot.key))
    return tuple(postings)


def _rollable(lot: Lot, today: date, rollover: Rollover | None, already_rolled: int) -> int:
    if rollover is None or rollover.until < today or lot.type is not EntryType.ALLOTMENT:
        return 0
    room = lot.remaining if rollover.cap is None else max(rollover.cap - already_rolled, 0)
    return min(lot.remaining, room)


def _rolled(lot: Lot, minutes: int, rollover: Rollover) -> list[Posting]:
    """Out of the old lot, into a new one that lives on: together they move nothing.

    The new lot stays valid from the old one's first day, so time logged late for that day still finds its hours.
    """
    key = f"rollover/{lot.key}/{lot.touched}"
    out = Posting(f"{key}/out", EntryType.ROLLOVER, -minutes, lot.pool, draws_on=lot.key)
    into = Posting(key, EntryType.ROLLOVER, minutes, lot.pool, lot.valid_from, rollover.until)
    return [out, into]
