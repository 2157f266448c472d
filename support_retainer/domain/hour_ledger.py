"""Hours as lots of whole minutes: granted, drawn soonest-expiring first, expired or rolled over, never lost.

A grant (allotment, top-up, rollover, upward adjustment) opens a lot. Every other posting names the lot it touches, so
for each lot granted = used + expired + rolled + remaining, and the balance is the plain sum of all minutes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from support_retainer.domain._hour_lots import (
    GRANTS,
    Draw,
    EntryType,
    Lot,
    Posting,
    balance,
    draw,
    less,
    lots_of,
    post,
    threshold_reached,
    usable_on,
)
from support_retainer.domain.errors import LedgerImbalance

__all__ = [
    "GRANTS",
    "Draw",
    "EntryType",
    "Lot",
    "Posting",
    "Rollover",
    "adjustment",
    "allotment",
    "balance",
    "close",
    "deduction",
    "draw",
    "less",
    "lots_of",
    "overage",
    "post",
    "reversal",
    "threshold_reached",
    "top_up",
    "usable_on",
    "usage",
    "withdrawal",
]


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
