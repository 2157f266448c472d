"""From a finished archive to private files that the record names, in one transaction."""

import hashlib
from pathlib import Path

import frappe
from frappe.model.document import Document
from frappe.utils import add_days, cint, now_datetime, nowdate

from support_retainer.archive import secrecy
from support_retainer.archive.manifest import Manifest
from support_retainer.archive.names import safe_part
from support_retainer.offboarding.export import trail

KEPT_FOR = 30  # days, where the settings say nothing
BLOCK = 1 << 20


def publish(doc: Document, parts: list[Path], packed: Manifest) -> None:
    """Attach the parts and the manifest and say Ready. What a kill leaves is replaced by the next run."""
    doc.reload()
    doc.set("parts", [])
    for number, part in enumerate(parts, start=1):
        digest = sha256_of(part)
        file = attach(doc, part, name_of(doc, number, len(parts)), digest)
        doc.append(
            "parts",
            {"file": file.name, "file_name": file.file_name, "size_mb": file.file_size / 1e6, "sha256": digest},
        )
    text = packed.as_json()
    doc.manifest = attach_text(doc, "manifest.json", text).file_url
    doc.manifest_sha256 = hashlib.sha256(text).hexdigest()
    doc.update(figures(packed, doc))
    doc.update({"status": "Ready", "progress": 100, "step": None, "finished_at": now_datetime()})
    doc.expires_on = doc.expires_on or add_days(nowdate(), kept_for())
    doc.passphrase = None
    doc.flags.ignore_permissions = True
    doc.save()
    trail.note(doc.name, "Ready", f"{doc.manifest_sha256} {doc.manifest}")
    doc.notify_update()


def figures(packed: Manifest, doc: Document) -> dict[str, float]:
    return {
        "size_mb": sum(row.size_mb for row in doc.parts),
        "tables": len(packed.tables),
        "row_count": sum(entry.rows for entry in packed.tables),
        "file_count": len(packed.files),
    }


def name_of(doc: Document, number: int, count: int) -> str:
    """Not guessable from another export's name, and the same when a killed run publishes again."""
    mark = hashlib.sha256(f"{doc.name}{doc.creation}{frappe.local.conf.get('encryption_key')}".encode()).hexdigest()[
        :10
    ]
    stem = f"{safe_part(doc.name)}-{mark}.zip{secrecy.ENDING if doc.encrypted else ''}"
    return stem if count == 1 else f"{stem}.{number:03d}"


def attach(doc: Document, part: Path, name: str, digest: str) -> Document:
    size = part.stat().st_size
    part.rename(frappe.get_site_path("private", "files", name))
    forget(doc, name)
    # The hash is given, or File would read the whole part into memory for one.
    return frappe.get_doc(
        doctype="File",
        file_name=name,
        file_url=f"/private/files/{name}",
        is_private=1,
        file_size=size,
        content_hash=digest,
        attached_to_doctype=doc.doctype,
        attached_to_name=doc.name,
    ).insert(ignore_permissions=True)


def attach_text(doc: Document, name: str, text: bytes) -> Document:
    return frappe.get_doc(
        doctype="File",
        file_name=f"{doc.name}-{name}",
        content=text,
        is_private=1,
        attached_to_doctype=doc.doctype,
        attached_to_name=doc.name,
    ).insert(ignore_permissions=True)


def forget(doc: Document, name: str) -> None:
    """Rows of an earlier publication that a crash left; the file itself has just been replaced."""
    frappe.db.delete("File", {"file_url": f"/private/files/{name}", "attached_to_name": doc.name})


def sha256_of(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def kept_for() -> int:
    return cint(frappe.db.get_single_value("Retainer Settings", "export_kept_days")) or KEPT_FOR
