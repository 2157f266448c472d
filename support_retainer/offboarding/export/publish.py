"""From a finished archive to private files that the record names, in one transaction."""

import errno
import hashlib
import os
import shutil
from pathlib import Path

import frappe
from frappe.model.document import Document
from frappe.utils import add_days, cint, now_datetime, nowdate

from support_retainer.archive import secrecy
from support_retainer.archive.manifest import Manifest
from support_retainer.archive.names import safe_part
from support_retainer.exceptions import ExportStopped
from support_retainer.offboarding.export import copies, failure, trail, working_folder

KEPT_FOR = 30  # days, where the settings say nothing
BLOCK = 1 << 20


def publish(doc: Document, parts: list[Path], packed: Manifest) -> None:
    """Attach the parts and the manifest and say Ready. What a kill leaves is replaced by the next run.

    Raises ExportStopped where somebody has cancelled the export meanwhile.
    """
    if frappe.db.get_value(doc.doctype, doc.name, "status", for_update=True) != "Running":
        raise ExportStopped
    doc.reload()
    doc.set("parts", [])
    for number, part in enumerate(parts, start=1):
        digest = sha256_of(part)
        file = keep(doc, part, name_of(doc, number, len(parts)), digest)
        doc.append(
            "parts",
            {"file": file.name, "file_name": file.file_name, "size_mb": file.file_size / 1e6, "sha256": digest},
        )
    text = packed.as_json()
    doc.manifest = attach_text(doc, "manifest.json", text, "manifest").file_url
    doc.manifest_sha256 = hashlib.sha256(text).hexdigest()
    doc.update(figures(packed, doc))
    doc.update({"status": "Ready", "progress": 100, "step": None, "finished_at": now_datetime()})
    doc.expires_on = doc.expires_on or add_days(nowdate(), kept_for())
    doc.passphrase = None
    copies.want(doc)
    working_folder.forget_passphrase(doc.name)
    doc.flags.ignore_permissions = True
    doc.save()
    failure.settled(doc.name)
    trail.note(doc.name, "Ready", f"{doc.manifest_sha256} {doc.manifest}")
    doc.notify_update()


def figures(packed: Manifest, doc: Document) -> dict[str, float]:
    return {
        "size_mb": sum(row.size_mb for row in doc.parts),
        "tables": len(packed.tables),
        "row_count": sum(entry.rows for entry in packed.tables),
        "file_count": len(packed.files),
        "left_out": len(packed.skipped),
    }


def name_of(doc: Document, number: int, count: int) -> str:
    """Not guessable from another export's name, and the same when a killed run publishes again."""
    mark = hashlib.sha256(f"{doc.name}{doc.creation}{frappe.local.conf.get('encryption_key')}".encode()).hexdigest()[
        :10
    ]
    stem = f"{safe_part(doc.name)}-{mark}.zip{secrecy.ENDING if doc.encrypted else ''}"
    return stem if count == 1 else f"{stem}.{number:03d}"


def keep(doc: Document, part: Path, name: str, digest: str) -> Document:
    """A part as a private file that hangs on no record: Frappe gives an attachment to whoever may read the record, or
    once owned it, and an archive goes through the doors of download.py alone, which write down who came."""
    move(part, Path(frappe.get_site_path("private", "files", name)))
    return register(doc, name, digest, attached=False)


def move(part: Path, target: Path) -> None:
    """Also where the files of a site lie on a disk of their own."""
    try:
        part.rename(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        beside = target.with_name(f"{target.name}.part")
        shutil.copyfile(part, beside)
        with beside.open("rb+") as copied:
            os.fsync(copied.fileno())
        beside.rename(target)
        part.unlink()


def attach_text(doc: Document, name: str, text: bytes, fieldname: str) -> Document:
    """A small private file of the record, in one of its fields; without that Frappe would attach a copy."""
    name = f"{safe_part(doc.name)}-{name}"
    Path(frappe.get_site_path("private", "files", name)).write_bytes(text)
    return register(doc, name, hashlib.sha256(text).hexdigest(), fieldname)


def register(doc: Document, name: str, digest: str, fieldname: str | None = None, attached: bool = True) -> Document:
    """The File of what lies in private/files under this name already.

    Inserting a File reads all of it into memory, writes it once more under another name and holds it to the limit for
    uploads; so the row is written as it is. A row that a crash left for the same file gives way to it.
    """
    file_url = f"/private/files/{name}"
    frappe.db.delete("File", {"file_url": file_url})
    file = frappe.get_doc(
        doctype="File",
        name=frappe.generate_hash(length=10),
        file_name=name,
        file_url=file_url,
        is_private=1,
        folder=frappe.db.get_value("File", {"is_attachments_folder": 1}),
        file_size=Path(frappe.get_site_path("private", "files", name)).stat().st_size,
        content_hash=digest,
        attached_to_doctype=doc.doctype if attached else None,
        attached_to_name=doc.name if attached else None,
        attached_to_field=fieldname,
    )
    file.owner = file.modified_by = "Administrator"
    file.db_insert()
    return file


def sha256_of(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def kept_for() -> int:
    return cint(frappe.db.get_single_value("Retainer Settings", "export_kept_days")) or KEPT_FOR
