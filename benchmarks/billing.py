"""Invoicing one period: ours against ERPNext's own ways, flat in the size of the site, and with two workers.

All sides make the same one-line invoice on one site, in batches that take turns, commit included; ours pays for its
period, its lock and its reserved number too. (b) is the fastest lawful way known: a new document submitted once.
Queries are the server's own count. Arguments choose parts: sides flat idle workers memory; none means all.
"""

import os
import subprocess
import sys
from collections.abc import Callable
from itertools import permutations
from statistics import median, quantiles
from time import perf_counter, sleep

import frappe
from frappe.utils import add_months, getdate

from benchmarks.bars import Bars, verdict
from benchmarks.billing_crowd import other_contracts
from benchmarks.billing_pair import Pair, small_and_large
from benchmarks.billing_sides import Clients, Side, invoices, sides, status
from benchmarks.connection import connect, statements

NEEDS_SITE = True
NEEDS_TWIN_SITE = True

ROUNDS, BATCH = 16, 10
MOST_OF_ONCE = 1.10
LEAST_OF_SUBSCRIPTION = 2.6
MOST_QUERIES = 125
MOST_GROWTH_INVOICES, MOST_GROWTH_CONTRACTS = 1.15, 1.10
LEAST_SPEEDUP = 1.8
PAIRS = 3
MOST_MEMORY_MB = 50
FEW_DIRTY_PAGES = 500


def update_sales(frequency: str) -> None:
    frappe.db.set_single_value("Selling Settings", "sales_update_frequency", frequency)
    frappe.db.commit()


def compare_sides() -> Bars:
    """Ours against (a), (b) and (c), under both settings of the company's sales figure."""
    bars: Bars = []
    for frequency in ("Each Transaction", "Monthly"):
        update_sales(frequency)
        every = sides(Clients(BATCH))
        orders = list(permutations(every))
        for number in range(-1, ROUNDS):
            for side in orders[7 * number % len(orders)]:  # no side always follows the same other
                side.round(number + 1, BATCH)
            if number < 0:
                for side in every:  # the first round warms the caches of all alike
                    side.milliseconds.clear()
                    side.queries.clear()
        print(f"\nOne invoice, sales figures updated: {frequency}; median (middle half) of {ROUNDS} x {BATCH}")
        bars += _side_bars(every, frequency)
    return bars


def _side_bars(every: list[Side], frequency: str) -> Bars:
    ours, *_ = every
    for side in every:
        low, middle, high = quantiles(side.milliseconds, n=4)
        print(
            f"  {side.label:<46} {middle:6.1f} ms ({low:5.1f} to {high:5.1f})  {max(side.queries):6.1f} queries"
            f"  {1e3 / middle:5.1f}/s   ours takes {ours.times(side):4.2f}x"
        )
    _, _, once, subscription = every
    share, speed = ours.times(once), subscription.times(ours)
    return [
        (f"{frequency}: {share:.2f}x the time of (b) <= {MOST_OF_ONCE:.2f}x", share <= MOST_OF_ONCE),
        (
            f"{frequency}: {speed:.2f}x the invoices/s of (c) >= {LEAST_OF_SUBSCRIPTION}x",
            speed >= LEAST_OF_SUBSCRIPTION,
        ),
        (f"{frequency}: {max(ours.queries):.1f} queries <= {MOST_QUERIES}", max(ours.queries) <= MOST_QUERIES),
    ]


def stay_flat() -> Bars:
    """Cost per invoice as the site fills with other contracts, then with older invoices: two sites, batch by batch."""
    with small_and_large(os.environ["RETAINER_SITE"], os.environ["RETAINER_TWIN_SITE"]) as pair:
        bars = _growth(pair, "contracts", (500, 5_000), MOST_GROWTH_CONTRACTS)
        pair.small.fill("contracts", 5_000)
        return bars + _growth(pair, "invoices", (1_000, 100_000), MOST_GROWTH_INVOICES)


def _growth(pair: Pair, what: str, sizes: tuple[int, int], most: float) -> Bars:
    """The bar on the time, and one on the rows that the server reads for an invoice, which no busy machine disturbs."""
    pair.fill(what, sizes)
    let_server_write()
    measured = pair.measure(ROUNDS)
    for size, costs in zip(sizes, measured, strict=True):
        low, middle, high = quantiles([cost.milliseconds for cost in costs], n=4)
        rows = median(cost.rows for cost in costs)
        print(f"  with {size:>7,} {what:<9} {middle:6.1f} ms ({low:5.1f} to {high:5.1f}), {rows:,.0f} rows read")
    growth = median(large.milliseconds / small.milliseconds for small, large in zip(*measured, strict=True))
    small_rows, large_rows = (median(cost.rows for cost in costs) for costs in measured)
    return [
        (f"{sizes[1]:,} {what} cost {growth:.2f}x of {sizes[0]:,} <= {most:.2f}x", growth <= most),
        (
            f"{sizes[1]:,} {what} read {large_rows / small_rows:.2f}x the rows of {sizes[0]:,} <= {most:.2f}x",
            large_rows / small_rows <= most,
        ),
    ]


def let_server_write(seconds: float = 30) -> None:
    """Wait until the server has written down what the filling left in its memory; that is not the cost of billing."""
    until = perf_counter() + seconds
    while perf_counter() < until and status("Innodb_buffer_pool_pages_dirty") > FEW_DIRTY_PAGES:
        sleep(1)


def nothing_due() -> Bars:
    """A run over ten thousand contracts of which none is due."""
    from support_retainer.billing import run

    clients = Clients(1)
    run.bill(getdate())
    other_contracts(10_000, clients.contracts[0])
    asked, began = statements(), perf_counter()
    assert run.bill_what_is_due() is None
    done = run.bill(getdate())
    spent, asked = perf_counter() - began, statements() - asked - 1
    assert done.planned == 0
    print(f"\nNothing due over {frappe.db.count('Retainer Contract'):,} contracts: {spent:.2f} s, {asked} queries")
    return [(f"nothing due: {spent:.2f} s < 3 s", spent < 3), (f"nothing due: {asked} queries < 50", asked < 50)]


def two_workers() -> Bars:
    """The same number of periods by one process and by two at once, on one naming series, turn by turn."""
    update_sales("Monthly")
    clients = Clients(60)
    one, two = [clients.contracts], [clients.contracts[::2], clients.contracts[1::2]]
    _by_workers(one, turn=0)  # warms the caches
    alone, together = [], []
    for turn in range(1, 2 * PAIRS, 2):
        alone.append(_by_workers(one, turn))
        together.append(_by_workers(two, turn + 1))
    speedup = median(alone) / median(together)
    print(f"\nAn invoice takes one worker {median(alone) * 1e3:.0f} ms, two workers {median(together) * 1e3:.0f} ms")
    return [(f"two workers {speedup:.2f}x one >= {LEAST_SPEEDUP}x", speedup >= LEAST_SPEEDUP)]


def _by_workers(shares: list[list[str]], turn: int) -> float:
    """Seconds from the start of the first batch to the end of the last; starting up the processes is not billing."""
    day = add_months("2026-01-01", 2 * turn)
    before = invoices()
    workers = [_worker(share, day) for share in shares]
    for worker in workers:
        assert worker.stdout
        assert worker.stdout.readline() == "ready\n"
    began = perf_counter()
    for worker in workers:
        assert worker.stdin
        worker.stdin.write("go\n")
        worker.stdin.flush()
    assert [worker.wait() for worker in workers] == [0] * len(workers)
    spent = perf_counter() - began
    frappe.db.rollback()
    made = invoices() - before
    print(f"  {len(workers)} worker(s): {made} invoices in {spent:.1f} s")
    return spent / made


def _worker(contracts: list[str], day: object) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "benchmarks.billing_worker", str(day), *contracts]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def stay_small() -> Bars:
    """Memory of one worker over five thousand invoices."""
    clients = Clients(250)
    command = [sys.executable, "-m", "benchmarks.billing_worker", "--memory", "2027-08-01", *clients.contracts]
    lines = subprocess.run(command, input="go\n", capture_output=True, text=True, check=True).stdout.splitlines()
    samples = [tuple(map(float, line.split())) for line in lines if line[:1].isdigit()]
    made, growth = samples[-1][0], samples[-1][1] - samples[0][1]
    for count, megabytes in samples:
        print(f"  after {count:6.0f} invoices {megabytes:6.1f} MB")
    return [(f"memory grows {growth:.1f} MB over {made:.0f} invoices < {MOST_MEMORY_MB} MB", growth < MOST_MEMORY_MB)]


PARTS: dict[str, Callable[[], Bars]] = {
    "sides": compare_sides,
    "flat": stay_flat,
    "idle": nothing_due,
    "workers": two_workers,
    "memory": stay_small,
}


def main() -> int:
    chosen = [part for part in sys.argv[1:] if part in PARTS] or list(PARTS)
    bars: Bars = []
    for part in chosen:
        connect()
        bars += PARTS[part]()
        frappe.destroy()
    print()
    return verdict(bars)


if __name__ == "__main__":
    sys.exit(main())
