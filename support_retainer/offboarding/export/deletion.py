"""The end of an archive: its files are gone, its links are dead, and a certificate says what it was."""

from pathlib import Path

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import now_datetime, nowdate

from support_retainer.exceptions import ExportRefused
from support_retainer.offboarding.export import copies, failure, links, printing, publish, trail

TEMPLATE = "support_retainer/templates/handover/deletion_certificate.html"


def delete_archive(export: Document, why: str) -> None:
    """Delete the files and attach a certificate. Raises ExportRefused where there is no archive."""
    if export.status != "Ready":
        frappe.throw(
            _("{0} is {1}: there is no archive to delete.").format(export.name, _(export.status)), ExportRefused
        )
    copies.delete(export)
    links.revoke(export)
    for row in export.parts:
        remove_file(row)
    certificate = publish.attach_text(export, "deletion.pdf", certificate_of(export, why), "certificate")
    values = {"status": "Deleted", "deleted_at": now_datetime(), "certificate": certificate.file_url}
    export.db_set(values, notify=True)
    failure.settled(export.name)
    trail.note(export.name, "Deleted", why)


def remove_file(row: Document) -> None:
    """Frappe leaves a file on the disk when another record has the same content; an archive goes in any case."""
    if row.file and frappe.db.exists("File", row.file):
        frappe.delete_doc("File", row.file, ignore_permissions=True, force=True)
    Path(frappe.get_site_path("private", "files", row.file_name)).unlink(missing_ok=True)
    frappe.db.set_value("Data Export Part", row.name, "file", None, update_modified=False)


def certificate_of(export: Document, why: str) -> bytes:
    """In the client's language."""
    facts = {"export": export, "why": why, "at": now_datetime(), "by": frappe.session.user}
    return printing.pdf_of(printing.paper(TEMPLATE, None, export.customer, lambda: facts))


def delete_expired() -> list[str]:
    """Archives whose day has come; one that can't be deleted does not keep the others. Returns their names."""
    day_has_come = [["status", "=", "Ready"], ["expires_on", "is", "set"], ["expires_on", "<=", nowdate()]]
    due = frappe.get_all("Client Data Export", filters=day_has_come, pluck="name")
    for name in due:
        try:
            delete_archive(frappe.get_doc("Client Data Export", name), _("the time it is kept is over"))
            frappe.db.commit()
        except Exception:
            frappe.db.rollback()
            frappe.log_error(
                title=f"Client Data Export {name}", reference_doctype="Client Data Export", reference_name=name
            )
            failure.ask_somebody(name, _("The archive of {0} can't be deleted, though its day has come.").format(name))
            frappe.db.commit()
    return due
