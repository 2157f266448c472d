"""The hour ledger against its own entries, the terms and the timesheets."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import frappe
from frappe.model.document import Document
from frappe.utils import cint, getdate

from support_retainer.domain.errors import LedgerImbalance
from support_retainer.domain.hour_ledger import EntryType, Posting, balance, lots_of
from support_retainer.hours.allotment import minutes_in


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as it should be: what was expected and what is on record."""

    kind: str
    contract: str
    what: str
    expected: str
    found: str

    def sentence(self) -> str:
        expected, found = self.expected or "nothing", self.found or "nothing"
        return f"{self.kind:<9}  {self.contract}  {self.what}: expected {expected}, found {found}"


def differences(contract: Document) -> Iterator[Difference]:
    for account in frappe.get_all("Hour Ledger", filters={"contract": contract.name}, fields=["*"]):
        postings = _postings(account.name)
        yield from _balance_differences(account, postings)
        yield from _allotment_differences(contract, account, postings)
    yield from _usage_differences(contract)


def _postings(ledger: str) -> list[Posting]:
    """The entries of an account; lots before what touches them, minutes that come back before minutes that go.

    Only sums are compared here, and entries of one second have no order of their own.
    """
    rows = frappe.get_all(
        "Hour Ledger Entry",
        filters={"ledger": ledger},
        fields=["name", "entry_type", "minutes", "pool", "period_start", "expires_on", "draws_on", "reverses"],
    )
    rows.sort(key=lambda row: (bool(row.draws_on), row.minutes < 0))
    return [
        Posting(
            row.name,
            EntryType(row.entry_type),
            row.minutes,
            row.pool,
            row.period_start,
            row.expires_on,
            row.draws_on or "",
            row.reverses or "",
        )
        for row in rows
    ]


def _balance_differences(account: frappe._dict, postings: list[Posting]) -> Iterator[Difference]:
    where = f"Hour Ledger {account.pool}"
    if balance(postings) != account.balance_minutes:
        yield Difference(
            "Different", account.contract, f"{where}: balance", str(balance(postings)), str(account.balance_minutes)
        )
    over = {posting.key for posting in postings if posting.opens_lot and _is_over(posting, account)}
    granted = sum(posting.minutes for posting in postings if posting.opens_lot and posting.key not in over)
    granted += sum(posting.minutes for posting in postings if posting.withdraws and posting.draws_on not in over)
    if granted != account.allotted_minutes:
        yield Difference(
            "Different", account.contract, f"{where}: allotted", str(granted), str(account.allotted_minutes)
        )
    yield from _lot_differences(account, postings)


def _is_over(posting: Posting, account: frappe._dict) -> bool:
    return bool(posting.expires_on and posting.expires_on < account.period_start)


def _lot_differences(account: frappe._dict, postings: list[Posting]) -> Iterator[Difference]:
    try:
        lots = lots_of(postings)
    except LedgerImbalance as imbalance:
        yield Difference("Different", account.contract, f"Hour Ledger {account.pool}", "", str(imbalance))
        return
    for lot in lots:
        if lot.is_over(account.period_start) and lot.remaining:
            yield Difference("Missing", account.contract, f"Expiry of {lot.key}", str(-lot.remaining), "")


def _allotment_differences(contract: Document, account: frappe._dict, postings: list[Posting]) -> Iterator[Difference]:
    """One allotment for each period from the start to the account's current one, as the terms of its first day say."""
    allotted = {posting.valid_from: posting.minutes for posting in postings if posting.type is EntryType.ALLOTMENT}
    day = getdate(contract.start_date)
    while day <= account.period_end:
        granted = contract.period_on(day)
        period = granted.period
        pools = {pool.name: minutes_in(contract, pool, granted) for pool in contract.terms_on(period.start).pools}
        expected, found = pools.get(account.pool, 0), allotted.pop(period.start, 0)
        if expected != found:
            what = f"Allotment {account.pool} {period.start}"
            yield Difference("Different", contract.name, what, str(expected), str(found))
        day = period.last_day + timedelta(days=1)
    for start, found in allotted.items():
        yield Difference("Different", contract.name, f"Allotment {account.pool} {start}", "0", str(found))


def _usage_differences(contract: Document) -> Iterator[Difference]:
    """Every submitted row has drawn what its decision says, and nothing is drawn for rows that are gone."""
    drawn, decided = _drawn(contract.name), _decided(contract)
    for row in sorted(drawn.keys() | decided.keys()):
        expected, found = decided.get(row, 0), drawn.get(row, 0)
        if expected != found:
            yield Difference("Different", contract.name, f"Usage of timesheet row {row}", str(expected), str(found))


def _drawn(contract: str) -> dict[str, int]:
    """Minutes on the ledgers by timesheet row, used and beyond the pool, less what was taken back."""
    rows = frappe.db.sql(
        """select entry.voucher_detail_no, sum(entry.overage_minutes - entry.minutes)
        from `tabHour Ledger Entry` entry
        left join `tabHour Ledger Entry` undone on undone.name = entry.reverses
        where entry.contract = %s and entry.voucher_type = 'Timesheet'
            and coalesce(undone.entry_type, entry.entry_type) in ('Usage', 'Overage')
        group by entry.voucher_detail_no""",
        contract,
    )
    return {row: cint(minutes) for row, minutes in rows}


def _decided(contract: Document) -> dict[str, int]:
    """Minutes that submitted rows owe to the ledgers; included work without a pool owes none."""
    rows = frappe.db.sql(
        """select detail.name, detail.retainer_billed_minutes as minutes, detail.activity_type, detail.from_time,
            coalesce(nullif(detail.retainer_channel, ''), issue.retainer_channel) as channel
        from `tabTimesheet Detail` detail left join `tabIssue` issue on issue.name = detail.issue
        where detail.retainer_contract = %s and detail.docstatus = 1
            and detail.retainer_coverage in ('Included', 'Overage')""",
        contract.name,
        as_dict=True,
    )
    return {row.name: row.minutes for row in rows if _draws_on_a_pool(contract, row)}


def _draws_on_a_pool(contract: Document, row: frappe._dict) -> bool:
    return bool(contract.terms_on(getdate(row.from_time)).pools_for(row.activity_type or "", row.channel or ""))
