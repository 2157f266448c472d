"""Making an export: each source staged step by step, everything packed in one pass, published when it is whole.

A worker may be killed at any moment. What the journal of the staging folder names is not made again, and the record
says Ready only in the transaction that also holds the files.
"""

import errno
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import now_datetime
from rq.timeouts import JobTimeoutException

from support_retainer.archive import manifest, secrecy
from support_retainer.archive.parts import PartsWriter
from support_retainer.archive.staging import Staging
from support_retainer.archive.writer import ArchiveWriter
from support_retainer.exceptions import ExportStopped
from support_retainer.offboarding.export import (
    copies,
    disk,
    failure,
    handover,
    outage,
    publish,
    trail,
    working_folder,
)
from support_retainer.offboarding.export.own_records import OwnRecords
from support_retainer.offboarding.export.progress import Progress
from support_retainer.offboarding.export.sources import Source, out_of_reach, sources_of
from support_retainer.offboarding.export.working_folder import UNDER_WAY, folder_of, only_one
from support_retainer.site_time import utc_now

WEIGHTS = {"sites": 50, "records": 8, "documents": 2, "archive": 40}
PAUSES = (1, 5, 15, 60, None)  # seconds after a database was away, and no further attempt of this job


def run(export: str) -> None:
    """What the worker calls; safe to call again, and by two workers at once."""
    with as_administrator():
        with only_one(export) as alone:
            frappe.db.rollback()  # a snapshot from before the lock would show what was before it
            if alone:
                work(export)
        copies.make(export)


@contextmanager
def as_administrator() -> Iterator[None]:
    """A client may ask for an export, and may not read all that belongs into it by the rights of the desk."""
    before = frappe.session.user
    frappe.set_user("Administrator")
    try:
        yield
    finally:
        frappe.set_user(before)


def work(export: str) -> None:
    """Make it, and go on by itself where only a database was away."""
    for pause in PAUSES:
        doc = frappe.get_doc("Client Data Export", export, for_update=True)
        if doc.status not in UNDER_WAY:
            return clear_up(export)
        begin(doc)
        try:
            return make(doc, Staging(folder_of(export)))
        except ExportStopped:
            return clear_up(export)  # who stopped it stands on the record
        except JobTimeoutException:
            return hand_on(doc)
        except Exception as error:
            if pause is None or not outage.is_one(error):
                return fail(doc, error)
            time.sleep(pause)
            outage.wait()
    return None


def clear_up(export: str) -> None:
    """Ours is the lock. What is staged of one that was stopped or failed waits for a retry."""
    frappe.db.rollback()
    if working_folder.is_over(export):
        working_folder.remove(export)


def is_ours(export: str) -> bool:
    """Locks the record; False where somebody stopped or cancelled it meanwhile, who has the last word."""
    return frappe.db.get_value("Client Data Export", export, "status", for_update=True) == "Running"


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
    disk.refuse_if_full(doc.name, staging, sources)
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
        for path, reason in out_of_reach(doc):
            archive.skip(path, reason)
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
    return staged + sum(source.unstaged() for source in sources)


def hand_on(doc: Document) -> None:
    """This job had its time; the next one, which the scheduler starts, goes on from what is finished."""
    frappe.db.rollback()
    if not is_ours(doc.name):
        clear_up(doc.name)
        return
    doc.db_set({"status": "Queued", "heartbeat_at": now_datetime()}, notify=True)
    frappe.db.commit()


def fail(doc: Document, error: Exception) -> None:
    """The record says what stands in the way. What was finished stays for the next attempt, unless the disk is full."""
    frappe.db.rollback()
    if not is_ours(doc.name):
        clear_up(doc.name)
        return
    full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
    said = _("The disk is full. Free some space, then choose Retry.") if full else frappe.utils.strip_html(str(error))
    if full:
        working_folder.remove(doc.name)
    log = frappe.log_error(
        title=f"Client Data Export {doc.name}", reference_doctype="Client Data Export", reference_name=doc.name
    )
    failure.tell(doc.name, said or f"{type(error).__name__}, see {log.name if log else ''}")
    frappe.db.commit()
