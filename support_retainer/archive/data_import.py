"""`data-import ARCHIVE DOCTYPE`: documents of an export in the layout that Frappe's Data Import reads.

In the archive a child table is a file of its own, whose rows name their document. Data Import wants both in one file: a
document begins a row, its child rows stand beside it and below it, under headings like `items.item_code`.
"""

import argparse
import csv
import io
import json
import sys
import zipfile
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import Any

from support_retainer.archive.cli import passphrase_for
from support_retainer.archive.manifest import Manifest
from support_retainer.archive.reader import manifest_of, opened
from support_retainer.archive.verify import UNREADABLE, csv_rows

TABLES = ("Table", "Table MultiSelect")
NOT_IMPORTED = (*TABLES, "Password")  # a stored password is not in its column
UNITS = (("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1))
EPILOG = """\
Prints CSV: `... data-import EXPORT.zip "Sales Invoice" > invoices.csv`. In the new site open Data Import, choose the
DocType and Insert New Records, and attach the file. What the documents link to has to be there first.

exit code: 0 printed, 2 not found or not readable.
"""


class NotThere(ValueError):
    """The archive has no such DocType, or it has several sites."""


@dataclass
class Columns:
    """Some columns of a CSV file, with the headings they get; `prefix` is that of a child table."""

    places: list[int]
    headings: list[str]
    durations: frozenset[int] = field(default_factory=frozenset)

    @classmethod
    def of(cls, header: Sequence[str], doctype: dict[str, Any], extra: Sequence[str], prefix: str = "") -> "Columns":
        types = {row["fieldname"]: row["type"] for row in doctype["fields"] if row["type"] not in NOT_IMPORTED}
        places = [place for place, name in enumerate(header) if name in types or name in extra]
        durations = frozenset(place for place in places if types.get(header[place]) == "Duration")
        return cls(places, [prefix + header[place] for place in places], durations)

    def values(self, row: Sequence[str]) -> list[str]:
        return [spoken(row[place]) if place in self.durations else row[place] for place in self.places]


def spoken(seconds: str) -> str:
    """93784 -> 1d 2h 3m 4s, as Data Import reads a duration."""
    if not seconds:
        return ""
    left, words = int(float(seconds)), []
    for unit, size in UNITS:
        count, left = divmod(left, size)
        words += [f"{count}{unit}"] if count else []
    return " ".join(words) or "0s"


@dataclass
class SiteFiles:
    """The CSV files of one site of an archive; `prefix` is its folder, empty where there is one site."""

    archive: zipfile.ZipFile
    manifest: Manifest
    prefix: str

    def schema(self) -> dict[str, Any]:
        return dict(json.loads(self.archive.read(f"{self.prefix}csv/schema.json"))["doctypes"])

    def rows(self, doctype: str) -> Iterator[tuple[list[str], list[str]]]:
        """(header, row) of each file of the DocType; a site elsewhere has one for each parent of a child table."""
        for entry in self.manifest.tables:
            if entry.doctype == doctype and entry.path.startswith(f"{self.prefix}csv/"):
                with self.archive.open(entry.path) as member:
                    rows = csv_rows(member)  # type: ignore[arg-type]
                    header = next(rows)
                    yield from ((header, row) for row in rows)

    def children(self, doctype: str, table: dict[str, Any], schema: dict[str, Any]) -> tuple[list[str], dict[str, Any]]:
        """(headings, {document: values of its rows in their order}) of one child table."""
        columns, found = Columns([], []), {}
        for header, row in self.rows(table["links_to"]):
            if not columns.places:
                columns = Columns.of(header, schema[table["links_to"]], ["name"], f"{table['fieldname']}.")
            known = dict(zip(header, row, strict=True))
            if (known["parenttype"], known["parentfield"]) == (doctype, table["fieldname"]):
                found.setdefault(known["parent"], []).append((int(known["idx"] or 0), columns.values(row)))
        return columns.headings, {name: [values for _idx, values in sorted(rows)] for name, rows in found.items()}


def lines(site: SiteFiles, doctype: str, names: Collection[str] = ()) -> Iterator[list[str]]:
    """The heading, and the lines of each document, or of those with one of the names. Raises NotThere."""
    schema = site.schema()
    if doctype not in schema:
        raise NotThere(f"there is no DocType {doctype!r} in csv/schema.json")
    tables = [row for row in schema[doctype]["fields"] if row["type"] in TABLES and row.get("links_to") in schema]
    children = [site.children(doctype, table, schema) for table in tables]
    children = [(headings, rows) for headings, rows in children if rows]
    columns: Columns | None = None
    found = False
    for header, row in site.rows(doctype):
        if not columns:
            columns = Columns.of(header, schema[doctype], ("name", "docstatus"))
            yield columns.headings + [heading for headings, _rows in children for heading in headings]
        name = row[header.index("name")]
        if not names or name in names:
            found = True
            yield from document(columns.values(row), [(len(heads), rows.get(name, [])) for heads, rows in children])
    if not found:
        raise NotThere(f"there is no document of {doctype} with such a name" if names else f"{doctype} is empty")


def document(values: list[str], children: list[tuple[int, list[list[str]]]]) -> Iterator[list[str]]:
    """Its own values once, on the first line."""
    empty = [""] * len(values)
    blocks = [[[""] * width, *rows][1:] or [[""] * width] for width, rows in children]
    for number, row in enumerate(zip_longest(*blocks) if blocks else [()]):
        beside = [part or [""] * width for part, (width, _rows) in zip(row, children, strict=True)]
        yield (values if number == 0 else empty) + [value for part in beside for value in part]


def site_in(archive: zipfile.ZipFile, wanted: str | None) -> SiteFiles:
    """Raises NotThere where a site has to be chosen."""
    found = [name.removesuffix("csv/schema.json") for name in archive.namelist() if name.endswith("csv/schema.json")]
    chosen = [prefix for prefix in found if wanted is None or prefix == f"sites/{wanted}/"]
    if len(chosen) != 1:
        known = ", ".join(prefix.split("/")[1] for prefix in found if prefix)
        raise NotThere(f"choose one site with --site: {known}" if known else "the archive holds no site")
    return SiteFiles(archive, manifest_of(archive), chosen[0])


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="data-import",
        description="Print documents of an export as Frappe's Data Import reads them.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("file", type=Path, help="the archive, or any one of its parts")
    made.add_argument("doctype")
    made.add_argument("names", nargs="*", help="only these documents")
    made.add_argument("--site", help="its folder under sites/, where the archive holds several")
    return made


def main(words: Sequence[str]) -> int:
    options = parser().parse_args(words)
    try:
        with opened(options.file, passphrase_for(options.file)) as archive:
            out = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", newline="", write_through=True)
            csv.writer(out).writerows(lines(site_in(archive, options.site), options.doctype, options.names))
            out.detach()
    except (*UNREADABLE, KeyError, csv.Error) as error:
        print(f"{options.file}: {error}", file=sys.stderr)
        return 2
    return 0
