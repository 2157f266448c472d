"""Tickets and time from a CSV file: one line for each time entry, the ticket's own columns repeated on each.

The file is streamed. A line that can't be used is reported with its number and the reason, and the others count.
"""

import csv
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from difflib import get_close_matches

from support_retainer.domain.coverage import Work
from support_retainer.domain.simulation import Ticket, TimeRow
from support_retainer.domain.warranty import CAUSES
from support_retainer.simulator.moments import BadMoment, Moments

TICKET_COLUMNS = ("opened_at", "priority", "channel", "cause", "first_response_at", "resolved_at")
TIME_COLUMNS = ("activity_type", "work_start", "minutes")
REQUIRED = ("ticket", "opened_at", "priority", *TIME_COLUMNS)
COLUMNS = ("ticket", *TICKET_COLUMNS, *TIME_COLUMNS, "worked_by")
LONGEST_ROW = 24 * 60
URGENT = "P1 Critical"  # work on it never waits for the client's approval, as on a site


class CsvError(ValueError):
    """A file that can't be read at all; the message says what to do."""


class BadLine(ValueError):
    """One line that can't be used; the message is the reason."""


@dataclass(frozen=True)
class Vocabulary:
    """The names the file may use, by their casefolded spellings."""

    priorities: Mapping[str, str]
    channels: Mapping[str, str]
    activity_types: Mapping[str, str]

    @classmethod
    def of(cls, priorities: Iterable[str], channels: Iterable[str], activity_types: Iterable[str]) -> "Vocabulary":
        return cls(_priority_spellings(list(priorities)), _spellings(channels), _spellings(activity_types))


@dataclass
class Reading:
    """What a file held. `unlisted` are activity types the catalogue doesn't know, with their lines counted."""

    tickets: dict[str, Ticket] = field(default_factory=dict)
    rows: list[TimeRow] = field(default_factory=list)
    lines: int = 0
    bad_lines: int = 0
    unlisted: Counter[str] = field(default_factory=Counter)


Records = Iterable[tuple[int, tuple[str, ...]]]


def read(lines: Iterable[str], words: Vocabulary, moments: Moments, report: Callable[[int, str], None]) -> Reading:
    """Read a whole file; `report(line number, reason)` is called for each line that is left out.

    Raises CsvError where the heading lacks a column or is no heading at all.
    """
    reader = _Reader(words, moments)
    return _read(reader, _records(lines, report, reader.reading), report)


def read_records(records: Records, words: Vocabulary, moments: Moments, report: Callable[[int, str], None]) -> Reading:
    """The same for records that another file was translated into; each counts as a line."""
    reader = _Reader(words, moments)

    def counted() -> Records:
        for number, record in records:
            reader.reading.lines += 1
            yield number, record

    return _read(reader, counted(), report)


def _read(reader: "_Reader", records: Records, report: Callable[[int, str], None]) -> Reading:
    for number, record in records:
        try:
            reader.take(record)
        except (BadLine, BadMoment) as problem:
            reader.reading.bad_lines += 1
            report(number, str(problem))
    return reader.reading


def _records(
    lines: Iterable[str], report: Callable[[int, str], None], reading: Reading
) -> Iterator[tuple[int, tuple[str, ...]]]:
    """The lines as tuples in the order of COLUMNS, "" for an optional column that the file doesn't have."""
    source = iter(lines)
    heading = next(source, "")
    delimiter = max(",;\t", key=heading.count)
    places = _places([name.strip().casefold() for name in next(csv.reader([heading], delimiter=delimiter), [])])
    width = heading.count(delimiter) + 1
    rows = csv.reader(source, delimiter=delimiter, strict=True)
    while True:
        begins = rows.line_num + 2
        try:
            record = next(rows, None)
        except csv.Error as problem:
            record = []
            refusal = f"is not readable as CSV up to line {rows.line_num + 1} ({problem}); check its quotation marks"
        else:
            if record is None:
                return
            if not any(record):
                continue
            refusal = _refusal(record, width)
        reading.lines += 1
        if refusal:
            reading.bad_lines += 1
            report(begins, refusal)
        else:
            yield begins, tuple([record[place].strip() if place is not None else "" for place in places])


def _refusal(record: list[str], width: int) -> str:
    """Why a record can't be used whatever it says; "" if it can."""
    if len(record) != width:
        return f"has {len(record)} columns where the heading has {width}"
    return "" if is_unicode("".join(record)) else "is not UTF-8 text; save the file as UTF-8"


def is_unicode(text: str) -> bool:
    """False for bytes that were no UTF-8, which come in as lone surrogates."""
    return text.isascii() or not any("\ud800" <= character <= "\udfff" for character in text)


def _places(heading: list[str]) -> list[int | None]:
    missing = [name for name in REQUIRED if name not in heading]
    if missing:
        raise CsvError(
            f"The file lacks the column{'s' if len(missing) > 1 else ''} {', '.join(missing)}. "
            f"Its first line has to name the columns; known are {', '.join(COLUMNS)}."
        )
    repeated = [name for name in COLUMNS if heading.count(name) > 1]
    if repeated:
        raise CsvError(f"The column {repeated[0]} stands twice in the first line. Keep one of them.")
    return [heading.index(name) if name in heading else None for name in COLUMNS]


class _Reader:
    def __init__(self, words: Vocabulary, moments: Moments) -> None:
        self.words = words
        self.moments = moments
        self.reading = Reading()
        self._seen: set[tuple[str, str, datetime, int, str]] = set()
        self._facts: tuple[str, tuple[str, ...]] = ("", ())

    def take(self, record: tuple[str, ...]) -> None:
        """Add what a line says; nothing of it counts if any part of it is wrong."""
        name, facts, entry = record[0], record[1:7], record[7:10]
        if not name and any(facts):
            raise BadLine("describes a ticket but doesn't name it; fill the column ticket")
        if not name and not any(entry):
            raise BadLine("names neither a ticket nor a time entry")
        ticket = self._ticket(name, facts) if name else None
        row = self._time(ticket, entry, record[10]) if any(entry) else None
        if ticket:
            self.reading.tickets[name] = ticket
        if row:
            self.reading.rows.append(row)

    def _ticket(self, name: str, facts: tuple[str, ...]) -> Ticket:
        known = self.reading.tickets.get(name)
        if known and (not any(facts) or self._facts == (name, facts)):
            return known
        ticket = self._new_ticket(name, facts)
        if known and known != ticket:
            raise BadLine(f"says something else about ticket {name} than an earlier line; {_difference(known, ticket)}")
        self._facts = (name, facts)
        return known or ticket

    def _new_ticket(self, name: str, facts: tuple[str, ...]) -> Ticket:
        opened_at, priority, channel, cause, first_response_at, resolved_at = facts
        if not opened_at:
            raise BadLine(f"opened_at of ticket {name} is empty; its first line has to say when it was opened")
        opened, opened_on = self.moments.read("opened_at", opened_at)
        responded = self.moments.read("first_response_at", first_response_at)[0] if first_response_at else None
        resolved = self.moments.read("resolved_at", resolved_at)[0] if resolved_at else None
        for column, moment in (("first_response_at", responded), ("resolved_at", resolved)):
            if moment and moment < opened:
                raise BadLine(f"{column} lies before opened_at; one of the two is wrong")
        return Ticket(
            name,
            opened,
            opened_on,
            _word("priority", priority, self.words.priorities),
            _word("channel", channel, self.words.channels) if channel else "",
            _word("cause", cause, _CAUSES) if cause else "",
            responded,
            resolved,
        )

    def _time(self, ticket: Ticket | None, entry: tuple[str, ...], worked_by: str) -> TimeRow:
        activity_type, work_start, minutes = entry
        for column, value in zip(TIME_COLUMNS, entry, strict=True):
            if not value:
                raise BadLine(f"{column} is empty; a time entry needs {', '.join(TIME_COLUMNS)}")
        start, worked_on = self.moments.read("work_start", work_start)
        length = _minutes(minutes)
        activity = self._activity(activity_type)
        key = (ticket.name if ticket else "", activity, start, length, worked_by)
        if key in self._seen:
            raise BadLine("repeats an earlier time entry; if two people did it, tell them apart in worked_by")
        self._seen.add(key)
        return TimeRow(_work(activity, start, length, ticket), worked_on, ticket)

    def _activity(self, text: str) -> str:
        known = self.words.activity_types.get(text.casefold())
        if known is None:
            self.reading.unlisted[text] += 1
        return known or text


def _work(activity_type: str, start: datetime, minutes: int, ticket: Ticket | None) -> Work:
    end = start + timedelta(minutes=minutes)
    if ticket is None:
        return Work(activity_type, start, end)
    return Work(activity_type, start, end, ticket.channel, is_urgent=ticket.priority == URGENT)


def _minutes(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or not 0 < int(text) <= LONGEST_ROW:
        raise BadLine(f"minutes is {text!r}; write a whole number from 1 to {LONGEST_ROW}, longer work day by day")
    return int(text)


def _word(column: str, text: str, spellings: Mapping[str, str]) -> str:
    known = spellings.get(text.casefold())
    if known is None:
        names = list(dict.fromkeys(spellings.values()))
        near = get_close_matches(text.casefold(), spellings, n=1)
        hint = f"did you mean {spellings[near[0]]}? Known are" if near else "use one of"
        raise BadLine(f"{column} is {repr(text) if text else 'empty'}; {hint} {', '.join(names)}")
    return known


def _difference(known: Ticket, other: Ticket) -> str:
    columns = (column for column in TICKET_COLUMNS if getattr(known, column) != getattr(other, column))
    return f"make {', '.join(columns)} the same or leave the ticket's columns empty"


def _spellings(names: Iterable[str]) -> dict[str, str]:
    return {name.casefold(): name for name in names}


_CAUSES = _spellings(CAUSES)


def _priority_spellings(names: list[str]) -> dict[str, str]:
    """A priority like "P1 Critical" may also be written "P1" or "Critical" where only one is called so."""
    spellings = _spellings(names)
    for part in (0, -1):
        words = Counter(name.split()[part].casefold() for name in names)
        for name in names:
            word = name.split()[part].casefold()
            if words[word] == 1:
                spellings.setdefault(word, name)
    return spellings


def last_day_of(reading: Reading, zone_day: Callable[[datetime], date]) -> date | None:
    """The local date of the last thing that happened; None for an empty file."""
    moments = [row.work.start for row in reading.rows]
    for ticket in reading.tickets.values():
        moments += [at for at in (ticket.opened_at, ticket.first_response_at, ticket.resolved_at) if at]
    return zone_day(max(moments)) if moments else None
