"""Long ledgers: what a balance of one contract costs, and the Hour Statement over all. Part of ./benchmark hours."""

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import date, datetime, timedelta
from time import perf_counter

import frappe

from benchmarks.bars import Bars
from benchmarks.connection import request, statements

CONTRACTS, ENTRIES = 1_000, 200_000
FEW, MANY = 10, 10_000
MOST_QUERIES = 3
MOST_SECONDS = 3.0
MOST_MEGABYTES = 300

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


def balance_bars(site: str) -> Bars:
    print("Balance of a contract")
    bars: Bars = []
    for entries in (FEW, MANY):
        asked, spent = balance_with(site, entries)
        print(f"  {entries:>6,} entries {asked:4} queries {spent:8.2f} ms")
        bar = f"balance with {entries:,} entries takes {asked} queries <= {MOST_QUERIES}"
        bars.append((bar, asked <= MOST_QUERIES))
    return bars


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


def queries_of(action: Callable[[], object]) -> int:
    before = statements()
    action()
    return statements() - before - 1


def statement_bars(site: str) -> Bars:
    prepare_statement(site)
    print(f"Hour Statement over {CONTRACTS:,} contracts and {ENTRIES:,} entries, whole process")
    bars: Bars = []
    for show in ("Summary", "Periods"):
        seconds, megabytes, rows = statement(site, show)
        print(f"  {show:<10} {rows:>7,} rows {seconds:6.2f} s {megabytes:6.0f} MB")
        held = seconds < MOST_SECONDS and megabytes < MOST_MEGABYTES
        bars.append((f"{show} {seconds:.2f} s < {MOST_SECONDS:.0f} s, {megabytes:.0f} MB < {MOST_MEGABYTES} MB", held))
    return bars


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


def statement(site: str, show: str) -> tuple[float, float, int]:
    """Seconds, megabytes of the whole process, rows: the report as the desk runs it, in a process of its own."""
    done = subprocess.run([sys.executable, "-c", REPORT, site, show], capture_output=True, text=True, check=True)
    return tuple(json.loads(done.stdout.strip().splitlines()[-1]))
