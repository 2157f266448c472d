"""The folder an export grows in, and its journal: what is finished is done once, whatever kills the worker.

A line of the journal is written after the file it speaks of has its final name. A file without a line is made again.
"""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from support_retainer.archive.dump import DumpReader, Table
from support_retainer.archive.manifest import TableEntry
from support_retainer.archive.names import Names
from support_retainer.archive.reader import unpacked


class Staging:
    """Steps by name, with the facts each left."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.journal = folder / "journal.jsonl"
        self.done: dict[str, dict[str, Any]] = {row["step"]: row for row in self._lines()}

    def _lines(self) -> list[dict[str, Any]]:
        """A last line that a kill cut short counts as not written."""
        if not self.journal.exists():
            return []
        text = self.journal.read_bytes()
        whole = text[: text.rfind(b"\n") + 1]
        if whole != text:
            self.journal.write_bytes(whole)
        return [json.loads(line) for line in whole.splitlines()]

    def record(self, step: str, **facts: Any) -> None:
        row = {"step": step, **facts}
        with self.journal.open("a") as journal:
            journal.write(json.dumps(row) + "\n")
            journal.flush()
            os.fsync(journal.fileno())
        self.done[step] = row

    def path(self, *parts: str) -> Path:
        path = self.folder.joinpath(*parts)
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def finish(self, unfinished: Path) -> Path:
        """Give NAME.part its final name, once its bytes are on the disk."""
        final = unfinished.with_suffix("")
        unfinished.rename(final)
        return final

    def remove(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


class CsvOfDump:
    """One CSV file for each table of a DocType, made from a dump; goes on with the first table that is not recorded."""

    def __init__(self, staging: Staging, dump: str, folder: str, told: Callable[[str, int], None]) -> None:
        self.staging, self.dump, self.folder, self.told = staging, dump, folder, told
        self.names = Names()
        self.table: Table | None = None
        self.target: BinaryIO | None = None
        self.file, self.count = "", 0

    def write(self) -> None:
        """Raises EOFError for a dump that breaks off, which says that it is not the one that was finished."""
        with self.staging.path(self.dump).open("rb") as packed:
            reader = DumpReader(unpacked(packed))
            for found in reader:
                if isinstance(found, Table):
                    self._begin(found)
                elif self.target:
                    self.target.write(found.csv)
                    self.count += found.count
            self._end()
        if not reader.complete:
            raise EOFError(f"{self.dump} breaks off")

    def _begin(self, table: Table) -> None:
        self._end()
        if not table.name.startswith("tab"):
            return
        self.file = self.names.member(f"{table.name[3:]}.csv")
        if self.step(table) not in self.staging.done:
            self.table, self.count = table, 0
            self.target = self.staging.path(self.folder, f"{self.file}.part").open("wb", buffering=1 << 20)
            self.target.write(table.header())

    def _end(self) -> None:
        if not (self.table and self.target):
            return
        self.target.close()
        self.staging.finish(Path(self.target.name))
        table, facts = self.table, {"file": self.file, "rows": self.count, "columns": len(self.table.columns)}
        self.staging.record(self.step(table), table=table.name, **facts)
        self.table = self.target = None
        self.told(table.name, self.count)

    def step(self, table: Table) -> str:
        return f"{self.folder}/{table.name}"

    def entries(self) -> list[TableEntry]:
        """What has been written, for the manifest; paths are those in the archive."""
        found = [row for step, row in self.staging.done.items() if step.startswith(f"{self.folder}/tab")]
        return [
            TableEntry(
                path=f"{self.folder}/{row['file']}",
                rows=row["rows"],
                columns=row["columns"],
                table=row["table"],
                dump=self.dump,
                doctype=row["table"][3:],
            )
            for row in found
        ]
