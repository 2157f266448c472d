"""Exports from the command line: made here and now, and proven."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import frappe

from support_retainer.archive import cli
from support_retainer.archive.restore import Server
from support_retainer.archive.verify import Proof
from support_retainer.offboarding.export import job, request


@dataclass(frozen=True)
class Made:
    """What became of an export."""

    export: Any

    @property
    def is_ready(self) -> bool:
        return bool(self.export.status == "Ready")

    def as_dict(self) -> dict[str, Any]:
        wanted = ("name", "status", "error", "size_mb", "tables", "row_count", "file_count", "manifest_sha256")
        return {**{key: self.export.get(key) for key in wanted}, "files": self.files()}

    def files(self) -> list[str]:
        return [
            str(Path(frappe.get_site_path("private", "files", row.file_name)).resolve()) for row in self.export.parts
        ]

    def lines(self) -> list[str]:
        if not self.is_ready:
            return [f"{self.export.name}: {self.export.status}: {self.export.error}"]
        counted = f"{self.export.size_mb:.1f} MB, {self.export.tables} tables, {self.export.row_count:,} rows"
        return [f"{self.export.name}: {counted}, {self.export.file_count} files", *self.files()]


def make(contract: str, **values: Any) -> Made:
    """Ask for an export and make it in this process. Raises DoesNotExistError for an unknown contract."""
    frappe.flags.export_by_hand = True
    export = request.request(contract, **values)
    frappe.db.commit()
    job.run(export.name)
    export.reload()
    return Made(export)


def verify(file: str, restore: bool, user: str | None, password: str | None) -> Proof:
    """The scratch database is made with the given account, else with the one the bench keeps."""
    conf = frappe.local.conf
    user, password = user or conf.root_login or "root", password or conf.root_password or ""
    where = {
        "user": user,
        "socket": conf.db_socket,
        "host": None if conf.db_socket else conf.db_host,
        "port": conf.db_port,
    }
    server = Server(tuple(f"--{key}={value}" for key, value in where.items() if value), {"MYSQL_PWD": password})
    return cli.prove(Path(file), server if restore else None, cli.passphrase_for(Path(file)))
