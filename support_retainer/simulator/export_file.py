"""The CSV export of another helpdesk, line by line in the terms of our own file; streamed.

Capitals in a heading don't matter ("Created Time" of Freshservice), nor the order or other columns; comma, semicolon or
tab. A heading that lacks a column is refused with what is missing and what is there: columns are never guessed.
"""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain

from support_retainer.simulator.exports import Cells, Export, first
from support_retainer.simulator.moments import BadMoment, Moments
from support_retainer.simulator.sentences import counted
from support_retainer.simulator.tickets_csv import BadLine, CsvError, is_unicode

SHOWN = 30  # column names in a message
PREFACE = 40  # lines above a heading
WORKBOOK = "PK\x03\x04"  # how an .xlsx file begins


@dataclass(frozen=True)
class Told:
    """What the file can't say and a person has to: the kind of work, and the priority of tickets that have none."""

    activity_type: str = ""
    default_priority: str = ""


class ExportFile:
    """The lines of an export as records of our own file, one for each entry of time.

    A line that can't be used is told to `report(line number, reason)` and left out. Raises CsvError where the heading
    lacks a column.
    """

    def __init__(
        self, lines: Iterable[str], export: Export, told: Told, moments: Moments, report: Callable[[int, str], None]
    ) -> None:
        self.export, self.told, self.moments, self.report = export, told, moments, report
        source = iter(lines)
        top = next(source, "")
        if top.startswith(WORKBOOK):
            raise CsvError(f"This is an Excel workbook. Export the tickets of {export.title} as CSV, or save it so.")
        self._rows = csv.reader(chain([top], source), delimiter=max(",;\t", key=top.count), strict=True)
        self.heading = self._found_heading()
        self._refuse_heading()
        self._seen: set[str] = set()

    def records(self) -> Iterator[tuple[int, tuple[str, ...]]]:
        """(line number, record), in the order of tickets_csv.COLUMNS."""
        while True:
            begins = self._rows.line_num + 1
            try:
                row = next(self._rows, None)
            except csv.Error as problem:
                self.report(begins, f"is not readable as CSV ({problem}); check its quotation marks")
                continue
            if row is None:
                return
            if any(row) and not self._is_preface(row):
                yield from self._of_line(begins, row)

    def _found_heading(self) -> list[str]:
        """The first line; of an export with lines above it, the one among the first that lacks least."""
        heading = self._next_heading()
        tried = [heading]
        while self.export.has_preface and self.export.missing(heading) and len(tried) < PREFACE:
            heading = self._next_heading()
            tried.append(heading)
        return min(tried, key=lambda one: len(self.export.missing(one)))

    def _next_heading(self) -> list[str]:
        try:
            return self.export.heading(next(self._rows, []))
        except csv.Error as problem:
            raise CsvError(
                f"Line {self._rows.line_num}, where the columns should be named, is not readable as CSV ({problem})."
            ) from None

    def _is_preface(self, row: list[str]) -> bool:
        """Frappe's Data Export keeps its first column for words of its own: "Type:", "Mandatory:" and the like."""
        return self.export.has_preface and bool(row[0]) and self.heading[0].endswith(":")

    def _refuse_heading(self) -> None:
        export, heading = self.export, self.heading
        missing = export.missing(heading)
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
        if any(name in heading for name in export.time_columns) and not self.told.activity_type:
            raise CsvError(
                f"The file has time ({', '.join(export.time_columns)}), but not what kind of work it was. Say it with "
                "--activity-type, in the words of the catalogue."
            )

    def notes(self) -> Iterator[str]:
        """How the file was read, and what it lacks, for whoever looks at the result."""
        export = self.export
        yield f"priorities of {export.title} count as {_pairs(export.priorities)}"
        if export.channel in self.heading:
            yield f"channels of {export.title} count as {_pairs(export.channels)}; others as none in particular"
        if not any(column in self.heading for column in export.responses):
            wanted = f" (column {export.responses[0]})" if export.responses else ""
            yield f"the file has no first responses{wanted}; a ticket counts as answered late unless solved by then"
        if not any(column in self.heading for column in export.time_columns):
            wanted = f" (column {export.time_columns[0]})" if export.time_columns else ""
            yield f"the file has no time{wanted}, so only fees and promises are compared"

    def _of_line(self, number: int, row: list[str]) -> Iterator[tuple[int, tuple[str, ...]]]:
        try:
            found = list(self._entries(row))
        except (BadLine, BadMoment) as problem:
            self.report(number, str(problem))
            return
        for record in found:
            yield number, record

    def _entries(self, row: list[str]) -> Iterator[tuple[str, ...]]:
        cells = self._cells(row)
        name, opened, facts = self._ticket(cells)
        if name in self._seen:
            raise BadLine(f"repeats ticket {name} of an earlier line; the first one counts")
        self._seen.add(name)
        worked = list(self.export.time(cells, opened)) if self.export.time else []
        for start, minutes in worked or [("", "")]:
            activity = self.told.activity_type if start else ""
            yield (name, *facts, activity, start, minutes, "")

    def _cells(self, row: list[str]) -> Cells:
        if len(row) != len(self.heading):
            columns = counted(len(row), "column", "columns")
            raise BadLine(f"has {columns} where the heading has {len(self.heading)}; the file may have been cut off")
        if not is_unicode("".join(row)):
            raise BadLine("is not UTF-8 text; save the file as UTF-8")
        cells: dict[str, list[str]] = {}
        for name, value in zip(self.heading, row, strict=True):
            cells.setdefault(name, []).append(value.strip())
        return cells

    def _ticket(self, cells: Cells) -> tuple[str, str, tuple[str, ...]]:
        export = self.export
        name = first(cells, export.ticket).strip('"')
        if not name:
            raise BadLine(f"{export.ticket} is empty")
        opened = self._opened(cells)
        channel = export.channels.get(first(cells, export.channel).casefold(), "")
        resolved = first(cells, *export.resolved)
        return name, opened, (opened, self._priority(cells), channel, "", self._responded(cells, opened), resolved)

    def _opened(self, cells: Cells) -> str:
        day, *clock = self.export.way(self.heading)
        if not first(cells, day):
            raise BadLine(f"{day} is empty")
        return " ".join([first(cells, day), *(_clock(first(cells, column)) for column in clock)]).strip()

    def _priority(self, cells: Cells) -> str:
        export = self.export
        text = first(cells, export.priority)
        if text in ("", "-"):
            if self.told.default_priority:
                return self.told.default_priority
            raise BadLine("has no priority; say with --default-priority what such tickets count as")
        known = export.priorities.get(text.casefold())
        if known is None:
            raise BadLine(f"{export.priority} is {text!r}; {export.title} writes {', '.join(export.priorities)}")
        return known

    def _responded(self, cells: Cells, opened: str) -> str:
        export = self.export
        if export.first_response:
            return first(cells, export.first_response)
        text = first(cells, export.reply_minutes)
        if not text:
            return ""
        if not text.isdigit():
            raise BadLine(f"{export.reply_minutes} is {text!r}; write whole minutes")
        moment, _day = self.moments.read(export.opened[0][0], opened)
        return self.moments.write(moment + timedelta(minutes=int(text)))


def _clock(text: str) -> str:
    """Frappe writes a time of day as 9:15:30.123456."""
    hours, _colon, rest = text.partition(".")[0].partition(":")
    return f"{hours:0>2}:{rest}" if rest else text


def _shown(heading: list[str]) -> str:
    names = [name for name in dict.fromkeys(heading) if name]
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return (", ".join(names[:SHOWN]) or "no column names in its first line") + more


def _pairs(words: Mapping[str, str]) -> str:
    return ", ".join(f"{theirs} = {ours}" for theirs, ours in words.items())
