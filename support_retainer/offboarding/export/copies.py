"""The copy of an archive in a bucket, as a state of its record: wanted together with Ready, tried again each hour after
a kill or a refusal, told to somebody when it stays away, and gone with the archive."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import now_datetime

from support_retainer.exceptions import ExportRefused
from support_retainer.offboarding.export import failure, s3, trail, working_folder

JOB = "support_retainer.offboarding.export.copies.make"
LONGEST = 6 * 60 * 60  # seconds
WANTED = ("Pending", "Failed")
TOLD_AFTER = 3  # attempts; an hour lies between two
MOST_ATTEMPTS = 24


def want(export: Document) -> None:
    """In the transaction that says Ready, so that no kill loses the wish."""
    export.copy_status = "Pending" if export.copy_to_s3 else None


def make(export: str) -> None:
    """What the worker calls; nothing where no copy is wanted, or where another worker is at it."""
    if not is_wanted(export):
        return
    with working_folder.only_one(export) as alone:
        if alone and is_wanted(export):
            attempt(frappe.get_doc("Client Data Export", export))
            working_folder.remove(export)


def is_wanted(export: str) -> bool:
    frappe.db.rollback()  # a snapshot from before the lock would show what was before it
    wanted = {"name": export, "status": "Ready", "copy_status": ["in", WANTED]}
    return bool(frappe.db.exists("Client Data Export", wanted))


def attempt(export: Document) -> None:
    """One try. From its beginning the record names the folder, because something may lie there after a kill."""
    tried = {"copy_attempts": export.copy_attempts + 1, "s3_folder": s3.folder_of(export)}
    export.db_set(tried, notify=True)
    frappe.db.commit()
    try:
        where = s3.upload(export)
    except Exception as error:
        frappe.db.rollback()
        failed(export, frappe.utils.strip_html(str(error)) or type(error).__name__)
    else:
        export.db_set({"copy_status": "Copied", "copy_error": None, "copied_at": now_datetime()}, notify=True)
        failure.settled(export.name)
        trail.note(export.name, "Copied", where)
    frappe.db.commit()


def failed(export: Document, said: str) -> None:
    if said != export.copy_error:
        trail.note(export.name, "Failed", _("Copy to the bucket: {0}").format(said[:200]))
    export.db_set({"copy_status": "Failed", "copy_error": said}, notify=True)
    frappe.log_error(title=f"S3 {export.name}", reference_doctype=export.doctype, reference_name=export.name)


def try_again() -> list[str]:
    """Copies that are still wanted, each hour for a day; returns those that are tried. Whoever looks after the client
    is told of one that stays away, also where each attempt kills its worker."""
    rows = frappe.get_all(
        "Client Data Export",
        {"status": "Ready", "copy_status": ["in", WANTED]},
        ["name", "copy_attempts"],
        order_by="creation",
    )
    for row in rows:
        if row.copy_attempts in (TOLD_AFTER, MOST_ATTEMPTS):
            failure.ask_somebody(row.name, _("The copy of the export {0} in the bucket fails.").format(row.name))
    tried = [row.name for row in rows if row.copy_attempts < MOST_ATTEMPTS]
    for name in tried:
        start(name)
    frappe.db.commit()
    return tried


def start(export: str) -> None:
    frappe.enqueue(
        JOB,
        queue="long",
        timeout=LONGEST,
        job_id=f"export-copy-{export}",
        deduplicate=True,
        enqueue_after_commit=True,
        export=export,
    )


def again(export: Document) -> None:
    """At once, and for another day. Raises ExportRefused where no copy is wanted."""
    refuse_unless_wanted(export)
    export.db_set({"copy_status": "Pending", "copy_attempts": min(export.copy_attempts, 1)}, notify=True)
    start(export.name)


def give_up(export: Document, why: str) -> None:
    """Nobody tries it any more, and the archive can be deleted without the bucket: somebody has looked into that."""
    refuse_unless_wanted(export)
    export.db_set({"copy_status": "Given Up", "copy_error": why}, notify=True)
    failure.settled(export.name)
    trail.note(export.name, "Cancelled", _("Copy to the bucket: {0}").format(why))


def refuse_unless_wanted(export: Document) -> None:
    if export.status != "Ready" or export.copy_status not in WANTED:
        frappe.throw(_("{0} waits for no copy in the bucket.").format(frappe.bold(export.name)), ExportRefused)


def delete(export: Document) -> None:
    """With the archive, which is not called deleted while a copy may be left. Raises ExportRefused."""
    if not export.s3_folder or export.copy_status == "Given Up":
        return
    with working_folder.only_one(export.name) as alone:
        if not alone:
            frappe.throw(
                _("{0} is being copied to the bucket. Delete it when that is done.").format(export.name), ExportRefused
            )
        try:
            s3.delete(export)
        except Exception as error:
            said = _("The copy in the bucket can't be deleted, so the archive stays: {0}").format(error)
            frappe.throw(frappe.utils.escape_html(said), ExportRefused)
        working_folder.remove(export.name)
    export.db_set("copy_status", "Deleted")
