"""The hour pools of one contract through its periods: granted, drawn, rolled over or expired."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction

from support_retainer.domain.billing_period import Period, period_containing
from support_retainer.domain.contract_terms import HourPool
from support_retainer.domain.coverage import Coverage, CoverageKind
from support_retainer.domain.hour_ledger import (
    EntryType,
    Lot,
    Posting,
    Rollover,
    allotment,
    close,
    post,
    usable_on,
    usage,
)
from support_retainer.domain.on_record import HandPosting

WHOLE = Fraction(1)


@dataclass(slots=True)
class PeriodHours:
    """Minutes of one period: what was granted, what the work became, and what was lost at the end."""

    period: Period
    granted: int = 0
    expired: int = 0
    rolled: int = 0
    worked: int = 0
    by_kind: dict[CoverageKind, int] = field(default_factory=dict)

    def minutes_of(self, *kinds: CoverageKind) -> int:
        return sum(self.by_kind.get(kind, 0) for kind in kinds)

    def add(self, kind: CoverageKind, minutes: int) -> None:
        self.by_kind[kind] = self.by_kind.get(kind, 0) + minutes


class PooledHours:
    """The pools of a contract as one ledger each; `anchor` is the day its periods are counted from."""

    def __init__(self, anchor: date) -> None:
        self.anchor = anchor
        self.ledgers: dict[str, _PoolLedger] = {}
        self._usable: tuple[Lot, ...] | None = None
        self._day = date.min
        self._uses = 0

    def turn(
        self,
        figures: PeriodHours,
        before: PeriodHours | None,
        pools: tuple[HourPool, ...],
        share: Fraction = WHOLE,
        oldest: date | None = None,
    ) -> None:
        """Close what has ended and grant the hours that the terms of the new period give, or a share of them.

        What ended before `oldest` (default the first day of the period) is forgotten: nobody can log time for it.
        """
        first = figures.period.start
        by_name = {pool.name: pool for pool in pools}
        for name, ledger in self.ledgers.items():
            ledger.pool = by_name.get(name)
            if before:
                ledger.close(before, first, oldest or first)
        for pool in pools:
            ledger = self._ledger(pool.name)
            ledger.pool = pool
            ledger.allot(figures, pool.minutes_for(share))
        self._usable = None

    def settle(self, last: PeriodHours) -> None:
        for ledger in self.ledgers.values():
            ledger.close(last, last.period.end, last.period.end, may_roll=False)

    def usable_on(self, day: date) -> tuple[Lot, ...]:
        if self._usable is None or day != self._day:
            lots = [lot for ledger in self.ledgers.values() for lot in ledger.lots.values()]
            self._usable, self._day = usable_on(lots, day), day
        return self._usable

    def use(self, part: Coverage) -> None:
        self._uses += 1
        for taken in part.draws:
            self.ledgers[taken.pool].use(taken.lot, taken.minutes, f"{self._uses}")
        self._usable = None

    def give_back(self, part: Coverage) -> None:
        """The hours of work that is taken back; those whose lot is over expire again at once."""
        for taken in part.draws:
            self.ledgers[taken.pool].move(taken.lot, taken.minutes)
        self._usable = None

    def post(self, posting: HandPosting) -> None:
        """Hours that were given, sold or taken by hand."""
        self._ledger(posting.pool).post_by_hand(posting)
        self._usable = None

    def _ledger(self, pool: str) -> _PoolLedger:
        return self.ledgers.setdefault(pool, _PoolLedger(pool, self.anchor))


class _PoolLedger:
    """One pool: its lots by key. `pool` is what the terms say about it; None where they don't know it (any more)."""

    def __init__(self, name: str, anchor: date) -> None:
        self.name = name
        self.anchor = anchor
        self.pool: HourPool | None = None
        self.first = date.min
        self.lots: dict[str, Lot] = {}
        self.expiries: set[str] = set()
        self._last_expiry: dict[str, str] = {}
        self._moves = 0

    def allot(self, figures: PeriodHours, minutes: int) -> None:
        period = figures.period
        self.first = period.start
        if minutes:
            self._post(allotment(self.name, minutes, period.start, period.last_day))
            figures.granted += minutes

    def use(self, lot: str, minutes: int, voucher: str) -> None:
        for posting in usage(self.lots[lot], minutes, voucher, self._last_expiry.get(lot, "")):
            self._post(posting)

    def move(self, lot: str, minutes: int) -> None:
        """Return minutes to a lot, or take from it (below zero) as many as it holds."""
        if lot not in self.lots:
            return
        self._moves += 1
        moved = max(minutes, -self.lots[lot].remaining)
        self._post(Posting(f"move/{self._moves}", EntryType.REVERSAL, moved, self.name, draws_on=lot))
        for posting in close(self.lots[lot], self.first):
            self._post(posting)

    def post_by_hand(self, given: HandPosting) -> None:
        if given.opens_lot:
            self._moves += 1
            key = f"by hand/{self._moves}"
            self._post(Posting(key, given.kind, given.minutes, self.name, given.valid_from, given.expires_on))
            return
        which = (given.kind, given.valid_from, given.expires_on)
        for lot in [lot for lot in self.lots.values() if (lot.type, lot.valid_from, lot.expires_on) == which]:
            self.move(lot.key, given.minutes)
            return

    def close(self, figures: PeriodHours, today: date, oldest: date, *, may_roll: bool = True) -> None:
        self.first = today
        rollover = self._rollover(today) if may_roll else None
        rolled = sum(lot.remaining for lot in self.lots.values() if _is_alive(lot, today))
        for lot in list(self.lots.values()):
            for posting in close(lot, today, rollover, already_rolled=rolled):
                self._post(posting)
                rolled += posting.minutes if posting.opens_lot else 0
                figures.rolled += posting.minutes if posting.opens_lot else 0
                figures.expired -= posting.minutes if posting.type is EntryType.EXPIRY else 0
        self.lots = {key: lot for key, lot in self.lots.items() if not lot.is_over(oldest)}

    def _post(self, posting: Posting) -> None:
        post(self.lots, posting, self.expiries)
        if posting.type is EntryType.EXPIRY:
            self._last_expiry[posting.draws_on] = posting.key

    def _rollover(self, first: date) -> Rollover | None:
        """Hours rolled at the end of a period live through the next `rollover_periods` periods."""
        if not self.pool or not self.pool.rollover_periods:
            return None
        last = first
        for _ in range(self.pool.rollover_periods):
            last = period_containing(self.anchor, last).end
        return Rollover(last - timedelta(days=1), self.pool.rollover_cap_minutes)


def _is_alive(lot: Lot, day: date) -> bool:
    return lot.type is EntryType.ROLLOVER and not lot.is_over(day)
