"""What should have been billed, allotted and drawn, computed anew from the contracts, against what is on record."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import frappe
from frappe.model.document import Document
from frappe.utils import flt, getdate

from support_retainer.billing import leftovers, usage
from support_retainer.billing.settle import lines_of, unit_of
from support_retainer.domain.billing_period import Anchor, Period, billable_periods
from support_retainer.domain.charges import total
from support_retainer.hours import audit as hours_audit
from support_retainer.hours.audit import Difference
from support_retainer.retainer.doctype.retainer_billing_period.retainer_billing_period import SETTLED

DECIMALS_ON_RECORD = 9  # of money in the database


@dataclass(frozen=True, slots=True)
class Audit:
    """Everything that differs; empty when the books are right."""

    contracts: int
    differences: tuple[Difference, ...]

    @property
    def is_clean(self) -> bool:
        return not self.differences

    def as_dict(self) -> dict[str, Any]:
        return {"contracts": self.contracts, "differences": [asdict(found) for found in self.differences]}

    def lines(self) -> list[str]:
        found = [row.sentence() for row in self.differences]
        return [*found, f"{self.contracts} contracts, {len(found)} differences"]


def audit(on: date | str | None = None, contract: str | None = None) -> Audit:
    """Compare all submitted contracts (or one) with their terms, up to and including `on` (default today)."""
    filters = {"docstatus": 1} | ({"name": contract} if contract else {})
    names = frappe.get_all("Retainer Contract", filters=filters, pluck="name", order_by="name")
    differences = [
        difference
        for name in names
        for difference in _contract_differences(frappe.get_doc("Retainer Contract", name), getdate(on))
    ]
    return Audit(len(names), tuple(differences))


def _contract_differences(contract: Document, on: date) -> Iterator[Difference]:
    periods = {row.period_start: row for row in _periods(contract.name)}
    yield from _missing(contract, periods, on)
    for row in periods.values():
        yield from _period_differences(contract, row)
    yield from _never_settled(contract, list(periods.values()))
    yield from hours_audit.differences(contract)


def _periods(contract: str) -> list[frappe._dict]:
    return frappe.get_all(
        "Retainer Billing Period",
        filters={"contract": contract},
        fields=[
            "name",
            "period_start",
            "period_end",
            "bill_on",
            "status",
            "sales_invoice",
            "credit_note",
            "amount",
            "error",
            "fee_waived",
            "fee_terms_from",
            "rounded_to",
            "contract_end",
            "settled_at",
        ],
        order_by="period_start",
    )


def _missing(contract: Document, periods: dict[date, frappe._dict], on: date) -> Iterator[Difference]:
    """Periods that should be settled by now; a failed one is told with its reason."""
    for period in _expected(contract, on + timedelta(days=contract.billing_lead_days or 0)):
        row = periods.get(period.start)
        if row is None:
            yield Difference("Missing", contract.name, "Billing Period", str(period.start), "")
        elif row.status not in SETTLED:
            yield Difference("Missing", contract.name, "Invoice", str(period.start), _reason(row))


def _expected(contract: Document, until: date) -> Iterator[Period]:
    end = getdate(contract.end_date) if contract.end_date else until
    for billable in billable_periods(getdate(contract.start_date), Anchor(contract.billing_anchor), min(until, end)):
        yield billable.period


def _never_settled(contract: Document, rows: list[frappe._dict]) -> Iterator[Difference]:
    """What would be settled with a next period, where none is to come: the end moved after the last one was billed."""
    if not rows or rows[-1].status not in SETTLED:
        return
    end = getdate(contract.end_date) if contract.end_date else None
    after = rows[-1].period_end + timedelta(days=1)
    for line in leftovers.of_periods_before(contract, after, end, unit_of(contract)):
        where = f"After the last period, {line.period.start} to {line.period.last_day}"
        yield Difference("Missing", contract.name, where, str(line.amount), "")


def _reason(row: frappe._dict) -> str:
    return f"{row.status}: {row.error}" if row.error else row.status


def _period_differences(contract: Document, row: frappe._dict) -> Iterator[Difference]:
    made = _documents(row.name)
    invoices = [found.name for found in made if not found.is_return]
    credit_notes = [found.name for found in made if found.is_return]
    for names, of_period in ((invoices, row.sales_invoice), (credit_notes, row.credit_note)):
        yield from _document_differences(contract, row, names, of_period)
    if row.status in SETTLED:
        yield from _amount_differences(contract, row)


def _documents(period: str) -> list[frappe._dict]:
    """Invoices and credit notes that name the period on their head or on a line, as shared invoices do."""
    return frappe.db.sql(
        """select name, is_return from `tabSales Invoice` where docstatus < 2 and name in (
            select name from `tabSales Invoice` where retainer_billing_period = %(period)s
            union select parent from `tabSales Invoice Item` where retainer_billing_period = %(period)s)
        order by name""",
        {"period": period},
        as_dict=True,
    )


def _document_differences(
    contract: Document, row: frappe._dict, names: list[str], of_period: str | None
) -> Iterator[Difference]:
    """One document at most, and it is the one the period knows."""
    if len(names) > 1:
        yield Difference("Duplicate", contract.name, "Invoice", str(row.period_start), ", ".join(names))
    if of_period and of_period not in names:
        yield Difference("Missing", contract.name, "Invoice", of_period, "")
    if names and not of_period:
        yield Difference("Different", contract.name, f"Invoice of {row.period_start}", "", ", ".join(names))


def _amount_differences(contract: Document, row: frappe._dict) -> Iterator[Difference]:
    """The lines the rules give for what the invoice claims, against the lines on record."""
    claimed = usage.claimed_by(row.sales_invoice, contract.name) if row.sales_invoice else []
    lines = lines_of(contract, row.period_start, claimed, fee_waived=bool(row.fee_waived), as_settled=row)
    step = unit_of(contract, row)
    expected = Counter(f"{line.amount.quantize(step):f}" for line in lines)
    found = Counter(_written(amount, step) for amount in _amounts(row))
    where = f"Line of the period from {row.period_start}"
    for amount in (expected - found).elements():
        yield Difference("Missing", contract.name, where, amount, "")
    for amount in (found - expected).elements():
        yield Difference("Different", contract.name, where, "", amount)
    if _written(row.amount, step) != f"{total(lines).quantize(step):f}":
        what = f"Amount of the period from {row.period_start}"
        yield Difference("Different", contract.name, what, str(total(lines)), str(row.amount))


def _written(amount: float, step: Decimal) -> str:
    """An amount on record with the decimals of our own; one that has more of them shows them."""
    exact = Decimal(str(flt(amount, DECIMALS_ON_RECORD)))
    return f"{exact.quantize(step) if exact == exact.quantize(step) else exact:f}"


def _amounts(row: frappe._dict) -> list[float]:
    """Amounts of the period's own lines; a line that names no period is of the one its invoice names."""
    documents = [name for name in (row.sales_invoice, row.credit_note) if name]
    if not documents:
        return []
    lines = frappe.get_all(
        "Sales Invoice Item", filters={"parent": ["in", documents]}, fields=["amount", "retainer_billing_period"]
    )
    return [line.amount for line in lines if line.retainer_billing_period in (row.name, None, "")]
