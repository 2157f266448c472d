"""CSV exports of other helpdesks, line by line in the terms of our own file. Column names are those the products write.

Zendesk: the ticket export of a view. Freshdesk: the ticket export with all fields. Jira Service Management: "Export CSV
(all fields)" of a search. Frappe Helpdesk: the list of HD Ticket, exported with its columns.

Capitals in a heading don't matter ("Created Time" of Freshservice), nor the order or other columns; comma, semicolon or
tab. A heading that lacks a column is refused with what is missing and what is there: columns are never guessed.
"""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import chain

from support_retainer.simulator.moments import BadMoment, Moments
from support_retainer.simulator.tickets_csv import BadLine, CsvError, is_unicode

Cells = Mapping[str, list[str]]  # the values of a line by column; Jira repeats columns
SHOWN = 30  # column names in a message
FOUR = ("P1 Critical", "P2 High", "P3 Medium", "P4 Low")


@dataclass(frozen=True)
class Export:
    """How one product writes its tickets. `time` gives (start, minutes) of the work on a line as text."""

    title: str
    ticket: str
    opened: tuple[str, ...]
    priority: str
    resolved: str
    priorities: Mapping[str, str]
    channel: str = ""
    channels: Mapping[str, str] = field(default_factory=dict)
    first_response: str = ""
    reply_minutes: str = ""
    date_format: str | None = None
    time: Callable[[Cells, str], Iterator[tuple[str, str]]] | None = None
    time_columns: tuple[str, ...] = ()

    @property
    def required(self) -> tuple[str, ...]:
        return (self.ticket, *self.opened, self.priority, self.resolved)

    @property
    def optional(self) -> tuple[str, ...]:
        return tuple(filter(None, (self.channel, self.first_response, self.reply_minutes, *self.time_columns)))

    def heading(self, row: list[str]) -> list[str]:
        """The names of a file's columns as this product spells them; those that nobody reads as they are."""
        known = {name.casefold(): name for name in (*self.required, *self.optional)}
        names = [name.strip().lstrip("\ufeff") for name in row]
        return [known.get(name.casefold(), name) for name in names]


def _ranked(*names: str) -> dict[str, str]:
    return {name.casefold(): priority for name, priority in zip(names, FOUR, strict=True)}


def _tracked(cells: Cells, opened: str) -> Iterator[tuple[str, str]]:
    """Freshdesk sums the time of a ticket up; it counts on the day the ticket was solved, else opened."""
    text = first(cells, "Time tracked")
    if not text:
        return
    parts = text.split(":")
    if len(parts) not in (2, 3) or not all(part.isascii() and part.isdigit() for part in parts):
        raise BadLine(f"Time tracked is {text!r}; write hours and minutes like 1:30")
    minutes = int(parts[0]) * 60 + int(parts[1])
    if minutes:
        yield first(cells, "Resolved time") or opened, str(minutes)


def _log_work(cells: Cells, opened: str) -> Iterator[tuple[str, str]]:
    """Jira's work log: "comment;date;author;seconds" in one column for each entry."""
    for text in cells.get("Log Work", []):
        if not text:
            continue
        parts = text.rsplit(";", 3)
        if len(parts) != 4 or not parts[3].isdigit():
            raise BadLine(f"Log Work is {text[:60]!r}; Jira writes comment;date;author;seconds")
        yield parts[1].strip(), str(max(int(parts[3]) // 60, 1))


EXPORTS = {
    "zendesk": Export(
        title="Zendesk",
        ticket="Id",
        opened=("Created at",),
        priority="Priority",
        resolved="Solved at",
        priorities=_ranked("Urgent", "High", "Normal", "Low"),
        channel="Via",
        channels={"mail": "Email", "email": "Email", "web form": "Portal", "phone": "Phone", "web": "Portal"},
        reply_minutes="First reply time in minutes",
    ),
    "freshdesk": Export(
        title="Freshdesk",
        ticket="Ticket ID",
        opened=("Created time",),
        priority="Priority",
        resolved="Resolved time",
        priorities=_ranked("Urgent", "High", "Medium", "Low"),
        channel="Source",
        channels={"email": "Email", "portal": "Portal", "phone": "Phone", "whatsapp": "WhatsApp"},
        first_response="Initial response time",
        time=_tracked,
        time_columns=("Time tracked",),
    ),
    "jira": Export(
        title="Jira Service Management",
        ticket="Issue key",
        opened=("Created",),
        priority="Priority",
        resolved="Resolved",
        priorities={**_ranked("Highest", "High", "Medium", "Low"), "lowest": "P4 Low"},
        date_format="%d/%b/%y %I:%M %p",
        time=_log_work,
        time_columns=("Log Work",),
    ),
    "helpdesk": Export(
        title="Frappe Helpdesk",
        ticket="ID",
        opened=("Opening Date", "Opening Time"),
        priority="Priority",
        resolved="Resolution Date",
        priorities=_ranked("Urgent", "High", "Medium", "Low"),
        first_response="First Responded On",
    ),
}


@dataclass(frozen=True)
class Told:
    """What the file can't say and a person has to: the kind of work, and the priority of tickets that have none."""

    activity_type: str = ""
    default_priority: str = ""


def records(
    lines: Iterable[str], export: Export, told: Told, moments: Moments, report: Callable[[int, str], None]
) -> Iterator[tuple[int, tuple[str, ...]]]:
    """The lines of an export as records of our own file, one for each entry of time; streamed.

    A line that can't be used is reported and left out. Raises CsvError where the heading lacks a column.
    """
    source = iter(lines)
    top = next(source, "")
    rows = csv.reader(chain([top], source), delimiter=max(",;\t", key=top.count), strict=True)
    heading = export.heading(next(rows, []))
    _refuse_heading(heading, export, told)
    seen: set[str] = set()
    while True:
        begins = rows.line_num + 1
        try:
            row = next(rows, None)
        except csv.Error as problem:
            report(begins, f"is not readable as CSV ({problem}); check its quotation marks")
            continue
        if row is None:
            return
        if any(row):
            yield from _told_by_line(begins, row, heading, export, told, moments, seen, report)


def _told_by_line(
    number: int,
    row: list[str],
    heading: list[str],
    export: Export,
    told: Told,
    moments: Moments,
    seen: set[str],
    report: Callable[[int, str], None],
) -> Iterator[tuple[int, tuple[str, ...]]]:
    try:
        found = list(_of_line(row, heading, export, told, moments, seen))
    except (BadLine, BadMoment) as problem:
        report(number, str(problem))
        return
    for record in found:
        yield number, record


def _refuse_heading(heading: list[str], export: Export, told: Told) -> None:
    missing = [name for name in export.required if name not in heading]
    if missing:
        raise CsvError(
            f"This is no export of {export.title}, or it was made with other columns: {', '.join(missing)} "
            f"{'is' if len(missing) == 1 else 'are'} missing; the file has {_shown(heading)}. "
            f"Export {', '.join(export.required)} at least; "
            f"also read, if they are there, are {', '.join(export.optional) or 'no others'}."
        )
    repeated = [name for name in (*export.required, *export.optional) if heading.count(name) > 1]
    repeated = [name for name in repeated if name not in export.time_columns]
    if repeated:
        raise CsvError(f"The column {repeated[0]} stands twice in the first line. Keep one of them.")
    if any(name in heading for name in export.time_columns) and not told.activity_type:
        raise CsvError(
            f"The file has time ({', '.join(export.time_columns)}), but not what kind of work it was. Say it with "
            "--activity-type, in the words of the catalogue."
        )


def _shown(heading: list[str]) -> str:
    names = [name for name in dict.fromkeys(heading) if name]
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return (", ".join(names[:SHOWN]) or "no column names in its first line") + more


def _of_line(
    row: list[str], heading: list[str], export: Export, told: Told, moments: Moments, seen: set[str]
) -> Iterator[tuple[str, ...]]:
    if len(row) != len(heading):
        raise BadLine(f"has {len(row)} columns where the heading has {len(heading)}; the file may have been cut off")
    if not is_unicode("".join(row)):
        raise BadLine("is not UTF-8 text; save the file as UTF-8")
    cells: dict[str, list[str]] = {}
    for name, value in zip(heading, row, strict=True):
        cells.setdefault(name, []).append(value.strip())
    name, opened, facts = _ticket(cells, export, told, moments)
    if name in seen:
        raise BadLine(f"repeats ticket {name} of an earlier line; the first one counts")
    seen.add(name)
    worked = list(export.time(cells, opened)) if export.time else []
    for start, minutes in worked or [("", "")]:
        activity = told.activity_type if start else ""
        yield (name, *facts, activity, start, minutes, "")


def _ticket(cells: Cells, export: Export, told: Told, moments: Moments) -> tuple[str, str, tuple[str, ...]]:
    name = first(cells, export.ticket)
    if not name:
        raise BadLine(f"{export.ticket} is empty")
    opened = " ".join(filter(None, (first(cells, column) for column in export.opened)))
    if not opened:
        raise BadLine(f"{export.opened[0]} is empty")
    channel = export.channels.get(first(cells, export.channel).casefold(), "") if export.channel else ""
    resolved = first(cells, export.resolved)
    facts = (opened, _priority(cells, export, told), channel, "", _responded(cells, export, opened, moments), resolved)
    return name, opened, facts


def _priority(cells: Cells, export: Export, told: Told) -> str:
    text = first(cells, export.priority)
    if text in ("", "-"):
        if told.default_priority:
            return told.default_priority
        raise BadLine("has no priority; say with --default-priority what such tickets count as")
    known = export.priorities.get(text.casefold())
    if known is None:
        raise BadLine(f"Priority is {text!r}; {export.title} writes {', '.join(export.priorities)}")
    return known


def _responded(cells: Cells, export: Export, opened: str, moments: Moments) -> str:
    if export.first_response:
        return first(cells, export.first_response)
    text = first(cells, export.reply_minutes) if export.reply_minutes else ""
    if not text:
        return ""
    if not text.isdigit():
        raise BadLine(f"{export.reply_minutes} is {text!r}; write whole minutes")
    moment, _day = moments.read(export.opened[0], opened)
    return moments.write(moment + timedelta(minutes=int(text)))


def first(cells: Cells, column: str) -> str:
    return (cells.get(column) or [""])[0]
