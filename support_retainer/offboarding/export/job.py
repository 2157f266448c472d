"""Making an export: each source staged step by step, everything packed in one pass, published when it is whole.

A worker may be killed at any moment. What the journal of the staging folder names is not made again, and the record
says Ready only in the transaction that also holds the files.
"""

import errno
import fcntl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import now_datetime

from support_retainer.archive import manifest, secrecy
from support_retainer.archive.names import safe_part
from support_retainer.archive.parts import PartsWriter
from support_retainer.archive.staging import Staging
from support_retainer.archive.writer import ArchiveWriter
from support_retainer.exceptions import ExportStopped
from support_retainer.offboarding.export import disk, handover, publish, s3, trail
from support_retainer.offboarding.export.own_records import OwnRecords
from support_retainer.offboarding.export.progress import Progress
from support_retainer.offboarding.export.sources import Source, sources_of
from support_retainer.site_time import utc_now

WEIGHTS = {"sites": 50, "records": 8, "documents": 2, "archive": 40}


def run(export: str) -> None:
    """What the worker calls; safe to call again, and by two workers at once."""
    with only_one(export) as alone:
        frappe.db.rollback()  # a snapshot from before the lock would show what was before it
        doc = frappe.get_doc("Client Data Export", export)
        if not alone or doc.status in ("Ready", "Deleted"):
            return
        begin(doc)
        try:
            make(doc, Staging(folder_of(export)))
        except ExportStopped:
            frappe.db.rollback()  # who stopped it stands on the record; what is staged waits for a retry
        except Exception as error:
            fail(doc, error)


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


def folder_of(export: str) -> Path:
    return Path(frappe.get_site_path("private", "exports", safe_part(export)))


def begin(doc: Document) -> None:
    again = bool(doc.started_at)
    started = doc.started_at or now_datetime()
    doc.db_set(
        {
            "status": "Running",
            "error": None,
            "attempts": doc.attempts + 1,
            "started_at": started,
            "heartbeat_at": now_datetime(),
        },
        notify=True,
    )
    trail.note(doc.name, "Resumed" if again else "Started")
    frappe.db.commit()


def make(doc: Document, staging: Staging) -> None:
    progress = Progress(doc.name, WEIGHTS)
    sources = sources_of(doc)
    disk.refuse_if_full(staging, sources)
    progress.begin("sites", _("Sites"))
    for source in sources:
        source.stage(staging, progress)
    progress.begin("records", _("Our records"))
    records = OwnRecords(doc.contract)
    records.stage(staging, progress)
    progress.begin("documents", _("Handover document"))
    handover.stage(staging, doc.contract, [source.about(staging) for source in sources])
    progress.begin("archive", _("Archive"))
    parts, packed = pack(doc, staging, sources, records, progress)
    publish.publish(doc, parts, packed)
    frappe.db.commit()
    staging.remove()
    if doc.copy_to_s3:
        s3.copy(doc)
        frappe.db.commit()


def pack(
    doc: Document, staging: Staging, sources: list[Source], records: OwnRecords, progress: Progress
) -> tuple[list[Path], manifest.Manifest]:
    """The parts in the staging folder, and the manifest they carry."""
    packed = manifest.Manifest(utc_now().isoformat(), about(doc, [source.about(staging) for source in sources]))
    expected, done = max(expected_bytes(staging, sources), 1), 0

    def told(size: int) -> None:
        nonlocal done
        done += size
        progress.tell(done / expected, _("Archive"))

    with target_of(doc, staging) as (parts, stream):
        archive = ArchiveWriter(stream, packed, told)
        for file in handover.FILES:
            archive.add_file(staging.path("documents", file), "documents", file)
        for source in sources:
            source.pack(staging, archive)
        records.pack(staging, archive)
        archive.finish()
    return parts.parts, packed


@contextmanager
def target_of(doc: Document, staging: Staging) -> Iterator[tuple[PartsWriter, Any]]:
    """Where the archive is written: straight into its parts, or through GnuPG."""
    for old in staging.folder.glob("archive.zip*"):
        old.unlink()
    passphrase = doc.get_password("passphrase", raise_exception=False) if doc.encrypted else ""
    if doc.encrypted and not passphrase:
        raise ValueError(_("The passphrase is gone. Ask for a new export."))
    stem = f"archive.zip{secrecy.ENDING if passphrase else ''}"
    with ExitStack() as opened:
        parts = opened.enter_context(PartsWriter(staging.folder, stem, doc.part_size_mb * 1_000_000))
        yield parts, opened.enter_context(secrecy.encrypting(passphrase, parts)) if passphrase else parts


def about(doc: Document, sites: list[dict[str, Any]]) -> dict[str, Any]:
    from support_retainer import __version__

    told = [{key: value for key, value in site.items() if key != "environment"} for site in sites]
    ours = {"support_retainer": __version__, "frappe": frappe.__version__}
    return {"export": doc.name, "contract": doc.contract, "customer": doc.customer, "sites": told, "made_with": ours}


def expected_bytes(staging: Staging, sources: list[Source]) -> int:
    staged = sum(file.stat().st_size for file in staging.folder.rglob("*") if file.is_file())
    return staged + sum(source.size()[1] for source in sources)


def fail(doc: Document, error: Exception) -> None:
    """The record says what stands in the way. What was finished stays for the next attempt, unless the disk is full."""
    frappe.db.rollback()
    full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
    said = _("The disk is full. Free some space, then choose Retry.") if full else frappe.utils.strip_html(str(error))
    if full:
        Staging(folder_of(doc.name)).remove()
    log = frappe.log_error(
        title=f"Client Data Export {doc.name}", reference_doctype="Client Data Export", reference_name=doc.name
    )
    values = {"status": "Failed", "error": said or f"{type(error).__name__}, see {log.name if log else ''}"}
    frappe.db.set_value("Client Data Export", doc.name, values)
    trail.note(doc.name, "Failed", values["error"])
    frappe.db.commit()
