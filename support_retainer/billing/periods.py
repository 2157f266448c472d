"""The billing periods of a contract on the record: one row each, and always one row ahead of the last one billed."""

from datetime import date, timedelta
from typing import TYPE_CHECKING

import frappe
from frappe import _
from frappe.utils import cint, getdate, now

from support_retainer.amounts import smallest_unit
from support_retainer.domain.billing_period import Period
from support_retainer.exceptions import PeriodInvoiced
from support_retainer.retainer.doctype.retainer_billing_period.retainer_billing_period import SETTLED
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
# What was known of a period when it was settled, and whether one after it is, which settled what was left of it.
KNOWN = """period.fee_waived, period.fee_terms_from, period.rounded_to, period.contract_end, period.settled_at,
    exists(select 1 from `tabRetainer Billing Period` later where later.contract = period.contract
        and later.period_start > period.period_start and later.status in %(settled)s) as is_followed"""
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
        f"""select period.name, period.contract, period.period_start, period.period_end, period.status,
            period.invoice_number, period.credit_note, contract.modified as contract_modified, {KNOWN},
            exists(select 1 from `tabMaintenance Job` job
                where job.contract = contract.name and job.one_off_fee > 0) as may_owe_fees
        from `tabRetainer Billing Period` period
        join `tabRetainer Contract` contract on contract.name = period.contract
        where period.name in %(names)s for update""",  # noqa: S608 (our own text)
        {"names": names, "settled": SETTLED},
        as_dict=True,
    )
    return sorted((row for row in rows if row.status in OPEN), key=lambda row: names.index(row.name))


def waiting(contract: str, on: date) -> list[frappe._dict]:
    """The periods of a contract to be billed by `on`, oldest first, for a dry run."""
    return frappe.db.sql(
        f"""select period.period_start, period.period_end, {KNOWN} from `tabRetainer Billing Period` period
        where period.contract = %(contract)s and period.status in %(open)s and period.bill_on <= %(on)s
        order by period.period_start""",  # noqa: S608 (our own text)
        {"contract": contract, "open": OPEN, "on": on, "settled": SETTLED},
        as_dict=True,
    )


def as_before(period: frappe._dict) -> frappe._dict | None:
    """What a voided period is charged by once more: as before where the next one is settled, since that one settled
    what was left of it; else None, by what is known now."""
    return period if period.settled_at and period.is_followed else None


def is_free(contract: "RetainerContract", period: frappe._dict) -> bool:
    """Whether its fee is waived; one that was free stays free when its invoice is made again."""
    return bool(period.fee_waived) or (not as_before(period) and contract.waives_fee_on(period.period_start))


def settled(contract: str, period_start: date) -> frappe._dict | None:
    """What was known of that period when it was settled; None where it is not settled yet."""
    rows = frappe.db.sql(
        """select fee_waived, fee_terms_from, contract_end, settled_at from `tabRetainer Billing Period`
        where contract = %s and period_start = %s and status in %s""",
        (contract, period_start, SETTLED),
        as_dict=True,
    )
    return rows[0] if rows else None


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


def known_of(
    contract: "RetainerContract", fee_waived: bool, terms_from: date, before: frappe._dict | None
) -> dict[str, object]:
    """Whether the period is free, by which terms it is charged, how amounts are rounded, how long the contract lasts as
    far as is known (or was: `as_before`), and when that was; time that came between is on the next period's invoice."""
    return {
        "fee_terms_from": terms_from,
        "rounded_to": before.rounded_to if before else f"{smallest_unit(contract.currency):f}",
        "fee_waived": int(fee_waived),
        "contract_end": before.contract_end if before else contract.end_date,
        "settled_at": before.settled_at if before else to_site(utc_now()),
    }


def void(name: str) -> None:
    """The period's invoice is gone: it can be billed again, under a number of its own.

    Its credit note stands, and so does what the fee was charged for: an amended invoice takes that over.
    """
    gone = {"status": "Voided", "sales_invoice": None, "amount": 0, "follow_up": None, "invoice_number": None}
    frappe.db.set_value("Retainer Billing Period", name, gone)


def lose_credit_note(name: str, *, is_all: bool) -> None:
    """A credit note that was all a period gave is made again by the next run; beside an invoice the audit misses it."""
    frappe.db.set_value("Retainer Billing Period", name, "credit_note", None)
    if is_all:
        void(name)


def hold(name: str, sales_invoice: str, amount: float) -> None:
    """An invoice made by hand stands for the period, as the amendment of the one that was billed."""
    frappe.db.set_value(
        "Retainer Billing Period",
        name,
        {"status": "Invoiced", "sales_invoice": sales_invoice, "amount": amount, "error": "", "follow_up": None},
    )


def given_back(name: str) -> float:
    """The amount of the credit note that stands beside a period's invoice, below zero; 0 where there is none."""
    note = frappe.db.get_value("Retainer Billing Period", name, "credit_note")
    lines = {"parent": note, "retainer_billing_period": name}
    return sum(frappe.get_all("Sales Invoice Item", filters=lines, pluck="amount")) if note else 0


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


def charge_again(contract: str, *, after: date) -> None:
    """The end that spared a period was taken back: its fee is due. Raises PeriodInvoiced where a credit note stands."""
    spared = frappe.get_all(
        "Retainer Billing Period",
        filters={"contract": contract, "status": "Not Charged", "period_start": [">", after], "fee_waived": 0},
        fields=["name", "credit_note"],
    )
    for period in spared:
        if period.credit_note:
            frappe.throw(
                _("{0} gave back the fee after the end. Cancel it first.").format(
                    frappe.utils.get_link_to_form("Sales Invoice", period.credit_note)
                ),
                PeriodInvoiced,
            )
        void(period.name)


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
