"""The yearly uplift of a contract: since when it counts, and which ones are not among its terms yet."""

from collections.abc import Iterator
from datetime import date
from itertools import pairwise

import frappe
from frappe.model.document import Document
from frappe.utils import cint, flt, getdate

from support_retainer.domain.billing_period import Anchor
from support_retainer.domain.uplifts import UpliftCourse
from support_retainer.retainer.doctype.retainer_billing_period.retainer_billing_period import last_settled


def keep_day_of_agreement(contract: Document) -> None:
    """The fee has in it what earlier anniversaries would have raised; a person can enter another day."""
    if not flt(contract.uplift_percent):
        contract.uplift_from = None
    elif not _was_agreed(contract):
        contract.uplift_from = contract.uplift_from or getdate(frappe.flags.current_time)


def _was_agreed(contract: Document) -> bool:
    before = contract.get_doc_before_save()
    return bool(before and before.docstatus.is_submitted() and flt(before.uplift_percent))


def course(contract: Document) -> UpliftCourse:
    start = getdate(contract.start_date)
    return UpliftCourse(
        start,
        Anchor(contract.billing_anchor),
        counts_from=getdate(contract.uplift_from) if contract.uplift_from else start,
        lead_days=cint(contract.billing_lead_days),
        rows=dict(_rows(contract)),
        settled=last_settled(contract.name),
    )


def _rows(contract: Document) -> Iterator[tuple[date, bool]]:
    """Days on which terms begin, and whether a fee was agreed with them."""
    rows = sorted(contract.terms, key=lambda row: getdate(row.effective_from))
    yield getdate(rows[0].effective_from), True
    for before, row in pairwise(rows):
        changes_fee = row.package != before.package or flt(row.monthly_fee) != flt(before.monthly_fee)
        yield getdate(row.effective_from), bool(changes_fee or flt(row.uplift_percent))
