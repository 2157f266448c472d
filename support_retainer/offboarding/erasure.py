"""Erasing what we hold of a client: texts, files and archives go; what the law makes us keep stays and is named."""

from pathlib import Path

import frappe
from frappe import _
from frappe.model.document import Document

from support_retainer.offboarding import erased_texts
from support_retainer.offboarding.export import deletion, printing, publish, request

TEMPLATE = "support_retainer/templates/handover/erasure_certificate.html"
MADE, GONE_ALREADY = "Ready", ("Deleted", "Cancelled")


def erase(contract: str) -> dict[str, int]:
    """What was erased -> how many. Repeating it erases nothing more."""
    return {
        "archives": erase_archives(contract),
        "files": erase_files(contract),
        "copies": erased_texts.drop_copies(contract),
        **{what: erased_texts.erase(what, contract) for what in erased_texts.PLAN},
    }


def erase_archives(contract: str) -> int:
    """Those that are made, and what was made so far of the others. Returns how many were made."""
    why, made = _("the client asked for the deletion of all data"), 0
    for name in frappe.get_all("Client Data Export", {"contract": contract}, pluck="name"):
        export = frappe.get_doc("Client Data Export", name)
        if export.status == MADE:
            deletion.delete_archive(export, why)
            made += 1
        elif export.status not in GONE_ALREADY:
            request.cancel(export, why)
    return made


def erase_files(contract: str) -> int:
    """Attachments of tickets, of their messages, and of our own records about the client; the certificates stay."""
    names = erased_texts.files_of(contract)
    for name, file_url in names:
        frappe.delete_doc("File", name, ignore_permissions=True, force=True, delete_permanently=True)
        remove_copy(file_url)
    return len(names)


def remove_copy(file_url: str | None) -> None:
    """Frappe leaves a file on the disk where another record has the same content; that record's copy stays, ours goes
    where nobody else names it."""
    if not file_url or frappe.db.exists("File", {"file_url": file_url}):
        return
    kind, _files, name = file_url.strip("/").rpartition("files/")
    folder = "private" if kind.startswith("private") else "public"
    if name and "/" not in name:
        Path(frappe.get_site_path(folder, "files", name)).unlink(missing_ok=True)


def certify(doc: Document, counts: dict[str, int]) -> str:
    """The url of the certificate, a private file of the offboarding, in the client's language."""
    html = printing.paper(
        TEMPLATE,
        doc.deletion_requested_by,
        doc.customer,
        lambda: {"doc": doc, "counts": listed(counts), "by": frappe.session.user},
    )
    return publish.attach_text(doc, "erasure.pdf", printing.pdf_of(html), "deletion_certificate").file_url


def listed(counts: dict[str, int]) -> list[tuple[str, int]]:
    labels = {
        "archives": _("Archives of exports"),
        "files": _("Attachments of tickets, evidence and reports"),
        "messages": _("Messages"),
        "tickets": _("Subjects and descriptions of tickets"),
        "records": _("Texts of claims, estimates, calls, reports and maintenance"),
        "sites": _("Notes about sites and the handover"),
        "checks": _("Readings of sites"),
        "copies": _("Comments, and copies in mail queue, history, search and notifications"),
    }
    return [(labels[key], count) for key, count in counts.items()]
