"""A whole file of tickets and time, our own or the export of another helpdesk, as the history to replay."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, time, timedelta, timezone
from pathlib import Path
from typing import TextIO

from support_retainer.domain.history import History, Ticket
from support_retainer.simulator.export_file import ExportFile, Told
from support_retainer.simulator.exports import EXPORTS
from support_retainer.simulator.moments import Moments
from support_retainer.simulator.tickets_csv import CsvError, Reading, Vocabulary, read, read_records

LONGEST_LINE = 4_000_000  # characters


class UsageError(ValueError):
    """The command can't be run as it was given; the message says what to change."""


def read_any(
    file: TextIO,
    product: str | None,
    told: Told,
    words: Vocabulary,
    moments: Moments,
    report: Callable[[int, str], None],
) -> tuple[Reading, list[str]]:
    """What the file holds, and notes on how it was read; `product` is one of EXPORTS, none for our own format.

    `report(line number, reason)` is called for each line that is left out. Raises CsvError.
    """
    if not product:
        return read(lines_of(file), words, moments, report), []
    left_out: list[int] = []

    def left(line: int, reason: str) -> None:
        left_out.append(line)
        report(line, reason)

    export = ExportFile(lines_of(file), EXPORTS[product], told, moments, left)
    reading = read_records(export.records(), words, moments, report)
    reading.lines += len(left_out)
    reading.bad_lines += len(left_out)
    return reading, list(export.notes())


def opened(path: Path) -> TextIO:
    """Bytes that are not UTF-8 come through as surrogates, so that their line can be named."""
    return path.open(encoding="utf-8-sig", errors="surrogateescape", newline="")


def lines_of(file: TextIO) -> Iterator[str]:
    """The lines of a file, which may be of any size. Raises CsvError for a line that would fill the memory."""
    number = 0
    while line := file.readline(LONGEST_LINE):
        number += 1
        if len(line) == LONGEST_LINE and not line.endswith("\n"):
            raise CsvError(
                f"Line {number} has {LONGEST_LINE:,} characters and goes on: the file is no CSV, or it is damaged."
            )
        yield line


def history_of(reading: Reading, moments: Moments, start: date | None, until: date | None) -> tuple[History, int]:
    """The part of the file between the two days, and how many tickets and entries lie outside."""
    tickets, rows = list(reading.tickets.values()), sorted(reading.rows, key=lambda row: row.work.start)
    days = [ticket.opened_on for ticket in tickets] + [row.worked_on for row in rows]
    if not days:
        raise UsageError("the file holds no line that can be used, so there is nothing to simulate.")
    start, until = start or min(days), until or max(days)
    if until < start:
        raise UsageError(f"--until {until} lies before --start {start}; give a later day.")
    inside = [ticket for ticket in tickets if start <= ticket.opened_on <= until]
    worked = [row for row in rows if start <= row.worked_on <= until]
    if not inside and not worked:
        raise UsageError(f"nothing in the file lies between {start} and {until}; choose other days.")
    seen_at = datetime.combine(_last_fact(inside, until, moments) + timedelta(days=1), time(), moments.zone)
    left_out = len(tickets) - len(inside) + len(rows) - len(worked)
    return History(inside, worked, start, until, seen_at.astimezone(timezone.utc)), left_out


def _last_fact(tickets: Iterable[Ticket], until: date, moments: Moments) -> date:
    """The last day on which anything happened: what is open then is judged as of its end."""
    facts = [at for ticket in tickets for at in (ticket.first_response_at, ticket.resolved_at) if at]
    return max([until, *([moments.local_date(max(facts))] if facts else [])])
