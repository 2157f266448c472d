"""A billing run: every period that is due, oldest first, each in its own transaction; safe to repeat and to kill."""

import json
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate, now_datetime
from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from support_retainer.billing import invoice, periods, usage
from support_retainer.domain.charges import Line, for_period, total

if TYPE_CHECKING:
    from support_retainer.retainer.doctype.retainer_contract.retainer_contract import RetainerContract


@dataclass
class Outcome:
    """What one run did, by period."""

    invoices: list[str] = field(default_factory=list)
    not_charged: int = 0
    skipped: int = 0
    failures: list[dict] = field(default_factory=list)

    @property
    def planned(self) -> int:
        return len(self.invoices) + self.not_charged + self.skipped + len(self.failures)


def bill(on: date | str | None = None, contract: str | None = None) -> Document:
    """Bill everything due by `on` (default today), for one contract or all; returns the Retainer Billing Run."""
    day = getdate(on)
    run = _start(day)
    outcome = Outcome()
    attempted: set[str] = set()
    while waiting := [name for name in periods.due(day, contract) if name not in attempted]:
        for name in waiting:
            attempted.add(name)
            _bill_safely(name, day, outcome)
    return _finish(run, outcome)


def bill_what_is_due() -> Document | None:
    """The scheduler's run: an hour in which nothing is due leaves no record."""
    return bill() if periods.due(getdate()) else None


def bill_period(name: str, on: date) -> str | None:
    """Invoice one Retainer Billing Period; returns the Sales Invoice, or None if there was nothing left to do.

    Nothing is committed here: the caller commits, or rolls everything back.
    """
    period = periods.lock_due_period(name)
    if not period:
        return None
    contract = frappe.get_doc("Retainer Contract", period.contract)
    rows = usage.claim(contract.name, period.period_start)
    lines = lines_of(contract, period.period_start, rows)
    made = _insert(contract, lines, rows, period, on)
    amount = float(total(lines))
    periods.mark(name, "Invoiced" if made else "Not Charged", sales_invoice=made, amount=amount)
    periods.open_next(contract, period.period_end)
    return made or ""


def lines_of(contract: "RetainerContract", period_start: date, rows: list[frappe._dict]) -> tuple[Line, ...]:
    """The lines of one period; the same for the run, its dry run and the audit."""
    return for_period(
        contract.terms_on(period_start),
        contract.period_on(period_start),
        usage.as_usage(rows),
        end_date=getdate(contract.end_date) if contract.end_date else None,
        exponent=invoice.smallest_unit(contract.currency),
    )


def _insert(
    contract: "RetainerContract", lines: tuple[Line, ...], rows: list[frappe._dict], period: frappe._dict, on: date
) -> str | None:
    if not lines:
        return None
    made = invoice.build(contract, contract.terms_on(period.period_start), lines, rows, on)
    made.retainer_billing_period = period.name
    made.flags.ignore_permissions = True
    if frappe.get_cached_doc("Retainer Settings").submit_invoices:
        made.submit()
    else:
        made.insert()
    return made.name


def _bill_safely(name: str, on: date, outcome: Outcome) -> None:
    """One period in one transaction; whatever goes wrong is kept on the period and the next one follows."""
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
    periods.open_next(frappe.get_doc("Retainer Contract", period.contract), period.period_end)
    return {
        "period": name,
        "contract": period.contract,
        "period_start": str(period.period_start),
        "reason": reason,
        "error_log": log.name,
    }


def _start(day: date) -> Document:
    run = frappe.get_doc(doctype="Retainer Billing Run", on_date=day, started_at=now_datetime(), status="Running")
    run.insert(ignore_permissions=True)
    frappe.db.commit()
    return run


def _finish(run: Document, outcome: Outcome) -> Document:
    run.update(
        {
            "finished_at": now_datetime(),
            "status": "Failed partly" if outcome.failures else "Done",
            "planned": outcome.planned,
            "done": len(outcome.invoices) + outcome.not_charged,
            "failed": len(outcome.failures),
            "skipped": outcome.skipped,
            "failures": json.dumps(outcome.failures, indent=1),
        }
    )
    run.duration = (run.finished_at - run.started_at).total_seconds()
    run.save(ignore_permissions=True)
    frappe.db.commit()
    run.flags.invoices = outcome.invoices
    return run
