"""Billing periods, settled: their invoice made and marked, or the reason kept why it could not be.

Periods that share an invoice are settled in one transaction; where that fails, each is tried by itself, so that one
bad contract holds up none of the customer's others.
"""

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import get_datetime, getdate
from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from support_retainer.amounts import smallest_unit
from support_retainer.billing import follow_up, invoice, leftovers, periods, usage
from support_retainer.billing.invoice import Part
from support_retainer.billing.outcome import Outcome, reason_of
from support_retainer.domain.charges import Line, for_period, total

if TYPE_CHECKING:
    from support_retainer.retainer.doctype.retainer_contract.retainer_contract import RetainerContract


def bill_together(names: list[str], on: date) -> tuple[list[str], int, int]:
    """Invoice periods that share an invoice: the documents made, periods that owe nothing, and those not due any more.

    Nothing is committed here: the caller commits, or rolls everything back.
    """
    due = periods.lock_due_periods(names)
    parts = [_part(period) for period in due]
    charged = [part for part in parts if owed(part.lines)]
    made = _insert(charged, on)
    given_back = {part.period.name: _credit(part, on) for part in parts}
    for part in parts:
        _mark(part, made, given_back[part.period.name], leads=part is next(iter(charged), None))
    documents = [name for name in (made, *given_back.values()) if name]
    uncharged = sum(not part.lines for part in parts)
    return documents, uncharged, len(names) - len(due)


def _part(period: frappe._dict) -> Part:
    contract = _contract(period)
    rows = usage.claim(contract.name, period.period_start, may_owe_fees=bool(period.may_owe_fees))
    waived, before = periods.is_free(contract, period), periods.as_before(period)
    lines = lines_of(contract, period.period_start, rows, fee_waived=waived, as_settled=before)
    return Part(contract, period, lines, rows, waived)


def _contract(period: frappe._dict) -> "RetainerContract":
    """The contract as of the lock; the cached one where it is that."""
    cached = frappe.get_cached_doc("Retainer Contract", period.contract)
    is_current = get_datetime(cached.modified) == period.contract_modified
    return cached if is_current else frappe.get_doc("Retainer Contract", period.contract)


def lines_of(
    contract: "RetainerContract",
    period_start: date,
    rows: list[frappe._dict],
    *,
    fee_waived: bool = False,
    as_settled: frappe._dict | None = None,
) -> tuple[Line, ...]:
    """The lines of one period, those that give back last; the same for the run, its dry run and the audit.

    The audit hands in what the period was charged for (`periods.settled`), and so does one that is charged again: what
    was agreed afterwards is settled with the next period.
    """
    exponent = unit_of(contract, as_settled)
    end_date = _end_known(contract, as_settled)
    own = for_period(
        contract.terms_billed(period_start, as_settled and as_settled.fee_terms_from),
        contract.period_on(period_start),
        usage.as_usage(rows),
        usage.one_offs(rows),
        usage.expenses(rows),
        end_date=end_date,
        exponent=exponent,
        fee_waived=fee_waived,
    )
    return own + leftovers.of_periods_before(contract, period_start, end_date, exponent)


def unit_of(contract: "RetainerContract", as_settled: frappe._dict | None = None) -> Decimal:
    """What amounts are rounded to, or were when the period was settled."""
    known = as_settled and as_settled.rounded_to
    return Decimal(known) if known else smallest_unit(contract.currency)


def _end_known(contract: "RetainerContract", as_settled: frappe._dict | None) -> date | None:
    """The contract's last day, or what it was when the period was settled."""
    if as_settled and as_settled.settled_at:
        return as_settled.contract_end
    return getdate(contract.end_date) if contract.end_date else None


def owed(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    return tuple(line for line in lines if line.amount > 0)


def credited(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    return tuple(line for line in lines if line.amount < 0)


def _insert(charged: list[Part], on: date) -> str | None:
    """The invoice over the periods that owe something; the first of them stands on its head."""
    if not charged:
        return None
    made = invoice.build([part.with_lines(owed(part.lines)) for part in charged], on)
    numbers = sorted(part.period.invoice_number for part in charged if part.period.invoice_number)
    if numbers:
        made.name, made.flags.name_set = numbers[0], True
    return _save(made)


def _credit(part: Part, on: date) -> str | None:
    """A credit note of its own: an invoice can't have negative rates unless the site allows them."""
    lines = credited(part.lines)
    if part.period.credit_note or not lines:  # one that stands outlives a cancelled invoice
        return part.period.credit_note or None
    made = invoice.build([part.with_lines(lines, rows=[])], on)
    made.is_return = 1
    return _save(made)


def _save(made: Document) -> str:
    made.flags.ignore_permissions = made.flags.is_billing_run = True
    if frappe.get_cached_doc("Retainer Settings").submit_invoices:
        made.submit()
    else:
        made.insert()
    return made.name


def _mark(part: Part, made: str | None, credit: str | None, *, leads: bool) -> None:
    own = made if owed(part.lines) else None
    periods.mark(
        part.period.name,
        "Invoiced" if own else "Not Charged",
        sales_invoice=own,
        credit_note=credit,
        amount=float(total(part.lines)),
        follow_up=follow_up.first_status() if leads else None,
        **periods.known_of(part.contract, part.fee_waived, part.terms.effective_from, periods.as_before(part.period)),
    )
    periods.open_next(part.contract, part.period.period_start, part.period.period_end)
    if own and part.period.invoice_number not in (None, "", own):
        periods.hand_number_on(part.period)


def settle(name: str, on: date, outcome: Outcome) -> None:
    """Bill one period in one transaction; whatever goes wrong is kept on the period, and the next one can follow."""
    settle_together([name], on, outcome)


def settle_together(names: list[str], on: date, outcome: Outcome) -> None:
    """The same for periods that share an invoice."""
    try:
        documents, uncharged, skipped = _bill_with_retries(names, on)
    except Exception as error:
        frappe.db.rollback()
        if len(names) > 1:
            for name in names:
                settle(name, on, outcome)
            return
        outcome.failures.append(_keep_failure(names[0], error))
        frappe.db.commit()
        return
    outcome.invoices += documents
    outcome.done += len(names) - skipped
    outcome.not_charged += uncharged
    outcome.skipped += skipped


# RQ doesn't retry what MariaDB gives up (1205 lock wait time-out, 1213 deadlock); the work itself is unharmed.
@retry(
    retry=retry_if_exception_type((frappe.QueryDeadlockError, frappe.QueryTimeoutError)),
    stop=stop_after_attempt(4),
    wait=wait_random_exponential(multiplier=0.2, max=3),
    before_sleep=lambda _state: frappe.db.rollback(),
    reraise=True,
)
def _bill_with_retries(names: list[str], on: date) -> tuple[list[str], int, int]:
    made = bill_together(names, on)
    frappe.db.commit()
    return made


def _keep_failure(name: str, error: Exception) -> dict:
    """The reason on the period for people, the traceback in the Error Log; the contract's next period still opens."""
    reason = reason_of(error)
    frappe.clear_messages()
    log = frappe.log_error(title=_("Billing failed"), reference_doctype="Retainer Billing Period", reference_name=name)
    period = frappe.db.get_value(
        "Retainer Billing Period", name, ["contract", "period_start", "period_end"], as_dict=True
    )
    periods.mark(name, "Failed", error=reason)
    contract = frappe.get_doc("Retainer Contract", period.contract)
    periods.open_next(contract, period.period_start, period.period_end)
    return {
        "period": name,
        "contract": period.contract,
        "period_start": str(period.period_start),
        "reason": reason,
        "error_log": log.name,
    }
