"""Hours given or taken by hand, posted when a manager submits the Hour Adjustment."""

from datetime import date

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate

from support_retainer.domain.errors import LedgerImbalance
from support_retainer.domain.hour_ledger import (
    EntryType,
    Posting,
    adjustment,
    close,
    deduction,
    reversal,
    usable_on,
    withdrawal,
)
from support_retainer.exceptions import HoursUsed
from support_retainer.hours import allotment, ledger
from support_retainer.hours.ledger import Account, Voucher
from support_retainer.hours.reasons import hours


def post(record: Document) -> None:
    """Give hours as a lot of their own, or take them from the lots of the pool. Raises HoursUsed."""
    today = getdate(frappe.flags.current_time)
    allotment.roll_forward(frappe.get_doc("Retainer Contract", record.contract), today)
    account = ledger.lock(record.contract)[record.pool]
    voucher = Voucher("Hour Adjustment", record.name, reason=record.reason)
    if record.minutes > 0:
        until = getdate(record.usable_until) if record.usable_until else None
        postings: tuple[Posting, ...] = (adjustment(record.pool, record.minutes, record.name, today, until),)
    else:
        postings = _taken(record, account, today)
    ledger.post(account, postings, voucher)


def _taken(record: Document, account: Account, today: date) -> tuple[Posting, ...]:
    lots = [lot for lot in ledger.lots_on(record.contract, today) if lot.pool == account.pool]
    try:
        return deduction(usable_on(lots, today), -record.minutes, record.name)
    except LedgerImbalance:
        left = sum(lot.remaining for lot in lots)
        frappe.throw(
            _("'{0}' holds {1}, so {2} cannot be taken.").format(record.pool, hours(left), hours(-record.minutes)),
            HoursUsed,
            title=_("Not enough hours"),
        )


def take_back(record: Document) -> None:
    """Cancel: given hours that are unused go back; hours that were taken return. Raises HoursUsed."""
    account = ledger.lock(record.contract)[record.pool]
    voucher = Voucher("Hour Adjustment", record.name, reason=_("Cancelled: {0}").format(record.reason))
    for entry in _entries(record.name):
        if entry.minutes > 0:
            ledger.post(account, _unused(entry), voucher)
        else:
            _return(account, entry, voucher)


def _entries(name: str) -> list[frappe._dict]:
    return frappe.get_all(
        "Hour Ledger Entry",
        filters={"voucher_type": "Hour Adjustment", "voucher_no": name, "entry_type": "Adjustment"},
        fields=["name", "minutes", "pool", "draws_on"],
    )


def _unused(entry: frappe._dict) -> tuple[Posting, ...]:
    lot = ledger.lots_named([entry.name])[0]
    if lot.available < entry.minutes:
        frappe.throw(
            _("{0} of these hours are used. Take the rest with a new adjustment below zero.").format(
                hours(entry.minutes - lot.available)
            ),
            HoursUsed,
            title=_("Hours are used"),
        )
    return withdrawal(lot)


def _return(account: Account, entry: frappe._dict, voucher: Voucher) -> None:
    """Hours return to the lot they were taken from, and expire again at once where that is over."""
    taken = Posting(entry.name, EntryType.ADJUSTMENT, entry.minutes, entry.pool, draws_on=entry.draws_on)
    ledger.post(account, [reversal(taken)], voucher)
    for lot in ledger.lots_named([entry.draws_on]):
        ledger.post(account, close(lot, account.period_start), voucher)
