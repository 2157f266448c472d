"""The dump of an archive in a scratch database, and what is in it compared with the CSV files.

The sums are made by the database on one side and by Python's csv module on the other, so neither the dump nor the
writer of the CSV files is believed.
"""

import os
import secrets
import subprocess
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from support_retainer.archive.dump import DumpReader, Table
from support_retainer.archive.manifest import TableEntry
from support_retainer.archive.reader import HashingReader, manifest_of, opened, unpacked
from support_retainer.archive.verify import UNREADABLE, Proof, csv_rows

BINARY = ("binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob")
NOT_COMPARED = ("bit", "point", "geometry", "polygon")


@dataclass(frozen=True)
class Server:
    """How the mariadb client reaches a server on which it may make databases; the password is in MYSQL_PWD."""

    options: tuple[str, ...] = ()
    environment: Mapping[str, str] | None = None
    prefix: str = "export_check_"  # of the scratch databases

    def command(self, *words: str) -> list[str]:
        return ["mariadb", *self.options, "--default-character-set=utf8mb4", *words]

    def ask(self, sql: str, database: str = "") -> list[list[str]]:
        done = subprocess.run(
            self.command("--batch", "--skip-column-names", *([database] if database else [])),
            input=sql.encode(),
            capture_output=True,
            env={**os.environ, **(self.environment or {})},
            check=False,
        )
        if done.returncode:
            raise OSError(done.stderr.decode().strip())
        return [line.split("\t") for line in done.stdout.decode().splitlines()]


class NoScratch(Exception):
    """There is no database to restore into, which says nothing about the archive."""


def restore_and_compare(path: Path, proof: Proof, server: Server, passphrase: str = "") -> None:
    """Load each dump of the archive into a database made for it, compare, drop it; differences go into `proof`."""
    try:
        with opened(path, passphrase) as archive:
            manifest = manifest_of(archive)
            for dump in sorted({row.dump for row in manifest.tables if row.dump}):
                rows = [row for row in manifest.tables if row.dump == dump]
                with scratch(server) as database:
                    load(archive, dump, server, database)
                    compare(archive, dump, rows, server, database, proof)
    except NoScratch as error:
        proof.not_restored = str(error)
    except UNREADABLE as error:
        proof.problems.append(f"the dump can't be restored: {error}")


@contextmanager
def scratch(server: Server) -> Iterator[str]:
    """An empty database that is dropped whatever happens; those of killed runs on this machine are dropped too."""
    name = f"{server.prefix}{os.getpid()}_{secrets.token_hex(4)}"
    try:
        sweep(server)
        server.ask(f"CREATE DATABASE `{name}` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci")
    except FileNotFoundError as error:
        raise NoScratch("the program mariadb is not installed; install the MariaDB client") from error
    except OSError as error:
        raise NoScratch(f"{error}; give --user, --host or --socket, and the password in MYSQL_PWD") from error
    try:
        yield name
    finally:
        server.ask(f"DROP DATABASE IF EXISTS `{name}`")


def sweep(server: Server) -> None:
    for (name,) in server.ask(f"SHOW DATABASES LIKE '{server.prefix.replace('_', chr(92) + '_')}%'"):
        pid = name.removeprefix(server.prefix).split("_")[0]
        if pid.isdigit() and not Path(f"/proc/{pid}").exists():
            server.ask(f"DROP DATABASE IF EXISTS `{name}`")


def load(archive: zipfile.ZipFile, dump: str, server: Server, database: str) -> None:
    with archive.open(dump) as member:
        text = unpacked(member)  # type: ignore[arg-type]
        client = subprocess.Popen(
            server.command(database),
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, **(server.environment or {})},
        )
        with client:
            try:
                while block := text.read(1 << 20):
                    client.stdin.write(block)  # type: ignore[union-attr]
                client.stdin.close()  # type: ignore[union-attr]
            except BrokenPipeError:
                client.stdin = None
            said = client.stderr.read().decode().strip()  # type: ignore[union-attr]
        if client.returncode:
            raise OSError(said)


def compare(
    archive: zipfile.ZipFile, dump: str, rows: Sequence[TableEntry], server: Server, database: str, proof: Proof
) -> None:
    """Number of rows, and for each column the sum of its values' checksums, whatever the order of the rows."""
    entries = {row.table: row for row in rows}
    for table in tables_of(archive, dump):
        entry = entries.get(table.name)
        if not entry:
            continue
        restored = [int(value) for value in server.ask(sums_query(table), database)[0]]
        with archive.open(entry.path) as member:
            written = sums_of_csv(HashingReader(member), table)
        proof.restored_tables += 1
        if restored != written:
            where = [column for column, a, b in zip(table.columns, restored[1:], written[1:], strict=True) if a != b]
            proof.problems.append(
                f"{entry.path}: {written[0]} rows, restored {restored[0]}; other values in: {', '.join(where) or '-'}"
            )


def tables_of(archive: zipfile.ZipFile, dump: str) -> Iterator[Table]:
    with archive.open(dump) as member:
        yield from (found for found in DumpReader(unpacked(member)) if isinstance(found, Table))  # type: ignore[arg-type]


def sums_query(table: Table) -> str:
    sums = [sum_of(column, kind) for column, kind in zip(table.columns, table.types, strict=True)]
    return f"SELECT COUNT(*), {', '.join(sums)} FROM {quoted(table.name)}"  # noqa: S608 - names out of the dump, quoted


def sum_of(column: str, kind: str) -> str:
    if kind in NOT_COMPARED:
        return "0"
    text = f"CONVERT({quoted(column)} USING utf8mb4)"
    if kind in BINARY:
        text = f"IF({quoted(column)} = '', '', CONCAT('0x', HEX({quoted(column)})))"
    return f"IFNULL(SUM(CRC32(REPLACE(IFNULL({text}, ''), CHAR(0), ''))), 0)"


def sums_of_csv(reader: HashingReader, table: Table) -> list[int]:
    sums = [0] * (len(table.columns) + 1)
    compared = [(n, kind not in NOT_COMPARED) for n, kind in enumerate(table.types, start=1)]
    rows = csv_rows(reader)
    next(rows)
    for row in rows:
        sums[0] += 1
        for (n, counts), value in zip(compared, row, strict=True):
            if counts:
                sums[n] += zlib.crc32(value.encode())
    return sums


def quoted(name: str) -> str:
    return f"`{name.replace('`', '``')}`"
