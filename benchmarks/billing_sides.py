"""The four ways to make the same one-line invoice that ./benchmark billing compares."""

import gc
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median
from time import perf_counter

import frappe
from frappe.utils import add_days, add_months, getdate

from benchmarks.connection import rows_read, statements

ITEM = "Support Retainer Fee"
FEE = 450.0
START = getdate("2026-01-01")


@dataclass
class Side:
    """One way to invoice; `prepare` is not measured and returns what `make` works through."""

    label: str
    prepare: Callable[[int, int], list]
    make: Callable[[list], None]
    milliseconds: list[float] = field(default_factory=list)
    queries: list[float] = field(default_factory=list)
    rows_read: list[float] = field(default_factory=list)

    def round(self, number: int, size: int) -> None:
        """One batch: milliseconds and queries per invoice, commit included."""
        work = self.prepare(number, size)
        frappe.db.commit()
        gc.collect()  # so that no side pays for what the one before it left
        before = invoices()
        read, asked, began = rows_read(), statements(), perf_counter()
        self.make(work)
        spent = perf_counter() - began
        asked = statements() - asked - 1  # the count counts itself
        self.rows_read.append((rows_read() - read) / size)
        made = invoices() - before
        assert made == size, f"{self.label}: {made} invoices instead of {size}"
        self.milliseconds.append(spent * 1e3 / size)
        self.queries.append(asked / size)

    def times(self, other: "Side") -> float:
        """How many times as long this side takes as the other: the median over the rounds, which both shared."""
        return median(mine / its for mine, its in zip(self.milliseconds, other.milliseconds, strict=True))


def status(name: str) -> int:
    return int(frappe.db.sql("show global status like %s", name)[0][1])


def invoices() -> int:
    return frappe.db.count("Sales Invoice", {"docstatus": 1})


class Clients:
    """Customers with a contract and a subscription each, the same for every side."""

    def __init__(self, count: int) -> None:
        from support_retainer.testing.factories import company, make_contract, make_customer, make_fiscal_year

        for year in (2026, 2027, 2028, 2029, 2030):
            make_fiscal_year(f"{year}-06-01")
        self.company = company()
        self.customers = [make_customer() for _ in range(count)]
        self.contracts = [make_contract("Growth", START, customer=customer).name for customer in self.customers]
        self.plan = _plan()
        frappe.db.commit()

    def due_periods(self, number: int, size: int) -> list[str]:
        """The next due period of each contract: its predecessor was billed the round before."""
        waiting = frappe.get_all(
            "Retainer Billing Period",
            filters={"contract": ["in", self.contracts], "status": "Due"},
            pluck="name",
            order_by="period_start, contract",
            limit=size,
        )
        assert len(waiting) == size
        return waiting

    def bill_periods(self, names: list[str]) -> None:
        from support_retainer.billing import numbers
        from support_retainer.billing.settle import Outcome, settle

        outcome = Outcome()
        numbers.reserve(names, getdate())
        for name in names:
            settle(name, getdate(), outcome)
        assert not outcome.failures, outcome.failures

    def months(self, number: int, size: int) -> list[tuple]:
        """Whom to invoice from which day on; making the document belongs to an invoice's cost, for ours too."""
        return [(customer, add_months(START, number)) for customer in self.customers[:size]]

    def _document(self, customer: str, first_day):
        return frappe.get_doc(
            doctype="Sales Invoice",
            customer=customer,
            company=self.company,
            currency="AED",
            set_posting_time=1,
            posting_date=getdate(),
            ignore_pricing_rule=1,
            items=[
                {
                    "item_code": ITEM,
                    "qty": 1,
                    "rate": FEE,
                    "price_list_rate": FEE,
                    "description": "Growth, one month, in advance",
                    "service_start_date": first_day,
                    "service_end_date": add_days(add_months(first_day, 1), -1),
                }
            ],
        )

    def insert_then_submit(self, months: list[tuple]) -> None:
        for month in months:
            document = self._document(*month)
            document.insert()
            document.submit()
            frappe.db.commit()

    def submit_once(self, months: list[tuple]) -> None:
        for month in months:
            self._document(*month).submit()
            frappe.db.commit()

    def subscriptions(self, number: int, size: int) -> list[str]:
        return [
            frappe.get_doc(
                doctype="Subscription",
                party_type="Customer",
                party=customer,
                company=self.company,
                start_date=getdate(),
                generate_invoice_at="Beginning of the current subscription period",
                submit_invoice=1,
                plans=[{"plan": self.plan, "qty": 1}],
            )
            .insert()
            .name
            for customer in self.customers[:size]
        ]

    def process_subscriptions(self, names: list[str]) -> None:
        for name in names:
            frappe.get_doc("Subscription", name).process(getdate())
            frappe.db.commit()


def _plan() -> str:
    return (
        frappe.get_doc(
            doctype="Subscription Plan",
            plan_name="Growth " + frappe.generate_hash(length=6),
            item=ITEM,
            price_determination="Fixed Rate",
            cost=FEE,
            currency="AED",
            billing_interval="Month",
            billing_interval_count=1,
        )
        .insert()
        .name
    )


def sides(clients: Clients) -> list[Side]:
    return [
        Side("ours", clients.due_periods, clients.bill_periods),
        Side("(a) ERPNext: insert, then submit", clients.months, clients.insert_then_submit),
        Side("(b) ERPNext: a new document submitted once", clients.months, clients.submit_once),
        Side("(c) ERPNext: Subscription", clients.subscriptions, clients.process_subscriptions),
    ]
