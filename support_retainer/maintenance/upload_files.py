"""The file of a restore test of an upload. A client's database does not stay: it is removed with its key when the test
is over, however it ends."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils.password import remove_encrypted_password

from support_retainer.exceptions import InvalidRestoreTest


def upload_of(test: Document) -> Document:
    """The file that is attached to this very test. Raises InvalidRestoreTest."""
    own = {"attached_to_doctype": test.doctype, "attached_to_name": test.name, "file_url": test.upload}
    name = frappe.db.get_value("File", own) if test.upload else None
    if not name:
        frappe.throw(_("The file of the backup is gone. Attach it again."), InvalidRestoreTest)
    return frappe.get_doc("File", name)


def forget(test: Document) -> None:
    """Commits."""
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
