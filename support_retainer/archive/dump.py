"""A database dump as mariadb-dump writes it, read table by table, and its rows as CSV.

The CSV files come out of the dump and not from the database a second time. Both then show the same instant even on a
site in use, where two reads would differ, and the client's database is read once.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

BLOCK = 1 << 20  # bytes of rows converted at a time; memory follows this and the longest row
CREATE = re.compile(rb"^CREATE TABLE `(.+)` \($")
COLUMN = re.compile(rb"^  `((?:[^`]|``)+)` (\w+)")
INSERT = re.compile(rb"^INSERT INTO `((?:[^`]|``)+)` (?:\((.+?)\) )?VALUES\s*")
COMPLETED = b"-- Dump completed"
# No byte of UTF-8 text is above 0xF4, so these stand for an escaped character until all others are done.
BACKSLASH, QUOTE = b"\xff", b"\xfd"
ESCAPES = (
    (b'\\"', b'""'),
    (b"\\n", b"\n"),
    (b"\\r", b"\r"),
    (b"\\0", b"\0"),
    (b"\\Z", b"\x1a"),
    (QUOTE, b"'"),
    (BACKSLASH, b"\\"),
)
LINE_END = b"\r\n"


@dataclass(frozen=True)
class Table:
    """A table of the dump: its columns in the order of the rows, with the types of the database."""

    name: str
    columns: tuple[str, ...]
    types: tuple[str, ...]

    def header(self) -> bytes:
        """The first line of the CSV; every name is quoted, like every text below it."""
        return b",".join(b'"%s"' % name.replace('"', '""').encode() for name in self.columns) + LINE_END


@dataclass(frozen=True)
class Rows:
    """Some rows of the table last seen, as CSV."""

    csv: bytes
    count: int


@dataclass
class DumpReader:
    """Iterates over a dump: each Table, followed by its Rows. `complete` says whether its last line was seen."""

    stream: BinaryIO
    complete: bool = False
    _columns: dict[str, bytes] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Table | Rows]:
        pending: list[bytes] = []
        while lines := self.stream.readlines(BLOCK):
            for line in lines:
                if line.startswith(b"("):
                    pending.append(line)
                else:
                    yield from flush(pending)
                    yield from self._other(line)
            yield from flush(pending)

    def _other(self, line: bytes) -> Iterator[Table | Rows]:
        if line.startswith((b"  `", b")")):
            yield from self._structure(line)
        elif created := CREATE.match(line.rstrip()):
            self._columns = {"": created[1]}
        elif inserted := INSERT.match(line):
            yield from flush([one_row_a_line(line[inserted.end() :])])
        elif line.startswith(COMPLETED):
            self.complete = True

    def _structure(self, line: bytes) -> Iterator[Table]:
        """Lines between CREATE TABLE and its closing bracket."""
        if column := COLUMN.match(line):
            self._columns[unquoted(column[1])] = column[2]
        elif line.startswith(b")") and self._columns:
            name = unquoted(self._columns.pop(""))
            types = tuple(kind.decode() for kind in self._columns.values())
            yield Table(name, tuple(self._columns), types)
            self._columns = {}


def flush(pending: list[bytes]) -> Iterator[Rows]:
    """What has been gathered, converted; the list is empty afterwards."""
    values = b"".join(pending).strip()
    pending.clear()
    if values:
        yield as_csv(values)


def as_csv(values: bytes) -> Rows:
    """`(1,'it\\'s',NULL),\\n(2,'',0x00);` as RFC 4180: NULL is nothing at all, an empty text is two quotes.

    Everything is done on a whole block at once: a loop over values takes several times as long. What stands between
    the rows is found while line feeds inside texts are still escaped, so it can't be mistaken for a text.
    """
    escaped = b"\\" in values
    if escaped:
        # Pairs first: a run of backslashes always begins an escape, so pairing from the left is right.
        values = values.replace(b"\\\\", BACKSLASH).replace(b"\\'", QUOTE)
    if b"NULL" in values:
        values = without_nulls(values)
    values = values.replace(b"),\n(", LINE_END)
    count = values.count(LINE_END) + 1
    csv = values.lstrip(b"(").rstrip(b";,").removesuffix(b")").replace(b"'", b'"')
    return Rows((unescaped(csv) if escaped else csv) + LINE_END, count)


def one_row_a_line(values: bytes) -> bytes:
    """Rows as some versions write them, all of them on one line, each on a line of its own."""
    values = values.replace(b"\\\\", BACKSLASH).replace(b"\\'", QUOTE)
    parts = values.split(b"'")
    parts[0::2] = [part.replace(b"),(", b"),\n(") for part in parts[0::2]]
    return b"'".join(parts).replace(QUOTE, b"\\'").replace(BACKSLASH, b"\\\\")


def without_nulls(values: bytes) -> bytes:
    """Take out each NULL that stands outside of quotes: an even number of them lies before it."""
    parts = values.split(b"NULL")
    inside = 0
    kept = []
    for part in parts:
        kept.append(part)
        inside ^= part.count(b"'") & 1
        kept.append(b"NULL" if inside else b"")
    return b"".join(kept[:-1])


def unescaped(csv: bytes) -> bytes:
    for written, meant in ESCAPES:
        csv = csv.replace(written, meant)
    return csv


def unquoted(name: bytes) -> str:
    return name.replace(b"``", b"`").decode()
