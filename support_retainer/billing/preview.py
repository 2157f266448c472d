"""A dry run: the lines and totals that `bill` would make, worked out by the same rules and written nowhere."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import frappe
from frappe.model.document import Document
from frappe.utils import cint, getdate

from support_retainer.billing import combine, periods, usage
from support_retainer.billing.descriptions import describe
from support_retainer.billing.outcome import reason_of
from support_retainer.billing.settle import lines_of
from support_retainer.domain.charges import total


@dataclass(frozen=True, slots=True)
class PlannedInvoice:
    contract: str
    customer: str
    currency: str
    period_start: date
    lines: tuple[tuple[str, Decimal], ...]
    total: Decimal
    shares: tuple | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """The invoices of a run that has not taken place, and what would fail."""

    invoices: tuple[PlannedInvoice, ...]
    failures: tuple[tuple[str, str], ...]

    @property
    def is_clean(self) -> bool:
        return not self.failures

    def totals(self) -> dict[str, Decimal]:
        sums: dict[str, Decimal] = {}
        for planned in self.invoices:
            sums[planned.currency] = sums.get(planned.currency, Decimal(0)) + planned.total
        return sums

    def as_dict(self) -> dict[str, Any]:
        invoices = [
            {
                "contract": planned.contract,
                "customer": planned.customer,
                "period_start": str(planned.period_start),
                "lines": [{"description": text, "amount": str(amount)} for text, amount in planned.lines],
                "currency": planned.currency,
                "total": str(planned.total),
            }
            for planned in self.invoices
        ]
        failures = [{"contract": contract, "reason": reason} for contract, reason in self.failures]
        totals = {currency: str(amount) for currency, amount in self.totals().items()}
        return {"invoices": invoices, "failures": failures, "totals": totals}

    def lines(self) -> list[str]:
        text = []
        for planned in self.invoices:
            text.append(f"{planned.contract}  {planned.customer}  from {planned.period_start}")
            text += [f"    {amount:>12}  {description}" for description, amount in planned.lines]
            text.append(f"    {planned.total:>12}  {planned.currency} in total")
        text += [f"{contract} would fail: {reason}" for contract, reason in self.failures]
        sums = ", ".join(f"{amount} {currency}" for currency, amount in self.totals().items())
        return [*text, f"{self.count()} invoices, {sums or 'nothing'}; nothing was written"]

    def count(self) -> int:
        """How many documents that makes: what is billed alike on one day shares one where the setting says so."""
        return len({planned.shares or planned for planned in self.invoices})


def plan(on: date | str | None = None, contract: str | None = None) -> Plan:
    """What a run on `on` (default today) would invoice, every month of a backlog apart."""
    day = getdate(on)
    invoices: list[PlannedInvoice] = []
    failures: list[tuple[str, str]] = []
    waiting = periods.due(day, [contract] if contract else None)
    for name in dict.fromkeys(frappe.db.get_value("Retainer Billing Period", period, "contract") for period in waiting):
        try:
            invoices += _planned(frappe.get_doc("Retainer Contract", name), day)
        except Exception as error:  # as in a run, one bad contract hides no other
            failures.append((name, reason_of(error)))
    return Plan(tuple(sorted(invoices, key=lambda planned: (planned.period_start, planned.contract))), tuple(failures))


def _planned(contract: Document, day: date) -> Iterator[PlannedInvoice]:
    """Each waiting period of one contract; time that one of them claims is gone for the next."""
    claimed: set[str] = set()
    for period in _waiting(contract, day):
        start, before = period.period_start, periods.as_before(period)
        rows = [row for row in usage.unclaimed(contract.name, start) if row.name not in claimed]
        claimed |= {row.name for row in rows}
        lines = lines_of(contract, start, rows, fee_waived=periods.is_free(contract, period), as_settled=before)
        terms = contract.terms_billed(start, before and before.fee_terms_from)
        described = tuple((describe(line, terms), line.amount) for line in lines)
        if lines:
            yield PlannedInvoice(
                contract.name,
                contract.customer,
                contract.currency,
                start,
                described,
                total(lines),
                combine.shares(contract, start),
            )


def _waiting(contract: Document, day: date) -> list[frappe._dict]:
    """The periods that the run would come to: those on record, then those it would open."""
    found = periods.waiting(contract.name, day)
    after = frappe.db.get_value(
        "Retainer Billing Period", {"contract": contract.name}, "period_end", order_by="period_start desc"
    )
    until = day + timedelta(days=cint(contract.billing_lead_days))
    while after < until and not (contract.end_date and after > getdate(contract.end_date)):
        period = contract.period_on(after + timedelta(days=1)).period
        found.append(frappe._dict(period_start=period.start, period_end=period.last_day))
        after = period.last_day
    return found
