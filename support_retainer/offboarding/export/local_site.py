"""A site of this bench as a source: its database by mariadb-dump, its files from the disk, its shape by query."""

import gzip
import json
import os
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import which
from typing import Any

import frappe
import pymysql
from frappe import _

from support_retainer.archive.manifest import TableEntry
from support_retainer.archive.staging import CsvOfDump, Staging
from support_retainer.archive.writer import ArchiveWriter
from support_retainer.exceptions import ExportRefused
from support_retainer.offboarding.export import environment, site_shape
from support_retainer.offboarding.export.outage import DumpBroke
from support_retainer.offboarding.export.progress import Progress

FLAGS = ("--single-transaction", "--quick", "--hex-blob", "--default-character-set=utf8mb4", "--no-tablespaces")
BLOCK = 1 << 20
FAST = 3  # of gzip; 6 would make the dump wait for it


class LocalSite:
    """`prefix` is the folder in the archive, empty where there is one site only."""

    def __init__(self, name: str, prefix: str = "", include_files: bool = True) -> None:
        refuse_ours(name)
        self.name, self.prefix, self.include_files = name, prefix, include_files
        self.path = Path(frappe.local.sites_path) / name
        self.config = frappe.get_site_config(frappe.local.sites_path, str(self.path))
        if self.config.get("db_type", "mariadb") != "mariadb":
            frappe.throw(
                _("{0} runs on {1}; only MariaDB can be exported.").format(name, self.config.db_type), ExportRefused
            )

    def size(self) -> tuple[int, int]:
        """Bytes of the database, as the server estimates them, and of the files."""
        with self.connection() as database, database.cursor() as cursor:
            cursor.execute(
                "select coalesce(sum(data_length), 0) from information_schema.tables where table_schema = database()"
            )
            rows = int(cursor.fetchone()[0])
        return rows, self.unstaged()

    def unstaged(self) -> int:
        """Bytes that are packed from where they are."""
        return sum(file.stat().st_size for file, _path in self.files()) if self.include_files else 0

    def stage(self, staging: Staging, progress: Progress) -> None:
        self.dump(staging, progress)
        self.write_tables(staging, progress)
        if self.step("shape") not in staging.done:
            with self.connection() as database:
                shape = site_shape.read(database)
            staging.path(self.prefix, "csv", "schema.json").write_text(json.dumps(shape, indent=1, ensure_ascii=False))
            singles = site_shape.write_singles(staging.path(self.prefix, "csv", "Singles.csv"), shape)
            staging.record(self.step("shape"), singles=singles, versions=shape["apps"])

    def dump(self, staging: Staging, progress: Progress) -> None:
        """The whole database at one instant. A dump that a kill cut short is made anew: its instant is gone."""
        if self.step("dump") in staging.done:
            return
        expected = max(self.size()[0], 1)
        unfinished = staging.path(self.prefix, "database.sql.gz.part")
        with self.dump_process() as process, gzip.GzipFile(unfinished, "wb", FAST, mtime=0) as packed:
            done, tail = 0, b""
            while block := process.stdout.read(BLOCK):
                packed.write(block)
                done, tail = done + len(block), (tail + block)[-200:]
                progress.tell(0.4 * done / expected, _("Database of {0}").format(self.name))
        if process.returncode or b"-- Dump completed" not in tail:
            raise DumpBroke(_("mariadb-dump ended with {0}: {1}").format(process.returncode, process.said))
        staging.finish(unfinished)
        staging.record(self.step("dump"), size=done)

    @contextmanager
    def dump_process(self) -> Iterator["subprocess.Popen[bytes]"]:
        program = which("mariadb-dump") or which("mysqldump") or "mariadb-dump"
        with self.option_file() as options, tempfile.TemporaryFile() as errors:
            words = [program, f"--defaults-extra-file={options}", *FLAGS, self.config.db_name]
            process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=errors)
            try:
                yield process
                process.wait()
            finally:
                if process.poll() is None:
                    process.kill()
                    process.wait()
                errors.seek(0)
                process.said = errors.read(2_000).decode(errors="replace").strip()

    @contextmanager
    def option_file(self) -> Iterator[str]:
        """The password in a file that only this user reads: on a command line everybody would see it."""
        lines = [f'{key} = "{escaped(value)}"' for key, value in self.login().items() if value]
        with tempfile.NamedTemporaryFile("w", suffix=".cnf") as file:
            os.chmod(file.name, stat.S_IRUSR | stat.S_IWUSR)
            file.write("[client]\n" + "\n".join(lines) + "\n")
            file.flush()
            yield file.name

    def login(self) -> dict[str, Any]:
        known = self.config
        place = {"socket": known.db_socket} if known.db_socket else {"host": known.db_host, "port": known.db_port}
        return {"user": known.db_user or known.db_name, "password": known.db_password, **place}

    @contextmanager
    def connection(self) -> Iterator[Any]:
        login = self.login()
        made = pymysql.connect(
            user=login["user"],
            password=login["password"],
            database=self.config.db_name,
            charset="utf8mb4",
            unix_socket=login.get("socket"),
            host=login.get("host") or "localhost",
            port=int(login.get("port") or 3306),
        )
        with made as database:
            yield database

    def write_tables(self, staging: Staging, progress: Progress) -> None:
        """Skips those that are finished."""
        total = len(list(self.table_names()))
        written = self.csv_files(
            staging, lambda table, rows: progress.tell(0.4 + 0.6 * len(staging.done) / max(total, 1), table[3:])
        )
        if self.step("csv") not in staging.done:
            written.write()
            staging.record(self.step("csv"))

    def csv_files(self, staging: Staging, told: Any = None) -> CsvOfDump:
        return CsvOfDump(staging, f"{self.prefix}database.sql.gz", f"{self.prefix}csv", told or (lambda *_: None))

    def table_names(self) -> Iterator[str]:
        with self.connection() as database, database.cursor() as cursor:
            cursor.execute("show full tables where table_type = 'BASE TABLE'")
            yield from (row[0] for row in cursor.fetchall())

    def pack(self, staging: Staging, archive: ArchiveWriter) -> None:
        archive.add_file(staging.path(self.prefix, "database.sql.gz"), *self.at("database.sql.gz"))
        entries = self.csv_files(staging).entries()
        for row in staging.done[self.step("shape")]["singles"]:
            entries.append(TableEntry(f"{self.prefix}csv/{row['file']}", 1, row["columns"], doctype=row["doctype"]))
        for entry in entries:
            archive.add_file(staging.path(entry.path), *entry.path.split("/"))
        archive.manifest.tables += entries
        archive.add_file(staging.path(self.prefix, "csv", "schema.json"), *self.at("csv", "schema.json"))
        kept = {"encryption_key": self.config.get("encryption_key")}
        archive.add_bytes(json.dumps(kept, indent=1).encode(), *self.at("site_config.json"))
        for file, path in self.files() if self.include_files else ():
            archive.add_file(file, *self.at("files", *path), original="/".join(path))

    def at(self, *path: str) -> tuple[str, ...]:
        return (*filter(None, self.prefix.split("/")), *path)

    def files(self) -> Iterator[tuple[Path, tuple[str, ...]]]:
        """Public and private files. A link is left out: it may lead to another client's folder."""
        for kind in ("public", "private"):
            root = self.path / kind / "files"
            for folder, _folders, names in os.walk(root):
                for name in sorted(names):
                    file = Path(folder) / name
                    if not file.is_symlink():
                        yield file, (kind, *file.relative_to(root).parts)

    def step(self, name: str) -> str:
        return f"{self.prefix}:{name}"

    def about(self, staging: Staging) -> dict[str, Any]:
        with self.connection() as database:
            known = environment.read(database)
        versions = staging.done[self.step("shape")]["versions"]
        return {"site": self.name, "kind": "local", "apps": versions, "environment": known}


def refuse_ours(name: str) -> None:
    """Our own site holds every client's records. Raises ExportRefused for it and for what is no site."""
    if name == frappe.local.site:
        frappe.throw(_("{0} is our own site and holds the records of all clients.").format(name), ExportRefused)
    if name not in frappe.utils.get_sites():
        frappe.throw(_("This bench has no site {0}. Correct the Managed Site.").format(name), ExportRefused)


def escaped(value: Any) -> str:
    return str(value).replace("\\", "\\\\").replace('"', '\\"')
