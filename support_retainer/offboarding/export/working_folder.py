"""The folder in which an export is made: whose it is, and that nothing of the client's stays in it."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import frappe
from frappe.utils import get_datetime, now_datetime
from frappe.utils.password import remove_encrypted_password

from support_retainer.archive.names import safe_part
from support_retainer.archive.staging import Staging

UNDER_WAY = ("Queued", "Running")
FAILED_KEPT = timedelta(days=7)  # what was finished of a failed export spares the next attempt its work


def folder_of(export: str) -> Path:
    return Path(frappe.get_site_path("private", "exports", safe_part(export)))


@contextmanager
def only_one(export: str) -> Iterator[bool]:
    """False while another worker has this export. The lock ends with its process, however that ends."""
    folder = folder_of(export)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def clear(export: str) -> bool:
    """Remove what is left of an export that is over, unless a worker still has it: that one clears up itself."""
    with only_one(export) as alone:
        if alone:
            remove(export)
        return alone


def remove(export: str) -> None:
    """For whoever has the lock: the folder goes, and parts that a kill left between it and the record."""
    Staging(folder_of(export)).remove()
    known = set(frappe.get_all("Data Export Part", {"parent": export}, pluck="file_name"))
    for file in Path(frappe.get_site_path("private", "files")).glob(f"{safe_part(export)}-*.zip*"):
        if file.name not in known:
            file.unlink()


def forget_passphrase(export: str) -> None:
    """Nobody needs it any more: the archive is made, or is not going to be."""
    remove_encrypted_password("Client Data Export", export, "passphrase")
    frappe.db.set_value("Client Data Export", export, "passphrase", None, update_modified=False)


def sweep() -> list[str]:
    """Clear up after exports that are over, and after failures that nobody retried; returns those it looked at."""
    root = Path(frappe.get_site_path("private", "exports"))
    found = [folder.name for folder in root.iterdir() if folder.is_dir()] if root.is_dir() else []
    return [name for name in found if is_over(name) and clear(name)]


def is_over(export: str) -> bool:
    row = frappe.db.get_value("Client Data Export", export, ["status", "modified"], as_dict=True)
    if row and row.status == "Failed":
        return get_datetime(row.modified) < now_datetime() - FAILED_KEPT
    return not row or row.status not in UNDER_WAY
