"""Hours when the package changes within a period, where the setting says so: the rest of it brings or takes its share.

Otherwise the new package's hours arrive with the next period, which is what the ledger does by itself.
"""

from datetime import date

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import formatdate, getdate

from support_retainer.domain.changes import share_of_hours
from support_retainer.domain.contract_terms import ContractTerms
from support_retainer.domain.hour_ledger import EntryType, Posting, adjustment, deduction, usable_on
from support_retainer.hours import allotment, ledger
from support_retainer.hours.ledger import Account, Voucher

AT_ONCE = "At Once by Days"


def adjust_all(on: date | None = None) -> list[str]:
    """Every contract whose package changed within its running period, each in its own transaction; returns them."""
    today = getdate(on or frappe.flags.current_time)
    if not _is_at_once():
        return []
    names = frappe.db.sql_list(
        """select distinct account.contract from `tabHour Ledger` account
        join `tabRetainer Contract Term` term on term.parent = account.contract
        where account.period_end >= %(today)s and term.effective_from > account.period_start
            and term.effective_from <= %(today)s order by account.contract""",
        {"today": today},
    )
    for name in names:
        adjust(frappe.get_doc("Retainer Contract", name), today)
        frappe.db.commit()
    return names


def adjust(contract: Document, on: date | None = None) -> None:
    """The changes of the running period up to today; one that was adjusted before is left as it is."""
    today = getdate(on or frappe.flags.current_time)
    if not _is_at_once() or today < getdate(contract.start_date):
        return
    running = contract.period_on(today).period
    days = sorted({getdate(row.effective_from) for row in contract.terms})
    for day in [day for day in days if running.start < day <= today]:
        _adjust(contract, day, today)


def _adjust(contract: Document, day: date, today: date) -> None:
    before, after = contract.terms_on(_eve(day)), contract.terms_on(day)
    accounts = allotment.roll_forward(contract, today)
    for pool in sorted({one.name for one in (*before.pools, *after.pools)}):
        account = accounts.get(pool) or allotment.open_account(contract, pool, today)
        whole = contract.period_on(day)
        rest = (whole.period.end - day).days
        minutes = share_of_hours(_minutes(before, pool), _minutes(after, pool), rest, whole.whole.days)
        if minutes and not _is_done(account, day):
            _post(contract, account, day, minutes)


def _post(contract: Document, account: Account, day: date, minutes: int) -> None:
    reason = _("Change of package on {0}, for the rest of the period").format(formatdate(day))
    voucher = Voucher("Retainer Contract", contract.name, reason=reason)
    if minutes > 0:
        given: tuple[Posting, ...] = (adjustment(account.pool, minutes, _key(day), day, account.period_end),)
        ledger.post(account, given, voucher)
    else:
        ledger.post(account, _taken(contract, account, day, -minutes), voucher)


def _taken(contract: Document, account: Account, day: date, minutes: int) -> tuple[Posting, ...]:
    """From what is left of the period's own hours: bought hours stay, and used ones are never taken back."""
    lots = [
        lot
        for lot in usable_on(ledger.lots_on(contract.name, day), day)
        if lot.pool == account.pool and lot.type is EntryType.ALLOTMENT
    ]
    held = sum(lot.remaining for lot in lots)
    return deduction(lots, min(minutes, held), _key(day)) if held else ()


def _is_done(account: Account, day: date) -> bool:
    return bool(
        frappe.db.exists("Hour Ledger Entry", {"entry_key": ["like", f"{account.name}/adjustment/{_key(day)}%"]})
    )


def _key(day: date) -> str:
    return f"change-{day}"


def _minutes(terms: ContractTerms, pool: str) -> int:
    return sum(one.minutes for one in terms.pools if one.name == pool)


def _eve(day: date) -> date:
    return getdate(frappe.utils.add_days(day, -1))


def _is_at_once() -> bool:
    return frappe.get_cached_doc("Retainer Settings").hours_on_change == AT_ONCE
