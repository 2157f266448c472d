import frappe
from frappe.model.document import Document

from support_retainer.retainer.append_only import AppendOnlyRecord


class DataExportEvent(AppendOnlyRecord, Document):
    """Who asked for, made, downloaded or deleted an export, and when."""


def on_doctype_update() -> None:
    frappe.db.add_index("Data Export Event", ["data_export", "at"])
