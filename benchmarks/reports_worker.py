"""Reports as the scheduler has them made: queued in batches, worked off by one RQ worker, whose memory is watched."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, sleep

import frappe

PAGE = os.sysconf("SC_PAGE_SIZE")
LOOK_EVERY = 0.1  # seconds


@dataclass(frozen=True)
class Watched:
    """Seconds from the first job to the last, and megabytes: the worker at start and end, its jobs in turn."""

    seconds: float
    first: float
    last: float
    jobs: tuple[float, ...]


def work_off(on: str) -> Watched:
    """Queue what is due on that day, and let one worker do all of it."""
    from support_retainer.reporting.drafts import draft_what_is_due

    draft_what_is_due(on)
    frappe.db.commit()
    command = [sys.executable, "-m", "frappe.utils.bench_helper", "frappe", "worker", "--burst", "--queue", "long"]
    worker = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    own: list[float] = []
    jobs: dict[int, float] = {}
    began = ended = 0.0
    while worker.poll() is None:
        sleep(LOOK_EVERY)
        for pid in _children(worker.pid):
            began, ended = began or perf_counter(), perf_counter()
            jobs[pid] = max(jobs.get(pid, 0.0), _megabytes(pid))
        if jobs:
            own.append(_megabytes(worker.pid))
    assert worker.returncode == 0, f"the worker ended with {worker.returncode}"
    frappe.db.commit()
    settled = [size for size in own if size]
    return Watched(ended - began, settled[0], settled[-1], tuple(jobs.values()))


def _children(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def _megabytes(pid: int) -> float:
    """What a process holds; 0 for one that is over."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE / 1e6
    except (OSError, IndexError):
        return 0.0
