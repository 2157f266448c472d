"""Logging time, its balance and its statement: ours on contracts against stock ERPNext, few rows against many.

Stock is a second site that never had our app, on the same server, Frappe and ERPNext. Submitting is a request of its
own (new connection, Redis warm) and is timed from submit() to the end of the commit; the sides take turns. Judged by
the quieter half of the rounds; the medians of all rounds are printed beside. Growth with the history is judged by the
rows that the database reads, because the two are measured minutes apart.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from statistics import median
from time import perf_counter

import frappe

NEEDS_SITE = True
NEEDS_STOCK_SITE = True

ROUNDS = 16
WARM_UP = 2
ROWS = 20
HISTORY = 20_000
CONTRACTS, ENTRIES = 1_000, 200_000
FEW, MANY = 10, 10_000

MOST_OF_STOCK = 1.5
MOST_GROWTH = 1.5
MOST_QUERIES = 3
MOST_SECONDS = 3.0
MOST_MEGABYTES = 300

USER = "Administrator"
ACTIVITY = "Execution"
PACKAGE = "Extreme"
SLOTS = count()
SLOTS_A_DAY = 20
TODAY = datetime.combine(date.today(), datetime.min.time())

REPORT = """
import json, resource, sys, time
import frappe
frappe.init(site=sys.argv[1], sites_path=".")
frappe.connect()
frappe.set_user("Administrator")
from frappe.desk.query_report import run
began = time.perf_counter()
filters = {"from_date": "2026-07-01", "to_date": "2026-12-31", "show": sys.argv[2]}
rows = run("Hour Statement", filters=filters, ignore_prepared_report=True)["result"]
seconds = time.perf_counter() - began
print(json.dumps([seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, len(rows)]))
"""


@contextmanager
def request(site: str) -> Iterator[None]:
    """Frappe as a web worker finds it at the start of a request."""
    frappe.init(site=site, sites_path=".", force=True)
    frappe.connect()
    frappe.set_user(USER)
    frappe.local.flags.currently_saving = []
    try:
        yield
    finally:
        frappe.db.rollback()
        frappe.destroy()


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


def rows_read() -> int:
    return sum(int(value) for _name, value in frappe.db.sql("show session status like 'Handler_read%'"))


def queries_of(action: Callable[[], object]) -> int:
    before = statements()
    action()
    return statements() - before - 1


def statements() -> int:
    return int(frappe.db.sql("show session status like 'Questions'")[0][1])


def balance_with(site: str, entries: int) -> tuple[int, float]:
    """Queries and milliseconds of one balance of a contract with that many entries."""
    with request(site):
        from support_retainer.hours import balance
        from support_retainer.testing import make_contract

        contract = make_contract("Growth", "2026-08-31").name
        fill([contract], entries)
        frappe.db.commit()
    with request(site):
        balance.of_contract(contract)
        asked = queries_of(lambda: balance.of_contract(contract))
        began = perf_counter()
        for _ in range(20):
            balance.of_contract(contract)
        return asked, (perf_counter() - began) * 1e3 / 20


def fill(contracts: list[str], entries: int) -> None:
    """Usage of a minute each on the contracts' first lots, over half a year, with allotments that cover it."""
    rows = []
    for contract in contracts:
        pool = "Support Hours"
        account = frappe.db.get_value("Hour Ledger", {"contract": contract}) or f"ledger-{contract}"
        share = entries // len(contracts)
        for period in range(6):
            start = date(2026, 7 + period, 1)
            lot = f"{contract}-{period}"
            used = share // 6
            rows.append((lot, account, contract, pool, "Allotment", used + 60, start, start, end_of(start), None))
            for number in range(used):
                name = f"{lot}-{number}"
                at = datetime.combine(start, datetime.min.time()) + timedelta(minutes=number % 40_000)
                rows.append((name, account, contract, pool, "Usage", -1, at, None, None, lot))
    columns = ["name", "ledger", "contract", "pool", "entry_type", "minutes", "posting_time"]
    columns += ["period_start", "expires_on", "draws_on"]
    frappe.db.bulk_insert("Hour Ledger Entry", columns, rows, chunk_size=5_000)


def end_of(start: date) -> date:
    return (start.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def prepare_statement(site: str) -> None:
    with request(site):
        from support_retainer.testing import make_contract
        from support_retainer.testing.crowd import crowd_around

        crowd_around(make_contract("Growth", "2026-07-01"), 1, CONTRACTS)
        names = frappe.get_all("Retainer Contract", {"docstatus": 1}, pluck="name")
        known = frappe.get_all("Hour Ledger", pluck="contract")
        new = [name for name in names if name not in set(known)]
        accounts = [(f"ledger-{name}", name, "Support Hours", "2026-12-01", "2026-12-31") for name in new]
        frappe.db.bulk_insert("Hour Ledger", ["name", "contract", "pool", "period_start", "period_end"], accounts)
        fill(new, ENTRIES)
        frappe.db.commit()
        frappe.db.sql("analyze table `tabHour Ledger Entry`")


def statement(site: str, show: str) -> tuple[float, float, int]:
    """Seconds, megabytes of the whole process, rows: the report as the desk runs it, in a process of its own."""
    done = subprocess.run([sys.executable, "-c", REPORT, site, show], capture_output=True, text=True, check=True)
    return tuple(json.loads(done.stdout.strip().splitlines()[-1]))


def measure(ours: str, stock: str) -> dict[str, bool]:
    links = prepare_ours(ours)
    quiet = submit_sides(ours, stock, links, "no history")
    measure_submits(quiet)
    for site in (ours, stock):
        add_history(site)
    busy = submit_sides(ours, stock, links, f"{HISTORY:,} rows")
    measure_submits(busy)
    report_submits(quiet, busy, ours, stock)
    return {**submit_bars(quiet, busy), **balance_bars(ours), **statement_bars(ours)}


def report_submits(quiet: list[Side], busy: list[Side], ours: str, stock: str) -> None:
    print(f"Submit of a timesheet with {ROWS} rows; quieter half of {ROUNDS} rounds")
    for sides in (quiet, busy):
        for side in sides:
            print(side.line(sides[0].quieter()))
    for label, site in (("ERPNext", stock), ("support_retainer", ours)):
        print(f"  ERPNext's overlap check of one row among {HISTORY:,}, on the site of {label}:")
        print("\n".join(explain_overlap(site)))


def submit_bars(quiet: list[Side], busy: list[Side]) -> dict[str, bool]:
    ratio = quiet[1].quieter() / quiet[0].quieter()
    growth, stock_growth = (busy[side].read() / quiet[side].read() for side in (1, 0))
    label = f"{HISTORY:,} rows: {growth:.2f}x of the rows read <= {MOST_GROWTH}x (ERPNext: {stock_growth:.0f}x)"
    return {
        f"on contracts {ratio:.2f}x of stock <= {MOST_OF_STOCK}x": ratio <= MOST_OF_STOCK,
        label: growth <= MOST_GROWTH,
    }


def balance_bars(site: str) -> dict[str, bool]:
    print("Balance of a contract")
    bars = {}
    for entries in (FEW, MANY):
        asked, spent = balance_with(site, entries)
        print(f"  {entries:>6,} entries {asked:4} queries {spent:8.2f} ms")
        bars[f"balance with {entries:,} entries takes {asked} queries <= {MOST_QUERIES}"] = asked <= MOST_QUERIES
    return bars


def statement_bars(site: str) -> dict[str, bool]:
    prepare_statement(site)
    print(f"Hour Statement over {CONTRACTS:,} contracts and {ENTRIES:,} entries, whole process")
    bars = {}
    for show in ("Summary", "Periods"):
        seconds, megabytes, rows = statement(site, show)
        print(f"  {show:<10} {rows:>7,} rows {seconds:6.2f} s {megabytes:6.0f} MB")
        held = seconds < MOST_SECONDS and megabytes < MOST_MEGABYTES
        bars[f"{show} {seconds:.2f} s < {MOST_SECONDS:.0f} s, {megabytes:.0f} MB < {MOST_MEGABYTES} MB"] = held
    return bars


def main() -> int:
    bars = measure(sys.argv[1], os.environ["RETAINER_STOCK_SITE"])
    for bar, holds in bars.items():
        print(f"{'holds ' if holds else 'FAILS '} {bar}")
    return 0 if all(bars.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
