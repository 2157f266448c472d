"""What killed restore tests leave behind: a test that never ends, an upload, a copy of a backup, a database."""

import shutil
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import frappe
from frappe import _
from frappe.utils import add_to_date, now_datetime

from support_retainer.exceptions import NoScratchDatabase
from support_retainer.maintenance.scratch import LONGEST_SECONDS, Admin, drop_forgotten
from support_retainer.maintenance.upload_files import forget

FOLDER = "retainer-restore-"


def tidy() -> None:
    """Daily, and before each test. Commits."""
    end_tests()
    remove_copies()
    with suppress(NoScratchDatabase):
        admin = Admin()
        try:
            drop_forgotten(admin)
        finally:
            admin.close()


def end_tests() -> None:
    """They say that they were interrupted; what somebody had uploaded for them goes."""
    since = add_to_date(now_datetime(), seconds=-LONGEST_SECONDS)
    for name in frappe.get_all("Restore Test", {"status": "Running", "started_at": ["<", since]}, pluck="name"):
        test = frappe.get_doc("Restore Test", name)
        test.db_set({"status": "Failed", "reason": _("It was interrupted.")})
        forget(test)


def remove_copies() -> None:
    """Backups that were taken for a test, in the folder for temporary files."""
    oldest = time.time() - LONGEST_SECONDS
    for folder in Path(tempfile.gettempdir()).glob(f"{FOLDER}*"):
        with suppress(OSError):
            if folder.stat().st_mtime < oldest:
                shutil.rmtree(folder)
