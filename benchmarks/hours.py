"""Logging time, its balance and its statement: ours on contracts against stock ERPNext, few rows against many.

Stock is a second site that never had our app, on the same server, Frappe and ERPNext. Submitting is a request of its
own (new connection, Redis warm) and is timed from submit() to the end of the commit; the sides take turns. Judged by
the quieter half of the rounds; the medians of all rounds are printed beside. Growth with the history is judged by the
rows that the database reads, because the two are measured minutes apart.
"""

import os
import sys
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from statistics import median
from time import perf_counter

import frappe

from benchmarks.bars import Bars, verdict
from benchmarks.connection import request, rows_read
from benchmarks.hours_books import balance_bars, statement_bars

NEEDS_SITE = True
NEEDS_STOCK_SITE = True

ROUNDS = 30
WARM_UP = 2
ROWS = 20
HISTORY = 20_000

MOST_OF_STOCK = 1.5
MOST_GROWTH = 1.5

USER = "Administrator"
ACTIVITY = "Execution"
PACKAGE = "Extreme"
SLOTS = count()
SLOTS_A_DAY = 20
TODAY = datetime.combine(date.today(), datetime.min.time())


@dataclass
class Side:
    """One way to submit twenty rows; `links` are what its rows say about contracts, in turn."""

    label: str
    site: str
    links: list[dict] = field(default_factory=lambda: [{}])
    milliseconds: list[float] = field(default_factory=list)
    rows_read: list[int] = field(default_factory=list)

    def measure(self) -> None:
        with request(self.site):
            sheet = self.draft()
            frappe.db.commit()
        with request(self.site):
            document = frappe.get_doc("Timesheet", sheet)
            read, began = rows_read(), perf_counter()
            document.submit()
            frappe.db.commit()
            self.milliseconds.append((perf_counter() - began) * 1e3)
            self.rows_read.append(rows_read() - read)

    def draft(self) -> str:
        """Twenty rows of a minute, in support hours, at a time of their own after all there is."""
        start = next_slot()
        company = frappe.get_all("Company", pluck="name", limit=1)[0]
        sheet = frappe.get_doc(doctype="Timesheet", user=USER, company=company)
        for number in range(ROWS):
            begins = start + timedelta(minutes=number)
            row = {"activity_type": ACTIVITY, "from_time": begins, "to_time": begins + timedelta(minutes=1)}
            sheet.append("time_logs", {**row, "hours": 1 / 60, **self.links[number % len(self.links)]})
        return sheet.insert().name

    def quieter(self) -> float:
        """Median of the quieter half: on a busy machine the others measure its neighbours."""
        kept = sorted(self.milliseconds[WARM_UP:])
        return median(kept[: max(len(kept) // 2, 1)])

    def line(self, base: float) -> str:
        times = self.milliseconds[WARM_UP:]
        spread = f"({min(times):.0f} to {max(times):.0f}, median {median(times):.0f})"
        ratio = f"{self.quieter() / base:5.2f}x  {self.read():>8,} rows read"
        return f"  {self.label:<44} {self.quieter():8.1f} ms  {spread:<34} {ratio}"

    def read(self) -> int:
        """Rows the database read for one submit: the same on a busy machine and on a quiet one."""
        return round(median(self.rows_read[WARM_UP:]))


def next_slot() -> datetime:
    """Twenty minutes that no sheet had before, on the working days of the last two weeks."""
    number = next(SLOTS)
    days = [day for day in (TODAY - timedelta(days=back) for back in range(14, 0, -1)) if day.weekday() < 5]
    return days[number // SLOTS_A_DAY] + timedelta(hours=10, minutes=ROWS * (number % SLOTS_A_DAY))


def prepare_ours(site: str) -> list[dict]:
    """Four clients with a contract and a ticket each."""
    with request(site):
        from support_retainer.testing import make_contract, make_issue

        contracts = [make_contract(PACKAGE, TODAY.date() - timedelta(days=20)) for _ in range(4)]
        issues = [make_issue(contract) for contract in contracts]
        frappe.db.commit()
        return [{"issue": issue.name} for issue in issues]


def submit_sides(ours: str, stock: str, links: list[dict], history: str) -> list[Side]:
    return [
        Side(f"ERPNext, {history}", stock),
        Side(f"support_retainer, {history}", ours, links),
        Side(f"support_retainer, rows on no contract, {history}", ours),
    ]


def measure_submits(sides: list[Side]) -> None:
    for _ in range(ROUNDS + WARM_UP):
        for side in sides:
            side.measure()


def add_history(site: str) -> None:
    """20,000 submitted rows of the same user over the two and a half years before."""
    first = TODAY - timedelta(days=900)
    sheets, rows = [], []
    for number in range(HISTORY):
        sheet = f"HISTORY-{number // ROWS:05}"
        begins = first + timedelta(hours=20 * (number // ROWS), minutes=25 * (number % ROWS))
        if number % ROWS == 0:
            sheets.append((sheet, USER, 1, "Submitted"))
        ends = begins + timedelta(minutes=25)
        rows.append((f"h{number:09}", sheet, "Timesheet", "time_logs", number % ROWS + 1, begins, ends, 1))
    with request(site):
        frappe.db.bulk_insert("Timesheet", ["name", "user", "docstatus", "status"], sheets)
        columns = ["name", "parent", "parenttype", "parentfield", "idx", "from_time", "to_time", "docstatus"]
        frappe.db.bulk_insert("Timesheet Detail", columns, rows)
        frappe.db.commit()
        frappe.db.sql("analyze table `tabTimesheet`, `tabTimesheet Detail`")


def explain_overlap(site: str) -> list[str]:
    """What MariaDB does for ERPNext's own question, asked through ERPNext's own code."""
    with request(site):
        sheet = frappe.new_doc("Timesheet", user=USER)
        begins = TODAY - timedelta(hours=1)
        row = sheet.append("time_logs", {"from_time": begins, "to_time": begins + timedelta(hours=1)})
        row.idx = 1
        sheet.get_overlap_for("user", row, USER)
        plan = frappe.db.sql(f"explain {frappe.db.last_query}", as_dict=True)
        return [f"    {step.table}: {step.type}, index {step.key}, rows {step.rows}" for step in plan]


def measure(ours: str, stock: str) -> Bars:
    links = prepare_ours(ours)
    quiet = submit_sides(ours, stock, links, "no history")
    measure_submits(quiet)
    for site in (ours, stock):
        add_history(site)
    busy = submit_sides(ours, stock, links, f"{HISTORY:,} rows")
    measure_submits(busy)
    report_submits(quiet, busy, ours, stock)
    return submit_bars(quiet, busy) + balance_bars(ours) + statement_bars(ours)


def report_submits(quiet: list[Side], busy: list[Side], ours: str, stock: str) -> None:
    print(f"Submit of a timesheet with {ROWS} rows; quieter half of {ROUNDS} rounds")
    for sides in (quiet, busy):
        for side in sides:
            print(side.line(sides[0].quieter()))
    for label, site in (("ERPNext", stock), ("support_retainer", ours)):
        print(f"  ERPNext's overlap check of one row among {HISTORY:,}, on the site of {label}:")
        print("\n".join(explain_overlap(site)))


def submit_bars(quiet: list[Side], busy: list[Side]) -> Bars:
    ratio = quiet[1].quieter() / quiet[0].quieter()
    growth, stock_growth = (busy[side].read() / quiet[side].read() for side in (1, 0))
    label = f"{HISTORY:,} rows: {growth:.2f}x of the rows read <= {MOST_GROWTH}x (ERPNext: {stock_growth:.0f}x)"
    return [
        (f"on contracts {ratio:.2f}x of stock <= {MOST_OF_STOCK}x", ratio <= MOST_OF_STOCK),
        (label, growth <= MOST_GROWTH),
    ]


def main() -> int:
    return verdict(measure(sys.argv[1], os.environ["RETAINER_STOCK_SITE"]))


if __name__ == "__main__":
    sys.exit(main())
