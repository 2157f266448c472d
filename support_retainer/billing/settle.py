"""One billing period, settled: its invoice made and marked, or the reason kept why it could not be."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import get_datetime, getdate
from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from support_retainer.billing import invoice, periods, usage
from support_retainer.domain import changes
from support_retainer.domain.charges import Line, for_period, total

if TYPE_CHECKING:
    from support_retainer.retainer.doctype.retainer_contract.retainer_contract import RetainerContract


@dataclass
class Outcome:
    """What became of a number of periods."""

    invoices: list[str] = field(default_factory=list)
    not_charged: int = 0
    skipped: int = 0
    failures: list[dict] = field(default_factory=list)

    @property
    def planned(self) -> int:
        return len(self.invoices) + self.not_charged + self.skipped + len(self.failures)

    @property
    def done(self) -> int:
        return len(self.invoices) + self.not_charged


def bill_period(name: str, on: date) -> str | None:
    """Invoice one Retainer Billing Period; returns the Sales Invoice, "" where nothing is owed, or None if another
    worker was first.

    Nothing is committed here: the caller commits, or rolls everything back.
    """
    period = periods.lock_due_period(name)
    if not period:
        return None
    contract = _contract(period)
    rows = usage.claim(contract.name, period.period_start)
    lines = lines_of(contract, period.period_start, rows)
    made = _insert(contract, owed(lines), rows, period, on)
    credit = _credit(contract, credited(lines), period, on)
    periods.mark(
        name,
        "Invoiced" if made else "Not Charged",
        sales_invoice=made,
        credit_note=credit,
        amount=float(total(lines)),
    )
    periods.open_next(contract, period.period_start, period.period_end)
    return made or credit or ""


def _contract(period: frappe._dict) -> "RetainerContract":
    """The contract as of the lock; the cached one where it is that."""
    cached = frappe.get_cached_doc("Retainer Contract", period.contract)
    is_current = get_datetime(cached.modified) == period.contract_modified
    return cached if is_current else frappe.get_doc("Retainer Contract", period.contract)


def lines_of(contract: "RetainerContract", period_start: date, rows: list[frappe._dict]) -> tuple[Line, ...]:
    """The lines of one period, those that give back last; the same for the run, its dry run and the audit."""
    end_date = getdate(contract.end_date) if contract.end_date else None
    exponent = invoice.smallest_unit(contract.currency)
    own = for_period(
        contract.terms_on(period_start),
        contract.period_on(period_start),
        usage.as_usage(rows),
        usage.one_offs(rows),
        usage.expenses(rows),
        end_date=end_date,
        exponent=exponent,
    )
    return own + _left_of_period_before(contract, period_start, end_date, exponent)


def _left_of_period_before(
    contract: "RetainerContract", period_start: date, end_date: date | None, exponent: Decimal
) -> tuple[Line, ...]:
    day_before = period_start - timedelta(days=1)
    if day_before < getdate(contract.start_date):
        return ()
    charged = contract.period_on(day_before)
    return changes.lines_for(
        charged,
        contract.terms_on(charged.period.start),
        contract.changes_in(charged.period),
        end_date=end_date,
        exponent=exponent,
    )


def owed(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    return tuple(line for line in lines if line.amount > 0)


def credited(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    return tuple(line for line in lines if line.amount < 0)


def _insert(
    contract: "RetainerContract", lines: tuple[Line, ...], rows: list[frappe._dict], period: frappe._dict, on: date
) -> str | None:
    if not lines:
        return None
    made = invoice.build(contract, contract.terms_on(period.period_start), lines, rows, on)
    if period.invoice_number:
        made.name, made.flags.name_set = period.invoice_number, True
    return _save(made, period)


def _credit(contract: "RetainerContract", lines: tuple[Line, ...], period: frappe._dict, on: date) -> str | None:
    """A credit note of its own: an invoice can't have negative rates unless the site allows them."""
    if not lines:
        return None
    made = invoice.build(contract, contract.terms_on(period.period_start), lines, [], on)
    made.is_return = 1
    return _save(made, period)


def _save(made: Document, period: frappe._dict) -> str:
    made.retainer_billing_period = period.name
    made.flags.ignore_permissions = True
    if frappe.get_cached_doc("Retainer Settings").submit_invoices:
        made.submit()
    else:
        made.insert()
    return made.name


def settle(name: str, on: date, outcome: Outcome) -> None:
    """Bill one period in one transaction; whatever goes wrong is kept on the period, and the next one can follow."""
    try:
        made = _bill_with_retries(name, on)
    except Exception as error:
        frappe.db.rollback()
        outcome.failures.append(_keep_failure(name, error))
        frappe.db.commit()
        return
    if made is None:
        outcome.skipped += 1
    elif made:
        outcome.invoices.append(made)
    else:
        outcome.not_charged += 1


# RQ doesn't retry what MariaDB gives up (1205 lock wait time-out, 1213 deadlock); the work itself is unharmed.
@retry(
    retry=retry_if_exception_type((frappe.QueryDeadlockError, frappe.QueryTimeoutError)),
    stop=stop_after_attempt(4),
    wait=wait_random_exponential(multiplier=0.2, max=3),
    before_sleep=lambda _state: frappe.db.rollback(),
    reraise=True,
)
def _bill_with_retries(name: str, on: date) -> str | None:
    made = bill_period(name, on)
    frappe.db.commit()
    return made


def _keep_failure(name: str, error: Exception) -> dict:
    """The reason on the period for people, the traceback in the Error Log; the contract's next period still opens."""
    reason = frappe.utils.strip_html(str(error)) or type(error).__name__
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
