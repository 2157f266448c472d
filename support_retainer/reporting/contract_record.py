"""A live contract replayed as it was, beside the invoices that were sent: any difference is worth a look."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import frappe
from frappe.model.document import Document
from frappe.utils import get_datetime, getdate

from support_retainer.amounts import smallest_unit
from support_retainer.domain.billing_period import Anchor
from support_retainer.domain.contract_terms import ContractTerms, decimal
from support_retainer.domain.history import Offer
from support_retainer.domain.hour_ledger import EntryType
from support_retainer.domain.on_record import HandPosting, Record, Settled
from support_retainer.domain.replay import replay
from support_retainer.domain.simulation import Outcome
from support_retainer.reporting import policies, site_history
from support_retainer.site_time import to_utc

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Compared:
    """One settled period: what was sent (invoice less credit note, before taxes), and what the replay gives."""

    start: date
    documents: tuple[str, ...]
    sent: Decimal
    replayed: Decimal

    @property
    def is_equal(self) -> bool:
        return self.sent == self.replayed


def compare(contract: Document) -> tuple[Compared, ...]:
    """Every settled period of a contract, oldest first."""
    found = {invoice.period.start: invoice.total for invoice in replayed(contract).invoices}
    sent = _sent(contract)
    return tuple(
        Compared(start, documents, amount, found.get(start, ZERO)) for start, (documents, amount) in sent.items()
    )


def replayed(contract: Document) -> Outcome:
    record = read(contract)
    history = site_history.read_booked(contract, record, _documents(contract.name))
    return replay(own_offer(contract), history, Anchor(contract.billing_anchor))


def own_offer(contract: Document) -> Offer:
    """The terms as agreed, with those agreed, and the quantities read, for later days."""
    rows = sorted(contract.terms, key=lambda row: getdate(row.effective_from))
    first, *later = _terms(contract)
    return Offer(
        terms=first,
        policy=policies.of(json.loads(rows[0].package_snapshot).get("sla_policy")),
        later=tuple(later),
        end_date=getdate(contract.end_date) if contract.end_date else None,
        exponent=smallest_unit(contract.currency),
        prorate_first_hours=bool(contract.prorate_first_hours),
    )


def _terms(contract: Document) -> Iterator[ContractTerms]:
    readings = frappe.get_all("Metered Reading", {"contract": contract.name}, pluck="effective_from")
    days = sorted({*(getdate(row.effective_from) for row in contract.terms), *(getdate(day) for day in readings)})
    for day in days:
        yield replace(contract.terms_on(day), effective_from=day)


def read(contract: Document) -> Record:
    return Record(tuple(_settled(contract.name)), tuple(_by_hand(contract.name)))


def _settled(contract: str) -> Iterator[Settled]:
    """Periods that were billed; those that a cancelled contract never billed were not."""
    rows = frappe.get_all(
        "Retainer Billing Period",
        {"contract": contract, "status": ["in", ("Invoiced", "Not Charged")], "settled_at": ["is", "set"]},
        ["period_start", "settled_at", "status", "fee_waived", "contract_end"],
        order_by="period_start",
    )
    for row in rows:
        yield Settled(
            row.period_start, to_utc(row.settled_at), row.status == "Invoiced", bool(row.fee_waived), row.contract_end
        )


def _by_hand(contract: str) -> Iterator[HandPosting]:
    """Top-ups, adjustments and changes of package, and what took them back; what time and periods did is computed."""
    rows = frappe.db.sql(
        """select entry.posting_time, entry.pool, entry.entry_type, entry.minutes, entry.period_start,
            entry.expires_on, lot.name as lot, lot.entry_type as lot_type, lot.period_start as lot_start,
            lot.expires_on as lot_end
        from `tabHour Ledger Entry` entry left join `tabHour Ledger Entry` lot on lot.name = entry.draws_on
        where entry.contract = %s and entry.minutes != 0 and entry.entry_type in ('Top-up', 'Adjustment', 'Reversal')
            and (entry.voucher_type in ('Hour Adjustment', 'Sales Invoice') or entry.entry_type = 'Adjustment')
        order by entry.posting_time, entry.creation""",
        contract,
        as_dict=True,
    )
    for row in rows:
        at = get_datetime(row.posting_time)
        kind, first, last = row.entry_type, row.period_start, row.expires_on
        if row.lot:
            kind, first, last = row.lot_type, row.lot_start, row.lot_end
        yield HandPosting(
            to_utc(at), at.date(), row.pool, EntryType(kind), row.minutes, first, last, opens_lot=not row.lot
        )


def _documents(contract: str) -> frozenset[str]:
    rows = frappe.get_all("Retainer Billing Period", {"contract": contract}, ["sales_invoice", "credit_note"])
    return frozenset(name for row in rows for name in (row.sales_invoice, row.credit_note) if name)


def _sent(contract: Document) -> dict[date, tuple[tuple[str, ...], Decimal]]:
    """Documents of each settled period with the net amount of its own lines, which may share an invoice with others."""
    rows = frappe.get_all(
        "Retainer Billing Period",
        {"contract": contract.name, "status": ["in", ("Invoiced", "Not Charged")], "settled_at": ["is", "set"]},
        ["name", "period_start", "sales_invoice", "credit_note"],
        order_by="period_start",
    )
    found = {}
    for row in rows:
        documents = tuple(name for name in (row.sales_invoice, row.credit_note) if name)
        found[row.period_start] = (documents, _amount(row.name, documents))
    return found


def _amount(period: str, documents: tuple[str, ...]) -> Decimal:
    if not documents:
        return ZERO
    lines = frappe.get_all(
        "Sales Invoice Item", {"parent": ["in", documents]}, ["amount", "retainer_billing_period as period"]
    )
    return sum((decimal(line.amount) for line in lines if line.period in (period, None, "")), ZERO)
