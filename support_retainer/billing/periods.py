"""The billing periods of a contract on the record: one row each, and always one row ahead of the last one billed."""

from datetime import date, timedelta
from typing import TYPE_CHECKING

import frappe
from frappe.utils import cint, getdate, now

from support_retainer.domain.billing_period import Period
from support_retainer.site_time import to_site, utc_now

if TYPE_CHECKING:
    from support_retainer.retainer.doctype.retainer_contract.retainer_contract import RetainerContract

COLUMNS = [
    "name",
    "owner",
    "creation",
    "modified",
    "modified_by",
    "contract",
    "status",
    "bill_on",
    "period_start",
    "period_end",
]
OPEN = ("Due", "Failed", "Voided")
ONE_DAY = timedelta(days=1)


def open_first(contract: "RetainerContract") -> None:
    _insert(contract, contract.period_on(contract.start_date).period)


def open_next(contract: "RetainerContract", first: date, last: date) -> None:
    """The row that follows the one from `first` to `last`; the one past a contract's end collects its last usage."""
    if contract.end_date and first > getdate(contract.end_date):
        return
    _insert(contract, contract.period_on(last + ONE_DAY).period)


def collect_late_usage(contract: "RetainerContract") -> None:
    """Work of an ended contract that is logged after its last period was settled is charged by one more."""
    if not contract.end_date:
        return
    newest = frappe.get_all(
        "Retainer Billing Period",
        filters={"contract": contract.name},
        fields=["status", "period_end"],
        order_by="period_start desc",
        limit=1,
    )
    if newest and newest[0].status not in OPEN:
        _insert(contract, contract.period_on(newest[0].period_end + ONE_DAY).period)


def due(on: date, contracts: list[str] | None = None) -> list[str]:
    """Periods to be billed by `on`, oldest first; one query on the index (status, bill_on)."""
    filters = {"status": ["in", OPEN], "bill_on": ["<=", on]}
    if contracts is not None:
        filters["contract"] = ["in", contracts]
    return frappe.get_all("Retainer Billing Period", filters=filters, pluck="name", order_by="period_start, contract")


def contracts_due(on: date, contracts: list[str] | None = None) -> list[str]:
    """Contracts with a period to be billed by `on`; the same query, grouped."""
    filters = {"status": ["in", OPEN], "bill_on": ["<=", on]}
    if contracts is not None:
        filters["contract"] = ["in", contracts]
    return frappe.get_all(
        "Retainer Billing Period", filters=filters, pluck="contract", group_by="contract", order_by="contract"
    )


def lock_due_periods(names: list[str]) -> list[frappe._dict]:
    """The periods that are still due, locked together with their contracts, in the order given.

    The contract is locked so that two periods of it never claim the same usage. This has to be the first read of
    the transaction: then everything read afterwards is at least as new as the locks.
    """
    rows = frappe.db.sql(
        """select period.name, period.contract, period.period_start, period.period_end, period.status,
            period.invoice_number, contract.modified as contract_modified
        from `tabRetainer Billing Period` period
        join `tabRetainer Contract` contract on contract.name = period.contract
        where period.name in %s for update""",
        [names],
        as_dict=True,
    )
    return sorted((row for row in rows if row.status in OPEN), key=lambda row: names.index(row.name))


def is_fee_waived(contract: str, period_start: date) -> bool:
    """Whether that period was settled without its fee."""
    return bool(
        frappe.db.get_value(
            "Retainer Billing Period", {"contract": contract, "period_start": period_start}, "fee_waived"
        )
    )


def mark(
    name: str,
    status: str,
    *,
    sales_invoice: str | None = None,
    credit_note: str | None = None,
    amount: float = 0,
    error: str = "",
    follow_up: str | None = None,
    **known: object,
) -> None:
    """`known` is what billing knew (see `known_of`); it stays when the invoice is cancelled or amended."""
    values = {
        "status": status,
        "sales_invoice": sales_invoice,
        "credit_note": credit_note,
        "amount": amount,
        "error": error,
        "follow_up": follow_up,
        **known,
    }
    frappe.db.set_value("Retainer Billing Period", name, values)


def known_of(contract: "RetainerContract", fee_waived: bool) -> dict[str, object]:
    """Whether the period is free, how long the contract lasts as far as is known, and when that was."""
    return {
        "fee_waived": int(fee_waived),
        "contract_end": contract.end_date,
        "settled_at": to_site(utc_now()),
    }


def void(name: str) -> None:
    """The period's invoice is gone: it can be billed again, under a number of its own."""
    mark(name, "Voided")
    frappe.db.set_value("Retainer Billing Period", name, "invoice_number", None)


def hand_number_on(period: frappe._dict) -> None:
    """A number that was reserved for a period whose invoice got another one serves the contract's next period."""
    following = frappe.db.get_value(
        "Retainer Billing Period",
        {"contract": period.contract, "period_start": [">", period.period_start], "status": ["in", OPEN]},
        ["name", "invoice_number"],
        order_by="period_start",
        as_dict=True,
    )
    if following and not following.invoice_number:
        frappe.db.set_value("Retainer Billing Period", following.name, "invoice_number", period.invoice_number)
        frappe.db.set_value("Retainer Billing Period", period.name, "invoice_number", None)


def drop_open(contract: str) -> None:
    """The periods that a cancelled contract will never bill."""
    for name in frappe.get_all(
        "Retainer Billing Period", filters={"contract": contract, "status": ["in", OPEN]}, pluck="name"
    ):
        mark(name, "Not Charged", settled_at=None)


def _insert(contract: "RetainerContract", period: Period) -> None:
    """One statement; the unique index (contract, period_start) lets a row that is there already be."""
    stamp, user = now(), frappe.session.user
    frappe.db.bulk_insert(
        "Retainer Billing Period",
        COLUMNS,
        [
            (
                frappe.generate_hash(length=10),
                user,
                stamp,
                stamp,
                user,
                contract.name,
                "Due",
                period.start - timedelta(days=cint(contract.billing_lead_days)),
                period.start,
                period.last_day,
            )
        ],
        ignore_duplicates=True,
    )
