"""What a row of time brings beside its hours: travel at cost, and the fee that is due once at the start of the work.

Both lie on the row itself, so the invoice that claims the row charges them exactly once, and gives them back with it.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import frappe
from frappe import bold
from frappe.model.document import Document
from frappe.utils import flt, getdate

from support_retainer import amounts
from support_retainer.domain.contract_terms import decimal
from support_retainer.domain.entitlement import BEARS_EXTRAS
from support_retainer.exceptions import ExpensesNotAgreed
from support_retainer.hours import reasons
from support_retainer.retainer.rows import place
from support_retainer.speech import _

BEARING = sorted(kind.value for kind in BEARS_EXTRAS)


def refuse_unagreed_expenses(rows: Iterable[Document]) -> None:
    """Raises ExpensesNotAgreed where the contract doesn't charge travel for this kind of work."""
    for row in rows:
        if not flt(row.retainer_expenses):
            continue
        contract = frappe.get_cached_doc("Retainer Contract", row.retainer_contract)
        terms = contract.terms_on(getdate(row.from_time))
        if flt(row.retainer_expenses) < 0 or not terms.rule_for(row.activity_type or "").plus_expenses:
            frappe.throw(
                _("{0}: {1} charges no expenses for {2}. Remove the amount, or choose the activity of a visit.").format(
                    place(row, "retainer_expenses"), bold(terms.package), bold(row.activity_type)
                ),
                ExpensesNotAgreed,
                title=_("Expenses not agreed"),
            )


def amount_on(row: Document, coverage: str) -> float:
    """What a row of this coverage is charged beside its time."""
    return flt(row.retainer_one_off_fee) + flt(row.retainer_expenses) if coverage in BEARING else 0


def listed(row: Document, coverage: str) -> list[tuple[str, float]]:
    """The same as (what, amount), for whoever reads the decision."""
    if coverage not in BEARING:
        return [(_("travel not charged"), 0)] if flt(row.get("retainer_expenses")) else []
    fee, expenses = flt(row.get("retainer_one_off_fee")), flt(row.get("retainer_expenses"))
    if not (fee or expenses):
        return []
    found = [(_("one-off fee at the start of the work"), fee), (_("travel expenses at cost"), expenses)]
    return [(what, amount) for what, amount in found if amount]


def sentence(row: Document, coverage: str) -> str:
    """What to add to the reason of a row; empty for nearly every row."""
    found = listed(row, coverage)
    if not found:
        return ""
    currency = frappe.get_cached_value("Retainer Contract", row.retainer_contract, "currency")
    told = [f"{what} {amounts.money(decimal(amount), currency)}" if amount else what for what, amount in found]
    return _(". And: {0}").format(", ".join(told))


def reason_of(row: frappe._dict) -> str:
    """Why a booked row is covered or charged, all of it, in the reader's language."""
    if not row.retainer_coverage_facts:
        return row.retainer_coverage_reason or ""
    return reasons.in_reader_language(row.retainer_coverage_facts) + sentence(row, row.retainer_coverage)


def pass_fees_on(sheet: Document) -> None:
    """A cancelled sheet takes its one-off fees along; the next work on the same issue that is booked owes them."""
    for row in sheet.time_logs:
        if flt(row.retainer_one_off_fee):
            heir = _heir(row)
            if heir:
                _inherit(heir, flt(row.retainer_one_off_fee))


def _heir(row: Document) -> frappe._dict | None:
    """The first other booked row of the same work that nobody has invoiced."""
    same = {"issue": row.issue} if row.issue else {"issue": ["is", "not set"], "from_time": ["between", _day(row)]}
    found = frappe.get_all(
        "Timesheet Detail",
        filters={
            "retainer_contract": row.retainer_contract,
            "activity_type": row.activity_type,
            "docstatus": 1,
            "parent": ["!=", row.parent],
            "retainer_coverage": ["in", BEARING],
            "sales_invoice": ["is", "not set"],
            **same,
        },
        fields=["name", "parent"],
        order_by="from_time, name",
    )
    return next((other for other in found if not is_listed(other.name)), None)


def is_listed(row: str) -> bool:
    """On an invoice, be it a draft."""
    return bool(frappe.db.exists("Sales Invoice Timesheet", {"timesheet_detail": row, "docstatus": ["<", 2]}))


def _day(row: Document) -> list[str]:
    day = getdate(row.from_time)
    return [f"{day} 00:00:00", f"{day} 23:59:59.999999"]


def _inherit(heir: frappe._dict, fee: float) -> None:
    with booked_row(heir) as row:
        row.update({"retainer_one_off_fee": fee, "is_billable": 1})
        row.billing_amount = flt(row.billing_amount) + fee
        row.retainer_coverage_reason += sentence(row, row.retainer_coverage)


@contextmanager
def booked_row(heir: frappe._dict) -> Iterator[Document]:
    """A row (`parent`, `name`) of a submitted sheet to be changed, under the sheet's lock; its sums follow."""
    sheet = frappe.get_doc("Timesheet", heir.parent, for_update=True)
    yield next(row for row in sheet.time_logs if row.name == heir.name)
    sheet.calculate_total_amounts()
    sheet.flags.ignore_validate_update_after_submit = True
    sheet.db_update_all()
