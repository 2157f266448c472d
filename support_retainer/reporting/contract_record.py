"""A live contract replayed as it was, beside the invoices that were sent: any difference is worth a look."""

import json
from collections import defaultdict
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
from support_retainer.domain.maintenance import ON_ONE_TICKET
from support_retainer.domain.on_record import Begun, HandPosting, Record, Settled
from support_retainer.domain.replay import replay
from support_retainer.domain.simulation import Outcome
from support_retainer.reporting import policies, site_history
from support_retainer.retainer.doctype.retainer_billing_period.retainer_billing_period import SETTLED
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
    periods = _periods(contract.name)
    documents = frozenset(name for period in periods for name in _documents_of(period))
    replayed = {invoice.period.start: invoice.total for invoice in _replayed(contract, periods, documents).invoices}
    lines = _lines(documents)
    return tuple(
        Compared(
            period.period_start,
            _documents_of(period),
            _amount(period, lines),
            replayed.get(period.period_start, ZERO),
        )
        for period in periods
        if _is_settled(period)
    )


def _replayed(contract: Document, periods: list[frappe._dict], documents: frozenset[str]) -> Outcome:
    settled = tuple(_settled(contract, period) for period in periods if _is_settled(period))
    record = Record(settled, tuple(_by_hand(contract.name)), tuple(_begun(contract.name)))
    history = site_history.read_booked(contract, record, documents)
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
        former=tuple(former for name in _policies(rows) for former in policies.former(name)),
    )


def _policies(terms: list[Document]) -> list[str]:
    names = (json.loads(row.package_snapshot).get("sla_policy") for row in terms)
    return sorted({name for name in names if name})


def _terms(contract: Document) -> Iterator[ContractTerms]:
    readings = frappe.get_all("Metered Reading", {"contract": contract.name}, pluck="effective_from")
    days = sorted({*(getdate(row.effective_from) for row in contract.terms), *(getdate(day) for day in readings)})
    for day in days:
        yield replace(contract.terms_on(day), effective_from=day)


def _periods(contract: str) -> list[frappe._dict]:
    fields = ["name", "period_start", "settled_at", "status", "fee_waived", "fee_terms_from", "rounded_to"]
    filters = {"contract": contract}
    more = ["contract_end", "sales_invoice", "credit_note"]
    return frappe.get_all("Retainer Billing Period", filters, [*fields, *more], order_by="period_start")


def _is_settled(period: frappe._dict) -> bool:
    """Whether it was billed; those that a cancelled contract never billed were not."""
    return period.status in SETTLED and bool(period.settled_at)


def _settled(contract: Document, period: frappe._dict) -> Settled:
    agreed = contract.terms_row_on(period.period_start)
    return Settled(
        period.period_start,
        to_utc(period.settled_at),
        period.status == "Invoiced",
        bool(period.fee_waived),
        period.contract_end,
        Decimal(period.rounded_to) if period.rounded_to else None,
        by_terms_before=bool(period.fee_terms_from and period.fee_terms_from < getdate(agreed.effective_from)),
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


def _begun(contract: str) -> Iterator[Begun]:
    """Upgrades and migrations that started, and those whose fee was waived before."""
    jobs = frappe.get_all(
        "Maintenance Job",
        filters={
            "contract": contract,
            "kind": ["in", ON_ONE_TICKET],
            "issue": ["is", "set"],
            "activity_type": ["is", "set"],
        },
        fields=["issue", "activity_type", "started_on", "creation", "waive_fee"],
        order_by="started_on",
    )
    for job in jobs:
        if job.started_on or job.waive_fee:
            at = job.started_on or job.creation
            yield Begun(to_utc(at), at.date(), job.issue, job.activity_type, bool(job.waive_fee))


def _documents_of(period: frappe._dict) -> tuple[str, ...]:
    return tuple(name for name in (period.sales_invoice, period.credit_note) if name)


def _lines(documents: frozenset[str]) -> dict[str, list[frappe._dict]]:
    """By the document they stand on; one query."""
    fields = ["parent", "amount", "retainer_billing_period as period"]
    rows = frappe.get_all("Sales Invoice Item", {"parent": ["in", sorted(documents)]}, fields) if documents else []
    found: dict[str, list[frappe._dict]] = defaultdict(list)
    for row in rows:
        found[row.parent].append(row)
    return found


def _amount(period: frappe._dict, lines: dict[str, list[frappe._dict]]) -> Decimal:
    """Net, of the period's own lines, which may share a document with those of others."""
    own = (line for document in _documents_of(period) for line in lines[document])
    return sum((decimal(line.amount) for line in own if line.period in (period.name, None, "")), ZERO)
