"""The hour pools of one contract through its periods: granted, drawn, rolled over or expired."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from support_retainer.domain.billing_period import Period, period_containing
from support_retainer.domain.contract_terms import HourPool
from support_retainer.domain.coverage import Coverage, CoverageKind
from support_retainer.domain.hour_ledger import EntryType, Lot, Rollover, allotment, close, post, usable_on, usage


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

    def __init__(self, pools: tuple[HourPool, ...], anchor: date) -> None:
        self.anchor = anchor
        self.ledgers = {pool.name: _PoolLedger(pool, anchor) for pool in pools}
        self._usable: tuple[Lot, ...] | None = None
        self._day = date.min
        self._uses = 0

    def turn(self, figures: PeriodHours, before: PeriodHours | None, pools: tuple[HourPool, ...]) -> None:
        """Close what has ended and grant the hours that the terms of the new period give."""
        for ledger in self.ledgers.values():
            if before:
                ledger.close(before, figures.period.start)
        for pool in pools:
            ledger = self.ledgers.setdefault(pool.name, _PoolLedger(pool, self.anchor))
            ledger.pool = pool
            ledger.allot(figures)
        self._usable = None

    def settle(self, last: PeriodHours) -> None:
        for ledger in self.ledgers.values():
            ledger.close(last, last.period.end, may_roll=False)

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


class _PoolLedger:
    def __init__(self, pool: HourPool, anchor: date) -> None:
        self.pool = pool
        self.anchor = anchor
        self.lots: dict[str, Lot] = {}
        self.expiries: set[str] = set()

    def allot(self, figures: PeriodHours) -> None:
        if self.pool.minutes:
            period = figures.period
            post(self.lots, allotment(self.pool.name, self.pool.minutes, period.start, period.last_day), self.expiries)
            figures.granted += self.pool.minutes

    def use(self, lot: str, minutes: int, voucher: str) -> None:
        for posting in usage(self.lots[lot], minutes, voucher):
            post(self.lots, posting, self.expiries)

    def close(self, figures: PeriodHours, today: date, *, may_roll: bool = True) -> None:
        rollover = self._rollover(today) if may_roll else None
        rolled = sum(lot.remaining for lot in self.lots.values() if _is_alive(lot, today))
        for lot in list(self.lots.values()):
            for posting in close(lot, today, rollover, already_rolled=rolled):
                post(self.lots, posting, self.expiries)
                rolled += posting.minutes if posting.opens_lot else 0
                figures.rolled += posting.minutes if posting.opens_lot else 0
                figures.expired -= posting.minutes if posting.type is EntryType.EXPIRY else 0
        self.lots = {key: lot for key, lot in self.lots.items() if lot.remaining}

    def _rollover(self, first: date) -> Rollover | None:
        """Hours rolled at the end of a period live through the next `rollover_periods` periods."""
        if not self.pool.rollover_periods:
            return None
        last = first
        for _ in range(self.pool.rollover_periods):
            last = period_containing(self.anchor, last).end
        return Rollover(last - timedelta(days=1), self.pool.rollover_cap_minutes)


def _is_alive(lot: Lot, day: date) -> bool:
    return lot.type is EntryType.ROLLOVER and not lot.is_over(day)
