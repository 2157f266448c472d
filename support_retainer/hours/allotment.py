"""Hours at the turn of a period: what is left rolls over or expires, and the next period's hours arrive."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

import frappe
from frappe.utils import getdate

from support_retainer.domain.billing_period import BillablePeriod, Period
from support_retainer.domain.contract_terms import HourPool
from support_retainer.domain.hour_ledger import EntryType, Lot, Posting, Rollover, allotment, close, lots_of
from support_retainer.hours import ledger
from support_retainer.hours.ledger import Account, Voucher

if TYPE_CHECKING:
    from support_retainer.retainer.doctype.retainer_contract.retainer_contract import RetainerContract

ONE_DAY = timedelta(days=1)


def open_accounts(contract: "RetainerContract") -> None:
    """An account for every pool of the package, with the hours of the contract's first period."""
    for pool in contract.terms_on(contract.start_date).pools:
        open_account(contract, pool.name, contract.start_date)


def open_account(contract: "RetainerContract", name: str, day: date | str | None = None) -> Account:
    """The account of a pool as of the period of `day`, with that period's hours where the terms grant any."""
    first = contract.period_on(max(getdate(day), getdate(contract.start_date)))
    account = ledger.open_account(contract.name, name, first.period.start, first.period.last_day)
    pool = _pool(contract, name, first.period.start)
    if pool:
        _allot(account, pool, first.period, minutes_in(contract, pool, first))
    return account


def minutes_in(contract: "RetainerContract", pool: HourPool, granted: BillablePeriod) -> int:
    """The hours of one period in minutes, half up; a part first month brings its share where that was agreed.

    A period whose fee is waived, because it begins while service is suspended by agreement, brings none.
    """
    if brings_none(contract, granted.period.start):
        return 0
    return pool.minutes_for(granted.share) if contract.prorate_first_hours else pool.minutes


def brings_none(contract: "RetainerContract", first: date) -> bool:
    settled = frappe.db.get_value(
        "Retainer Billing Period", {"contract": contract.name, "period_start": first}, ["status", "fee_waived"]
    )
    if settled and settled[0] in ("Invoiced", "Not Charged"):
        return bool(settled[1])
    return contract.waives_fee_on(first)


def due_on(today: date) -> list[str]:
    """Contracts with an account whose period has ended; one indexed query."""
    return frappe.db.sql_list(
        """select distinct account.contract from `tabHour Ledger` account
        join `tabRetainer Contract` contract on contract.name = account.contract
        where account.period_end < %(today)s and contract.docstatus = 1
        and (contract.end_date is null or contract.end_date > account.period_end)
        order by account.contract""",
        {"today": today},
    )


def roll_all_forward(on: date | None = None) -> int:
    """Turn the periods of every contract that is due, each in its own transaction; returns how many there were."""
    today = getdate(on)
    contracts = due_on(today)
    for name in contracts:
        roll_forward(frappe.get_doc("Retainer Contract", name), today)
        frappe.db.commit()
    return len(contracts)


def roll_forward(contract: "RetainerContract", today: date) -> dict[str, Account]:
    """Turn every period that ended before `today`, oldest first; the same day twice changes nothing.

    Returns the accounts by pool, locked until the transaction ends.
    """
    return turn_locked(contract, ledger.lock(contract.name), today)


def turn_locked(contract: "RetainerContract", accounts: dict[str, Account], today: date) -> dict[str, Account]:
    """The same on accounts that the caller has locked."""
    for pool, account in accounts.items():
        while account.period_end < today and not _has_ended(contract, account):
            account = accounts[pool] = _turn(contract, account)
    _open_new_pools(contract, accounts, today)
    return accounts


def _open_new_pools(contract: "RetainerContract", accounts: dict[str, Account], today: date) -> None:
    """A change of package brings pools that the contract had no account for; they start with the next period."""
    if (
        not accounts
        or today < getdate(contract.start_date)
        or (contract.end_date and getdate(contract.end_date) < today)
    ):
        return
    for pool in contract.terms_on(contract.period_on(today).period.start).pools:
        if pool.name not in accounts:
            accounts[pool.name] = open_account(contract, pool.name, today)


def _has_ended(contract: "RetainerContract", account: Account) -> bool:
    return bool(contract.end_date and getdate(contract.end_date) <= account.period_end)


def _turn(contract: "RetainerContract", account: Account) -> Account:
    """Close the account's current period and open the one after it."""
    first = account.period_end + ONE_DAY
    granted = contract.period_on(first)
    period = granted.period
    pool = _pool(contract, account.pool, first)
    _close_lots(contract, account, pool, first)
    after = Account(account.name, account.contract, account.pool, period.start, period.last_day)
    frappe.db.set_value(
        "Hour Ledger",
        account.name,
        {"period_start": after.period_start, "period_end": after.period_end, "alerted_percent": 0},
        update_modified=False,
    )
    if pool:
        _allot(after, pool, period, minutes_in(contract, pool, granted))
    return after


def _pool(contract: "RetainerContract", name: str, day: date) -> HourPool | None:
    return next((pool for pool in contract.terms_on(day).pools if pool.name == name), None)


def _allot(account: Account, pool: HourPool, period: Period, minutes: int) -> None:
    """Dated with the period's first moment, whenever the job runs: a statement shows the hours where they belong."""
    if not minutes:
        return
    posting = allotment(pool.name, minutes, period.start, period.last_day)
    at = datetime.combine(period.start, time.min)
    ledger.post(account, [posting], Voucher("Retainer Contract", account.contract), at)


def _close_lots(contract: "RetainerContract", account: Account, pool: HourPool | None, first: date) -> None:
    lots = ledger.lots_over(account, first)
    rollover = _rollover(contract, account, pool)
    rolled = _alive(account, first)
    for lot in lots:
        postings = close(lot, first, rollover, already_rolled=rolled)
        rolled += sum(posting.minutes for posting in postings if posting.opens_lot)
        ledger.post(account, postings, Voucher("Retainer Contract", account.contract), end_of(lot.expires_on))
    ledger.retire(account, sum(lot.granted for lot in lots))


def end_of(day: date) -> datetime:
    """What lapses or rolls over does so in the last second of its last day, so a period closes with what remains."""
    return datetime.combine(day, time(23, 59, 59))


def expire_on_their_day(on: date | None = None) -> int:
    """Expire top-ups and other hours that end within a running period; returns the number of accounts."""
    today = getdate(on)
    found = ledger.accounts_with_expired(today)
    for contract, name in found:
        account = next(account for account in ledger.lock(contract).values() if account.name == name)
        for lot in ledger.lots_over(account, today):
            voucher = Voucher("Retainer Contract", contract)
            ledger.post(account, close(lot, today), voucher, end_of(lot.expires_on))
        frappe.db.commit()
    return len(found)


def _rollover(contract: "RetainerContract", account: Account, pool: HourPool | None) -> Rollover | None:
    """Hours rolled at the end of a period live through the next `rollover_periods` periods."""
    if not pool or not pool.rollover_periods:
        return None
    until = account.period_end
    for _ in range(pool.rollover_periods):
        until = contract.period_on(until + ONE_DAY).period.last_day
    return Rollover(until, pool.rollover_cap_minutes)


def _alive(account: Account, day: date) -> int:
    """Rolled minutes of earlier periods that can still be used."""
    lots: Iterable[Lot] = ledger.lots_on(account.contract, day)
    return sum(lot.remaining for lot in lots if lot.type is EntryType.ROLLOVER and lot.pool == account.pool)


def coming_lots(contract: "RetainerContract", day: date) -> tuple[Lot, ...]:
    """The hours of the period of `day` where nobody has turned it yet, as turning it will grant them.

    For previews: what is posted turns the period first.
    """
    granted = contract.period_on(day)
    found: list[Lot] = []
    for account in ledger.accounts(contract.name).values():
        if account.period_end < granted.period.start and not _has_ended(contract, account):
            found += _granted_lots(contract, account, granted)
    return tuple(found)


def _granted_lots(contract: "RetainerContract", account: Account, granted: BillablePeriod) -> Iterator[Lot]:
    pool = _pool(contract, account.pool, granted.period.start)
    rollover = _rollover(contract, account, pool)
    postings = [
        into for lot in ledger.lots_over(account, granted.period.start) for into in _rolled(lot, rollover, granted)
    ]
    if pool and pool.minutes:
        period, minutes = granted.period, minutes_in(contract, pool, granted)
        postings.append(allotment(pool.name, minutes, period.start, period.last_day))
    return (replace(lot, key=f"coming/{account.name}/{lot.key}") for lot in lots_of(postings))


def _rolled(lot: Lot, rollover: Rollover | None, granted: BillablePeriod) -> list[Posting]:
    return [posting for posting in close(lot, granted.period.start, rollover) if posting.opens_lot]
