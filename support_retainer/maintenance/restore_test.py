"""A backup that was never restored is a hope. This restores one and compares it, and writes down what came of it.

The restored SQL runs as a user who has rights in the scratch database alone, in a client without commands of its own;
so a file from elsewhere can harm nothing.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic
from typing import IO

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import now_datetime

from support_retainer.domain.restoring import compare, unlike
from support_retainer.exceptions import RetainerError, UnreadableBackup
from support_retainer.hours import notices
from support_retainer.maintenance import backup_file, interrupted
from support_retainer.maintenance.scratch import LONGEST_SECONDS, Admin, Scratch, scratch_database

# Small tables that every site has and large ones that matter most; a checksum reads the whole table.
COMPARED = (
    "tabDocType",
    "tabDocField",
    "tabUser",
    "tabHas Role",
    "tabCompany",
    "tabAccount",
    "tabSales Invoice",
    "tabGL Entry",
)


def verify(site: str, file: str | None = None, key: str = "") -> Document:
    """Restore a backup of the managed site: a new one of its local site, or `file`. Returns the Restore Test; commits.

    Raises NoScratchDatabase and RetainerError for what is missing here; a bad backup is a failed test, no error.
    """
    watched = frappe.get_doc("Managed Site", site)
    if not (file or watched.local_site):
        raise RetainerError(
            _("{0} is no site of this bench, so there is nothing to take a backup of. Give a file.").format(site)
        )
    interrupted.tidy()
    return carry_out(begin(watched, file), watched, file, key)


def carry_out(test: Document, watched: Document, file: str | None, key: str) -> Document:
    """The test itself; commits. Raises what hindered it, when it has been written down."""
    began = monotonic()
    try:
        with scratch_database() as scratch, backup_of(watched, file) as taken:
            result = examine(scratch, watched, taken, key)
    except UnreadableBackup as error:
        result = {"status": "Failed", "reason": str(error)}
    except Exception as error:
        finish(test, {"status": "Failed", "reason": f"{type(error).__name__}: {error}"[:500]}, began)
        raise
    finish(test, result, began)
    return test


def begin(watched: Document, file: str | None) -> Document:
    test = frappe.get_doc(
        doctype="Restore Test",
        site=watched.name,
        status="Running",
        started_at=now_datetime(),
        source="File" if file else "Taken for the Test",
    ).insert(ignore_permissions=True)
    frappe.db.commit()
    return test


def finish(test: Document, result: dict[str, object], began: float) -> None:
    frappe.db.rollback()
    test.db_set({**result, "seconds": round(monotonic() - began)})
    if result["status"] == "Failed":
        text = _("The restore test of {0} failed: {1}").format(test.site, result.get("reason"))
        notices.notify(notices.managers(), text, test)
        notices.mail(notices.managers(), text[:140], text, test)
    frappe.db.commit()


@contextmanager
def backup_of(watched: Document, file: str | None) -> Iterator[dict[str, object]]:
    """A backup with what its database held around it: {path, key, before, after}; `before` is None for a file."""
    if file:
        yield {"path": Path(file), "key": "", "before": None, "after": None}
        return
    config = site_config(watched.local_site)
    folder = Path(tempfile.mkdtemp(prefix=interrupted.FOLDER))
    admin = Admin()
    try:
        before = contents(admin, config["db_name"])
        path = take_backup(watched.local_site, folder)
        after = contents(admin, config["db_name"])
        yield {"path": path, "key": config.get("backup_encryption_key") or "", "before": before, "after": after}
    finally:
        admin.close()
        shutil.rmtree(folder, ignore_errors=True)


def site_config(local_site: str) -> dict[str, str]:
    return json.loads(Path(frappe.local.sites_path, local_site, "site_config.json").read_text())


def take_backup(local_site: str, folder: Path) -> Path:
    """With the bench's own command, which knows about encryption. Raises UnreadableBackup with what it said."""
    path = folder / f"{local_site}-database.sql.gz"
    files = ["--backup-path-db", str(path), "--backup-path-conf", str(folder / "site_config.json")]
    done = subprocess.run(
        [sys.executable, "-m", "frappe.utils.bench_helper", "frappe", "--site", local_site, "backup", *files],
        cwd=frappe.local.sites_path,
        capture_output=True,
        text=True,
        timeout=LONGEST_SECONDS,
        check=False,
    )
    if done.returncode or not path.exists():
        raise UnreadableBackup(_("The backup could not be taken: {0}").format((done.stderr or done.stdout)[-300:]))
    return path


def examine(scratch: Scratch, watched: Document, taken: dict, key: str) -> dict[str, object]:
    path: Path = taken["path"]
    found = {
        "backup_file": path.name,
        "backup_mb": round(path.stat().st_size / 1024**2, 1) if path.is_file() else 0,
        "is_encrypted": int(path.is_file() and backup_file.is_encrypted(path)),
    }
    try:
        load(scratch, path, key or taken["key"] or site_key(watched))
        return {**found, **judge(contents(scratch.admin, scratch.name), taken)}
    except UnreadableBackup as error:
        return {**found, "status": "Failed", "reason": str(error)}


def site_key(watched: Document) -> str:
    return site_config(watched.local_site).get("backup_encryption_key") or "" if watched.local_site else ""


def load(scratch: Scratch, path: Path, key: str) -> None:
    """Feed the SQL to the database's own client; raises UnreadableBackup with what is wrong.

    What it says goes to a file: it prints the statement that fails, and would wait for us to read it while we write.
    """
    with tempfile.TemporaryFile() as said:
        client = subprocess.Popen(
            client_command(scratch),
            stdin=subprocess.PIPE,
            stderr=said,
            env={**os.environ, "MYSQL_PWD": scratch.password},
        )
        try:
            feed(client, backup_file.read(path, key))
        except BaseException:
            client.kill()
            raise
        finally:
            client.wait(LONGEST_SECONDS)
        if client.returncode:
            raise UnreadableBackup(_("The database refuses the dump: {0}").format(complaint(said)))


def feed(client: subprocess.Popen, pieces: Iterator[bytes]) -> None:
    """Also what the client no longer takes is read: it may have given up because the file is broken, which then is
    the reason."""
    takes = True
    for piece in pieces:
        takes = takes and put(client, piece)
    with suppress(BrokenPipeError):
        client.stdin.close()


def put(client: subprocess.Popen, piece: bytes) -> bool:
    try:
        client.stdin.write(piece)
    except BrokenPipeError:
        return False
    return True


def complaint(said: IO[bytes]) -> str:
    """The line with the error; the statement that it prints before may be a client's data."""
    said.seek(0)
    lines = [line for line in said.read().decode(errors="replace").splitlines() if line.startswith("ERROR")]
    return (lines or [_("it gives no reason")])[-1][:300]


def client_command(scratch: Scratch) -> list[str]:
    program = shutil.which("mariadb") or shutil.which("mysql") or "mariadb"
    conf = frappe.conf
    place = ["--socket", conf.db_socket] if conf.db_socket else []
    if conf.db_host and not conf.db_socket:
        place = ["--host", conf.db_host, "--port", str(conf.db_port or 3306)]
    # Binary mode: the client obeys no commands in the file, such as those that start programs.
    options = [
        "--binary-mode",
        "--batch",
        "--local-infile=0",
        "--max-allowed-packet=1G",
        "--default-character-set=utf8mb4",
    ]
    return [program, "--no-defaults", *place, "--user", scratch.name, *options, scratch.name]


def contents(admin: Admin, database: str) -> dict[str, dict]:
    """Rows of every table, and the checksums of those that are compared in full."""
    tables = [
        row[0]
        for row in admin.sql(
            """select table_name from information_schema.tables
            where table_schema = %s and table_type = 'BASE TABLE' order by table_name""",
            database,
        )
    ]
    rows = {table: int(admin.sql(f"select count(*) from `{database}`.`{table}`")[0][0]) for table in tables}  # noqa: S608
    listed = [table for table in COMPARED if table in rows]
    sums = {table: admin.sql(f"checksum table `{database}`.`{table}`")[0][1] for table in listed}
    return {"rows": rows, "checksums": sums}


def judge(found: dict[str, dict], taken: dict) -> dict[str, object]:
    before, after = taken["before"], taken["after"]
    values = {
        "tables": len(found["rows"]),
        "rows": sum(found["rows"].values()),
        "checksums": 0,
        "status": "Passed",
        "differences": "",
    }
    if "tabDocType" not in found["rows"] or not found["rows"]["tabDocType"]:
        return {**values, "status": "Failed", "reason": _("The backup holds no site of Frappe: it has no DocTypes.")}
    if before is None:
        return values
    differences = [str(one) for one in compare(before["rows"], after["rows"], found["rows"])]
    changed = unlike(before["checksums"], after["checksums"], found["checksums"])
    values["checksums"] = len(before["checksums"]) - len(changed)
    if not (differences or changed):
        return values
    return {
        **values,
        "status": "Failed",
        "reason": _("{0} tables differ in rows, {1} in content.").format(len(differences), len(changed)),
        "differences": "\n".join([*differences, *(_("{0}: other content").format(table) for table in changed)]),
    }
