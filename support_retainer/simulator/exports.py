"""How other helpdesks write their tickets as CSV: the columns, the words and the dates of each product.

Zendesk: the ticket export of a view. Freshdesk: the ticket export with all fields. Jira Service Management: "Export CSV
(all fields)" of a search. Frappe Helpdesk: the tickets of the agents' list or of the desk's report view, or Data Export
and Data Import's export, each with the columns chosen; with Data Export's main header the names of fields will do.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from support_retainer.simulator.tickets_csv import BadLine

Cells = Mapping[str, list[str]]  # the values of a line by column; Jira repeats columns
FOUR = ("P1 Critical", "P2 High", "P3 Medium", "P4 Low")


@dataclass(frozen=True)
class Export:
    """How one product writes its tickets.

    `opened` are the ways to say when, best first: one column, or a day and a time of day. Of `resolved` the first that
    is filled counts. `spellings` are other names of columns, in small letters. `time` gives (start, minutes) of the
    work on a line as text. `has_preface`: lines may stand above and right below the heading.
    """

    title: str
    ticket: str
    opened: tuple[tuple[str, ...], ...]
    priority: str
    resolved: tuple[str, ...]
    priorities: Mapping[str, str]
    channel: str = ""
    channels: Mapping[str, str] = field(default_factory=dict)
    first_response: str = ""
    reply_minutes: str = ""
    spellings: Mapping[str, str] = field(default_factory=dict)
    date_formats: tuple[str, ...] = ()
    time: Callable[[Cells, str], Iterator[tuple[str, str]]] | None = None
    time_columns: tuple[str, ...] = ()
    has_preface: bool = False

    @property
    def required(self) -> tuple[str, ...]:
        return (self.ticket, *self.opened[0], self.priority, self.resolved[0])

    @property
    def optional(self) -> tuple[str, ...]:
        others = (*(column for way in self.opened[1:] for column in way), *self.resolved[1:])
        return tuple(filter(None, (*others, *self.responses, self.channel, *self.time_columns)))

    @property
    def responses(self) -> tuple[str, ...]:
        """The column that says when a ticket was answered; none where the product writes none."""
        return tuple(filter(None, (self.first_response, self.reply_minutes)))

    def heading(self, row: list[str]) -> list[str]:
        """The names of a file's columns as this product spells them; those that nobody reads as they are."""
        known = {**self.spellings, **{name.casefold(): name for name in (*self.required, *self.optional)}}
        names = [name.strip().lstrip("\ufeff").strip('"') for name in row]
        return [known.get(name.casefold(), name) for name in names]

    def missing(self, heading: list[str]) -> list[str]:
        """The columns without which nothing can be said; those of the best way where there is another."""
        opened = () if self.way(heading) else self.opened[0]
        resolved = () if any(name in heading for name in self.resolved) else self.resolved[:1]
        wanted = (self.ticket, *opened, self.priority, *resolved)
        return [name for name in wanted if name not in heading]

    def way(self, heading: list[str]) -> tuple[str, ...]:
        """The columns of this file that say when a ticket was opened."""
        return next((way for way in self.opened if all(name in heading for name in way)), ())


def _ranked(*names: str) -> dict[str, str]:
    return {name.casefold(): priority for name, priority in zip(names, FOUR, strict=True)}


def first(cells: Cells, *columns: str) -> str:
    """The first value of the first of these columns that has one."""
    return next((value for column in columns for value in cells.get(column, ())[:1] if value), "")


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
        yield first(cells, *EXPORTS["freshdesk"].resolved) or opened, str(minutes)


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
        opened=(("Created at",),),
        priority="Priority",
        resolved=("Solved at",),
        priorities=_ranked("Urgent", "High", "Normal", "Low"),
        channel="Via",
        channels={"mail": "Email", "email": "Email", "web form": "Portal", "phone": "Phone", "web": "Portal"},
        reply_minutes="First reply time in minutes",
        spellings={"first reply time (min)": "First reply time in minutes"},
    ),
    "freshdesk": Export(
        title="Freshdesk",
        ticket="Ticket ID",
        opened=(("Created time",),),
        priority="Priority",
        resolved=("Resolved time", "Closed time"),
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
        opened=(("Created",),),
        priority="Priority",
        resolved=("Resolved",),
        priorities={**_ranked("Highest", "High", "Medium", "Low"), "lowest": "P4 Low"},
        date_formats=("%d/%b/%y %I:%M %p", "%d/%b/%y %H:%M", "%Y-%m-%d %H:%M"),
        time=_log_work,
        time_columns=("Log Work",),
    ),
    # Labels of HD Ticket, and its field names, which stand above the lines of Data Export in any language.
    "helpdesk": Export(
        title="Frappe Helpdesk",
        ticket="ID",
        opened=(("Opening Date", "Opening Time"), ("Created On",)),
        priority="Priority",
        resolved=("Resolution Date",),
        priorities=_ranked("Urgent", "High", "Medium", "Low"),
        first_response="First Responded On",
        spellings={
            "name": "ID",
            "opening_date": "Opening Date",
            "opening_time": "Opening Time",
            "creation": "Created On",
            "created": "Created On",
            "resolution_date": "Resolution Date",
            "first_responded_on": "First Responded On",
        },
        has_preface=True,
    ),
}
