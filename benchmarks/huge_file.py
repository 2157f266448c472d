"""Files of a gigabyte through the simulator: streamed, told by line, in the memory that their tickets take.

Each file is made on the fly and goes through a pipe. The same tickets without their ballast show what they take by
themselves; the ballast is long text in a column that nobody reads, as in the exports of helpdesks.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from time import perf_counter

from benchmarks.bars import Bars, verdict

NEEDS_SITE = False
GIGABYTE = 1_000_000_000
TICKETS = 50_000
BAD_EVERY = 10_000
MOST_MORE_MEGABYTES = 30
OWN = "ticket,opened_at,priority,activity_type,work_start,minutes,description\n"
FRESHDESK = (
    "Ticket ID,Subject,Priority,Source,Created time,Resolved time,Initial response time,Time tracked,Description\n"
)


@dataclass(frozen=True)
class Ran:
    code: int
    seconds: float
    megabytes: float
    told: list[int]  # numbers of the lines that were left out
    sent: int
    error: str


def own(ballast: int) -> Iterator[str]:
    """Our own format: every so often a day that doesn't exist, a priority nobody knows, a repeated entry."""
    yield OWN
    for number in range(TICKETS):
        day, minute = 1 + number % 28, number % 60
        opened, priority = f"2025-{1 + number % 12:02}-{day:02} 09:{minute:02}", "P2 High"
        if number % BAD_EVERY == BAD_EVERY - 1:
            opened = "2025-02-31 09:00"
        yield f"T-{number},{opened},{priority},User Support,{opened},30,{text(ballast)}\n"


def freshdesk(ballast: int) -> Iterator[str]:
    yield FRESHDESK
    for number in range(TICKETS):
        opened = f"2025-{1 + number % 12:02}-{1 + number % 28:02} 09:{number % 60:02}:00"
        priority = "Sometime" if number % BAD_EVERY == BAD_EVERY - 1 else "High"
        yield f"{number},Login,{priority},Email,{opened},{opened},{opened},00:30,{text(ballast)}\n"


def text(length: int) -> str:
    """Quoted, with a comma and a line's end inside, as people write."""
    return f'"Dear team,\r\n{"x" * length}"' if length else ""


def one_line() -> Iterator[str]:
    """No end of a line anywhere."""
    for _number in range(1000):
        yield "x" * (GIGABYTE // 1000)


def simulate(pieces: Iterator[str], *options: str, most: int | None = None) -> Ran:
    """Run the command with this on its standard input, cut off after `most` bytes."""
    command = [sys.executable, "-m", "support_retainer", "simulate", "--catalogue", "000", "--tickets", "-", *options]
    began = perf_counter()
    with open(f"/tmp/huge-{os.getpid()}.err", "w+") as said:  # noqa: S108
        os.unlink(said.name)
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=said)
        sent = _send(process, pieces, most)
        _, status, used = os.wait4(process.pid, 0)
        said.seek(0)
        error = said.read()
    told = [int(number) for number in re.findall(r"^line (\d+):", error, re.MULTILINE)]
    code = os.waitstatus_to_exitcode(status)
    return Ran(code, perf_counter() - began, used.ru_maxrss / 1024, told, sent, error)


def _send(process: subprocess.Popen, pieces: Iterator[str], most: int | None) -> int:
    sent = 0
    try:
        for piece in pieces:
            part = piece.encode()[: most - sent if most else None]
            process.stdin.write(part)
            sent += len(part)
            if most and sent >= most:
                break
        process.stdin.close()
    except BrokenPipeError:
        pass  # it has seen enough
    return sent


def main() -> int:
    ballast = GIGABYTE // TICKETS
    kind = ("--format", "freshdesk", "--activity-type", "User Support")
    bars: Bars = []
    for name, make, options, spread in (("our own format", own, (), 2), ("an export of Freshdesk", freshdesk, kind, 2)):
        small, huge = simulate(make(0), *options), simulate(make(ballast), *options)
        show(f"{name}, {TICKETS:,} tickets", small)
        show("  with a gigabyte of text", huge)
        bad = [1 + number for number in range(BAD_EVERY, TICKETS + 1, BAD_EVERY)]
        starts = [2 + (number - 2) * spread for number in bad]  # each ticket takes two lines of the file
        bars.append((f"{name}: each bad line is told by its number", (small.told, huge.told) == (bad, starts)))
        more = huge.megabytes - small.megabytes
        bar = f"{name}: {more:.0f} MB more for the text, at most {MOST_MORE_MEGABYTES}"
        bars.append((bar, more <= MOST_MORE_MEGABYTES))
        bars.append((f"{name}: a gigabyte was read", huge.sent >= GIGABYTE and huge.code == 1))
    cut = simulate(own(ballast), most=GIGABYTE // 2 + 12_345)
    show("half a file", cut)
    bars.append(("half a file: the line that breaks off is told, the others count", cut.code == 1 and bool(cut.told)))
    line = simulate(one_line())
    show("one line of a gigabyte", line)
    bars.append(("one line of a gigabyte is refused in 150 MB", line.code == 2 and line.megabytes < 150))
    return verdict(bars)


def show(name: str, ran: Ran) -> None:
    told = f"{len(ran.told)} {'line' if len(ran.told) == 1 else 'lines'} left out"
    print(
        f"  {name:<46} {ran.sent / 1e6:>7,.0f} MB read in {ran.seconds:5.1f} s, {ran.megabytes:4.0f} MB memory, {told}"
    )


if __name__ == "__main__":
    sys.exit(main())
