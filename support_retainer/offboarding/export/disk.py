"""Room on the disk, before an export begins: a full disk stops every site of the server."""

import shutil
from collections.abc import Sequence

import frappe
from frappe import _

from support_retainer.archive.staging import Staging
from support_retainer.exceptions import ExportRefused
from support_retainer.offboarding.export.sources import Source

RESERVE = 1_000_000_000  # bytes that stay free
# Of the database's size: CSV files about once, the packed dump a fifth, all of that packed again another half.
PER_DATABASE_BYTE = 1.8


def refuse_if_full(staging: Staging, sources: Sequence[Source]) -> None:
    """Raises ExportRefused with figures. What is staged already counts as room."""
    staged = sum(file.stat().st_size for file in staging.folder.rglob("*") if file.is_file())
    sizes = [source.size() for source in sources]
    needed = sum(PER_DATABASE_BYTE * rows + files for rows, files in sizes) + RESERVE - staged
    free = shutil.disk_usage(staging.folder).free
    if free < needed:
        frappe.throw(
            _("The export needs about {0} GB and the disk has {1} GB free. Free {2} GB, then choose Retry.").format(
                *(f"{size / 1e9:.1f}" for size in (needed, free, needed - free))
            ),
            ExportRefused,
        )
