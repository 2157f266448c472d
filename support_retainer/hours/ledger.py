"""The accounts of a contract's hours: locked as one, read as lots, written by appending.

Entries are the truth; the figures on the account move with every entry in the same transaction.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import frappe
from frappe.utils import now

from support_retainer.domain.hour_ledger import GRANTS, EntryType, Lot, Posting
from support_retainer.site_time import to_site, utc_now

COLUMNS = [
    "name",
    "owner",
    "creation",
    "modified",
    "modified_by",
    "ledger",
    "contract",
    "pool",
    "entry_type",
    "minutes",
    "overage_minutes",
    "posting_time",
    "period_start",
    "expires_on",
    "draws_on",
    "reverses",
    "voucher_type",
    "voucher_no",
    "voucher_detail_no",
    "issue",
    "reason",
    "approval",
    "entry_key",
]
UNMOVED = frappe._dict(minutes=0, expired=0, touched=0, withdrawn=0)


@dataclass(frozen=True, slots=True)
class Account:
    """An Hour Ledger; `period_start` and `period_end` are the first and last day of its current period."""

    name: str
    contract: str
    pool: str
    period_start: date
    period_end: date


@dataclass(frozen=True, slots=True)
class Voucher:
    """The document an entry comes from, and why."""

    doctype: str
    name: str
    detail: str = ""
    issue: str | None = None
    reason: str = ""
    approval: str = ""


def lock(contract: str) -> dict[str, Account]:
    """The contract's accounts by pool, locked until the transaction ends; everybody locks in the same order."""
    return lock_all([contract])[contract]


def lock_all(contracts: Sequence[str]) -> dict[str, dict[str, Account]]:
    """The same for several contracts, contract by contract; two queries."""
    rows = _figures(contracts, "for update")
    if rows != _figures(contracts, ""):
        frappe.flags.hours_have_moved = True
    found: dict[str, dict[str, Account]] = {contract: {} for contract in contracts}
    for row in rows:
        found[row[1]][row[2]] = Account(*row[:5])
    return found


def _figures(contracts: Sequence[str], lock: str) -> tuple[tuple, ...]:
    """By the index on contracts: a scan of a small table would lock everybody's accounts."""
    return frappe.db.sql(
        f"""select name, contract, pool, period_start, period_end, balance_minutes, allotted_minutes, modified
        from `tabHour Ledger` force index (unique_contract_pool)
        where contract in %s order by contract, pool {lock}""",  # noqa: S608 (our own text)
        [tuple(contracts) or ("",)],
    )


def as_of_now() -> str:
    """A plain read shows the entries as they were when the transaction began, perhaps before the lock was had.

    Only where somebody posted meanwhile are the entries read with a lock: it covers the gaps around them too, and
    two contracts side by side would wait for each other.
    """
    return "lock in share mode" if frappe.flags.hours_have_moved else ""


def accounts(contract: str) -> dict[str, Account]:
    """The same without a lock, for previews."""
    return {row[2]: Account(*row[:5]) for row in _figures([contract], lock="")}


def open_account(contract: str, pool: str, first: date, last: date) -> Account:
    ledger = frappe.get_doc(doctype="Hour Ledger", contract=contract, pool=pool, period_start=first, period_end=last)
    ledger.insert(ignore_permissions=True)
    return Account(ledger.name, contract, pool, first, last)


def lots_on(contract: str, day: date) -> tuple[Lot, ...]:
    """Every lot that work done on `day` may draw on, also one that has expired since; two queries."""
    return lots_by_contract([contract], day)[contract]


def lots_by_contract(contracts: Sequence[str], day: date) -> dict[str, tuple[Lot, ...]]:
    """The same for several contracts; two queries."""
    grants = _grants(
        """contract in %(contracts)s and (period_start is null or period_start <= %(day)s)
        and (expires_on is null or expires_on >= %(day)s)""",
        {"contracts": tuple(contracts), "day": day},
    )
    contract_of = {grant.name: grant.contract for grant in grants}
    found: dict[str, list[Lot]] = {contract: [] for contract in contracts}
    for lot in _as_lots(grants):
        found[contract_of[lot.key]].append(lot)
    return {contract: tuple(lots) for contract, lots in found.items()}


def lots_over(account: Account, day: date) -> tuple[Lot, ...]:
    """The account's lots whose last day lies before `day`, from its current period on; two queries."""
    grants = _grants(
        "ledger = %(ledger)s and expires_on >= %(first)s and expires_on < %(day)s",
        {"ledger": account.name, "first": account.period_start, "day": day},
    )
    return _as_lots(grants)


def accounts_with_expired(today: date) -> list[tuple[str, str]]:
    """(contract, account) of running periods in which hours have ended before `today` and are not expired yet."""
    return frappe.db.sql(
        """select account.contract, account.name
        from `tabHour Ledger Entry` entry join `tabHour Ledger` account on account.name = entry.ledger
        where entry.expires_on < %(today)s and entry.expires_on >= account.period_start
            and account.period_end >= %(today)s and entry.minutes > 0 and entry.entry_type in %(grants)s
            and entry.minutes + (select coalesce(sum(later.minutes), 0) from `tabHour Ledger Entry` later
                where later.draws_on = entry.name) > 0
        group by account.contract, account.name order by account.contract, account.name""",
        {"today": today, "grants": [kind.value for kind in GRANTS]},
    )


def lots_named(names: list[str]) -> tuple[Lot, ...]:
    """The lots with these keys as they stand now; two queries."""
    return _as_lots(_grants("name in %(names)s", {"names": names})) if names else ()


def _grants(condition: str, values: dict) -> list[frappe._dict]:
    return frappe.db.sql(
        f"""select name, contract, pool, entry_type, minutes, period_start, expires_on from `tabHour Ledger Entry`
        where {condition} and minutes > 0 and entry_type in %(grants)s {as_of_now()}""",  # noqa: S608 (our own text)
        {**values, "grants": [kind.value for kind in GRANTS]},
        as_dict=True,
    )


def _as_lots(grants: list[frappe._dict]) -> tuple[Lot, ...]:
    moved = _moved([grant.name for grant in grants])
    return tuple(_lot(grant, moved.get(grant.name) or UNMOVED) for grant in grants)


def _lot(grant: frappe._dict, moved: frappe._dict) -> Lot:
    return Lot(
        key=grant.name,
        pool=grant.pool,
        type=EntryType(grant.entry_type),
        remaining=grant.minutes + int(moved.minutes),
        expired=int(moved.expired),
        valid_from=grant.period_start,
        expires_on=grant.expires_on,
        touched=int(moved.touched),
        granted=grant.minutes + int(moved.withdrawn),
    )


def _moved(lots: list[str]) -> dict[str, frappe._dict]:
    """What later entries did to each lot: the sum, the part that is expired, and how many there are."""
    if not lots:
        return {}
    rows = frappe.db.sql(
        """select entry.draws_on, sum(entry.minutes) as minutes, count(*) as touched,
            -sum(if(entry.entry_type = 'Expiry' or undone.entry_type = 'Expiry', entry.minutes, 0)) as expired,
            sum(if(entry.reverses = entry.draws_on, entry.minutes, 0)) as withdrawn
        from `tabHour Ledger Entry` entry
        left join `tabHour Ledger Entry` undone on undone.name = entry.reverses
        where entry.draws_on in %(lots)s group by entry.draws_on """  # noqa: S608 (our own text)
        + as_of_now(),
        {"lots": lots},
        as_dict=True,
    )
    return {row.draws_on: row for row in rows}


def last_expiry(lot: str) -> str:
    """The entry that expired a lot, for time that is logged late."""
    return (
        frappe.db.get_value(
            "Hour Ledger Entry", {"draws_on": lot, "entry_type": "Expiry"}, "name", order_by="creation desc"
        )
        or ""
    )


def post(account: Account, postings: Iterable[Posting], voucher: Voucher, at: datetime | None = None) -> None:
    """Append entries and move the account's figures with them; the caller holds the account's lock.

    A key that was posted before breaks the unique index and with it the transaction: nothing posts twice.
    """
    batch = Batch()
    batch.add(account, postings, voucher, at)
    batch.write()


class Batch:
    """Entries that are written together: one insert, and one update for each account."""

    def __init__(self) -> None:
        self.rows: list[tuple] = []
        self.moved: dict[str, tuple[Account, int, int]] = {}

    def add(self, account: Account, postings: Iterable[Posting], voucher: Voucher, at: datetime | None = None) -> None:
        for posting in postings:
            self.rows.append(_row(account, posting, voucher, at))
            _account, minutes, granted = self.moved.get(account.name, (account, 0, 0))
            given = posting.minutes if posting.opens_lot or posting.withdraws else 0
            self.moved[account.name] = (account, minutes + posting.minutes, granted + given)

    def write(self) -> None:
        if self.rows:
            frappe.db.bulk_insert("Hour Ledger Entry", COLUMNS, self.rows)
        if self.moved:
            _move_figures([(account, minutes, granted) for account, minutes, granted in self.moved.values()])


def _row(account: Account, posting: Posting, voucher: Voucher, at: datetime | None) -> tuple:
    stamp, user = now(), frappe.session.user
    return (
        frappe.generate_hash(length=10),
        user,
        stamp,
        stamp,
        user,
        account.name,
        account.contract,
        account.pool,
        posting.type.value,
        posting.minutes,
        posting.overage_minutes,
        at or to_site(utc_now()),
        posting.valid_from,
        posting.expires_on,
        posting.draws_on or None,
        posting.reverses or None,
        voucher.doctype,
        voucher.name,
        voucher.detail or None,
        voucher.issue,
        voucher.reason or None,
        voucher.approval or None,
        f"{account.name}/{posting.key}",
    )


def _move_figures(moves: Sequence[tuple[Account, int, int]]) -> None:
    """Balance is the sum of all entries, drawn is what was granted to live lots less that balance; one query."""
    values: dict[str, Any] = {"now": now(), "names": tuple(account.name for account, _minutes, _granted in moves)}
    for place, (account, minutes, granted) in enumerate(moves):
        values |= {f"name{place}": account.name, f"minutes{place}": minutes, f"granted{place}": granted}
    places = range(len(moves))
    by_minutes = " ".join(f"when %(name{place})s then %(minutes{place})s" for place in places)
    by_granted = " ".join(f"when %(name{place})s then %(granted{place})s" for place in places)
    frappe.db.sql(
        f"""update `tabHour Ledger` set balance_minutes = balance_minutes + case name {by_minutes} else 0 end,
            allotted_minutes = allotted_minutes + case name {by_granted} else 0 end,
            drawn_minutes = allotted_minutes - balance_minutes, modified = %(now)s
        where name in %(names)s""",  # noqa: S608 (our own text)
        values,
    )


def retire(account: Account, minutes: int) -> None:
    """Take grants of closed lots out of the current figures; their entries sum to zero by then."""
    _move_figures([(account, 0, -minutes)])
