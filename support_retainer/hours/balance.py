"""What a contract has left, pool by pool; the cost does not follow the length of its history."""

from dataclasses import dataclass
from datetime import date

import frappe
from frappe.utils import getdate

from support_retainer.domain.hour_ledger import Lot
from support_retainer.hours import ledger


@dataclass(frozen=True, slots=True)
class Lasting:
    """Minutes that can be used up to and including a day; None for ever."""

    minutes: int
    until: date | None


@dataclass(frozen=True, slots=True)
class PoolBalance:
    """One pool today: `given` and `used` of what is alive, `left`, and what of it ends when (soonest first)."""

    pool: str
    given: int
    used: int
    left: int
    period_start: date
    period_end: date
    lasting: tuple[Lasting, ...]


def of_contract(contract: str, on: date | None = None) -> tuple[PoolBalance, ...]:
    """The pools of a contract on a day (today); three queries, whatever its history."""
    day = getdate(on) if on else getdate(frappe.flags.current_time)
    lots: dict[str, list[Lot]] = {}
    for lot in ledger.lots_on(contract, day):
        lots.setdefault(lot.pool, []).append(lot)
    accounts = ledger.accounts(contract)
    return tuple(_balance(accounts[pool], lots.get(pool, [])) for pool in sorted(accounts))


def _balance(account: ledger.Account, lots: list[Lot]) -> PoolBalance:
    given, left = sum(lot.granted for lot in lots), sum(lot.remaining for lot in lots)
    used = sum(lot.granted - lot.remaining - lot.expired for lot in lots)
    held = sorted((lot for lot in lots if lot.remaining), key=lambda lot: lot.expires_on or date.max)
    lasting = tuple(Lasting(lot.remaining, lot.expires_on) for lot in held)
    return PoolBalance(account.pool, given, used, left, account.period_start, account.period_end, lasting)
