"""Our records about one contract, in pages of a thousand rows so that memory stays flat, with their attachments."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import frappe
from frappe import _

from support_retainer.archive.manifest import TableEntry
from support_retainer.archive.names import Names, safe_part
from support_retainer.archive.staging import Staging
from support_retainer.archive.writer import ArchiveWriter
from support_retainer.offboarding.export import printing
from support_retainer.offboarding.export.own_records_plan import Section, sections
from support_retainer.offboarding.export.progress import Progress

FOLDER = "records"
PAGE = 1_000


class OwnRecords:
    """What we keep about the contract; each section is written once."""

    def __init__(self, contract: str) -> None:
        self.contract = contract
        self.sections = tuple(sections())

    def stage(self, staging: Staging, progress: Progress) -> None:
        names = Names()
        for number, section in enumerate(self.sections):
            file = names.member(FOLDER, f"{section.doctype}.csv")
            progress.tell(number / len(self.sections), _(section.doctype))
            if step(section) not in staging.done:
                rows = self.write(section, staging.path(f"{file}.part"))
                staging.finish(staging.path(f"{file}.part"))
                staging.record(
                    step(section), file=file, rows=rows, columns=len(section.columns.split()), doctype=section.doctype
                )
        self.print_invoices(staging)

    def write(self, section: Section, path: Path) -> int:
        count = 0
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(section.columns.split())
            for page in self.pages(section):
                writer.writerows(page)
                count += len(page)
        return count

    def pages(self, section: Section) -> Iterator[list[tuple[Any, ...]]]:
        """By key, not by offset: the thousandth page costs what the first does."""
        chosen, last = ", ".join(f"`{column}`" for column in section.columns.split()), ""
        while page := frappe.db.sql(
            f"""select {chosen} from `tab{section.doctype}`
            where ({section.where}) and name > %(last)s order by name limit {PAGE}""",  # noqa: S608 - names of fields
            {"contract": self.contract, "last": last},
        ):
            yield page
            last = page[-1][0]

    def print_invoices(self, staging: Staging) -> None:
        """Each invoice as a PDF; one that can't be printed is told in the manifest, not fatal."""
        names = frappe.get_all("Sales Invoice", {"retainer_contract": self.contract, "docstatus": 1}, pluck="name")
        for name in names:
            if f"invoice:{name}" in staging.done:
                continue
            file, problem = f"{FOLDER}/invoices/{safe_part(name)}.pdf", ""
            try:
                staging.path(file).write_bytes(printing.pdf_of(frappe.get_print("Sales Invoice", name)))
            except Exception as error:
                frappe.clear_messages()
                problem = str(error)[:200] or type(error).__name__
            staging.record(f"invoice:{name}", file=file, problem=problem)

    def pack(self, staging: Staging, archive: ArchiveWriter) -> None:
        for section in self.sections:
            row = staging.done[step(section)]
            archive.add_file(staging.path(row["file"]), *row["file"].split("/"))
            archive.manifest.tables.append(TableEntry(row["file"], row["rows"], row["columns"], doctype=row["doctype"]))
        for name, row in staging.done.items():
            if name.startswith("invoice:"):
                self.pack_invoice(staging, archive, row)
        for section in self.sections:
            if section.attachments:
                self.pack_attachments(section, archive)

    def pack_invoice(self, staging: Staging, archive: ArchiveWriter, row: dict[str, Any]) -> None:
        if row["problem"]:
            archive.skip(row["file"], row["problem"])
        else:
            archive.add_file(staging.path(row["file"]), *row["file"].split("/"))

    def pack_attachments(self, section: Section, archive: ArchiveWriter) -> None:
        for name, folder, file_url in self.attachments(section):
            parts = (FOLDER, "attachments", section.doctype, folder, name)
            file = on_disk(file_url)
            if file:
                archive.add_file(file, *parts, original=file_url)
            else:
                archive.skip("/".join(parts), _("not on this server: {0}").format(file_url))

    def attachments(self, section: Section) -> list[tuple[str, str, str]]:
        return frappe.db.sql(
            f"""select file_name, attached_to_name, file_url from tabFile
            where attached_to_doctype = %(doctype)s and is_folder = 0 and file_url is not null
                and attached_to_name in (select name from `tab{section.doctype}` where {section.where})
            order by attached_to_name, name""",  # noqa: S608 - conditions of the plan
            {"doctype": section.doctype, "contract": self.contract},
        )


def step(section: Section) -> str:
    return f"record:{section.doctype}:{section.where}"


def on_disk(file_url: str) -> Path | None:
    """The file behind a url of this site; None for one elsewhere, and for a path that leads out of the files."""
    if not file_url.startswith(("/files/", "/private/files/")):
        return None
    kind = "private" if file_url.startswith("/private/") else "public"
    root = Path(frappe.get_site_path(kind, "files")).resolve()
    file = (root / file_url.split("/files/", 1)[1]).resolve()
    return file if root in file.parents and file.is_file() else None
