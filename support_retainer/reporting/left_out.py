"""What happened on a contract that can't be replayed under another package, said beside the comparison."""

from collections.abc import Iterator
from datetime import date, timedelta

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, getdate

from support_retainer.hours.reasons import hours


def sentences(contract: Document, start: date, until: date) -> Iterator[str]:
    """Only of what there was between the two days; a comparison tries each package with its own hours and its price of
    today, with time counted on the day it was worked."""
    within = {"contract": contract.name, "start": start, "end": until + timedelta(days=1)}
    given, taken = _hours_by_hand(within)
    if given:
        yield _("Left out: {0} that were sold or given apart; each package is tried with its own hours.").format(
            hours(given)
        )
    if taken:
        yield _("Left out: {0} that were taken by hand.").format(hours(taken))
    estimated = _estimated(within)
    if estimated:
        yield _("Left out: {0} on estimates; they are charged by their own orders under every package.").format(
            hours(estimated)
        )
    if _waived(within):
        yield _("Left out: the time without a fee while service rested; each package is tried with its fee throughout.")
    if any(start < getdate(row.effective_from) <= until for row in contract.terms):
        yield _("Left out: earlier terms of the contract; each package is tried at its terms of today throughout.")


def _hours_by_hand(within: dict[str, object]) -> tuple[int, int]:
    """Minutes of top-ups and adjustments that came, and that were taken."""
    found = frappe.db.sql(
        """select sum(greatest(minutes, 0)), -sum(least(minutes, 0)) from `tabHour Ledger Entry`
        where contract = %(contract)s and entry_type in ('Top-up', 'Adjustment')
            and posting_time >= %(start)s and posting_time < %(end)s""",
        within,
    )[0]
    return cint(found[0]), cint(found[1])


def _estimated(within: dict[str, object]) -> int:
    found = frappe.db.sql(
        """select round(sum(detail.hours) * 60) from `tabTimesheet Detail` detail
        join tabTask task on task.name = detail.task and coalesce(task.retainer_estimate, '') != ''
        where detail.retainer_contract = %(contract)s and detail.docstatus = 1
            and detail.from_time >= %(start)s and detail.from_time < %(end)s""",
        within,
    )[0][0]
    return cint(found)


def _waived(within: dict[str, object]) -> bool:
    filters = {
        "contract": within["contract"],
        "fee_waived": 1,
        "period_start": ["<", within["end"]],
        "period_end": [">=", within["start"]],
    }
    return bool(frappe.db.exists("Retainer Billing Period", filters))
