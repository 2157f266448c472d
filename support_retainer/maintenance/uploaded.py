"""A restore test of a backup that somebody uploads in the desk. A client's database does not stay: it is removed with
its key when the test is over, however it ends."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import now_datetime
from frappe.utils.password import remove_encrypted_password

from support_retainer.exceptions import InvalidRestoreTest
from support_retainer.maintenance import restore_test


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


def upload_of(test: Document) -> Document:
    """The file that is attached to this very test. Raises InvalidRestoreTest."""
    own = {"attached_to_doctype": test.doctype, "attached_to_name": test.name, "file_url": test.upload}
    name = frappe.db.get_value("File", own) if test.upload else None
    if not name:
        frappe.throw(_("The file of the backup is gone. Attach it again."), InvalidRestoreTest)
    return frappe.get_doc("File", name)


def forget(test: Document) -> None:
    for name in files_of(test):
        frappe.delete_doc("File", name, ignore_permissions=True, force=True)
    remove_encrypted_password(test.doctype, test.name, "backup_key")
    test.db_set({"upload": None, "backup_key": None}, update_modified=False)
    frappe.db.commit()


def files_of(test: Document) -> list[str]:
    """Its own, and the row that the upload made while the form had no name yet: the content goes with the last of them,
    unless another test waits for the same."""
    rows = frappe.get_all(
        "File", {"file_url": test.upload, "attached_to_doctype": test.doctype}, ["name", "attached_to_name"]
    )
    own = {test.name, None, ""}
    return [
        row.name
        for row in rows
        if row.attached_to_name in own or not frappe.db.exists(test.doctype, row.attached_to_name)
    ]
