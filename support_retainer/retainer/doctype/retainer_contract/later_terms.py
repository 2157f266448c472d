"""Rows of `terms` that are added to a running contract: from which day they may count, and uplifts among them."""

import json
from datetime import date

import frappe
from frappe import _, bold
from frappe.model.document import Document
from frappe.utils import flt, formatdate, getdate

from support_retainer.amounts import smallest_unit
from support_retainer.domain.contract_terms import decimal
from support_retainer.domain.lifecycle import uplifted
from support_retainer.exceptions import InvalidTerms, TooLateForPeriod
from support_retainer.retainer.doctype.retainer_billing_period.retainer_billing_period import last_settled
from support_retainer.retainer.rows import place


def validate(contract: Document) -> None:
    known = {row.name for row in contract.get_doc_before_save().terms}
    settled = last_settled(contract.name)
    for row in contract.terms:
        if row.name not in known:
            refuse_without_day(row)
            refuse_before_start(contract, row)
            refuse_before_settled(row, settled)


def refuse_without_day(row: Document) -> None:
    if not row.effective_from:
        frappe.throw(
            _("{0}: enter the day from which these terms count.").format(place(row, "effective_from")), InvalidTerms
        )


def refuse_before_start(contract: Document, row: Document) -> None:
    if getdate(row.effective_from) < getdate(contract.start_date):
        frappe.throw(
            _("{0}: {1} lies before the start on {2}. Enter a later day.").format(
                place(row, "effective_from"),
                bold(formatdate(row.effective_from)),
                bold(formatdate(contract.start_date)),
            ),
            InvalidTerms,
        )


def refuse_before_settled(row: Document, settled: date | None) -> None:
    """A change within the latest settled period is settled with the next one; earlier ones nobody would charge."""
    if settled and getdate(row.effective_from) < settled:
        frappe.throw(
            _("{0}: the period from {1} is billed already. Enter that day or a later one.").format(
                place(row, "effective_from"), bold(formatdate(settled))
            ),
            TooLateForPeriod,
        )


def fixed_until(contract: Document) -> date:
    """Terms that begin on this day or before it stay as agreed: they are in force, or a period was billed by them."""
    today = getdate(frappe.flags.current_time)
    return max(today, last_settled(contract.name) or today)


def follow(contract: Document, row: Document, before: Document | None) -> None:
    """An uplift that was announced is one of the terms before it, also when those change in the meantime."""
    if not before or not flt(row.uplift_percent) or getdate(row.effective_from) <= fixed_until(contract):
        return
    if row.package == before.package and row.package_snapshot == before.package_snapshot:
        return
    row.update({"package": before.package, "package_snapshot": before.package_snapshot, "quantity": before.quantity})
    fee = uplifted(decimal(before.monthly_fee), decimal(row.uplift_percent), smallest_unit(contract.currency))
    row.monthly_fee = flt(fee)


def refuse_no_quantity(contract: Document, row: Document) -> None:
    """Terms of a package that is priced by quantity need one, or a reading that gives it."""
    offer = json.loads(row.package_snapshot)
    if offer.get("pricing_model") != "Metered" or flt(row.quantity):
        return
    if frappe.db.exists("Metered Reading", {"contract": contract.name}):
        return
    frappe.throw(
        _("{0}: {1} is priced by {2}. Enter how many there are.").format(
            place(row, "quantity"), bold(row.package), bold(offer.get("metric"))
        ),
        InvalidTerms,
    )
