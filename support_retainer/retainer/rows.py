"""What the forms of this module say alike about their fields and rows."""

import unicodedata
from collections.abc import Iterable
from typing import Any

import frappe
from frappe import _, bold
from frappe.model.document import Document

from support_retainer.exceptions import DuplicateRow


def place(row: Document, fieldname: str) -> str:
    """Where on the form a value stands: "Row 2 of Coverage by Activity Type, Rate", or just "Overage Rate"."""
    label = bold(_(row.meta.get_label(fieldname)))
    if not row.get("parentfield"):
        return label
    table = row.parent_doc.meta.get_label(row.parentfield)
    return _("Row {0} of {1}, {2}").format(row.idx, bold(_(table)), label)


def refuse_duplicates(rows: Iterable[Document], fieldname: str) -> None:
    """Raises DuplicateRow when two rows of a table give the same value."""
    seen: set[Any] = set()
    for row in rows:
        value = row.get(fieldname)
        if value and as_stored(value) in seen:
            frappe.throw(
                _("{0}: {1} is listed twice. Delete one of the rows.").format(place(row, fieldname), bold(value)),
                DuplicateRow,
            )
        seen.add(as_stored(value))


def as_stored(value: Any) -> Any:
    """Text as the database compares it: "Café " is "cafe" to it, and to its unique indexes."""
    if not isinstance(value, str):
        return value
    plain = (letter for letter in unicodedata.normalize("NFKD", value) if not unicodedata.combining(letter))
    return "".join(plain).casefold().strip()
