"""A second site of the bench with a database of its own, as a client has one; and what an export of it holds."""

import json
import os
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import frappe
import pytest
from frappe.model.document import Document

from support_retainer.archive.manifest import Manifest
from support_retainer.archive.reader import opened
from support_retainer.archive.restore import Server

FILES = {
    "public/files/logo.png": b"\x89PNG" * 1_000,
    "private/files/contract.pdf": b"%PDF" * 1_000,
    "private/files/2026/deep/notes.txt": b"deep",
    "private/files/تقرير.txt": "تقرير".encode(),
    "private/files/what?.txt": b"asked",
    "private/files/" + "ü" * 125 + ".jpeg": b"long name",
}


def server() -> Server:
    """The site's own account, which may make databases whose names begin with that of its own."""
    conf = frappe.conf
    options = (f"--user={conf.db_user or conf.db_name}",)
    if conf.db_host not in (None, "", "localhost", "127.0.0.1"):
        options += (f"--host={conf.db_host}",)
    return Server(options, {"MYSQL_PWD": conf.db_password}, prefix=f"{conf.db_name}_check_")


@contextmanager
def copied_site() -> Iterator[str]:
    """A site with a copy of this site's committed database and some files; removed afterwards.

    Making one takes some seconds, for seven hundred tables, so the tests of a module share one.
    """
    database = f"{frappe.conf.db_name}_{frappe.generate_hash(length=6)}"
    try:
        copy_database(frappe.conf.db_name, database)
        with site_folder(database) as name:
            yield name
    finally:
        server().ask(f"DROP DATABASE IF EXISTS `{database}`")


@contextmanager
def site_folder(database: str) -> Iterator[str]:
    """A site of the bench on a database that is there; two may share one."""
    name = f"client-{frappe.generate_hash(length=6)}.localhost"
    folder = Path(frappe.local.sites_path, name)
    try:
        for path, content in FILES.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
        wanted = {key: frappe.conf.get(key) for key in ("db_password", "db_host", "db_type", "encryption_key")}
        wanted |= {"db_name": database, "db_user": frappe.conf.db_user or frappe.conf.db_name}
        (folder / "site_config.json").write_text(json.dumps({k: v for k, v in wanted.items() if v}))
        yield name
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def copy_database(source: str, target: str) -> None:
    server().ask(f"CREATE DATABASE `{target}` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci")
    login = {**os.environ, **(server().environment or {})}
    options = server().options
    dump = subprocess.Popen(
        ["mariadb-dump", *options, "--single-transaction", source], stdout=subprocess.PIPE, env=login
    )
    subprocess.run(["mariadb", *options, target], stdin=dump.stdout, env=login, check=True)
    assert dump.wait() == 0


def database_of(site: str) -> str:
    return json.loads(Path(frappe.local.sites_path, site, "site_config.json").read_text())["db_name"]


def checksums(database: str) -> dict[str, str]:
    tables = [row[0] for row in server().ask("SHOW FULL TABLES WHERE table_type = 'BASE TABLE'", database)]
    rows = server().ask("CHECKSUM TABLE " + ", ".join(f"`{table}`" for table in tables), database)
    return {name.split(".", 1)[1]: checksum for name, checksum in rows}


def manage(site: str, contract: Document, **values: object) -> Document:
    """The Managed Site that says that a site of this bench is the client's."""
    record = frappe.get_doc(doctype="Managed Site", contract=contract.name, local_site=site, **values)
    record.site_name = f"Site {frappe.generate_hash(length=6)}"
    record.url = "https://client.example"
    return record.insert()


def archive_of(export: Document) -> Path:
    """The file, or the first part, of a finished export."""
    assert export.status == "Ready", export.error
    return Path(frappe.get_site_path("private", "files", export.parts[0].file_name)).resolve()


@contextmanager
def inside(export: Document, passphrase: str = "") -> Iterator[tuple[zipfile.ZipFile, Manifest]]:
    with opened(archive_of(export), passphrase) as archive:
        yield archive, Manifest.from_json(archive.read("manifest.json"))


@pytest.fixture
def no_archives_left(site: str) -> Iterator[None]:
    """Archives lie on the disk, where no database is put back."""
    yield
    for file in Path(frappe.get_site_path("private", "files")).glob("RET-EXP-*"):
        file.unlink()
    shutil.rmtree(frappe.get_site_path("private", "exports"), ignore_errors=True)
