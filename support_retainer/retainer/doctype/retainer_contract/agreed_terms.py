"""The rows of a contract's `terms`: completed once, then history."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import frappe
from frappe import _, bold
from frappe.model.document import Document
from frappe.utils import cast, flt, formatdate, getdate

from support_retainer.domain.contract_terms import ZERO, ContractTerms, PricingModel, decimal, package_terms
from support_retainer.exceptions import CurrencyMismatch, InvalidTerms, TermsAreFixed
from support_retainer.retainer.doctype.retainer_contract import later_terms
from support_retainer.retainer.rows import place

AGREED = ("effective_from", "package", "monthly_fee", "quantity", "package_snapshot")


def complete(contract: Document) -> None:
    """Fill what a row left open from the row before it, and keep the package as it is today.

    A row that stays with the package keeps the snapshot the client agreed to, so an uplift does not bring in
    later edits of the package.
    """
    before = None
    for row in sorted(contract.terms, key=lambda row: getdate(row.effective_from or contract.start_date)):
        row.effective_from = row.effective_from or contract.start_date
        row.package = row.package or (before.package if before else contract.package)
        later_terms.follow(contract, row, before)
        if not has_snapshot(row):
            complete_row(contract, row, before if before and before.package == row.package else None)
            later_terms.refuse_no_quantity(contract, row)
        before = row


def complete_row(contract: Document, row: Document, same_package: Document | None) -> None:
    if same_package:
        row.package_snapshot = same_package.package_snapshot
        row.quantity = same_package.quantity if row.quantity is None else row.quantity
    else:
        package = frappe.get_doc("Support Package", row.package)
        refuse_other_currency(contract, row, package.currency)
        row.package_snapshot = json.dumps(package.snapshot())
    if row.monthly_fee is None:
        row.monthly_fee = fee(contract, row, same_package)


def refuse_other_currency(contract: Document, row: Document, currency: str) -> None:
    if currency != contract.currency:
        frappe.throw(
            _("{0}: the prices of {1} are in {2}, the contract is in {3}. Choose a package in {3}.").format(
                place(row, "package"), bold(row.package), bold(currency), bold(contract.currency)
            ),
            CurrencyMismatch,
        )


def fee(contract: Document, row: Document, same_package: Document | None) -> float:
    if same_package:
        return same_package.monthly_fee
    if row.package == contract.package:
        return contract.monthly_fee
    return flt(json.loads(row.package_snapshot)["monthly_fee"])


def has_snapshot(row: Document) -> bool:
    """An amended contract brings its snapshots along; one of another package than the row names is stale."""
    return bool(row.package_snapshot) and json.loads(row.package_snapshot)["package_name"] == row.package


def refuse_changed_history(contract: Document) -> None:
    """Terms that are in force stay as agreed; rows for days to come may still be planned anew."""
    now = {row.name: row for row in contract.terms}
    fixed = later_terms.fixed_until(contract)
    for old in contract.get_doc_before_save().terms:
        if getdate(old.effective_from) <= fixed and changed(old, now.get(old.name)):
            frappe.throw(
                _("{0}: the terms from {1} are in force and stay as agreed. Add a row with a later date.").format(
                    place(contract, "terms"), bold(formatdate(old.effective_from))
                ),
                TermsAreFixed,
            )


def changed(old: Document, new: Document | None) -> bool:
    return new is None or any(typed(old, name) != typed(new, name) for name in AGREED)


def typed(row: Document, fieldname: str) -> Any:
    """A form sends text where the database gives dates and numbers."""
    return cast(row.meta.get_field(fieldname).fieldtype, row.get(fieldname))


def in_force(contract: Document, row: Document | None, day: date) -> ContractTerms:
    """A row of terms as the rules read it, with the support hours of its policy as they are today."""
    if row is None:
        frappe.throw(
            _("{0} has no terms on {1}. They begin on {2}.").format(
                bold(contract.name), bold(formatdate(day)), bold(formatdate(contract.start_date))
            ),
            InvalidTerms,
        )
    offer = package_terms(row.package_snapshot)
    return replace(
        offer,
        effective_from=getdate(row.effective_from),
        monthly_fee=decimal(row.monthly_fee),
        quantity=quantity_on(contract, row, day) if offer.pricing_model is PricingModel.METERED else ZERO,
        calendar=frappe.get_cached_doc("SLA Policy", offer.sla_policy).calendar() if offer.sla_policy else None,
    )


def quantity_on(contract: Document, row: Document, day: date) -> Decimal:
    """The last reading up to that day, unless terms that came after it agreed on a quantity of their own."""
    reading = frappe.get_all(
        "Metered Reading",
        filters={"contract": contract.name, "effective_from": ["<=", day]},
        fields=["effective_from", "quantity"],
        order_by="effective_from desc",
        limit=1,
    )
    if not reading or (row.quantity and getdate(row.effective_from) > reading[0].effective_from):
        return decimal(row.quantity)
    return decimal(reading[0].quantity)
