"""One worker of ./benchmark billing: bills the contracts it is given, once it hears "go"."""

import os
import sys

from frappe.utils import getdate

from benchmarks.connection import connect
from support_retainer.billing import numbers, periods
from support_retainer.billing.settle import Outcome, settle


def megabytes() -> float:
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def main(words: list[str]) -> int:
    watch_memory = words[0] == "--memory"
    day, *contracts = words[1:] if watch_memory else words
    connect()
    print("ready", flush=True)
    sys.stdin.readline()
    outcome = Outcome()
    done = 0
    while waiting := periods.due(getdate(day), contracts):
        numbers.reserve(waiting, getdate())
        for name in waiting:
            settle(name, getdate(), outcome)
        if watch_memory and outcome.done - done >= 500:
            done = outcome.done
            print(done, megabytes(), flush=True)
    return 1 if outcome.failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
