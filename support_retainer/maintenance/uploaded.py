"""A restore test of a backup that somebody uploads in the desk."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import now_datetime

from support_retainer.exceptions import InvalidRestoreTest
from support_retainer.maintenance import restore_test
from support_retainer.maintenance.upload_files import forget, upload_of


def start(test: Document) -> None:
    """Hand it to a worker. Raises InvalidRestoreTest for one that was started before, and without its file."""
    status = frappe.db.get_value("Restore Test", test.name, "status", for_update=True)
    if status != "Ready":
        frappe.throw(_("This test was started already. Make a new one."), InvalidRestoreTest)
    upload_of(test)
    test.db_set({"status": "Running", "started_at": now_datetime()})
    frappe.enqueue(
        "support_retainer.maintenance.uploaded.run",
        name=test.name,
        queue="long",
        timeout=restore_test.LONGEST_SECONDS,
        job_id=f"retainer-restore-upload-{test.name}",
        deduplicate=True,
        enqueue_after_commit=True,
    )


def run(name: str) -> Document:
    """Restore the upload of a test that was started. Returns the test; commits."""
    test = frappe.get_doc("Restore Test", name)
    watched = frappe.get_doc("Managed Site", test.site)
    key = test.get_password("backup_key", raise_exception=False) or ""
    try:
        return restore_test.carry_out(test, watched, upload_of(test).get_full_path(), key)
    finally:
        forget(test)
