"""Proof of an archive: every checksum, every CSV parsed, every row count held against the dump."""

import csv
import io
import re
import struct
import sys
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from support_retainer.archive import layout
from support_retainer.archive.dump import DumpReader, Rows, Table
from support_retainer.archive.manifest import NAME, BadManifest, FileEntry, Manifest, TableEntry
from support_retainer.archive.names import UnsafeName, refuse_unsafe
from support_retainer.archive.reader import BLOCK, HashingReader, manifest_and_digest, opened, unpacked
from support_retainer.archive.secrecy import Damaged, NoGnuPG, WrongPassphrase

csv.field_size_limit(sys.maxsize)
# The dumps that we made. A backup that a site made itself may be encrypted or partial, and so may a file that a client
# gave such a name; of those the checksum is all that can be said.
DUMP = re.compile(r"^(sites/[^/]+/)?database\.sql\.gz$")
UNREADABLE = (
    *(zipfile.BadZipFile, BadManifest, OSError, EOFError, WrongPassphrase, NoGnuPG, Damaged, UnsafeName, zlib.error),
    # What zipfile makes of a damaged header: a method or an encryption that nobody chose, a length that can't be.
    *(NotImplementedError, RuntimeError, ValueError, OverflowError, struct.error),
)


@dataclass
class Proof:
    """What was checked, and every difference as a sentence; no problem means that the archive is whole."""

    archive: str
    files: int = 0
    size: int = 0
    tables: int = 0
    rows: int = 0
    restored_tables: int = 0
    not_restored: str = ""
    manifest_sha256: str = ""
    problems: list[str] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        """As far as it was asked: a restoration that could not be tried is no proof."""
        return not self.problems and not self.not_restored

    def as_dict(self) -> dict[str, object]:
        return {**self.__dict__, "is_whole": self.is_whole}

    def lines(self) -> list[str]:
        checked = f"{self.files} files, {self.size:,} bytes, {self.tables} tables, {self.rows:,} rows checked"
        restored = f", {self.restored_tables} restored and compared" if self.restored_tables else ""
        told = [f"SHA-256 of its manifest: {self.manifest_sha256}"] if self.manifest_sha256 else []
        return [*self.problems, *told, f"{self.archive}: {checked}{restored}: {self.verdict()}"]

    def verdict(self) -> str:
        if self.problems:
            return f"{len(self.problems)} problem{'s' if len(self.problems) > 1 else ''}"
        if self.not_restored:
            return f"whole so far, and not restored: {self.not_restored}"
        return "the archive is whole"


def verify(path: Path, passphrase: str = "", manifest_sha256: str = "") -> Proof:
    """Check an archive from its bytes alone; never raises for what is wrong with the archive.

    Who changes an archive on purpose changes its manifest with it: only `manifest_sha256`, as it was told elsewhere,
    shows that.
    """
    proof = Proof(path.name)
    try:
        with opened(path, passphrase) as archive:
            proof.problems += layout.problems(archive)
            manifest, proof.manifest_sha256 = manifest_and_digest(archive)
            check_members(archive, manifest, proof)
            proof.problems += manifest.contradictions()
            tables = {row.path: row for row in manifest.tables}
            counted = {row.path: check_file(archive, row, tables.get(row.path), proof) for row in manifest.files}
            check_dumps(manifest, counted, proof)
            if manifest_sha256.lower() not in ("", proof.manifest_sha256):
                proof.problems.append(f"{NAME}: its SHA-256 is {proof.manifest_sha256}, not {manifest_sha256}")
    except UNREADABLE as error:
        proof.problems.append(f"the archive can't be read: {error}")
    return proof


def check_members(archive: zipfile.ZipFile, manifest: Manifest, proof: Proof) -> None:
    """The archive holds what the manifest lists, once, under names that stay inside."""
    names = archive.namelist()
    proof.problems += filter(None, map(why_unsafe, names))
    listed = {entry.path for entry in manifest.files} | {NAME}
    proof.problems += [f"{name}: not in the manifest" for name in sorted(set(names) - listed)]
    proof.problems += [f"{name}: missing" for name in sorted(listed - set(names))]
    proof.problems += [f"{name}: there twice" for name, times in sorted(Counter(names).items()) if times > 1]


def why_unsafe(name: str) -> str:
    """Empty for a name that stays inside."""
    try:
        refuse_unsafe(name)
    except UnsafeName as error:
        return str(error)
    return ""


def check_file(archive: zipfile.ZipFile, entry: FileEntry, table: TableEntry | None, proof: Proof) -> dict[str, int]:
    """Checksum and content of one member; of a dump, its rows by table."""
    if entry.path not in archive.NameToInfo:
        return {}
    counted: dict[str, int] = {}
    try:
        with archive.open(entry.path) as member:
            reader = HashingReader(member)
            if table:
                check_csv(reader, table, proof)
            elif DUMP.match(entry.path):
                counted = count_rows(reader, entry.path, proof)
            reader.drain()
    except (*UNREADABLE, csv.Error) as error:
        proof.problems.append(f"{entry.path}: damaged: {error}")
        return counted
    proof.files, proof.size = proof.files + 1, proof.size + reader.size
    if (reader.size, reader.digest.hexdigest()) != (entry.size, entry.sha256):
        proof.problems.append(f"{entry.path}: the checksum differs from the manifest's")
    return counted


def check_csv(reader: HashingReader, table: TableEntry, proof: Proof) -> None:
    rows = 0
    for number, row in enumerate(csv_rows(reader)):
        rows = number
        if len(row) != table.columns:
            proof.problems.append(f"{table.path}: row {number} has {len(row)} columns, not {table.columns}")
    if rows != table.rows:
        proof.problems.append(f"{table.path}: {rows} rows, the manifest says {table.rows}")
    proof.tables, proof.rows = proof.tables + 1, proof.rows + rows


def csv_rows(stream: io.RawIOBase) -> Iterator[list[str]]:
    text = io.TextIOWrapper(io.BufferedReader(stream, BLOCK), encoding="utf-8", newline="")
    # Python before 3.11 refuses a NUL, which a text column may hold.
    yield from csv.reader((line.replace("\0", "") for line in text), strict=True)
    text.detach()


def count_rows(reader: HashingReader, path: str, proof: Proof) -> dict[str, int]:
    """Rows of each table of a dump."""
    counted: dict[str, int] = {}
    dump, name = DumpReader(unpacked(reader)), ""  # type: ignore[arg-type]
    for found in dump:
        if isinstance(found, Table):
            name = found.name
            counted[name] = 0
        elif isinstance(found, Rows):
            counted[name] += found.count
    if not dump.complete:
        proof.problems.append(f"{path}: the dump breaks off")
    return counted


def check_dumps(manifest: Manifest, counted: dict[str, dict[str, int]], proof: Proof) -> None:
    """Each CSV of a table has as many rows as the dump; each table of a DocType has its CSV."""
    for path, tables in counted.items():
        of_dump = {row.table: row for row in manifest.tables if row.dump == path}
        for name, rows in tables.items():
            row = of_dump.pop(name, None)
            if row and row.rows != rows:
                proof.problems.append(f"{row.path}: {row.rows} rows, the dump has {rows}")
            if not row and name.startswith("tab"):
                proof.problems.append(f"{name}: in the dump, but without a CSV file")
        proof.problems += [f"{row.path}: {name} is not in the dump" for name, row in of_dump.items()]
