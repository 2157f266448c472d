"""A small and a large site side by side, for ./benchmark billing: each in a process of its own, billing turn by turn.

Batches alternate within a second, so that a busy machine slows both alike and their ratio stays.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import frappe

from benchmarks.billing_crowd import old_invoices, other_contracts
from benchmarks.billing_sides import Clients, sides
from benchmarks.connection import connect

BATCH = 10


@dataclass(frozen=True)
class Cost:
    """Of one invoice, the mean of a batch."""

    milliseconds: float
    rows: float


class Worker:
    """A process that is connected to one site and does what it is told, a line at a time."""

    def __init__(self, site: str) -> None:
        command = [sys.executable, "-m", "benchmarks.billing_pair"]
        pipe = subprocess.PIPE
        env = {**os.environ, "RETAINER_SITE": site}
        self.process = subprocess.Popen(command, env=env, stdin=pipe, stdout=pipe, text=True)
        self.answer()

    def tell(self, **order: object) -> None:
        assert self.process.stdin
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()

    def answer(self) -> list[float]:
        assert self.process.stdout
        line = self.process.stdout.readline()
        assert line, f"the worker ended with {self.process.wait()}"
        found: list[float] = json.loads(line)
        return found

    def fill(self, what: str, count: int) -> None:
        self.tell(fill=what, count=count)
        self.answer()

    def bill(self) -> Cost:
        self.tell(fill="", count=0)
        return Cost(*self.answer())

    def end(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait()


@dataclass(frozen=True)
class Pair:
    small: Worker
    large: Worker

    def fill(self, what: str, sizes: tuple[int, int]) -> None:
        self.small.fill(what, sizes[0])
        self.large.fill(what, sizes[1])

    def measure(self, rounds: int) -> tuple[list[Cost], list[Cost]]:
        """Costs on the small and on the large site; who goes first changes, and the first round only warms up."""
        small, large = [], []
        for number in range(rounds + 1):
            turns = [(self.small, small), (self.large, large)]
            for worker, costs in turns if number % 2 else reversed(turns):
                costs.append(worker.bill())
        return small[1:], large[1:]


@contextmanager
def small_and_large(small: str, large: str) -> Iterator[Pair]:
    pair = Pair(Worker(small), Worker(large))
    try:
        yield pair
    finally:
        pair.small.end()
        pair.large.end()


def _serve() -> None:
    connect()
    frappe.db.set_single_value("Selling Settings", "sales_update_frequency", "Monthly")
    clients = Clients(BATCH)
    ours = sides(clients)[0]
    ours.round(0, BATCH)
    like = frappe.get_all("Sales Invoice", {"docstatus": 1}, pluck="name", limit=1)[0]
    fillings = {
        "contracts": lambda count: other_contracts(count, clients.contracts[0]),
        "invoices": lambda count: old_invoices(count, like),
    }
    print("[]", flush=True)
    for number, line in enumerate(sys.stdin):
        order = json.loads(line)
        if fill := order["fill"]:
            fillings[fill](order["count"])
            print("[]", flush=True)
            continue
        ours.round(number + 1, BATCH)
        print(json.dumps([ours.milliseconds[-1], ours.rows_read[-1]]), flush=True)


if __name__ == "__main__":
    _serve()
