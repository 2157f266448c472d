"""One Sales Invoice for one period of one contract, built from the lines that the rules give."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt

from support_retainer.billing import dimensions, periods, taxes, usage
from support_retainer.billing.descriptions import describe
from support_retainer.domain.charges import Line, LineKind
from support_retainer.domain.contract_terms import ContractTerms
from support_retainer.exceptions import MissingItem

if TYPE_CHECKING:
    from support_retainer.retainer.doctype.retainer_contract.retainer_contract import RetainerContract

ITEM_FIELDS = {
    LineKind.FEE: "fee_item",
    LineKind.PART_FEE: "fee_item",
    LineKind.METERED: "fee_item",
    LineKind.CHANGE: "fee_item",
    LineKind.CREDIT: "fee_item",
    LineKind.ARREARS: "fee_item",
    LineKind.ONE_OFF: "one_off_item",
    LineKind.EXPENSES: "expense_item",
}
USAGE_ITEM = "usage_item"


@dataclass(frozen=True, slots=True)
class Part:
    """What one period of one contract puts on an invoice; `rows` are the timesheet rows, and the fees
    of begun jobs, that its lines charge."""

    contract: "RetainerContract"
    period: frappe._dict
    lines: tuple[Line, ...]
    rows: list[frappe._dict]
    fee_waived: bool = False

    def with_lines(self, lines: tuple[Line, ...], rows: list[frappe._dict] | None = None) -> "Part":
        return replace(self, lines=lines, rows=self.rows if rows is None else rows)

    @property
    def times(self) -> list[frappe._dict]:
        """The rows that ERPNext knows; the fee of a job that began lies on no timesheet."""
        return [row for row in self.rows if not row.get("job")]

    @property
    def terms(self) -> ContractTerms:
        before = periods.as_before(self.period)
        return self.contract.terms_billed(self.period.period_start, before and before.fee_terms_from)


def build(parts: Sequence[Part], on: date) -> Document:
    """An unsaved Sales Invoice over one period, or several that are billed alike; the first one stands on its head."""
    contract = parts[0].contract
    invoice = frappe.new_doc("Sales Invoice")
    invoice.update(
        {
            "customer": contract.customer,
            "company": contract.company,
            "currency": contract.currency,
            "project": _shared(parts, "project"),
            "cost_center": _shared(parts, "cost_center"),
            "set_posting_time": 1,
            "posting_date": on,
            "ignore_pricing_rule": 1,
            "payment_terms_template": contract.payment_terms_template,
            "retainer_contract": contract.name,
            "retainer_billing_period": parts[0].period.name,
            **{name: _shared(parts, name) or dimensions.default(name, contract.company) for name in dimensions.names()},
        }
    )
    for part in parts:
        terms = part.terms
        for line in part.lines:
            invoice.append("items", _item(part, terms, line))
        for row in part.times:
            invoice.append("timesheets", usage.as_listed(row, row.retainer_billed_minutes / 60))
    taxes.apply(invoice, contract, on)
    return invoice


def _shared(parts: Sequence[Part], fieldname: str) -> str | None:
    """What all contracts of the invoice have in common; where they differ, each line has its own."""
    values = {part.contract.get(fieldname) or None for part in parts}
    return values.pop() if len(values) == 1 else None


def _item(part: Part, terms: ContractTerms, line: Line) -> dict:
    contract = part.contract
    quantity, rate = _as_kept(line)
    item_code = _item_code(line.kind)
    item = {
        "item_code": item_code,
        # ERPNext's form ticks it; on the server the line of a deferred item would be revenue at once.
        "enable_deferred_revenue": frappe.get_cached_value("Item", item_code, "enable_deferred_revenue"),
        "qty": -quantity if line.amount < 0 else quantity,
        "rate": rate,
        "price_list_rate": rate,
        "description": describe(line, terms),
        "cost_center": contract.cost_center,
        "project": contract.project,
        "service_start_date": line.period.start,
        "service_end_date": line.period.last_day,
        "retainer_billing_period": part.period.name,
        "maintenance_job": next((row.job for row in part.rows if row.get("job") in line.rows), None),
    }
    for name in dimensions.names():
        item[name] = contract.get(name) or dimensions.default(name, contract.company)
    return item


def _as_kept(line: Line) -> tuple[float, float]:
    """Quantity and rate, both without sign; one times the amount where the site's decimals give another product."""
    quantity, rate, amount = flt(line.quantity), abs(flt(line.rate)), abs(flt(line.amount))
    kept = flt(quantity, frappe.get_precision("Sales Invoice Item", "qty"))
    is_same = kept == quantity and flt(kept * rate, frappe.get_precision("Sales Invoice Item", "amount")) == amount
    return (quantity, rate) if is_same else (1.0, amount)


def _item_code(kind: LineKind) -> str:
    fieldname = ITEM_FIELDS.get(kind, USAGE_ITEM)
    settings = frappe.get_cached_doc("Retainer Settings")
    if not settings.get(fieldname):
        frappe.throw(
            _("Set {0} in Retainer Settings: invoices need an item for this kind of charge.").format(
                frappe.bold(_(settings.meta.get_label(fieldname)))
            ),
            MissingItem,
            title=_("Item missing"),
        )
    if not frappe.db.exists("Item", settings.get(fieldname), cache=True):
        frappe.throw(
            _("{0} in Retainer Settings names {1}, which is deleted. Choose another item.").format(
                frappe.bold(_(settings.meta.get_label(fieldname))), frappe.bold(settings.get(fieldname))
            ),
            MissingItem,
            title=_("Item missing"),
        )
    return settings.get(fieldname)
