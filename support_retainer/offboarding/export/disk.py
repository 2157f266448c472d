"""Room on the disk, before an export begins: a full disk stops every site of the server."""

import shutil
from collections.abc import Sequence

import frappe
from frappe import _

from support_retainer.archive.staging import Staging
from support_retainer.exceptions import ExportRefused
from support_retainer.offboarding.export import trail
from support_retainer.offboarding.export.sources import Source

RESERVE = 1_000_000_000  # bytes that stay free
# Of the database's size: CSV files about once, the packed dump a fifth, all of that packed again another half.
PER_DATABASE_BYTE = 1.8


def refuse_if_full(export: str, staging: Staging, sources: Sequence[Source]) -> None:
    """Raises ExportRefused with figures. What is staged already counts as room. A site whose size nobody knows is named
    in the trail: only the reserve stands for it."""
    staged = sum(file.stat().st_size for file in staging.folder.rglob("*") if file.is_file())
    sizes = {source.name: source.size() for source in sources}
    unknown = [name for name, size in sizes.items() if not size]
    if unknown:
        said = _("How large {0} is can't be known beforehand; if the disk fills up, the export ends and says so.")
        trail.note(export, "Started", said.format(", ".join(unknown)))
    needed = sum(PER_DATABASE_BYTE * rows + files for rows, files in filter(None, sizes.values())) + RESERVE - staged
    free = shutil.disk_usage(staging.folder).free
    if free < needed:
        frappe.throw(
            _("The export needs about {0} GB and the disk has {1} GB free. Free {2} GB, then choose Retry.").format(
                *(f"{size / 1e9:.1f}" for size in (needed, free, needed - free))
            ),
            ExportRefused,
        )
