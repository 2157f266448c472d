"""Hours sold apart: an Item with top-up hours on a Sales Invoice of the contract opens a lot of its own.

The hours arrive with the invoice or with its payment, by setting. When the invoice is cancelled (or the payment, where
that counts) the unused hours go back; used hours stay used, because what was decided with them stays decided.
"""

from datetime import date, timedelta

import frappe
from frappe import _, bold
from frappe.model.document import Document
from frappe.utils import flt, getdate

from support_retainer.domain.hour_ledger import top_up, withdrawal
from support_retainer.exceptions import NoContract
from support_retainer.hours import allotment, ledger
from support_retainer.hours.ledger import Voucher
from support_retainer.hours.reasons import hours

INVOICE = "Sales Invoice"


def packs(invoice: Document) -> list[frappe._dict]:
    """Rows of the invoice that sell hours: {name, item_code, minutes, pool, days}."""
    # ERPNext has every item of the invoice in its cache by now: no invoice of the site pays a query for ours.
    items = [(row, frappe.get_cached_doc("Item", row.item_code)) for row in invoice.items if row.item_code]
    return [_pack(row, item) for row, item in items if flt(item.get("retainer_top_up_hours")) > 0]


def _pack(row: Document, item: Document) -> frappe._dict:
    return frappe._dict(
        name=row.name,
        item_code=row.item_code,
        minutes=round(flt(item.retainer_top_up_hours) * 60 * flt(row.stock_qty or row.qty)),
        pool=item.retainer_top_up_pool,
        days=item.retainer_top_up_days,
    )


def require_contract(invoice: Document) -> None:
    """Find the customer's one contract for a pack; raises NoContract where none or several could be meant."""
    if invoice.retainer_contract or not packs(invoice):
        return
    running = frappe.get_all(
        "Retainer Contract",
        {"customer": invoice.customer, "docstatus": 1, "status": ["not in", ["Ended", "Cancelled"]]},
        pluck="name",
        limit=2,
    )
    if len(running) != 1:
        frappe.throw(
            _("{0}: choose the contract that the top-up hours are for. {1} has {2}.").format(
                bold(_("Retainer Contract")), invoice.customer, _("several") if running else _("none that runs")
            ),
            NoContract,
            title=_("Contract missing"),
        )
    invoice.retainer_contract = running[0]


def grant(invoice: Document) -> None:
    """Post the packs of a submitted invoice if their hours are usable by now; a second call posts nothing."""
    if not invoice.retainer_contract or invoice.is_return or not _is_usable(invoice):
        return
    wanted = [pack for pack in packs(invoice) if pack.minutes > 0]
    if not wanted:
        return
    contract = frappe.get_doc("Retainer Contract", invoice.retainer_contract)
    today = getdate(frappe.flags.current_time)
    allotment.roll_forward(contract, today)
    for pack in wanted:
        if not _lots(invoice.name, pack.name, alive=True):
            _post(invoice, contract, pack, max(today, getdate(invoice.posting_date)))


def _is_usable(invoice: Document) -> bool:
    if frappe.db.get_single_value("Retainer Settings", "top_ups_usable_from") != "Payment":
        return True
    return flt(frappe.db.get_value(INVOICE, invoice.name, "outstanding_amount")) <= 0


def _post(invoice: Document, contract: Document, pack: frappe._dict, day: date) -> None:
    accounts = ledger.lock(contract.name)
    pool = pack.pool or next((pool.name for pool in contract.terms_on(day).pools), pack.item_code)
    account = accounts.get(pool) or allotment.open_account(contract, pool, day)
    until = day + timedelta(days=pack.days) if pack.days else None
    earlier = len(_lots(invoice.name, pack.name))
    posting = top_up(pool, pack.minutes, f"{pack.name}/{earlier}", day, until)
    reason = _("{0} of {1}").format(pack.item_code, invoice.name)
    ledger.post(account, [posting], Voucher(INVOICE, invoice.name, pack.name, reason=reason))


def take_back(invoice: Document) -> int:
    """Withdraw what is unused of the invoice's packs; returns the minutes that are used and stay so."""
    kept = 0
    if not invoice.retainer_contract:
        return kept
    accounts = {account.name: account for account in ledger.lock(invoice.retainer_contract).values()}
    for entry in _lots(invoice.name, alive=True):
        for lot in ledger.lots_named([entry.name]):
            reason = _("{0} is cancelled or unpaid: unused hours go back").format(invoice.name)
            voucher = Voucher(INVOICE, invoice.name, entry.voucher_detail_no, reason=reason)
            ledger.post(accounts[entry.ledger], withdrawal(lot), voucher)
            kept += lot.granted - lot.available
    if kept:
        frappe.msgprint(
            _("{0} of these top-up hours are used and stay used. Charge them another way if they are owed.").format(
                hours(kept)
            ),
            indicator="orange",
        )
    return kept


def _lots(invoice: str, row: str | None = None, alive: bool = False) -> list[frappe._dict]:
    """The top-up entries of an invoice (of one row of it); `alive` leaves out those that were taken back."""
    return frappe.db.sql(
        """select entry.name, entry.ledger, entry.voucher_detail_no from `tabHour Ledger Entry` entry
        where entry.voucher_type = 'Sales Invoice' and entry.voucher_no = %(invoice)s
            and entry.entry_type = 'Top-up' and (%(row)s is null or entry.voucher_detail_no = %(row)s)
            and (not %(alive)s or not exists (
                select 1 from `tabHour Ledger Entry` back
                where back.reverses = entry.name and back.draws_on = entry.name
            ))""",
        {"invoice": invoice, "row": row, "alive": int(alive)},
        as_dict=True,
    )


def follow_payment(invoices: set[str]) -> None:
    """After a payment was booked or cancelled: hours of paid invoices arrive, those of unpaid ones go back."""
    if frappe.db.get_single_value("Retainer Settings", "top_ups_usable_from") != "Payment":
        return
    for name in sorted(invoices):
        invoice = frappe.get_doc(INVOICE, name)
        if invoice.docstatus.is_submitted() and invoice.retainer_contract and packs(invoice):
            follow = grant if _is_usable(invoice) else take_back
            follow(invoice)


def catch_up() -> int:
    """Grant what was paid by other ways than a Payment Entry (journal entries, reconciliation); returns how many."""
    rows = frappe.db.sql_list(
        """select distinct invoice.name from `tabSales Invoice` invoice
        join `tabSales Invoice Item` sold on sold.parent = invoice.name
        join `tabItem` item on item.name = sold.item_code and item.retainer_top_up_hours > 0
        where invoice.retainer_contract is not null and invoice.docstatus = 1 and invoice.is_return = 0
            and invoice.outstanding_amount <= 0 and not exists (
                select 1 from `tabHour Ledger Entry` entry
                where entry.voucher_type = 'Sales Invoice' and entry.voucher_no = invoice.name)"""
    )
    for name in rows:
        grant(frappe.get_doc(INVOICE, name))
        frappe.db.commit()
    return len(rows)
