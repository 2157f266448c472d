"""Notice: when a contract ends if it is given today, given, and withdrawn."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import formatdate, getdate

from support_retainer.amounts import smallest_unit
from support_retainer.billing import periods
from support_retainer.domain.charges import fee_lines, total
from support_retainer.domain.lifecycle import end_on_notice
from support_retainer.domain.suspension import is_under_notice, standing
from support_retainer.exceptions import InvalidNotice
from support_retainer.offboarding import after_end, checklist

RUNNING = ("Active", "Suspended")


@dataclass(frozen=True, slots=True)
class NoticePreview:
    """What notice on a day would mean, to be shown before anybody confirms."""

    given_on: date
    end_date: date
    last_fees: tuple[tuple[date, Decimal], ...]
    currency: str


def preview(contract: Document, given_on: date | str | None = None) -> NoticePreview:
    """The end date and the fees of every period from `given_on` (default today) to the end."""
    day = getdate(given_on)
    _refuse_unless_running(contract, day)
    minimum = getdate(contract.minimum_term_end) if contract.minimum_term_end else None
    end = end_on_notice(day, contract.notice_days or 0, minimum)
    return NoticePreview(day, end, tuple(_fees(contract, day, end)), contract.currency)


def give(contract: Document, given_on: date | str | None = None) -> date:
    """Give notice; returns the last day of service. Time and invoices up to then go on as before."""
    planned = preview(contract, given_on)
    status = standing(is_suspended=bool(contract.suspended_for), notice_given=True)
    contract.db_set(
        {"notice_given_on": planned.given_on, "end_date": planned.end_date, "status": status.value}, notify=True
    )
    contract.add_comment("Info", _("Notice given; the contract ends on {0}.").format(formatdate(planned.end_date)))
    checklist.open_for(contract)
    return planned.end_date


def withdraw(contract: Document) -> None:
    """Take notice back, up to and including the last day."""
    if not is_under_notice(contract.status, bool(contract.notice_given_on)):
        frappe.throw(
            _("{0} is {1}: only a contract under notice can take it back.").format(
                frappe.bold(contract.name), _(contract.status)
            ),
            InvalidNotice,
        )
    periods.charge_again(contract.name, after=getdate(contract.end_date))
    status = standing(is_suspended=bool(contract.suspended_for), notice_given=False)
    contract.db_set({"notice_given_on": None, "end_date": None, "status": status.value}, notify=True)
    contract.add_comment("Info", _("Notice withdrawn."))
    checklist.withdraw(contract.name)


def end_contracts(on: date | str | None = None) -> list[str]:
    """Contracts whose last day has passed become Ended; returns their names."""
    over = frappe.get_all(
        "Retainer Contract",
        filters=[
            ["docstatus", "=", 1],
            ["status", "in", ("Notice Given", *RUNNING)],
            # Frappe takes "no date" for one long past: without this every contract without an end would be over.
            ["end_date", "is", "set"],
            ["end_date", "<", getdate(on)],
        ],
        pluck="name",
    )
    for name in over:
        contract = frappe.get_doc("Retainer Contract", name)
        contract.db_set("status", "Ended", notify=True)
        after_end.begin(contract)
    return over


def _refuse_unless_running(contract: Document, day: date) -> None:
    if contract.docstatus != 1 or contract.status not in RUNNING:
        frappe.throw(
            _("{0} is {1}: notice can be given to an active contract only.").format(
                frappe.bold(contract.name), _(contract.status)
            ),
            InvalidNotice,
        )
    if contract.notice_given_on:
        frappe.throw(
            _("Notice of {0} was given on {1} already. Withdraw that one first.").format(
                frappe.bold(contract.name), formatdate(contract.notice_given_on)
            ),
            InvalidNotice,
        )
    if day < getdate(contract.start_date):
        frappe.throw(
            _("Notice on {0} lies before the start on {1}. Choose a later day.").format(
                formatdate(day), formatdate(contract.start_date)
            ),
            InvalidNotice,
        )


def _fees(contract: Document, day: date, end: date) -> list[tuple[date, Decimal]]:
    """First day and fee of each period that begins after the notice, the last one as the package says."""
    fees = []
    period = contract.period_on(day)
    while period.period.start <= end:
        if period.period.start > day:
            lines = fee_lines(
                contract.terms_on(period.period.start),
                period,
                end_date=end,
                exponent=smallest_unit(contract.currency),
            )
            fees.append((period.period.start, total(lines)))
        period = contract.period_on(period.period.last_day + timedelta(days=1))
    return fees
