"""Writes what was decided about a submitted timesheet to the ledgers: all rows in one insert."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

import frappe
from frappe.model.document import Document
from frappe.utils import getdate

from support_retainer.domain.coverage import Coverage, CoverageKind, Reason
from support_retainer.domain.hour_ledger import Lot, less, overage, usage
from support_retainer.hours import allotment, approvals, ledger, thresholds
from support_retainer.hours.ledger import Account, Batch, Voucher


def post_usage(sheet: Document, rows: Iterable[Document]) -> None:
    """Draw the ledgers as decided (`row.flags.coverage`), on the accounts and lots that the decision has locked."""
    drawing = _Drawing(sheet.name, sheet.flags.accounts or {}, sheet.flags.lots or {})
    for row in rows:
        drawing.take(row, row.flags.coverage)
    drawing.batch.write()
    thresholds.announce(drawing.accounts)


class _Drawing:
    """One sheet on its way to the ledgers; a row sees what those before it took, although nothing is written yet."""

    def __init__(self, sheet: str, accounts: dict[str, dict[str, Account]], lots: dict[str, Lot]) -> None:
        self.sheet = sheet
        self.accounts = accounts
        self.lots = lots
        self.batch = Batch()
        self.approved: dict[str, dict[str, int]] = {}

    def take(self, row: Document, part: Coverage) -> None:
        voucher = Voucher("Timesheet", self.sheet, row.name, row.issue, row.retainer_coverage_reason)
        if part.draws:
            self._draw(row, part, voucher)
        elif part.kind is CoverageKind.OVERAGE:
            self._go_beyond(row, part, voucher)

    def _draw(self, row: Document, part: Coverage, voucher: Voucher) -> None:
        for taken in part.draws:
            lot = self.lots[taken.lot]
            at = row.from_time if lot.holds_on(getdate(row.from_time)) else None
            late = ledger.last_expiry(lot.key) if taken.minutes > lot.remaining else ""
            account = self.accounts[row.retainer_contract][lot.pool]
            self.batch.add(account, usage(lot, taken.minutes, row.name, late), voucher, at)
            self.lots[lot.key] = less(lot, taken.minutes)

    def _go_beyond(self, row: Document, part: Coverage, voucher: Voucher) -> None:
        account = self._account_beyond(row)
        if not account:
            return
        for approval, minutes in self._by_approval(row.retainer_contract, part):
            key = f"{row.name}/{approval}" if approval else row.name
            posting = overage(account.pool, minutes, key)
            self.batch.add(account, [posting], replace(voucher, approval=approval), row.from_time)

    def _account_beyond(self, row: Document) -> Account | None:
        """The account of the first pool that fits; None where a manager charged work that no pool is for."""
        contract = frappe.get_cached_doc("Retainer Contract", row.retainer_contract)
        fitting = contract.terms_on(getdate(row.from_time)).pools_for(row.activity_type or "", _channel_of(row))
        if not fitting:
            return None
        accounts, pool = self.accounts[contract.name], fitting[0].name
        if pool not in accounts:
            accounts[pool] = allotment.open_account(contract, pool)
        return accounts[pool]

    def _by_approval(self, contract: str, part: Coverage) -> Iterator[tuple[str, int]]:
        """Approved minutes with the approvals they use, oldest first; everything else uses none."""
        if part.reason is not Reason.APPROVED:
            yield "", part.minutes
            return
        if contract not in self.approved:
            self.approved[contract] = dict(approvals.open_on(contract))
        wanted, approved = part.minutes, self.approved[contract]
        for approval in approved:
            taken = min(approved[approval], wanted)
            approved[approval] -= taken
            wanted -= taken
            if taken:
                yield approval, taken


def _channel_of(row: Document) -> str:
    """The row's own, else its ticket's."""
    if row.get("retainer_channel") or not row.issue:
        return row.get("retainer_channel") or ""
    return frappe.db.get_value("Issue", row.issue, "retainer_channel", cache=True) or ""
