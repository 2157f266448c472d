"""What came into a pool of hours, what went out and what is left: summed by the database, read by people.

A reversal counts with what it reverses: a cancelled timesheet makes the used hours less, it is no income.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import frappe
from frappe.utils import getdate

from support_retainer.domain.billing_period import Anchor, anchor_of, nth_period

# A month number counted from the contract's anchor. In a month too short for the anchor's day the period starts on
# the last day, which TIMESTAMPDIFF would count to the month before.
PERIOD = """timestampdiff(month, account.anchor, date(entry.posting_time))
    + (date(entry.posting_time) = last_day(entry.posting_time) and day(account.anchor) > day(entry.posting_time))"""
# What each kind of entry is on the statement; the rest of a reversal is what it takes back.
KIND = "if(entry.entry_type = 'Reversal' and undone.name is not null, undone.entry_type, entry.entry_type)"
SUMS = f"""sum(if({KIND} = 'Allotment', entry.minutes, 0)) as allotted,
    sum(if({KIND} = 'Top-up', entry.minutes, 0)) as topped_up,
    sum(if({KIND} = 'Adjustment', entry.minutes, 0)) as adjusted,
    -sum(if({KIND} = 'Usage', entry.minutes, 0)) as used,
    -sum(if({KIND} = 'Expiry', entry.minutes, 0)) as expired,
    sum(if({KIND} = 'Rollover' and entry.minutes > 0, entry.minutes, 0)) as rolled_over,
    sum(entry.overage_minutes) as beyond,
    sum(entry.minutes) as moved"""
FIGURES = ("allotted", "topped_up", "adjusted", "used", "expired", "rolled_over", "beyond")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which accounts, and the first and last day; contracts are those the reader may see."""

    contracts: tuple[str, ...]
    first: date
    last: date
    pool: str = ""
    are_all: bool = False

    def only(self, column: str) -> str:
        """SQL for the contracts wanted; nothing where they are all there are, because a thousand names cost more."""
        return "1 = 1" if self.are_all else f"{column} in %(contracts)s"

    def values(self) -> dict[str, Any]:
        return {
            "contracts": self.contracts,
            "first": self.first,
            "until": self.last + timedelta(days=1),
            "pool": self.pool,
        }


def summary(wanted: Wanted) -> list[frappe._dict]:
    """One row for each account: opening, what came and went, balance. Three queries."""
    return [row for row in _with_balances(wanted, _moved(wanted, by_period=False)) if _says_something(row)]


def periods(wanted: Wanted) -> list[frappe._dict]:
    """One row for each account and period of its contract, oldest first. Three queries."""
    return _with_balances(wanted, _moved(wanted, by_period=True))


def entries(wanted: Wanted) -> list[frappe._dict]:
    """Every entry with the balance of its pool after it, oldest first. Three queries."""
    rows = frappe.db.sql(
        """select entry.ledger, entry.contract, entry.pool, entry.posting_time, entry.entry_type, entry.minutes,
            entry.overage_minutes as beyond, entry.reason, entry.issue, entry.voucher_type, entry.voucher_no,
            entry.voucher_detail_no, entry.expires_on, entry.name
        from `tabHour Ledger Entry` entry
        where entry.contract in %(contracts)s and entry.posting_time >= %(first)s and entry.posting_time < %(until)s
            and (%(pool)s = '' or entry.pool = %(pool)s)
        order by entry.contract, entry.pool, entry.posting_time, entry.minutes < 0, entry.creation, entry.name""",
        wanted.values(),
        as_dict=True,
    )
    balances = _openings(wanted)
    for row in rows:
        balances[row.ledger] = row.balance = balances.get(row.ledger, 0) + row.minutes
    return rows


def _accounts(wanted: Wanted) -> list[frappe._dict]:
    rows = frappe.db.sql(
        """select account.name, account.contract, account.pool, contract.customer, contract.start_date,
            contract.billing_anchor
        from `tabHour Ledger` account join `tabRetainer Contract` contract on contract.name = account.contract
        where account.contract in %(contracts)s and (%(pool)s = '' or account.pool = %(pool)s)
        order by contract.customer, account.contract, account.pool""",
        wanted.values(),
        as_dict=True,
    )
    for row in rows:
        row.anchor = anchor_of(getdate(row.start_date), Anchor(row.billing_anchor))
    return rows


def _openings(wanted: Wanted) -> dict[str, int]:
    """The balance of each account on the evening before the first day."""
    rows = frappe.db.sql(
        f"""select entry.ledger, cast(sum(entry.minutes) as signed) from `tabHour Ledger Entry` entry
        where {wanted.only("entry.contract")} and entry.posting_time < %(first)s
        group by entry.ledger""",  # noqa: S608 (our own text)
        wanted.values(),
    )
    return dict(rows)


def _moved(wanted: Wanted, by_period: bool) -> dict[str, list[frappe._dict]]:
    """Sums of the days wanted by account, by its periods in order or all in one."""
    number = PERIOD if by_period else "0"
    rows = frappe.db.sql(
        f"""select entry.ledger, {number} as number, {SUMS}
        from `tabHour Ledger Entry` entry
        join (select name, if(billing_anchor = 'Calendar Month', start_date - interval day(start_date) - 1 day,
            start_date) as anchor from `tabRetainer Contract` where {wanted.only("name")}) account
            on account.name = entry.contract
        left join `tabHour Ledger Entry` undone on undone.name = entry.reverses
        where entry.posting_time >= %(first)s and entry.posting_time < %(until)s
            and (%(pool)s = '' or entry.pool = %(pool)s)
        group by entry.ledger, number order by entry.ledger, number""",  # noqa: S608 (our own text)
        wanted.values(),
        as_dict=True,
    )
    found: dict[str, list[frappe._dict]] = {}
    for row in rows:
        found.setdefault(row.ledger, []).append(row)
    return found


def _with_balances(wanted: Wanted, moved: dict[str, list[frappe._dict]]) -> list[frappe._dict]:
    openings = _openings(wanted)
    rows = []
    for account in _accounts(wanted):
        balance = openings.get(account.name, 0)
        for sums in moved.get(account.name) or [NOTHING]:
            row = _row(account, sums, balance)
            balance = row.balance
            rows.append(row)
    return rows


NOTHING = frappe._dict.fromkeys((*FIGURES, "moved"), 0)


def _row(account: frappe._dict, sums: frappe._dict, opening: int) -> frappe._dict:
    row = frappe._dict(
        ledger=account.name, contract=account.contract, customer=account.customer, pool=account.pool, opening=opening
    )
    row.update({name: int(sums[name] or 0) for name in FIGURES})
    row.balance = opening + int(sums.moved or 0)
    if sums.get("number") is not None:
        period = nth_period(account.anchor, int(sums.number))
        row.period_start, row.period_end = max(period.start, getdate(account.start_date)), period.last_day
    return row


def _says_something(row: frappe._dict) -> bool:
    return bool(row.opening or any(row[name] for name in FIGURES))


def are_all(contracts: tuple[str, ...]) -> bool:
    return len(contracts) == frappe.db.count("Retainer Contract", {"docstatus": ["!=", 0]})


def contracts_for(reader_filters: dict[str, Any]) -> tuple[str, ...]:
    """Submitted contracts that the session's user may read, by customer or name."""
    wanted: dict[str, Any] = {"docstatus": ["!=", 0]}
    for fieldname in ("customer", "name"):
        if reader_filters.get(fieldname):
            wanted[fieldname] = reader_filters[fieldname]
    return tuple(frappe.get_list("Retainer Contract", filters=wanted, pluck="name", limit_page_length=0))
