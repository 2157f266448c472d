"""The simulator on 100,000 tickets and 300,000 time entries over the five packages of offer 000, on one core.

The command runs as its user runs it, in a process of its own that is held to one core; the time is the clock's and
includes Python's start, reading the file and writing page and figures. A tenth of the history shows how it grows.
"""

import csv
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import perf_counter

from benchmarks.bars import Bars, verdict

NEEDS_SITE = False
ROUNDS = 3
FEW, MANY = 10_000, 100_000
ENTRIES_EACH = 3
FIRST = datetime(2025, 1, 1, 9, 0)
MINUTES = 2 * 365 * 24 * 60

MOST_SECONDS = 30.0
MOST_MEGABYTES = 500.0

HEADING = (
    *("ticket", "opened_at", "priority", "channel", "cause", "first_response_at", "resolved_at"),
    *("activity_type", "work_start", "minutes", "worked_by"),
)
PRIORITIES = ("P1 Critical", "P2 High", "P3 Medium", "P4 Low")
CAUSES = ("", "User Error", "Our Configuration", "Data Migration", "Third Party")
ACTIVITIES = ("User Support", "Troubleshooting", "Configuration", "Training", "Software Update", "Custom Development")


@dataclass(frozen=True)
class Cost:
    seconds: float
    cpu_seconds: float
    megabytes: float


def write_history(path: Path, tickets: int) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADING)
        for number in range(tickets):
            writer.writerows(_ticket(f"T-{number:06d}", Random(number)))  # noqa: S311


def _ticket(name: str, random: Random) -> Iterator[tuple[object, ...]]:
    """Three entries around the clock, so that support hours, emergencies and splits all occur."""
    opened = FIRST + timedelta(minutes=random.randrange(MINUTES))
    answered = opened + timedelta(minutes=random.randrange(5, 1500))
    resolved = answered + timedelta(minutes=random.randrange(30, 9000))
    facts = (random.choice(PRIORITIES), random.choice(("Email", "Phone", "Portal")), random.choice(CAUSES))
    for number in range(ENTRIES_EACH):
        start = answered + timedelta(minutes=random.randrange(6000), hours=number)
        entry = (random.choice(ACTIVITIES), start, random.choice((10, 15, 30, 45, 60, 90)), random.choice("ABC"))
        yield (name, opened, *facts, answered, resolved, *entry)


def simulate(history: Path, page: Path) -> Cost:
    """One run; raises CalledProcessError if it does not end well."""
    command = [sys.executable, "-m", "support_retainer", "simulate", "--catalogue", "000"]
    command += ["--tickets", str(history), "--html", str(page), "--json"]
    core = min(os.sched_getaffinity(0))
    began = perf_counter()
    process = subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=lambda: os.sched_setaffinity(0, {core}),
    )
    _, status, used = os.wait4(process.pid, 0)
    seconds = perf_counter() - began
    if os.waitstatus_to_exitcode(status):
        raise subprocess.CalledProcessError(os.waitstatus_to_exitcode(status), command)
    return Cost(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def main() -> int:
    with TemporaryDirectory() as folder:
        costs = {tickets: _costs(Path(folder), tickets) for tickets in (FEW, MANY)}
    print(f"Simulator, 5 packages of offer 000, one core; best of {ROUNDS} runs (slowest)")
    for tickets, runs in costs.items():
        best, worst = min(run.seconds for run in runs), max(run.seconds for run in runs)
        processor, memory = min(run.cpu_seconds for run in runs), max(run.megabytes for run in runs)
        print(
            f"  {tickets:>7,} tickets, {tickets * ENTRIES_EACH:>7,} entries  {best:6.1f} s ({worst:.1f} s)  "
            f"processor {processor:5.1f} s  memory {memory:4.0f} MB"
        )
    return verdict(_bars(costs))


def _costs(folder: Path, tickets: int) -> list[Cost]:
    history = folder / f"{tickets}.csv"
    write_history(history, tickets)
    return [simulate(history, folder / "page.html") for _ in range(ROUNDS)]


def _bars(costs: dict[int, list[Cost]]) -> Bars:
    seconds = min(run.seconds for run in costs[MANY])
    megabytes = max(run.megabytes for run in costs[MANY])
    growth = min(run.cpu_seconds for run in costs[MANY]) / min(run.cpu_seconds for run in costs[FEW])
    return [
        (f"{seconds:.1f} s < {MOST_SECONDS:.0f} s", seconds < MOST_SECONDS),
        (f"{megabytes:.0f} MB < {MOST_MEGABYTES:.0f} MB", megabytes < MOST_MEGABYTES),
        (f"ten times the history costs {growth:.1f} times as much <= 12", growth <= 12),
    ]


if __name__ == "__main__":
    sys.exit(main())
