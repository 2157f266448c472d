"""Inserting an Issue: ours under contract against stock ERPNext without SLA and against ERPNext's own SLA.

Stock is a second site that never had our app, on the same server, Frappe and ERPNext: no field, index or hook of
ours. Each insert is a request of its own (new connection, nothing in the process's caches, Redis warm), is committed,
and takes its turn with the other sides, so that drift of the machine falls on all of them alike.
Time is from insert() to the end of the commit; queries are the server's own count of statements, commit included.
Judged by the quieter half of the rounds, those that all sides together took least time for: on a busy machine the
others measure its neighbours. The medians of all rounds are printed beside.
"""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median, quantiles
from time import perf_counter

import frappe

from benchmarks.bars import Bars, verdict
from benchmarks.connection import request, statements

NEEDS_SITE = True
NEEDS_STOCK_SITE = True

ROUNDS = 120
WARM_UP = 8
FEW, MANY = (1, 10), (1_000, 10_000)

MOST_QUERIES = 8
MOST_MILLISECONDS = 10.0
MOST_OF_ERPNEXT = 0.75

PRIORITY = "P3 Medium"
SUBJECT = "The month-end report is empty"
WORKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")


@dataclass
class Side:
    """One way to insert an issue, and what it cost in every round."""

    label: str
    site: str
    customer: Callable[[], str]
    before: Callable[[], None] = lambda: None
    contract: bool = False
    milliseconds: list[float] = field(default_factory=list)
    queries: list[int] = field(default_factory=list)

    def insert(self) -> tuple[float, int]:
        with request(self.site):
            self.before()
            issue = frappe.get_doc(doctype="Issue", subject=SUBJECT, priority=PRIORITY, customer=self.customer())
            asked, began = statements(), perf_counter()
            issue.insert()
            frappe.db.commit()
            spent = (perf_counter() - began) * 1e3
            asked = statements() - asked - 1  # the count counts itself
            assert bool(issue.get("sla_policy")) == self.contract, f"{self.label}: {issue.get('sla_policy')}"
            return spent, asked

    def measure(self) -> None:
        spent, asked = self.insert()
        self.milliseconds.append(spent)
        self.queries.append(asked)


def stock_customer(site: str) -> str:
    with request(site):
        customer = new_customer()
        default_sla()
        frappe.db.commit()
    return customer


def stock_sides(site: str, customer: str) -> list[Side]:
    """Stock ERPNext, and the same site with its own SLA switched on for the length of an insert."""
    return [
        Side("ERPNext without SLA", site, lambda: customer, without_sla),
        Side("ERPNext's own SLA", site, lambda: customer, with_sla),
    ]


def without_sla() -> None:
    """What Frappe's cache holds on a site that has no Service Level Agreement at all."""
    frappe.db.set_single_value("Support Settings", "track_service_level_agreement", 0)
    frappe.cache.set_value("doctypes_with_active_sla", frozenset())
    as_new_request()


def with_sla() -> None:
    frappe.db.set_single_value("Support Settings", "track_service_level_agreement", 1)
    frappe.cache.set_value("doctypes_with_active_sla", frozenset({"Issue"}))
    as_new_request()


def as_new_request() -> None:
    frappe.db.commit()
    frappe.db.value_cache.clear()
    frappe.local.cache.clear()


def default_sla() -> None:
    frappe.get_doc(doctype="Issue Priority", name=PRIORITY).insert(ignore_if_duplicate=True)
    days = [{"workday": day, "start_time": "09:00:00", "end_time": "18:00:00"} for day in WORKDAYS]
    target = {"priority": PRIORITY, "default_priority": 1, "response_time": 4 * 3600, "resolution_time": 24 * 3600}
    frappe.db.set_single_value("Support Settings", "track_service_level_agreement", 1)
    frappe.get_doc(
        doctype="Service Level Agreement",
        document_type="Issue",
        service_level="Default",
        default_service_level_agreement=1,
        enabled=1,
        holiday_list=holiday_list(),
        apply_sla_for_resolution=1,
        priorities=[target],
        support_and_resolution=days,
        pause_sla_on=[{"status": "Replied"}],
        sla_fulfilled_on=[{"status": "Closed"}, {"status": "Resolved"}],
    ).insert()


def holiday_list() -> str:
    """As many holidays as the policy of ours names."""
    year = frappe.utils.getdate().year
    days = [{"holiday_date": f"{year}-{month:02}-01", "description": "Holiday"} for month in range(1, 6)]
    name = f"Benchmark {year}"
    record = {"from_date": f"{year}-01-01", "to_date": f"{year}-12-31", "holidays": days}
    return frappe.get_doc(doctype="Holiday List", holiday_list_name=name, **record).insert().name


def new_customer() -> str:
    name = f"Benchmark {frappe.generate_hash(length=8)}"
    return frappe.get_doc(doctype="Customer", customer_name=name, customer_type="Company").insert().name


def our_contract(site: str) -> str:
    from support_retainer.testing.factories import make_contract

    with request(site):
        contract = make_contract("Growth", frappe.utils.today()).name
        frappe.db.delete("SLA Policy", {"name": ["!=", "Growth SLA"]})  # the catalogue brings one for every package
        frappe.db.commit()
    return contract


def crowd(site: str, contract: str, size: tuple[int, int]) -> tuple[str, list[str]]:
    """Bring the site to that many policies and contracts; the customers of ours and of the crowd."""
    from support_retainer.testing.crowd import crowd_around

    with request(site):
        record = frappe.get_doc("Retainer Contract", contract)
        others = crowd_around(record, *size)
        frappe.db.commit()
        assert (frappe.db.count("SLA Policy"), frappe.db.count("Retainer Contract")) == size
        for policy in frappe.get_all("SLA Policy", pluck="name"):
            frappe.get_cached_doc("SLA Policy", policy)  # Redis knows every policy of a site that is in use
    return record.customer, others


def measure(site: str, stock: str) -> int:
    contract = our_contract(site)
    customer_of_stock = stock_customer(stock)
    return max([measure_at(size, site, contract, stock, customer_of_stock) for size in (FEW, MANY)])


def measure_at(size: tuple[int, int], site: str, contract: str, stock: str, customer_of_stock: str) -> int:
    customer, others = crowd(site, contract, size)
    policies, contracts = size
    label = f"ours: policies {policies:,}, contracts {contracts:,}"
    theirs = stock_sides(stock, customer_of_stock)
    ours = [Side(label, site, lambda: customer, contract=True)]
    if len(others) >= WARM_UP + ROUNDS:
        stranger = iter(others)
        ours.append(Side("the same, another client each time", site, lambda: next(stranger), contract=True))
    take_turns([*theirs, *ours])
    return report(theirs, ours)


def take_turns(sides: list[Side]) -> None:
    for _ in range(WARM_UP):
        for side in sides:
            side.insert()
    for turn in range(ROUNDS):
        first = turn % len(sides)
        for side in sides[first:] + sides[:first]:
            side.measure()


def report(stock: list[Side], ours: list[Side]) -> int:
    rounds = list(zip(*(side.milliseconds for side in (*stock, *ours)), strict=True))
    quiet = sorted(range(ROUNDS), key=lambda turn: sum(rounds[turn]))[: ROUNDS // 2]
    figures = [Figures(side, *stock, quiet) for side in (*stock, *ours)]
    print(f"\nInsert of an Issue: median (middle half) of the quieter {len(quiet)} of {ROUNDS} rounds")
    # Milliseconds mean little where others take the processors: stock alone is then several times slower.
    print(f"  {os.getloadavg()[0]:.1f} processes wanted to run, on {os.cpu_count()} processors")
    for figure in figures:
        print(figure.line())
    bars = [bar for figure in figures[len(stock) :] for bar in figure.bars()]
    return verdict(bars)


class Figures:
    """What a side cost, and how much more than stock without SLA (`plain`) and of ERPNext's SLA (`own`)."""

    def __init__(self, side: Side, plain: Side, own: Side, quiet: list[int]) -> None:
        def times(of: Side) -> list[float]:
            return [of.milliseconds[turn] for turn in quiet]

        self.side = side
        self.spread = quantiles(times(side), n=4)
        # Both of a round ran within a fraction of a second, so their difference is freer of drift than two medians.
        self.more_time = median(mine - theirs for mine, theirs in zip(times(side), times(plain), strict=True))
        self.share = median(times(side)) / median(times(own))
        # The dearest insert of ours against the cheapest of stock.
        self.more_queries = max(side.queries) - min(plain.queries)

    def line(self) -> str:
        low, middle, high = self.spread
        asked = "-".join(str(number) for number in sorted({min(self.side.queries), max(self.side.queries)}))
        return (
            f"  {self.side.label:<36} {middle:6.1f} ms ({low:5.1f} to {high:5.1f}; all {ROUNDS}:"
            f" {median(self.side.milliseconds):5.1f}) {asked:>6} queries   stock {self.more_time:+5.1f} ms"
            f" {self.more_queries:+3d} queries   {self.share:4.2f}x of ERPNext's SLA"
        )

    def bars(self) -> Bars:
        label = self.side.label
        return [
            (f"{label}: {self.more_queries:+d} queries <= {MOST_QUERIES}", self.more_queries <= MOST_QUERIES),
            (f"{label}: {self.more_time:+.1f} ms <= {MOST_MILLISECONDS:.0f}", self.more_time <= MOST_MILLISECONDS),
            (f"{label}: {self.share:.2f}x of ERPNext's SLA <= {MOST_OF_ERPNEXT}x", self.share <= MOST_OF_ERPNEXT),
        ]


def main() -> int:
    return measure(os.environ["RETAINER_SITE"], os.environ["RETAINER_STOCK_SITE"])


if __name__ == "__main__":
    sys.exit(main())
