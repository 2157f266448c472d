"""Time on contracts: previewed while a timesheet is a draft, decided and posted when it is submitted."""

import json
from decimal import Decimal

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt, getdate, time_diff_in_hours

from support_retainer.domain.coverage import Coverage, CoverageKind
from support_retainer.domain.hour_ledger import EntryType, Posting, close, reversal
from support_retainer.exceptions import NeedsApproval, ServiceStopped
from support_retainer.hours import allotment, extras, ledger, reasons
from support_retainer.hours.decider import Decider, stretch
from support_retainer.hours.ledger import Account, Voucher
from support_retainer.hours.manager_decision import DECISION
from support_retainer.site_time import to_site, utc_now

# A row that splits is decided on as one; copying it leaves these behind.
CARRIED = (*DECISION, "retainer_override_by")
DECIDED = ("retainer_coverage", "retainer_coverage_reason", "retainer_coverage_facts")
MONEY = ("retainer_rate", "retainer_one_off_fee", "retainer_expenses")


def preview(rows: list[Document]) -> None:
    """Show on each row how it would be covered if the sheet were submitted now."""
    decider, said = Decider(rows), {}
    for row in rows:
        parts = decider.decide(row)
        row.retainer_one_off_fee = flt(decider.fee_of(row, parts[0]))
        _show(row, parts[0])
        row.retainer_billed_minutes = sum(part.minutes for part in parts)
        _tell(row, parts[0], [decider.reason(row, part) for part in parts], said)


def decide(sheet: Document, rows: list[Document]) -> None:
    """Take the decisions for good, under the locks of every contract on the sheet; a row that has parts splits."""
    today = getdate(frappe.flags.current_time)
    locked = ledger.lock_all(sorted({row.retainer_contract for row in rows}))
    sheet.flags.accounts = {
        contract: allotment.turn_locked(frappe.get_cached_doc("Retainer Contract", contract), accounts, today)
        for contract, accounts in locked.items()
    }
    decider, decided_at, said = Decider(rows), to_site(utc_now()), {}
    for row in rows:
        parts = decider.decide(row)
        row.retainer_one_off_fee = flt(decider.fee_of(row, parts[0]))
        channel = decider.channel_of(row)
        for piece, part in zip(_split(sheet, row, parts), parts, strict=True):
            piece.update({"retainer_channel": channel, "retainer_decided_at": decided_at})
            _show(piece, part)
            _tell(piece, part, [decider.reason(row, part)], said)
            piece.flags.coverage = part
            _refuse_unapproved(int(row.idx), piece, part)  # between its pieces a row is numbered in fractions
    sheet.flags.lots = decider.found
    _renumber(sheet)


def _tell(row: Document, part: Coverage, known: list[reasons.Facts], said: dict[str, str]) -> None:
    """The reason on the row, as a sentence for who books it and as facts for those who read it later.

    `said` has the sentences of the rows before: the rows of a sheet mostly say the same.
    """
    kept = json.dumps(known, ensure_ascii=False)
    if kept not in said:
        said[kept] = "; ".join(reasons.sentence(one) for one in known)
    row.retainer_coverage_reason = said[kept] + extras.sentence(row, part.kind.value)
    row.retainer_coverage_facts = kept


def reverse(voucher_type: str, voucher_no: str) -> None:
    """Take back all that a voucher posted; hours that return to a lot which is over expire again at once."""
    for contract in _contracts_of(voucher_type, voucher_no):
        for account in ledger.lock(contract).values():
            _reverse_on(account, voucher_type, voucher_no)


def note_reversal(sheet: Document) -> None:
    """When the rows of a cancelled sheet were taken back: a look back has to know what counted until then."""
    of_sheet = {"parent": sheet.name, "retainer_coverage": ["is", "set"]}
    frappe.db.set_value("Timesheet Detail", of_sheet, "retainer_reversed_at", to_site(utc_now()), update_modified=False)


def _refuse_unapproved(typed_as: int, row: Document, part: Coverage) -> None:
    """Time that the client has not agreed to pay for is not booked; it stays on the draft until somebody decides."""
    if part.kind is CoverageKind.AWAITING_APPROVAL:
        frappe.throw(
            _("Row {0}: {1}. Ask for approval from the ticket, or have a manager decide on the row.").format(
                typed_as, row.retainer_coverage_reason
            ),
            NeedsApproval,
            title=_("Approval needed"),
        )
    if part.kind is CoverageKind.STOPPED:
        frappe.throw(
            _("Row {0}: {1}. Sell a top-up, or have a manager decide on the row.").format(
                typed_as, row.retainer_coverage_reason
            ),
            ServiceStopped,
            title=_("Included hours are used up"),
        )


def _show(row: Document, part: Coverage) -> None:
    """Our decision on the row, and the same in the fields that ERPNext bills from."""
    row.retainer_coverage = part.kind.value
    row.retainer_billed_minutes = part.minutes
    row.retainer_rate = part.rate or 0
    is_charged, beside = (
        (part.is_charged or part.is_ordered) and part.minutes > 0,
        extras.amount_on(row, part.kind.value),
    )
    row.is_billable = int(is_charged or beside > 0)
    row.billing_hours = part.minutes / 60 if row.is_billable else 0
    row.billing_rate = flt(part.rate) if is_charged else 0
    row.billing_amount = (_amount(part) if is_charged else 0) + beside
    # ERPNext takes the billed hours for the cost as well, and a minimum is billed but not worked.
    row.costing_amount = flt(row.costing_rate) * flt(row.hours)


def _amount(part: Coverage) -> float:
    units = Decimal(1) if part.kind is CoverageKind.DAILY else Decimal(part.minutes) / 60
    return flt((part.rate or Decimal(0)) * units, 2)


def forget(rows: list[Document]) -> None:
    """Rows that are on no contract, perhaps no longer, show no decision."""
    for row in rows:
        row.update(dict.fromkeys((*DECIDED, "retainer_expenses_note"), None))
        row.update(dict.fromkeys(("retainer_billed_minutes", *MONEY), 0))


def _split(sheet: Document, row: Document, parts: tuple[Coverage, ...]) -> list[Document]:
    """The row for its first part and a copy of it for each further one, back to back in time."""
    pieces = [row, *(sheet.append("time_logs", frappe.copy_doc(row).as_dict()) for _ in parts[1:])]
    if len(parts) == 1:
        return pieces
    times = [stretch(row, part) for part in parts]
    for piece in pieces[1:]:  # what is charged once stays with the first part
        piece.update({"retainer_one_off_fee": 0, "retainer_expenses": 0, "retainer_expenses_note": None})
    for position, (piece, (start, end)) in enumerate(zip(pieces, times, strict=True)):
        piece.from_time, piece.to_time = start, end
        piece.hours = time_diff_in_hours(end, start)
        piece.idx = row.idx + position / len(pieces)
        piece.retainer_split_from = row.name
        piece.update({name: row.get(name) for name in CARRIED})
    return pieces


def _renumber(sheet: Document) -> None:
    sheet.time_logs.sort(key=lambda row: row.idx)
    for number, row in enumerate(sheet.time_logs, start=1):
        row.idx = number


def _contracts_of(voucher_type: str, voucher_no: str) -> list[str]:
    return sorted(
        set(
            frappe.get_all(
                "Hour Ledger Entry",
                filters={"voucher_type": voucher_type, "voucher_no": voucher_no},
                pluck="contract",
            )
        )
    )


def _reverse_on(account: Account, voucher_type: str, voucher_no: str) -> None:
    entries = frappe.get_all(
        "Hour Ledger Entry",
        filters={
            "ledger": account.name,
            "voucher_type": voucher_type,
            "voucher_no": voucher_no,
            "entry_type": ["in", [EntryType.USAGE.value, EntryType.OVERAGE.value]],
        },
        fields=[
            *("name", "entry_type", "minutes", "overage_minutes", "pool"),
            *("draws_on", "voucher_detail_no", "issue", "approval"),
        ],
    )
    for entry in entries:
        posted = Posting(
            entry.name,
            EntryType(entry.entry_type),
            entry.minutes,
            entry.pool,
            draws_on=entry.draws_on or "",
            overage_minutes=entry.overage_minutes,
        )
        voucher = Voucher(voucher_type, voucher_no, entry.voucher_detail_no, entry.issue, approval=entry.approval or "")
        ledger.post(account, [reversal(posted)], voucher)
    _expire_again(account, {entry.draws_on for entry in entries if entry.draws_on}, Voucher(voucher_type, voucher_no))


def _expire_again(account: Account, lots: set[str], voucher: Voucher) -> None:
    for lot in ledger.lots_named(sorted(lots)):
        ledger.post(account, close(lot, account.period_start), voucher)
